process RXSTRATA_COPYNUMBER {
    tag "${meta.id}"
    label 'process_single'
    conda "${moduleDir}/environment.yml"
    container 'rxstrata:0.1.0'

    input:
    tuple val(meta), path(reads), path(index)

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: meta.id
    """
    rxstrata copy-number ${reads} -o ${prefix} ${task.ext.args ?: ''}
    """

    stub:
    prefix = task.ext.prefix ?: meta.id
    """
    mkdir -p ${prefix}
    touch ${prefix}/structures.tsv ${prefix}/structures.json
    """
}
