process MULTIQC {
    label 'process_single'
    conda "${moduleDir}/environment.yml"
    container 'multiqc:1.35'

    input:
    path sections, stageAs: 'sections/*'
    path config

    output:
    path 'multiqc_report.html', emit: report
    path 'multiqc_report_data', emit: data

    when:
    task.ext.when == null || task.ext.when

    // It must not emit on the topic of versions: its input waits for that topic to end.
    script:
    """
    multiqc --force --config ${config} --filename multiqc_report.html ${task.ext.args ?: ''} sections
    """

    stub:
    """
    mkdir multiqc_report_data
    touch multiqc_report.html multiqc_report_data/multiqc_data.json
    """
}
