//! Which assembly a file is on, and which sites are then read; input from standard input.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use support::{VcfBuilder, at, observe_bytes, observe_vcf, told};
use variants::model::Assembly;
use variants::observe::ObserveOptions;

#[test]
fn contig_lengths_of_grch37_choose_its_sites() {
    let vcf =
        VcfBuilder::new().silent().meta("##contig=<ID=1,length=249250621>").meta("##contig=<ID=2,length=243199373>");
    let observed = observe_vcf(&vcf.gt("1:51000 C>T", "0/1").gt("1:1000 C>T", "1/1"));
    assert_eq!(observed.observations.panel.assembly(), Assembly::Grch37);
    assert_eq!(observed.assembly_evidence, "contig lengths of 1 and 1 more");
    assert_eq!(told(at(&observed, "chr1:51000")), "Called 0/1");
    assert_eq!(told(at(&observed, "chr2:51000")), "Missing");
}

#[test]
fn accession_versions_tell_the_assembly() {
    for (contig, place, expected) in [
        ("NC_000001.10", "chr1:51000", Assembly::Grch37),
        ("NC_000001.11", "chr1:1000", Assembly::Grch38),
        ("NC_000023.10", "chrX:51000", Assembly::Grch37),
        ("NC_000023.11", "chrX:1000", Assembly::Grch38),
    ] {
        let (_, position) = place.split_once(':').expect("a position");
        let alleles = if place.starts_with("chrX") { "G>A" } else { "C>T" };
        let vcf = VcfBuilder::new().silent().meta(&format!("##contig=<ID={contig}>"));
        let observed = observe_vcf(&vcf.gt(&format!("{contig}:{position} {alleles}"), "0/1"));
        assert_eq!(observed.observations.panel.assembly(), expected, "{contig}");
        assert_eq!(told(at(&observed, place)), "Called 0/1", "{contig}");
        assert!(observed.assembly_evidence.starts_with("accession versions of"), "{}", observed.assembly_evidence);
    }
}

#[test]
fn accessions_of_two_assemblies_in_one_header_are_refused() {
    let vcf = VcfBuilder::new().silent().meta("##contig=<ID=NC_000001.10>").meta("##contig=<ID=NC_000002.12>");
    let error = observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default()).expect_err("contradictory");
    let text = error.to_string();
    assert!(text.contains("NC_000001.10") && text.contains("NC_000002.12") && text.contains("--assembly"), "{text}");
}

#[test]
fn standard_input_is_read_like_a_file() {
    // The example lies beside the folder of the test binaries; it is built with the tests of the package.
    let tests = std::env::current_exe().expect("a path");
    let example = tests.ancestors().nth(2).expect("a build folder").join("examples/observe");
    if !example.is_file() {
        eprintln!("skipped: {} was not built (cargo test -p variants builds it)", example.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sites = support::write(folder.path(), "sites.tsv", b"chr1\t1000\tC\tT\nchr2\t1000\tA\tC,G\n");
    let vcf = VcfBuilder::new().gt("chr1:1000 C>T", "0/1").text();
    let file = support::write(folder.path(), "input.vcf", vcf.as_bytes());
    let told = |input: &str, bytes: &[u8]| {
        let mut child = Command::new(&example)
            .args([sites.as_os_str(), input.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
        String::from_utf8(child.wait_with_output().expect("it ends").stdout).expect("text")
    };
    let piped = told("-", vcf.as_bytes());
    assert_eq!(piped, told(file.to_str().expect("a path"), b""));
    assert!(piped.contains("\"Called\": 1") && piped.contains("\"Missing\": 1"), "{piped}");
}

#[test]
fn the_mitochondrion_of_hg19_is_not_read_as_the_cambridge_sequence() {
    let mitochondrial = |assembly| {
        let sites = vec![support::site("chrM", 1555, "A", &["G"], None)];
        std::sync::Arc::new(variants::model::Panel::new(assembly, sites).expect("a panel"))
    };
    let panels =
        variants::observe::Panels { grch38: mitochondrial(Assembly::Grch38), grch37: mitochondrial(Assembly::Grch37) };
    for (length, expected, warnings) in [(16_571, "Missing", 1), (16_569, "ReferenceBlock 0", 0)] {
        let vcf = VcfBuilder::new()
            .silent()
            .meta("##contig=<ID=chr1,length=249250621>")
            .meta(&format!("##contig=<ID=chrM,length={length}>"))
            .full("chrM:1 G><NON_REF>", ".", ".", "END=16000", "GT", &["0"]);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = support::write(folder.path(), "input.vcf", vcf.text().as_bytes());
        let source = variants::observe::Source::File(path);
        let observed = variants::observe::observe(&source, &panels, &ObserveOptions::default()).expect("readable");
        assert_eq!(told(at(&observed, "chrM:1555")), expected);
        assert_eq!(observed.warnings.len(), warnings, "{:?}", observed.warnings);
    }
}
