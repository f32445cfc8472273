//! `rxstrata therapies` and the import of its evidence, by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

const MAF: &str = "#version 2.4\n\
    Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tEnd_Position\tVariant_Classification\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tHGVSp_Short\n\
    BRAF\tGRCh37\t7\t140453136\t140453136\tMissense_Mutation\tA\tT\tMEL\tp.V600E\n\
    BRAF\tGRCh37\t7\t140453136\t140453136\tSilent\tA\tC\tQUIET\tp.V600V\n";
const COPIES: &str = "gene\tsample\tstate\nERBB2\tBREAST\tamplification\nPTEN\tBREAST\t-1\n";
const FUSIONS: &str = "sample\tfusion\nLUNG\tEML4::ALK\n";
const DAY: &str = "2026-11-25";

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
}

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in [("t.maf", MAF), ("cn.tsv", COPIES), ("fusions.tsv", FUSIONS)] {
        std::fs::write(place.path().join(name), text).unwrap();
    }
    place
}

fn matched(place: &Path, more: &[&str]) -> Vec<BTreeMap<String, String>> {
    let mut args = vec!["therapies", "-o", "out", "--report-date", DAY];
    args.extend(more);
    let output = rxstrata(place, &args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    rows(&place.join("out/therapies.tsv"))
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|l| l.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), header.len(), "{cells:?}");
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

fn shared(relative: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|f| f.join("shared").join(relative)).find(|p| p.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: shared/{relative} is not here");
    }
    found
}

#[test]
fn braf_v600e_in_melanoma_comes_with_its_approved_therapies_first() {
    let place = place();
    let rows = matched(place.path(), &["--maf", "t.maf", "--tumour-type", "Melanoma"]);
    let cell = |row: usize, column: &str| rows[row][column].as_str();
    assert_eq!((cell(0, "sample"), cell(0, "gene"), cell(0, "match")), ("MEL", "BRAF", "codon"));
    assert_eq!(
        (cell(0, "therapy"), cell(0, "disease_match"), cell(0, "tier")),
        ("Binimetinib, Encorafenib", "exact", "I-A")
    );
    // The release files this approval under skin melanoma, which the tumour may or may not be.
    let vemurafenib = rows.iter().find(|r| r["therapy"] == "Vemurafenib" && r["level"] == "A").unwrap();
    assert_eq!((vemurafenib["match"].as_str(), vemurafenib["disease_match"].as_str()), ("exact-allele", "descendant"));
    assert_eq!(vemurafenib["tier"], "I-A if Skin Melanoma");
    assert!(vemurafenib["reason"].contains("a kind of the tumour type given"), "{vemurafenib:?}");
    let tiers: Vec<&str> =
        rows.iter().take_while(|r| r["evidence_type"] == "predictive").map(|r| r["tier"].as_str()).collect();
    let first_of = |tier: &str| tiers.iter().position(|t| t.starts_with(tier)).unwrap();
    assert!(
        first_of("I-A") < first_of("I-B") && first_of("I-B") < first_of("II-C") && first_of("II-C") < first_of("II-D")
    );
    assert!(rows.iter().all(|r| r["release"] == "CIViC 2021-02-25 (5.7 years old)"));
    assert!(rows.iter().all(|r| r["sample"] == "MEL"), "a silent variant holds for nothing");
    let vemurafenib = |r: &&BTreeMap<String, String>| r["therapy"] == "Vemurafenib" && r["effect"] == "sensitivity";
    assert!(rows.iter().filter(vemurafenib).any(|r| r["level"] == "A" && r["direction"] == "supports"));
    assert!(rows.iter().any(|r| r["direction"] == "does not support"), "studies against are shown as such");
    for row in &rows {
        let is_gene = row["evidence_variant"].ends_with("MUTATION");
        assert_eq!(is_gene, row["match"] == "gene", "{row:?}");
    }
}

#[test]
fn an_approval_in_another_tumour_type_stands_below_studies_in_this_one_and_says_so() {
    let place = place();
    let rows = matched(place.path(), &["--maf", "t.maf", "--tumour-type", "Colorectal Cancer"]);
    let at = |keep: &dyn Fn(&BTreeMap<String, String>) -> bool| rows.iter().position(keep).unwrap();
    let elsewhere = at(&|r| r["level"] == "A" && r["disease_match"] == "other" && r["effect"] == "sensitivity");
    let here = at(&|r| r["level"] == "B" && r["disease_match"] == "exact");
    assert!(here < elsewhere, "{here} {elsewhere}");
    assert_eq!(rows[elsewhere]["tier"], "II-C");
    assert!(rows[elsewhere]["reason"].contains("in another tumour type ("), "{}", rows[elsewhere]["reason"]);
    let untyped = matched(place.path(), &["--maf", "t.maf"]);
    assert!(untyped.iter().all(|r| r["tier"].is_empty()), "a tier depends on the tumour type");
}

