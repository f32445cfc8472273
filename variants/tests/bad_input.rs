//! One clear message for each way in which an input can be bad.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/packed.rs"]
mod packed;
mod support;

use packed::{bgzip, gzip, to_bcf};
use support::{VcfBuilder, at, observe_bytes, panels, told};
use variants::model::Assembly;
use variants::observe::{ObserveError, ObserveOptions, Source, observe};

fn refused(bytes: &[u8]) -> ObserveError {
    observe_bytes(bytes, &ObserveOptions::default()).expect_err("a bad input")
}

fn says(error: &ObserveError, words: &[&str]) {
    let text = error.to_string();
    for word in std::iter::once(&"input.vcf").chain(words) {
        assert!(text.contains(word), "'{word}' is not in: {text}");
    }
}

fn good() -> VcfBuilder {
    VcfBuilder::new().gt("chr1:1000 C>T", "0/1")
}

#[test]
fn what_is_no_vcf_is_named() {
    says(&refused(b""), &["is empty"]);
    says(&refused(b"hello\n"), &["is not a VCF or BCF", "hello"]);
    says(&refused(b"\x89PNG\r\n\x1a\n"), &["is not a VCF or BCF"]);
    says(&refused(b"chr1\t1000\trs1\tC\tT\t.\t.\t.\tGT\t0/1\n"), &["no VCF header"]);
    says(&refused(b"##fileformat=VCFv4.2\nchr1\t1000\t.\tC\tT\t.\t.\t.\tGT\t0/1\n"), &["#CHROM"]);
    says(&refused(VcfBuilder::new().samples(&[]).text().as_bytes()), &["has no samples"]);
}

#[test]
fn samples_named_twice_or_absent_are_named() {
    says(&refused(VcfBuilder::new().samples(&["A", "A"]).text().as_bytes()), &["'A' is named twice"]);
    let options = ObserveOptions { samples: vec!["S9".to_owned()], ..ObserveOptions::default() };
    says(&observe_bytes(good().text().as_bytes(), &options).expect_err("absent"), &["no sample 'S9'", "it has S1"]);
}

#[test]
fn malformed_records_are_named_by_line_and_place() {
    let line = |text: &str| refused(VcfBuilder::new().line(text).text().as_bytes());
    says(&line("chr1 1000 . C T"), &["line 4"]);
    says(&line("chr1\tx\t.\tC\tT\t.\t.\t.\tGT\t0/1"), &["line 4"]);
    says(&line("chr1\t1000\t.\tC\tT"), &["line 4, chr1:1000", "column QUAL"]);
    says(&line("chr1\t1000\t.\tC\tT\t.\t.\t.\tGT"), &["names 1 samples, the line has 0"]);
    says(&line("chr1\t1000\t.\tC\tT\t.\t.\t.\tGT\t0/1\t0/1"), &["names 1 samples, the line has 2"]);
    says(&line("chr1\t1000\t.\tC\tT\t.\t.\t.\tGT\t0/2"), &["sample S1", "beyond the 1 of ALT"]);
    says(&line("chr1\t1000\t.\tC\tT\t.\t.\t.\tGT\tA/T"), &["GT 'A/T' is not a genotype"]);
    says(&line("chr1\t1000\t.\t\tT\t.\t.\t.\tGT\t0/1"), &["an allele is empty"]);
}

#[test]
fn bytes_that_are_not_utf8_are_named() {
    let mut bytes = good().text().into_bytes();
    bytes.extend_from_slice(b"chr1\t3000\tr\xff\tCAT\tC\t.\t.\t.\tGT\t0/1\n");
    says(&refused(&bytes), &["line 5, chr1:3000", "not UTF-8", "iconv"]);
    says(&refused(b"##fileformat=VCFv4.2\n##source=caf\xe9\n"), &["header line 2", "not UTF-8"]);
    says(&refused(b"\xff\xfe#\0#\0f\0i\0"), &["is not a VCF or BCF"]);
}

#[test]
fn windows_line_ends_and_very_long_lines_are_accepted() {
    let text = good().text().replace('\n', "\r\n");
    let observed = observe_bytes(text.as_bytes(), &ObserveOptions::default()).expect("CRLF is fine");
    assert_eq!(told(at(&observed, "chr1:1000")), "Called 0/1");
    let long = "X=".to_owned() + &"y".repeat(10 * 1024 * 1024);
    let vcf = VcfBuilder::new().full("chr1:500 A>C", ".", ".", &long, "GT", &["0/1"]).full(
        "chr1:1000 C>T",
        ".",
        ".",
        &long,
        "GT",
        &["0/1"],
    );
    let observed = observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default()).expect("10 MB lines are fine");
    assert_eq!(told(at(&observed, "chr1:1000")), "Called 0/1");
}

