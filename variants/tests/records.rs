//! What becomes of records, ordinary and odd.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{VcfBuilder, at, at_sample, observe_bytes, observe_vcf, told};
use variants::model::{Discrepancy, State};
use variants::observe::ObserveOptions;

fn one(place: &str, genotype: &str) -> String {
    let (site, _) = place.split_once(' ').expect("a place");
    told(at(&observe_vcf(&VcfBuilder::new().gt(place, genotype)), site))
}

#[test]
fn genotypes_are_read_in_the_alleles_of_the_site() {
    for (place, genotype, expected) in [
        ("chr1:1000 C>T", "0/1", "Called 0/1"),
        ("chr1:1000 C>T", "1|0", "Called 1|0"),
        ("chr1:1000 C>G,T", "0/2", "Called 0/1"),
        ("chr1:1000 C>G,T", "1/2", "Called G/1"),
        ("chr1:1000 c>t", "1/1", "Called 1/1"),
        ("chr1:1000 C", "0/0", "Called 0/0"),
        ("chr1:1000 C>T", "./.", "Missing"),
        ("chr1:1000 C>T", ".", "Missing"),
        ("chr1:1000 C>T", "./1", "Called ./1"),
        ("chr1:1000 C>T", ".|1", "Called .|1"),
        ("chr1:1000 C>T", "./0", "Missing ./0"),
        ("chrX:1000 G>A", "1", "Called 1"),
        ("chrX:1000 G>A", "0/0", "Called 0/0"),
        ("chr1:1000 C>*", "0/1", "Discordant 0/*"),
        ("chr1:1000 C><DEL>", "0/1", "Discordant 0/<DEL>"),
        ("chr1:1000 C>N", "0/1", "Discordant 0/N"),
        ("chr1:1000 C><*>", "0/0", "ReferenceBlock 0/0"),
        ("chr1:1000 C>T,<*>", "0/1", "Called 0/1"),
        ("chr1:1000 C>T", "0/0/1", "Discordant 0/0/1"),
        ("chr1:1000 G>T", "0/1", "Discordant"),
        ("chr1:1000 CA>C", "0/1", "Discordant"),
    ] {
        assert_eq!(one(place, genotype), expected, "{place} {genotype}");
    }
}

#[test]
fn a_site_without_a_record_is_missing_unless_the_user_says_otherwise() {
    let vcf = VcfBuilder::new().gt("chr1:1000 C>T", "0/1");
    assert_eq!(told(at(&observe_vcf(&vcf), "chr2:1000")), "Missing");
    let options = ObserveOptions { missing_as_reference: true, ..ObserveOptions::default() };
    let observed = observe_bytes(vcf.text().as_bytes(), &options).expect("readable");
    let changed = at(&observed, "chr2:1000");
    assert_eq!(told(changed), "Called 0/0");
    assert_eq!(changed.discrepancies, [Discrepancy::MissingAsReference]);
    assert!(at(&observed, "chr1:1000").discrepancies.is_empty());
}

#[test]
fn equivalent_forms_of_an_indel_are_recognised() {
    for (place, site, genotype, expected) in [
        ("chr1:2004 AATGA>A", "chr1:2000", "0/1", "Called 0/1"),
        ("chr1:2000 GATGAC>GC", "chr1:2000", "1/1", "Called 1/1"),
        ("chr1:3000 C>CAT", "chr1:3000", "0/1", "Called 0/1"),
        ("chr1:3000 CATG>CG", "chr1:3000", "0/1", "Called 0/2"),
        ("chr1:4001 G>GCGGG", "chr1:4000", "0|1", "Called 0|1"),
        ("chr1:999 GC>GT", "chr1:1000", "0/1", "Called 0/1"),
        ("chr1:2004 AATGA>A", "chr1:2000", "0/0", "Called 0/0"),
    ] {
        let observed = observe_vcf(&VcfBuilder::new().gt(place, genotype));
        let found = at(&observed, site);
        assert_eq!(told(found), expected, "{place}");
        assert_eq!(found.discrepancies, [Discrepancy::Synonym], "{place}");
    }
}

#[test]
fn a_deletion_beside_a_site_says_nothing_about_it() {
    let observed = observe_vcf(&VcfBuilder::new().gt("chr1:998 TAC>T", "0/1"));
    assert_eq!(told(at(&observed, "chr1:1000")), "Missing");
}

#[test]
fn records_of_a_split_site_join_and_true_duplicates_do_not() {
    let split = VcfBuilder::new().gt("chr2:1000 A>C", "0/1").gt("chr2:1000 A>G", "0/1");
    assert_eq!(told(at(&observe_vcf(&split), "chr2:1000")), "Called 1/2");
    let twice = VcfBuilder::new().gt("chr2:1000 A>C", "0/1").gt("chr2:1000 A>C", "1/1");
    let observed = observe_vcf(&twice);
    assert_eq!(told(at(&observed, "chr2:1000")), "Called 0/1");
    assert_eq!(at(&observed, "chr2:1000").discrepancies, [Discrepancy::DuplicateRecord]);
    let bad_first = VcfBuilder::new().gt("chr1:2000 G>C", "0/1").gt("chr1:2000 GATGA>G", "0/1");
    assert_eq!(told(at(&observe_vcf(&bad_first), "chr1:2000")), "Called 0/1");
}

