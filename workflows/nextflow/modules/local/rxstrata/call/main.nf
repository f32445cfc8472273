process RXSTRATA_CALL {
    tag "${meta.id}"
    label 'process_low'
    conda "${moduleDir}/environment.yml"
    container 'rxstrata:0.1.0'

    input:
    tuple val(meta), path(variants), path(index), path(outside_calls)
    path reference

    output:
    tuple val(meta), path("${prefix}"), emit: folder
    tuple val(meta), path("${prefix}/failures.tsv"), emit: failures
    tuple val(task.process), val('rxstrata'), eval("rxstrata --version | sed 's/.* //'"), topic: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    prefix = task.ext.prefix ?: meta.id
    def outside = [outside_calls].flatten().findAll { calls -> calls }.collect { calls -> "--outside-calls ${calls}" }.join(' ')
    def fasta = [reference].flatten().find { part -> part && !part.name.endsWith('.fai') }
    def options = [
        meta.assembly ? "--assembly ${meta.assembly}" : '',
        meta.samples ? "--samples ${meta.samples.join(',')}" : '',
        fasta ? "--reference ${fasta}" : '',
        outside,
        task.ext.args ?: '',
    ].findAll { option -> option }.join(' ')
    // Some samples failed (3), or all of the block (4): failures.tsv names them, and the other blocks must not be lost with them.
    """
    printf '%s' '${meta.facts ?: ''}' > samplesheet
    status=0
    rxstrata call ${variants} -o ${prefix} --sample-metadata samplesheet --threads ${task.cpus} --quiet ${options} || status=\$?
    [ \$status -eq 0 ] || [ \$status -eq 3 ] || { [ \$status -eq 4 ] && [ -s ${prefix}/failures.tsv ]; } || exit \$status
    """

    stub:
    prefix = task.ext.prefix ?: meta.id
    """
    mkdir -p ${prefix}
    touch ${prefix}/calls.tsv ${prefix}/guidance.tsv ${prefix}/failures.tsv ${prefix}/provenance.json
    """
}
