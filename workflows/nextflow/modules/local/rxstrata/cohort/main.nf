process RXSTRATA_COHORT {
    tag "${meta.id}"
    label 'process_single'
    conda "${moduleDir}/environment.yml"
    container 'rxstrata:0.1.0'

    input:
    tuple val(meta), path(calls)
    path groups

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(meta), path("${prefix}/*_mqc.json"), emit: multiqc
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: "${meta.id}_summary"
    def by = groups ? "--groups ${groups}" : ''
    """
    rxstrata cohort ${calls} -o ${prefix} --quiet ${by} ${task.ext.args ?: ''}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}_summary"
    """
    mkdir -p ${prefix}
    touch ${prefix}/phenotypes.tsv ${prefix}/cohort.html ${prefix}/rxstrata_genes_mqc.json
    """
}
