//! The same records give the same observations, however they are packed and however they are reached.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/packed.rs"]
mod packed;
mod support;

use std::path::Path;

use packed::{bgzip, gzip, index_bcf, index_vcf, to_bcf};
use support::{VcfBuilder, at, at_sample, observe_bytes, panels, told, write};
use variants::observe::{ObserveOptions, Observed, Source, observe};

const HEADER: [&str; 13] = [
    "##contig=<ID=chr1,length=248956422>",
    "##contig=<ID=chr2,length=242193529>",
    "##contig=<ID=chrX,length=156040895>",
    "##FILTER=<ID=PASS,Description=\"x\">",
    "##FILTER=<ID=q10,Description=\"x\">",
    "##INFO=<ID=END,Number=1,Type=Integer,Description=\"x\">",
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">",
    "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"x\">",
    "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"x\">",
    "##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"x\">",
    "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"x\">",
    "##FORMAT=<ID=FT,Number=1,Type=String,Description=\"x\">",
    "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"x\">",
];

/// Records on and between the sites, with fillers so that the file has many blocks.
fn rich() -> VcfBuilder {
    let mut vcf = HEADER.iter().fold(VcfBuilder::new().silent(), |v, line| v.meta(line)).samples(&["A", "B", "C"]);
    for position in (10..1000).step_by(7) {
        vcf = vcf.record(&format!("chr1:{position} A>G"), "GT:DP", &["0/1:300", "0/0:7", "./.:."]);
    }
    vcf = vcf
        .full(
            "chr1:1000 C>T,<*>",
            "rs1",
            "q10",
            ".",
            "GT:AD:DP:GQ:FT",
            &["0/1:3,5,0:8:40:PASS", "0/1:9,0,0:9:3:low", "1/2:.:.:.:."],
        )
        .full("chr1:1900 A><*>", ".", ".", "END=2100", "GT:MIN_DP:GQ", &["0/0:21:50", "./.:0:0", "0/0:3:9"])
        .record("chr1:3000 CAT>C,CATAT", "GT:PS", &["1|2:3000", "0|1:17", ".|2:."])
        .record("chr1:4001 G>GCGGG", "GT", &["0/1", "1", "./."]);
    for position in (5000..9000).step_by(11) {
        vcf = vcf.record(&format!("chr1:{position} A>G"), "GT:DP", &["0/1:70000", "0/0:7", "./.:."]);
    }
    vcf.record("chr2:1000 A>G", "GT", &["0/0", "0/1", "1/1"]).record("chrX:1000 G>A", "GT", &["1", "0/1", "0"])
}

fn open(path: &Path, threads: usize) -> Observed {
    let options = ObserveOptions { threads, support_up_to: usize::MAX, ..ObserveOptions::default() };
    observe(&Source::File(path.to_owned()), &panels(), &options).expect("readable")
}

#[test]
fn every_packing_gives_the_same_observations() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = rich().text();
    let plain = open(&write(folder.path(), "a.vcf", text.as_bytes()), 1);
    assert_eq!(plain.format, "gVCF (plain)");
    assert_eq!(plain.assembly_evidence, "contig lengths of chr1 and 2 more");
    assert_eq!(told(at_sample(&plain, 0, "chr1:1000")), "Called 0/1");
    assert_eq!(told(at_sample(&plain, 1, "chr1:1000")), "Discordant 0/1");
    assert_eq!(told(at_sample(&plain, 2, "chr1:1000")), "Discordant 1/<*>");
    assert_eq!(told(at_sample(&plain, 0, "chr1:2000")), "ReferenceBlock 0/0");
    assert_eq!(told(at_sample(&plain, 1, "chr1:2000")), "Missing");
    assert_eq!(told(at_sample(&plain, 0, "chr1:3000")), "Called 2|1");
    assert_eq!(told(at_sample(&plain, 0, "chr1:4000")), "Called 0/1");
    let bcf = to_bcf(&text);
    for (name, bytes, format) in [
        ("a.vcf.gz", gzip(text.as_bytes()), "gVCF (gzip)"),
        ("b.vcf.gz", bgzip(text.as_bytes()), "gVCF (bgzip)"),
        ("a.bcf", bcf, "BCF"),
    ] {
        let path = write(folder.path(), name, &bytes);
        for threads in [1, 4] {
            let read = open(&path, threads);
            assert_eq!(read.format, format);
            assert!(!read.indexed);
            assert_eq!(read.observations, plain.observations, "{name}, {threads} threads");
        }
    }
}

