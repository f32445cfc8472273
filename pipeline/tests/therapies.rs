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
fn braf_v600e_in_melanoma_comes_with_its_approved_therapy_first() {
    let place = place();
    let rows = matched(place.path(), &["--maf", "t.maf", "--tumour-type", "Melanoma"]);
    let first = &rows[0];
    assert_eq!(
        (first["sample"].as_str(), first["gene"].as_str(), first["match"].as_str()),
        ("MEL", "BRAF", "exact-allele")
    );
    // The release files the approval under skin melanoma.
    assert_eq!((first["level"].as_str(), first["disease_match"].as_str()), ("A", "descendant by name"));
    assert_eq!(first["therapy"], "Vemurafenib");
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
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNORMAL\tTUMOR\n";
    let write = |name: &str, header: &str, info: &str| {
        let record = |filter| format!("7\t140453136\t.\tA\tT\t.\t{filter}\t{info}\tGT\t0/0\t0/1\n");
        let text = format!("{head}##tumor_sample=TUMOR\n{header}{columns}{}{}", record("PASS"), record("germline"));
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
    assert!(vep.iter().any(|r| r["match"] == "exact-allele" && r["sample"] == "TUMOR"), "{:?}", vep.first());
    assert!(!vep.iter().any(|r| r["sample"] == "NORMAL"));
    assert_eq!(vep, matched(place.path(), &["--vcf", "snpeff.vcf"]));
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
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
        command.current_dir(place.path()).env("RAYON_NUM_THREADS", threads);
        command.args(["therapies", "--maf", "t.maf", "--copy-number", "cn.tsv", "-o", threads, "--report-date", DAY]);
        assert!(command.output().unwrap().status.success());
        let read = |name: &str| std::fs::read(place.path().join(threads).join(name)).unwrap();
        (read("therapies.tsv"), read("therapies.json"), read("MEL.therapies.html"))
    };
    assert!(bytes("1") == bytes("4"));
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