#[test]
fn nearness_of_tumour_types_comes_from_the_disease_ontology() {
    let place = place();
    let of = |tumour_type: &str| {
        let rows = matched(place.path(), &["--fusions", "fusions.tsv", "--tumour-type", tumour_type]);
        let nsclc = rows.iter().find(|r| r["disease"] == "Lung Non-small Cell Carcinoma").unwrap();
        nsclc["disease_match"].clone()
    };
    assert_eq!(of("Lung Non-small Cell Carcinoma"), "exact");
    assert_eq!(of("lung adenocarcinoma"), "ancestor", "no word of the names says so");
    assert_eq!(of("DOID:1324"), "descendant", "lung cancer, by its number");
    assert_eq!(of("Lung Small Cell Carcinoma"), "other");
    assert_eq!(of("Lung Tumour of Mine"), "other, shared word: lung");
    let page = std::fs::read_to_string(place.path().join("out/LUNG.therapies.html")).unwrap();
    assert!(page.contains("does not know the tumour type Lung Tumour of Mine"));
}

#[test]
fn a_gene_is_known_by_its_alias_and_a_name_of_several_genes_by_none() {
    let place = place();
    let copies = "gene\tsample\tstate\nHER2\tBREAST\tamplification\nMLL2\tBREAST\tdeletion\n";
    std::fs::write(place.path().join("alias.tsv"), copies).unwrap();
    let rows = matched(place.path(), &["--copy-number", "alias.tsv"]);
    assert!(rows.iter().all(|r| r["gene"] == "ERBB2" && r["note"].contains("ERBB2 given as HER2")), "{rows:?}");
    let mut symbol = matched(place.path(), &["--copy-number", "cn.tsv"]);
    symbol.retain(|r| r["gene"] == "ERBB2");
    assert_eq!(symbol.len(), rows.len(), "the same as by its symbol");
    let json = std::fs::read_to_string(place.path().join("out/therapies.json")).unwrap();
    assert!(!json.contains("given as"), "the symbol itself needs no word");
    matched(place.path(), &["--copy-number", "alias.tsv"]);
    let json = std::fs::read_to_string(place.path().join("out/therapies.json")).unwrap();
    assert!(json.contains("ERBB2 given as HER2 (alias)"), "{json}");
    assert!(json.contains("MLL2 was matched to nothing: it is a name of KMT2D, and of KMT2B"), "{json}");
}

#[test]
fn a_drug_with_evidence_both_ways_shows_it_at_a_glance() {
    let place = place();
    let row = |position: &str, bases: &str, protein: &str| {
        format!("EGFR\tGRCh37\t7\t{position}\t{position}\tMissense_Mutation\t{bases}\tLUNG\t{protein}\n")
    };
    let maf = [
        MAF.lines().take(2).map(|l| format!("{l}\n")).collect::<String>(),
        row("55259515", "T\tG", "p.L858R"),
        row("55249071", "C\tT", "p.T790M"),
    ];
    std::fs::write(place.path().join("lung.maf"), maf.concat()).unwrap();
    matched(place.path(), &["--maf", "lung.maf", "--tumour-type", "Lung Adenocarcinoma"]);
    let page = std::fs::read_to_string(place.path().join("out/LUNG.therapies.html")).unwrap();
    let glance = page.split("id=\"glance\"").nth(1).unwrap().split("</section>").next().unwrap();
    let of = |drug: &str| glance.split("<tr>").find(|r| r.contains(&format!(">{drug}<"))).unwrap().to_owned();
    assert!(of("Erlotinib").contains("both ways") && of("Erlotinib").contains("p.T790M"), "{}", of("Erlotinib"));
    assert!(!of("Osimertinib").contains("both ways"));
}

