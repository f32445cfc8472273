process RXSTRATA_COHORT {
    tag "${meta.id}"
    label 'process_low'

    input:
    tuple val(meta), path(calls)

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: "${meta.id}_summary"
    """
    rxstrata cohort ${calls} -o ${prefix} --quiet ${task.ext.args ?: ''}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}_summary"
    """
    mkdir -p ${prefix}
    touch ${prefix}/phenotypes.tsv ${prefix}/cohort.html
    """
}