#[test]
fn cut_off_and_damaged_files_are_told_apart_from_whole_ones() {
    let mut vcf = good();
    for position in 5000..9000 {
        vcf = vcf.gt(&format!("chr1:{position} A>G"), "0/1");
    }
    let whole = bgzip(vcf.text().as_bytes());
    for threads in [1, 3] {
        let options = ObserveOptions { threads, ..ObserveOptions::default() };
        assert!(observe_bytes(&whole, &options).is_ok());
        for lost in [1, 10, 28, 29, 500, 3000] {
            let error = observe_bytes(&whole[..whole.len() - lost], &options).expect_err("cut off");
            says(&error, &["copy or make the file again"]);
        }
        let mut damaged = whole.clone();
        // Twenty bytes: more than the parts of a block header that nobody reads.
        damaged.iter_mut().skip(whole.len() / 2).take(20).for_each(|b| *b ^= 0x55);
        says(&observe_bytes(&damaged, &options).expect_err("damaged"), &["copy or make the file again"]);
    }
    let gz = gzip(vcf.text().as_bytes());
    says(&refused(&gz[..gz.len() - 20]), &["copy or make the file again"]);
}

#[test]
fn a_bcf_that_ends_inside_a_record_is_cut_off() {
    use std::io::Read;
    let vcf = good().meta("##contig=<ID=chr1>").meta("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">");
    let mut bytes = Vec::new();
    noodles_bgzf::io::Reader::new(to_bcf(&vcf.text()).as_slice()).read_to_end(&mut bytes).expect("whole");
    assert_eq!(
        told(at(&observe_bytes(&bytes, &ObserveOptions::default()).expect("uncompressed BCF"), "chr1:1000")),
        "Called 0/1"
    );
    says(&refused(&bytes[..bytes.len() - 1]), &["cut off", "inside a record"]);
    says(&refused(b"BCF\x01\x01aaaa"), &["not BCF version 2"]);
}

#[test]
fn the_assembly_is_never_guessed() {
    let grch37 = "##contig=<ID=chr1,length=249250621>";
    let mixed = good().meta(grch37);
    says(&refused(mixed.text().as_bytes()), &["contradictory", "GRCh37", "GRCh38", "--assembly"]);
    let options = |assembly| ObserveOptions { assembly: Some(assembly), ..ObserveOptions::default() };
    let stated = observe_bytes(mixed.text().as_bytes(), &options(Assembly::Grch37)).expect("the user decides");
    assert_eq!(stated.observations.panel.assembly(), Assembly::Grch37);
    assert_eq!(stated.warnings.len(), 1);
    let error = observe_bytes(mixed.text().as_bytes(), &options(Assembly::Grch38)).expect_err("lengths say otherwise");
    says(&error, &["--assembly GRCh38 was given", "contig lengths of chr1 say GRCh37"]);
}

#[test]
fn a_silent_header_is_decided_by_the_records_or_not_at_all() {
    let read = |vcf: &VcfBuilder| observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default());
    let on38 = VcfBuilder::new().silent().gt("chr1:1000 C>T", "0/1").gt("chr2:1000 A>G", "0/0");
    let observed = read(&on38).expect("fits GRCh38 only");
    assert_eq!(observed.observations.panel.assembly(), Assembly::Grch38);
    assert!(observed.assembly_evidence.starts_with("2 records on panel sites"), "{}", observed.assembly_evidence);
    let on37 = VcfBuilder::new().silent().full("1:51000 C>T", "rs1", ".", ".", "GT", &["0/1"]);
    let observed = read(&on37).expect("fits GRCh37 only");
    assert_eq!(observed.observations.panel.assembly(), Assembly::Grch37);
    assert_eq!(told(at(&observed, "chr1:51000")), "Called 0/1");
    let both = on38.clone().gt("chr1:51000 C>T", "0/1");
    says(&read(&both).expect_err("fits both"), &["undecided", "--assembly"]);
    let neither = VcfBuilder::new().silent().gt("chr1:77 C>T", "0/1");
    says(&read(&neither).expect_err("fits neither"), &["undecided", "--assembly"]);
    let empty = VcfBuilder::new().silent();
    assert_eq!(told(at(&read(&empty).expect("nothing to place"), "chr1:1000")), "Missing");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = observe(&Source::File("absent.vcf".into()), &panels(), &ObserveOptions::default()).expect_err("absent");
    assert!(error.to_string().starts_with("cannot read absent.vcf"), "{error}");
}
