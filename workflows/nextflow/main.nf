// Calls the samples of a sheet in blocks, merges the blocks, and sums the cohort up. Columns: `sample,vcf[,assembly,sex,outside_calls]`; paths absolute or
// relative to the sheet. With several samples in a block, outside calls are named SAMPLE.outside.tsv.

include { RXSTRATA_CALL } from './modules/local/rxstrata/call/main'
include { RXSTRATA_MERGE } from './modules/local/rxstrata/merge/main'
include { RXSTRATA_COHORT } from './modules/local/rxstrata/cohort/main'

workflow {
    main:
    sheet = file(params.input, checkIfExists: true)
    rows = channel.fromPath(sheet)
        .splitCsv(header: true)
        .map { row ->
            def vcf = file(sheet.parent.resolve(row.vcf), checkIfExists: true)
            def index = ['.tbi', '.csi'].collect { ending -> file("${vcf}${ending}") }.findAll { f -> f.exists() }
            def outside = row.outside_calls ? [file(sheet.parent.resolve(row.outside_calls), checkIfExists: true)] : []
            [row.assembly ?: '', [sample: row.sample, sex: row.sex, vcf: vcf, index: index, outside: outside]]
        }
    // Blocks are cut from the sheet's order, so that a resumed run cuts the same ones. A file that several rows name is opened for these
    // rows alone; of a file that one row names every sample is called.
    blocks = rows
        .groupTuple()
        .flatMap { assembly, samples ->
            def size = params.batch_size as int
            def named = samples.countBy { s -> s.vcf }
            def alone = samples.findAll { s -> named[s.vcf] == 1 }.collate(size)
            def joint = samples.findAll { s -> named[s.vcf] > 1 }.groupBy { s -> s.vcf }.values().collectMany { of_file -> of_file.collate(size) }
            (alone + joint).withIndex().collect { block, number ->
                def meta = [
                    id: "block_${assembly ?: 'any'}_${String.format('%05d', number)}",
                    assembly: assembly,
                    samples: number < alone.size() ? [] : block.collect { s -> s.sample },
                    facts: block.findAll { s -> s.sex }.collect { s -> "${s.sample}\\tsex\\t${s.sex}\\n" }.join(''),
                ]
                [meta, block.collect { s -> s.vcf }.unique(), block.collectMany { s -> s.index }.unique(), block.collectMany { s -> s.outside }]
            }
        }
    RXSTRATA_CALL(blocks)
    RXSTRATA_MERGE(RXSTRATA_CALL.out.folder.map { _meta, folder -> folder }.collect(sort: true).map { folders -> [[id: 'cohort'], folders] })
    RXSTRATA_COHORT(RXSTRATA_MERGE.out.folder)
    channel.topic('versions')
        .map { process, tool, version -> "${process.tokenize(':').last()}:\n  ${tool}: ${version}" }
        .unique()
        .collectFile(name: 'software_versions.yml', storeDir: params.outdir, sort: true, newLine: true)
}
