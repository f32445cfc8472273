//! Indels far from where the panel writes them, recognised through a reference sequence.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use support::{VcfBuilder, site, told, write};
use variants::model::{Assembly, Panel};
use variants::observe::{ObserveError, ObserveOptions, Observed, Panels, Source, observe};

/// chr1 of 300 bases: C, with 40 T at 101..=140 after the G at 100. The site inserts a T there.
fn read(record: &str, base_at_100: char, length: u64) -> Result<Observed, ObserveError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sequence = "C".repeat(99) + &base_at_100.to_string() + &"T".repeat(40) + &"C".repeat(160);
    let fasta: PathBuf = write(folder.path(), "ref.fa", format!(">chr1\n{sequence}\n").as_bytes());
    write(folder.path(), "ref.fa.fai", format!("chr1\t{length}\t6\t300\t301\n").as_bytes());
    let vcf = write(folder.path(), "input.vcf", VcfBuilder::new().gt(record, "0/1").text().as_bytes());
    let panel =
        |assembly| Arc::new(Panel::new(assembly, vec![site("chr1", 100, "G", &["GT"], None)]).expect("a panel"));
    let panels = Panels { grch38: panel(Assembly::Grch38), grch37: panel(Assembly::Grch37) };
    let options = ObserveOptions { reference: Some(fasta), ..ObserveOptions::default() };
    observe(&Source::File(vcf), &panels, &options)
}

fn told_at_site(record: &str) -> String {
    told(read(record, 'G', 300).expect("readable").observations.get(0, 0).expect("the site"))
}

#[test]
fn an_insertion_at_the_other_end_of_a_repeat_is_the_same() {
    assert_eq!(told_at_site("chr1:100 G>GT"), "Called 0/1");
    assert_eq!(told_at_site("chr1:140 T>TT"), "Called 0/1");
    assert_eq!(told_at_site("chr1:141 C>TC"), "Called 0/1");
    assert_eq!(told_at_site("chr1:140 T>TA"), "Missing");
    assert_eq!(told_at_site("chr1:150 C>CT"), "Missing");
}

#[test]
fn a_sequence_of_another_assembly_is_refused() {
    let error = read("chr1:100 G>GT", 'A', 300).expect_err("another base at the site");
    assert!(error.to_string().contains("chr1:100 G>GT: the sequence has A there"), "{error}");
    let error = read("chr1:100 G>GT", 'G', 249_250_621).expect_err("lengths of GRCh37");
    assert!(
        error.to_string().contains("it is on GRCh37 by contig lengths of chr1, but the file is on GRCh38"),
        "{error}"
    );
}
