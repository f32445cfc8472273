// Calls the samples of a sheet in blocks, merges the blocks, and sums the cohort up. The sheet is that of `rxstrata run`
// (assets/schema_input.json); its paths are absolute, or relative to the launch folder or to the sheet.

include { RXSTRATA_CALL } from './modules/local/rxstrata/call/main'
include { RXSTRATA_COPYNUMBER } from './modules/local/rxstrata/copynumber/main'
include { RXSTRATA_MERGE } from './modules/local/rxstrata/merge/main'
include { RXSTRATA_COHORT } from './modules/local/rxstrata/cohort/main'
include { MULTIQC } from './modules/local/multiqc/main'

def located(sheet, String name) {
    def places = [workflow.launchDir.resolve(name), sheet.parent.resolve(name)]
    return places.find { place -> place.exists() } ?: places[0]
}

def indexOf(reads) {
    def endings = ['.tbi', '.csi', '.bai', '.crai']
    return endings.collect { ending -> file("${reads}${ending}") }.findAll { index -> index.exists() }
}

// Every fault of the sheet that keeps a task from starting; `rxstrata run --check` judges the cells too.
def faultsOf(sheet, List<Map> rows) {
    def faults = []
    if (!rows) {
        return ['no sample']
    }
    if (!rows[0].containsKey('sample')) {
        return ["no column 'sample'"]
    }
    rows.eachWithIndex { row, number ->
        if (!row.vcf && !row.bam) {
            faults << "line ${number + 2}: neither vcf nor bam"
        }
        ['vcf', 'bam', 'outside_calls'].each { column ->
            if (row[column] && !located(sheet, row[column]).exists()) {
                faults << "line ${number + 2}, ${column}: no file '${row[column]}'"
            }
        }
    }
    rows.countBy { row -> row.sample }.findAll { _sample, count -> count > 1 }.each { sample, count ->
        faults << "sample '${sample}' is there ${count} times"
    }
    return faults
}

// A row as a task needs it; `number` keeps the order of the sheet, so that a resumed run cuts the same blocks.
def sampleOf(sheet, Map row, int number) {
    def variants = row.vcf ? located(sheet, row.vcf) : located(sheet, row.bam)
    def facts = [sex: row.sex, age: row.age, height: row.height_cm, weight: row.weight_kg, race: row.race?.toLowerCase(),
        african_ancestry: row.african_ancestry, population: row.population, medication: row.medication?.replace(';', ',')]
    return [
        number: number,
        sample: row.sample,
        assembly: row.assembly ?: '',
        variants: variants,
        index: indexOf(variants),
        reads: row.vcf && row.bam ? located(sheet, row.bam) : null,
        outside: row.outside_calls ? [located(sheet, row.outside_calls)] : [],
        facts: facts.findAll { _name, value -> value }.collect { name, value -> "${row.sample}\t${name}\t${value}\n" }.join(''),
    ]
}

// Blocks of one assembly. A file that several rows name is opened for these rows alone; of one that a single row names, every sample is
// called.
def blocksOf(List<Map> samples, int size) {
    return samples.groupBy { s -> s.assembly }.collectMany { assembly, all ->
        def named = all.countBy { s -> s.variants }
        def alone = all.findAll { s -> named[s.variants] == 1 }.collate(size)
        def joint = all.findAll { s -> named[s.variants] > 1 }.groupBy { s -> s.variants }.values().collectMany { rows -> rows.collate(size) }
        (alone + joint).withIndex().collect { block, number ->
            def meta = [
                id: "block_${assembly ?: 'any'}_${String.format('%05d', number)}",
                assembly: assembly,
                samples: number < alone.size() ? [] : block.collect { s -> s.sample },
                facts: block.collect { s -> s.facts }.join(''),
            ]
            [meta, block.collect { s -> s.variants }.unique(), block.collectMany { s -> s.index }.unique(), block.collectMany { s -> s.outside }]
        }
    }
}

workflow {
    main:
    if (!params.input) {
        error("--input SHEET is needed: a CSV with the columns of assets/schema_input.json")
    }
    sheet = file(params.input, checkIfExists: true)
    rows = sheet.splitCsv(header: true, strip: true)
    faults = faultsOf(sheet, rows)
    if (faults) {
        error("${sheet}: ${faults.size()} faults\n  ${faults.join('\n  ')}")
    }
    samples = channel.fromList(rows.withIndex().collect { row, number -> sampleOf(sheet, row, number) })
        .branch { s ->
            counted: s.reads
            plain: true
        }

    // Reads beside variants give the copies of genes that small variants cannot show.
    RXSTRATA_COPYNUMBER(samples.counted.map { s -> [[id: s.sample, of: s], s.reads, indexOf(s.reads)] })
    counted = RXSTRATA_COPYNUMBER.out.folder.map { meta, folder ->
        def copies = folder.resolve("${meta.id}.outside.tsv")
        meta.of + [outside: meta.of.outside + (copies.exists() ? [copies] : [])]
    }
    blocks = samples.plain
        .mix(counted)
        .toSortedList { a, b -> a.number <=> b.number }
        .flatMap { all -> blocksOf(all, params.batch_size as int) }

    reference = params.reference ? [file(params.reference, checkIfExists: true), file("${params.reference}.fai", checkIfExists: true)] : []
    RXSTRATA_CALL(blocks, reference)
    called = RXSTRATA_CALL.out.folder
        .map { _meta, folder -> folder }
        .toSortedList { a, b -> a.name <=> b.name }
        .map { folders ->
            def whole = folders.findAll { folder -> folder.resolve('calls.tsv').exists() || folder.resolve('calls.parquet').exists() }
            if (!whole) {
                error("no sample could be called; see failures.tsv in ${params.outdir}")
            }
            [[id: 'cohort'], whole]
        }
    RXSTRATA_CALL.out.failures
        .map { _meta, table -> table }
        .collectFile(name: 'failures.tsv', storeDir: params.outdir, keepHeader: true, skip: 1, sort: { table -> table.parent.name })
    RXSTRATA_MERGE(called)
    groups = params.groups ? [file(params.groups, checkIfExists: true)] : []
    RXSTRATA_COHORT(RXSTRATA_MERGE.out.folder, groups)

    channel.topic('versions')
        .map { process, tool, version -> "${process.tokenize(':').last()}:\n  ${tool}: ${version}" }
        .unique()
        .collectFile(name: 'software_mqc_versions.yml', storeDir: "${params.outdir}/pipeline_info", sort: true, newLine: true)
        .set { versions }
    if (!params.skip_multiqc) {
        MULTIQC(RXSTRATA_COHORT.out.multiqc.map { _meta, sections -> sections }.mix(versions).collect(sort: true), file("${projectDir}/assets/multiqc_config.yml"))
    }
}
