process RXSTRATA_CALL {
    tag "${meta.id}"
    label 'process_low'

    input:
    tuple val(meta), path(variants), path(index), path(outside_calls)

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: meta.id
    def outside = outside_calls instanceof List
        ? outside_calls.collect { f -> "--outside-calls ${f}" }.join(' ')
        : outside_calls ? "--outside-calls ${outside_calls}" : ''
    def assembly = meta.assembly ? "--assembly ${meta.assembly}" : ''
    def samples = meta.samples ? "--samples ${meta.samples.join(',')}" : ''
    // Some samples failed (status 3): failures.tsv names them, and the others must not be lost with them.
    """
    printf '${meta.facts}' > samplesheet.facts.tsv
    rxstrata call ${variants} -o ${prefix} ${samples} --sample-metadata samplesheet.facts.tsv \\
        --threads ${task.cpus} --quiet ${assembly} ${outside} ${task.ext.args ?: '--formats tsv,parquet'} || [ \$? -eq 3 ]
    """

    stub:
    prefix = task.ext.prefix ?: meta.id
    """
    mkdir -p ${prefix}
    touch ${prefix}/calls.tsv ${prefix}/guidance.tsv ${prefix}/failures.tsv ${prefix}/provenance.json
    """
}
