// Calls every sample of a sheet: `sample,variants[,assembly,sex,outside_calls]`, paths absolute or relative to the sheet.

include { RXSTRATA_CALL } from './modules/local/rxstrata/call/main'

workflow {
    main:
    sheet = file(params.input, checkIfExists: true)
    samples = channel.fromPath(sheet)
        .splitCsv(header: true)
        .map { row ->
            def variants = sheet.parent.resolve(row.variants)
            def index = ['.tbi', '.csi'].collect { ending -> file("${variants}${ending}") }.findAll { f -> f.exists() }
            def outside = row.outside_calls ? sheet.parent.resolve(row.outside_calls) : []
            [[id: row.sample, assembly: row.assembly, sex: row.sex], variants, index, outside]
        }
    RXSTRATA_CALL(samples)
    channel.topic('versions')
        .map { process, tool, version -> "${process.tokenize(':').last()}:\n  ${tool}: ${version}" }
        .unique()
        .collectFile(name: 'software_versions.yml', storeDir: params.outdir, sort: true, newLine: true)
}