#[test]
fn depths_of_one_allele_contradict_a_heterozygote_only_where_the_header_allows() {
    let vcf = VcfBuilder::new().record("chr1:1000 C>T", "GT:AD", &["0/1:91,0"]);
    let declared = vcf.clone().meta("##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"x\">");
    let vague = vcf.clone().meta("##FORMAT=<ID=AD,Number=.,Type=Integer,Description=\"x\">");
    for (vcf, expected) in [(vcf, State::Discordant), (declared, State::Discordant), (vague, State::Called)] {
        assert_eq!(at(&observe_vcf(&vcf), "chr1:1000").state, expected);
    }
    let homozygous = VcfBuilder::new().record("chr1:1000 C>T", "GT:AD", &["1/1:91,0"]);
    assert_eq!(at(&observe_vcf(&homozygous), "chr1:1000").state, State::Called);
}

#[test]
fn thresholds_filter_and_are_named() {
    let vcf = VcfBuilder::new().full("chr1:1000 C>T", ".", "q10", ".", "GT:DP:GQ", &["0/1:4:15"]);
    let read = |options: &ObserveOptions| {
        let observed = observe_bytes(vcf.text().as_bytes(), options).expect("readable");
        let found = at(&observed, "chr1:1000");
        (found.state, found.discrepancies.clone())
    };
    let failed = Discrepancy::FailedFilter("q10".to_owned());
    let none = ObserveOptions::default();
    assert_eq!(read(&none), (State::Called, vec![failed.clone()]));
    assert_eq!(read(&ObserveOptions { require_pass: true, ..none.clone() }), (State::Filtered, vec![failed.clone()]));
    let deep = ObserveOptions { min_depth: Some(5), ..none.clone() };
    assert_eq!(read(&deep), (State::Filtered, vec![failed.clone(), Discrepancy::LowDepth(4)]));
    let sure = ObserveOptions { min_quality: Some(15), ..none };
    assert_eq!(read(&sure), (State::Called, vec![failed]));
}

#[test]
fn phase_sets_are_kept_for_phased_genotypes() {
    let vcf =
        VcfBuilder::new().record("chr1:1000 C>T", "GT:PS", &["0|1:77"]).record("chr2:1000 A>C", "GT:PS", &["0/1:77"]);
    let observed = observe_vcf(&vcf);
    assert_eq!(at(&observed, "chr1:1000").genotype.as_ref().and_then(|g| g.phase_set), Some(77));
    assert_eq!(at(&observed, "chr2:1000").genotype.as_ref().and_then(|g| g.phase_set), None);
}

#[test]
fn a_third_copy_fails_its_sample_and_no_other() {
    let vcf = VcfBuilder::new().samples(&["A", "B"]).record("chr1:1000 C>T", "GT", &["0/1", "0/1/1"]);
    let observed = observe_vcf(&vcf);
    assert_eq!(told(at_sample(&observed, 0, "chr1:1000")), "Called 0/1");
    assert_eq!(told(at_sample(&observed, 1, "chr1:1000")), "Discordant 0/1/1");
    let (sample, reason) = observed.failed_samples.first().expect("one failed");
    assert_eq!((*sample, observed.failed_samples.len()), (1, 1));
    assert!(reason.starts_with("chr1:1000: sample B has 3 copies"), "{reason}");
}

#[test]
fn contig_names_of_other_habits_are_understood() {
    for contig in ["1", "chr1", "NC_000001.11"] {
        let observed = observe_vcf(&VcfBuilder::new().gt(&format!("{contig}:1000 C>T"), "0/1"));
        assert_eq!(told(at(&observed, "chr1:1000")), "Called 0/1", "{contig}");
    }
}

#[test]
fn samples_asked_for_come_in_the_order_of_the_file() {
    let vcf = VcfBuilder::new().samples(&["A", "B", "C"]).record("chr1:1000 C>T", "GT", &["0/0", "0/1", "1/1"]);
    let options = ObserveOptions { samples: vec!["C".to_owned(), "A".to_owned()], ..ObserveOptions::default() };
    let observed = observe_bytes(vcf.text().as_bytes(), &options).expect("readable");
    assert_eq!(observed.observations.samples, ["A", "C"]);
    assert_eq!(told(at_sample(&observed, 1, "chr1:1000")), "Called 1/1");
}

#[test]
fn remarks_between_records_are_passed_over_and_a_second_header_is_not() {
    let vcf = VcfBuilder::new().line("# missing: rs1").gt("chr1:1000 C>T", "0/1").line("##note=late");
    assert_eq!(told(at(&observe_vcf(&vcf), "chr1:1000")), "Called 0/1");
    let joined = vcf.line("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS2");
    let error = observe_bytes(joined.text().as_bytes(), &ObserveOptions::default()).expect_err("two files in one");
    assert!(error.to_string().contains("line 7"), "{error}");
}