#[test]
fn studies_in_another_tumour_type_dispute_nothing_at_a_glance() {
    let place = place();
    let inputs = ["--maf", "t.maf", "--copy-number", "cn.tsv", "--tumour-type"];
    let row = |tumour_type: &str, sample: &str, drug: &str| {
        matched(place.path(), &[&inputs[..], &[tumour_type]].concat());
        let page = std::fs::read_to_string(place.path().join(format!("out/{sample}.therapies.html"))).unwrap();
        let glance = page.split("id=\"glance\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        glance.split("<tr>").find(|r| r.contains(&format!(">{drug}<"))).unwrap().to_owned()
    };
    // The study against dabrafenib is in colorectal cancer, that against afatinib in the same tumour type.
    assert!(!row("Melanoma", "MEL", "Dabrafenib").contains("disputed"));
    assert!(row("Breast Cancer", "BREAST", "Afatinib").contains("disputed"));
}

#[test]
fn a_page_says_release_age_match_and_what_is_missing() {
    let place = place();
    matched(place.path(), &["--maf", "t.maf", "--tumour-type", "DOID:1909"]);
    let page = std::fs::read_to_string(place.path().join("out/MEL.therapies.html")).unwrap();
    for words in [
        "release of 2021-02-25, 5.7 years old",
        "this very allele",
        "Melanoma (DOID:1909)",
        "No germline result was given",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("<script") && !page.contains("src=\"http"), "the page asks for nothing");
    let quiet = std::fs::read_to_string(place.path().join("out/QUIET.therapies.html")).unwrap();
    assert!(quiet.contains("holds no such evidence"));
}

#[test]
fn copy_numbers_and_fusions_are_matched_and_one_lost_copy_is_not() {
    let place = place();
    let rows = matched(place.path(), &["--copy-number", "cn.tsv", "--fusions", "fusions.tsv"]);
    let has = |sample: &str, gene: &str, level: &str| {
        rows.iter().any(|r| r["sample"] == sample && r["gene"] == gene && r["match"] == level)
    };
    assert!(
        has("BREAST", "ERBB2", "copy-number")
            && has("LUNG", "ALK", "fusion")
            && has("LUNG", "ALK", "fusion-any-partner")
    );
    assert!(!rows.iter().any(|r| r["gene"] == "PTEN"));
}

#[test]
fn a_table_of_genes_by_samples_reads_like_one_of_rows() {
    let place = place();
    std::fs::write(
        place.path().join("wide.tsv"),
        "Gene Symbol\tLocus ID\tCytoband\tBREAST\nERBB2\t2064\t17q12\t2\nPTEN\t1\t10q\tNA\n",
    )
    .unwrap();
    let wide = matched(place.path(), &["--copy-number", "wide.tsv"]);
    assert_eq!(wide, matched(place.path(), &["--copy-number", "cn.tsv"]));
}

#[test]
fn vcf_of_vep_and_of_snpeff_give_the_same() {
    let place = place();
    let head = "##fileformat=VCFv4.2\n##contig=<ID=7,length=159138663>\n";
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP7N\tP7T\n";
    let write = |name: &str, header: &str, info: &str| {
        let record = |filter| format!("7\t140453136\t.\tA\tT\t.\t{filter}\t{info}\tGT\t0/0\t0/1\n");
        let text = format!("{head}##tumor_sample=P7T\n{header}{columns}{}{}", record("PASS"), record("germline"));
        std::fs::write(place.path().join(name), text).unwrap();
    };
    write(
        "vep.vcf",
        "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Format: Allele|Consequence|SYMBOL|Feature|EXON|HGVSc|HGVSp\">\n",
        "CSQ=T|missense_variant|BRAF|ENST00000288602|15/18|ENST00000288602.6:c.1799T>A|ENSP00000288602.6:p.Val600Glu",
    );
    write(
        "snpeff.vcf",
        "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations\">\n",
        "ANN=T|missense_variant|MODERATE|BRAF|ENSG|transcript|ENST00000288602.6|protein_coding|15/18|c.1799T>A|p.Val600Glu|",
    );
    let vep = matched(place.path(), &["--vcf", "vep.vcf"]);
    assert!(vep.iter().any(|r| r["match"] == "exact-allele" && r["sample"] == "P7T"), "{:?}", vep.first());
    assert!(!vep.iter().any(|r| r["sample"] == "P7N"));
    assert_eq!(vep, matched(place.path(), &["--vcf", "snpeff.vcf"]));
    // Columns that are called alike in every file say nothing of the patient.
    let named =
        std::fs::read_to_string(place.path().join("vep.vcf")).unwrap().replace("P7T", "TUMOR").replace("P7N", "NORMAL");
    std::fs::write(place.path().join("patient.vcf"), named).unwrap();
    let by_file = matched(place.path(), &["--vcf", "patient.vcf"]);
    assert!(by_file.len() == vep.len() && by_file.iter().all(|r| r["sample"] == "patient"), "{:?}", by_file.first());
}

#[test]
fn germline_guidance_is_joined_by_drug() {
    let place = place();
    let calls = "DPYD\trs3918290 C>T (*2A)/rs3918290 C>T (*2A)\tPoor Metabolizer\t0.0\n";
    std::fs::write(place.path().join("P.outside.tsv"), calls).unwrap();
    let called = rxstrata(place.path(), &["call", "--outside-calls", "P.outside.tsv", "-o", "germline"]);
    assert_eq!(called.status.code(), Some(0), "{}", String::from_utf8_lossy(&called.stderr));
    std::fs::write(place.path().join("one.maf"), MAF.lines().take(3).map(|l| format!("{l}\n")).collect::<String>())
        .unwrap();
    matched(place.path(), &["--maf", "one.maf", "--germline", "germline/calls.json"]);
    let page = std::fs::read_to_string(place.path().join("out/MEL.therapies.html")).unwrap();
    let section = page.split("id=\"germline\"").nth(1).unwrap();
    assert!(section.contains("fluorouracil") && section.contains("capecitabine"), "{section}");
    assert!(!section.contains("clopidogrel"), "no drug against cancer");
    let first = section.split("<tbody>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(first.contains("capecitabine") && first.contains("avoid"), "what to avoid comes first: {first}");
    let head = page.split("<main>").next().unwrap();
    assert!(
        head.contains("By the patient's own genome") && head.contains("fluorouracil"),
        "and at the top of the page"
    );
    let json = std::fs::read_to_string(place.path().join("out/therapies.json")).unwrap();
    assert!(json.contains("\"drug\": \"fluorouracil\"") && json.contains("\"age\": \"5.7 years old\""));
}

#[test]
fn bad_input_is_one_line_and_leaves_nothing() {
    let place = place();
    let refused = |status: i32, args: &[&str], words: &[&str]| {
        let mut all = vec!["therapies", "-o", "bad"];
        all.extend(args);
        let output = rxstrata(place.path(), &all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.lines().count()), (Some(status), 1), "{said}");
        assert!(words.iter().all(|w| said.contains(w)), "{said}");
        assert!(!place.path().join("bad/therapies.tsv").exists());
    };
    std::fs::write(place.path().join("bad.maf"), MAF.replace("140453136\t140453136\tM", "here\t1\tM")).unwrap();
    refused(4, &["--maf", "bad.maf"], &["bad.maf, line 3", "'here'"]);
    std::fs::write(place.path().join("bad.cn"), "gene\tsample\tstate\nERBB2\tS\t7\n").unwrap();
    refused(4, &["--copy-number", "bad.cn"], &["bad.cn, line 2", "'7' of ERBB2 in S"]);
    std::fs::write(place.path().join("bad.fusions"), "sample\tfusion\nS\tALK\n").unwrap();
    refused(4, &["--fusions", "bad.fusions"], &["bad.fusions, line 2"]);
    std::fs::write(
        place.path().join("plain.vcf"),
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
    )
    .unwrap();
    refused(4, &["--vcf", "plain.vcf"], &["plain.vcf", "annotate"]);
    refused(2, &["--maf", "t.maf", "--report-date", "soon"], &["'soon' is not a date"]);
}

#[test]
fn the_same_input_gives_the_same_bytes_at_any_number_of_threads() {
    let place = place();
    let bytes = |threads: &str| {
        let more =
            ["--maf", "t.maf", "--copy-number", "cn.tsv", "-o", threads, "--report-date", DAY, "--threads", threads];
        assert!(rxstrata(place.path(), &[&["therapies"], &more[..]].concat()).status.success());
        let read = |name: &str| std::fs::read(place.path().join(threads).join(name)).unwrap();
        (read("therapies.tsv"), read("therapies.json"), read("MEL.therapies.html"))
    };
    let one = bytes("1");
    assert!(one == bytes("2") && one == bytes("5"));
}

#[test]
fn what_is_written_as_json_keeps_to_its_schema() {
    let schema = include_str!("../../docs/schema/therapies.schema.json");
    let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let place = place();
    std::fs::write(place.path().join("P.outside.tsv"), "DPYD\t*1/*1\tNormal Metabolizer\t2.0\n").unwrap();
    assert!(rxstrata(place.path(), &["call", "--outside-calls", "P.outside.tsv", "-o", "germline"]).status.success());
    let inputs = ["--maf", "t.maf", "--copy-number", "cn.tsv", "--fusions", "fusions.tsv"];
    for more in [vec![], vec!["--tumour-type", "Melanoma", "--germline", "germline/calls.json"]] {
        matched(place.path(), &[&inputs[..], &more[..]].concat());
        let text = std::fs::read_to_string(place.path().join("out/therapies.json")).unwrap();
        let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new());
        document["samples"][0]["surplus"] = true.into();
        assert!(!validator.is_valid(&document), "nothing may stand there unnamed");
    }
}