#[test]
fn seeking_by_an_index_gives_what_streaming_gives() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = rich().text();
    let vcf = write(folder.path(), "a.vcf.gz", &bgzip(text.as_bytes()));
    let bcf = write(folder.path(), "a.bcf", &to_bcf(&text));
    let streamed = open(&vcf, 1);
    index_vcf(&vcf);
    index_bcf(&bcf);
    for path in [vcf, bcf] {
        let sought = open(&path, 1);
        assert!(sought.indexed, "{}", path.display());
        assert_eq!(sought.warnings, Vec::<String>::new());
        assert_eq!(sought.observations, streamed.observations, "{}", path.display());
    }
}

#[test]
fn a_garbled_or_old_index_is_left_alone_and_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let vcf = write(folder.path(), "a.vcf.gz", &bgzip(rich().text().as_bytes()));
    let streamed = open(&vcf, 1);
    let beside = index_vcf(&vcf);
    let good = std::fs::read(&beside).expect("the index");
    std::fs::write(&beside, b"not an index").expect("the folder can be written");
    let read = open(&vcf, 1);
    assert!(
        !read.indexed && read.warnings[0].contains("a.vcf.gz.tbi: the index cannot be read"),
        "{:?}",
        read.warnings
    );
    assert_eq!(read.observations, streamed.observations);
    std::fs::write(&beside, good).expect("the folder can be written");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().write(true).open(&beside).and_then(|f| f.set_modified(old)).expect("times can be set");
    let read = open(&vcf, 1);
    assert!(!read.indexed && read.warnings[0].contains("older than the file"), "{:?}", read.warnings);
}

#[test]
fn blocks_of_every_caller_cover_sites() {
    for (caller, place, info, format, sample) in [
        ("GATK", "chr1:900 A><NON_REF>", "END=1100", "GT:DP:GQ:MIN_DP:PL", "0/0:30:60:20:0,1,2"),
        ("DeepVariant", "chr1:900 A><*>", "END=1100", "GT:GQ:MIN_DP:PL", "0/0:60:20:0,1,2"),
        ("Strelka", "chr1:900 A", "END=1100;BLOCKAVG_min30p3a", "GT:GQX:DP:DPF:MIN_DP", "0/0:60:30:1:20"),
        (
            "DRAGEN",
            "chr1:900 A><NON_REF>",
            "END=1100",
            "GT:AD:DP:GQ:MIN_DP:PL:SPL:ICNT",
            "0/0:30,0:30:60:20:0,1,2:0,1,2:3,4",
        ),
    ] {
        let vcf = VcfBuilder::new().full(place, ".", "PASS", info, format, &[sample]);
        let read = |least| {
            let options = ObserveOptions { min_depth: least, ..ObserveOptions::default() };
            told(at(&observe_bytes(vcf.text().as_bytes(), &options).expect("readable"), "chr1:1000"))
        };
        assert_eq!(read(None), "ReferenceBlock 0/0", "{caller}");
        assert_eq!(read(Some(20)), "ReferenceBlock 0/0", "{caller}");
        assert_eq!(read(Some(21)), "Filtered 0/0", "{caller}: the least depth of the block counts");
    }
}

#[test]
fn a_block_that_ends_before_a_site_does_not_cover_it() {
    let vcf = VcfBuilder::new().full("chr1:900 A><NON_REF>", ".", ".", "END=999", "GT", &["0/0"]).full(
        "chr1:1001 A><NON_REF>",
        ".",
        ".",
        "END=1999",
        "GT",
        &["0/0"],
    );
    let observed = observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default()).expect("readable");
    assert_eq!(told(at(&observed, "chr1:1000")), "Missing");
    assert_eq!(told(at(&observed, "chr1:2000")), "Missing");
}

#[test]
fn a_variant_record_outweighs_the_block_around_it() {
    let vcf = VcfBuilder::new()
        .full("chr1:900 A><NON_REF>", ".", ".", "END=1100", "GT", &["0/0"])
        .gt("chr1:1000 C>T,<NON_REF>", "0/1");
    let observed = observe_bytes(vcf.text().as_bytes(), &ObserveOptions::default()).expect("readable");
    assert_eq!(told(at(&observed, "chr1:1000")), "Called 0/1");
}
