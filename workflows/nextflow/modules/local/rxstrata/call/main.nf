process RXSTRATA_CALL {
    tag "${meta.id}"
    label 'process_single'

    input:
    tuple val(meta), path(variants), path(index), path(outside_calls)

    output:
    tuple val(meta), path("${prefix}/calls.tsv"), emit: calls
    tuple val(meta), path("${prefix}/guidance.tsv"), emit: guidance
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: meta.id
    def outside = outside_calls ? "--outside-calls ${outside_calls}" : ''
    def assembly = meta.assembly ? "--assembly ${meta.assembly}" : ''
    def sex = meta.sex ? "--sex ${meta.sex}" : ''
    """
    rxstrata call ${variants} -o ${prefix} --threads ${task.cpus} --quiet ${assembly} ${sex} ${outside} ${task.ext.args ?: ''}
    """

    stub:
    prefix = task.ext.prefix ?: meta.id
    """
    mkdir -p ${prefix}
    touch ${prefix}/calls.tsv ${prefix}/guidance.tsv
    """
}
