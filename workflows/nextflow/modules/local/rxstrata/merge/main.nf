process RXSTRATA_MERGE {
    tag "${meta.id}"
    label 'process_single'
    conda "${moduleDir}/environment.yml"
    container 'rxstrata:0.1.0'

    input:
    tuple val(meta), path(shards)

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: meta.id
    """
    rxstrata merge ${shards} -o ${prefix} --quiet ${task.ext.args ?: ''}
    """

    stub:
    prefix = task.ext.prefix ?: meta.id
    """
    mkdir -p ${prefix}
    touch ${prefix}/calls.tsv ${prefix}/guidance.tsv ${prefix}/failures.tsv ${prefix}/provenance.json
    """
}