#[test]
fn known_leukaemia_variants_are_found_in_the_tcga_cohort() {
    let Some(maf) = shared("data/oncology/tcga_laml/mutations.maf.gz") else { return };
    let place = place();
    let rows = matched(place.path(), &["--maf", maf.to_str().unwrap(), "--tumour-type", "Acute Myeloid Leukemia"]);
    let tumours = |of: &str, level: &str| {
        let hits = rows.iter().filter(|r| r["evidence_variant"] == of && r["match"] == level);
        hits.map(|r| r["sample"].clone()).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(tumours("IDH1 R132C", "exact-allele"), 12);
    assert_eq!(tumours("IDH2 R140", "codon"), 17);
    assert_eq!(tumours("DNMT3A R882", "codon"), 27);
    assert_eq!(tumours("FLT3 ITD", "exon-or-region"), 33);
    assert_eq!(tumours("NPM1 EXON 12 MUTATION", "exon-or-region"), 31);
    assert_eq!(tumours("FLT3 D835Y", "protein-change"), 10, "the release gives no coordinates");
}

#[test]
fn evidence_is_imported_by_the_binary_and_used_from_its_folder() {
    let Some(evidence) = shared("knowledge/civic/evidence.tsv.gz") else { return };
    let place = place();
    let folder = evidence.parent().unwrap().to_str().unwrap();
    let output =
        rxstrata(place.path(), &["knowledge", "import", "--civic", folder, "--date", "2021-02-25", "-o", "own"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1467 variants, 3706 items of evidence"));
    let own = matched(place.path(), &["--maf", "t.maf", "--knowledge", "own"]);
    assert_eq!(own, matched(place.path(), &["--maf", "t.maf"]));
}

#[test]
fn a_disease_ontology_and_names_of_genes_are_imported_by_the_binary() {
    let place = place();
    let obo = "format-version: 1.2\ndata-version: releases/2030-01-01\n\n\
        [Term]\nid: DOID:162\nname: cancer\n\n\
        [Term]\nid: DOID:1909\nname: melanoma\nis_a: DOID:162 ! cancer\n\n\
        [Term]\nid: DOID:14566\nname: disease of cellular proliferation\n\n\
        [Term]\nid: DOID:99\nname: odd tumour\nsynonym: \"very odd tumour\" EXACT []\nis_a: DOID:1909\nis_a: DOID:14566\n";
    std::fs::write(place.path().join("doid.obo"), obo).unwrap();
    std::fs::write(place.path().join("hgnc.tsv"), "symbol\talias_symbol\tprev_symbol\nBRAF\tODDNAME\t\n").unwrap();
    let import = ["knowledge", "import", "--disease-ontology", "doid.obo", "--hgnc", "hgnc.tsv", "-o", "own"];
    let undated = rxstrata(place.path(), &import);
    assert_eq!(undated.status.code(), Some(2), "the table does not state its date");
    let output = rxstrata(place.path(), &[&import[..], &["--hgnc-date", "2030-01-02"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(place.path().join("odd.maf"), MAF.replace("BRAF", "ODDNAME")).unwrap();
    let rows = matched(place.path(), &["--maf", "odd.maf", "--knowledge", "own", "--tumour-type", "very odd tumour"]);
    let melanoma = rows.iter().find(|r| r["disease"] == "Melanoma").unwrap();
    assert_eq!(melanoma["disease_match"], "ancestor", "the evidence itself is the built-in one");
    assert!(melanoma["note"].contains("BRAF given as ODDNAME"));
    let json = std::fs::read_to_string(place.path().join("out/therapies.json")).unwrap();
    assert!(json.contains("releases/2030-01-01") && json.contains("2030-01-02"), "what was used is named");
    std::fs::write(place.path().join("doid.obo"), "[Term]\nid: GO:1\n").unwrap();
    let refused = rxstrata(place.path(), &["knowledge", "import", "--disease-ontology", "doid.obo", "-o", "bad"]);
    assert_ne!(refused.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("expected the Disease Ontology in OBO format"));
    assert!(!place.path().join("bad").exists());
}
