//! Records that lie over a site without being at it: several bases changed at once, deletions, blocks over a part.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::{VcfBuilder, at, at_sample, observe_bytes, observe_vcf, told};
use variants::model::{Allele, Discrepancy, State};
use variants::observe::ObserveOptions;

fn block(vcf: VcfBuilder, contig: &str, first: u32, last: u32, genotypes: &[&str]) -> VcfBuilder {
    vcf.full(&format!("{contig}:{first} N><NON_REF>"), ".", ".", &format!("END={last}"), "GT", genotypes)
}

/// Blocks start on the base that the sequence has there; the panel's deletion is GATGA at 2000.
fn block_at(vcf: VcfBuilder, first: u32, base: char, last: u32, genotypes: &[&str]) -> VcfBuilder {
    vcf.full(&format!("chr1:{first} {base}><NON_REF>"), ".", ".", &format!("END={last}"), "GT", genotypes)
}

#[test]
fn a_change_of_several_bases_is_read_at_the_site_within_it() {
    for (place, genotype, expected) in [
        ("chr1:999 AC>GT", "0/1", "Called 0/1"),
        ("chr1:1000 CA>TG", "0/1", "Called 0/1"),
        ("chr1:999 AC>GT", "1|0", "Called 1|0"),
        ("chr1:999 AC>GT", "1/1", "Called 1/1"),
        ("chr1:999 AC>GT", "0/0", "Called 0/0"),
        ("chr1:999 AC>GT", "./1", "Called ./1"),
        ("chr1:999 AC>GT", "./.", "Missing"),
        ("chr1:998 TACAG>GGTTT", "0/1", "Called 0/1"),
        ("chr1:999 AC>GG", "0/1", "Called 0/G"),
        ("chr1:999 AC>GT,GC", "1/2", "Called 1/0"),
        ("chr1:999 AC>GC,GG", "1/2", "Called 0/G"),
        ("chr1:999 AC>AT,GT", "1/2", "Called 1/1"),
        ("chr2:999 GA>TG", "0/1", "Called 0/2"),
    ] {
        let observed = observe_vcf(&VcfBuilder::new().gt(place, genotype));
        let site = if place.starts_with("chr2") { "chr2:1000" } else { "chr1:1000" };
        let found = at(&observed, site);
        assert_eq!(told(found), expected, "{place} {genotype}");
        assert_eq!(found.discrepancies.contains(&Discrepancy::Synonym), found.state == State::Called, "{place}");
    }
}

#[test]
fn phase_set_and_filter_of_a_change_of_several_bases_are_kept() {
    let vcf = VcfBuilder::new().full("chr1:999 AC>GT", ".", "q10", ".", "GT:PS", &["0|1:77"]);
    let observed = observe_vcf(&vcf);
    let found = at(&observed, "chr1:1000");
    assert_eq!(found.genotype.as_ref().and_then(|g| g.phase_set), Some(77));
    assert!(found.discrepancies.contains(&Discrepancy::FailedFilter("q10".to_owned())));
    let strict = ObserveOptions { require_pass: true, ..ObserveOptions::default() };
    let observed = observe_bytes(vcf.text().as_bytes(), &strict).expect("readable");
    assert_eq!(told(at(&observed, "chr1:1000")), "Filtered 0|1");
}

#[test]
fn bases_only_repeated_around_another_change_say_nothing_of_the_site() {
    for place in ["chr1:999 AC>GC", "chr1:998 TAC>GGC", "chr1:998 TAC>TGAC", "chr1:999 A>G", "chr1:999 A>AT"] {
        let observed = observe_vcf(&VcfBuilder::new().gt(place, "1/1"));
        assert_eq!(told(at(&observed, "chr1:1000")), "Missing", "{place}");
        assert!(at(&observed, "chr1:1000").discrepancies.is_empty(), "{place}");
    }
}

#[test]
fn what_an_overlapping_change_makes_of_a_site_is_left_open_and_named() {
    for (place, site) in [
        ("chr1:998 TAC>T", "chr1:1000"),
        ("chr1:999 AC>GTT", "chr1:1000"),
        ("chr1:999 ACCC>ACC", "chr1:1000"),
        ("chr1:2002 T>C", "chr1:2000"),
        ("chr1:1999 CGA>TTA", "chr1:2000"),
    ] {
        let read = |genotype: &str, options: &ObserveOptions| {
            let vcf = VcfBuilder::new().gt(place, genotype);
            at(&observe_bytes(vcf.text().as_bytes(), options).expect("readable"), site).clone()
        };
        let carried = read("0/1", &ObserveOptions::default());
        assert_eq!(told(&carried), "Missing", "{place}");
        assert_eq!(carried.discrepancies, [Discrepancy::Overlapped { by: place.to_owned() }]);
        let not_carried = read("0/0", &ObserveOptions::default());
        assert_eq!((told(&not_carried), not_carried.discrepancies.len()), ("Missing".to_owned(), 0), "{place}");
        let lenient = ObserveOptions { missing_as_reference: true, ..ObserveOptions::default() };
        assert_eq!(
            told(&read("0/1", &lenient)),
            "Missing",
            "{place}: known to be changed, so no choice makes it reference"
        );
        assert_eq!(told(&read("0/0", &lenient)), "Called 0/0", "{place}");
    }
    let symbolic = VcfBuilder::new().full("chr1:990 A><DEL>", ".", ".", "END=1010", "GT", &["0/1"]);
    assert_eq!(at(&observe_vcf(&symbolic), "chr1:1000").discrepancies.len(), 1);
}

#[test]
fn a_record_of_the_site_itself_counts_beside_an_overlapping_one() {
    let own = "chr1:1000 C>T";
    for (other, genotypes, expected) in [
        ("chr1:998 TAC>T", ["0/1", "0/1"], "Called 0/1"),
        ("chr1:999 AC>GT", ["0/0", "0/1"], "Called 0/1"),
        ("chr1:999 AC>GT", ["0/1", "0/0"], "Called 0/1"),
        ("chr1:999 AC>GT", ["0/1", "0/1"], "Called 0/1"),
        ("chr1:999 AC>GG", ["0/1", "0/1"], "Called 1/G"),
    ] {
        let vcf = VcfBuilder::new().gt(other, genotypes[0]).gt(own, genotypes[1]);
        assert_eq!(told(at(&observe_vcf(&vcf), "chr1:1000")), expected, "{other} {genotypes:?}");
    }
}

#[test]
fn a_carried_deletion_over_a_block_leaves_the_site_missing() {
    for deletion_first in [true, false] {
        let mut vcf = VcfBuilder::new();
        if deletion_first {
            vcf = vcf.gt("chr1:998 TAC>T,<NON_REF>", "0/1");
        }
        vcf = block_at(vcf, 999, 'A', 1100, &["0/0"]);
        if !deletion_first {
            vcf = vcf.gt("chr1:998 TAC>T,<NON_REF>", "0/1");
        }
        assert_eq!(told(at(&observe_vcf(&vcf), "chr1:1000")), "Missing");
    }
}

#[test]
fn a_deletion_is_reference_only_where_blocks_cover_it_whole() {
    for (blocks, expected) in [
        (&[(1900, 'A', 2004)][..], "ReferenceBlock 0/0"),
        (&[(2000, 'G', 2004)], "ReferenceBlock 0/0"),
        (&[(1900, 'A', 2000)], "Missing"),
        (&[(1900, 'A', 2003)], "Missing"),
        (&[(2001, 'A', 2100)], "Missing"),
        (&[(1900, 'A', 2001), (2002, 'T', 2100)], "ReferenceBlock 0/0"),
        (&[(1900, 'A', 2001), (2001, 'A', 2003), (2004, 'A', 2004)], "ReferenceBlock 0/0"),
        (&[(1900, 'A', 2001), (2003, 'G', 2100)], "Missing"),
        (&[(2002, 'T', 2100), (1900, 'A', 2001)], "Missing"),
    ] {
        let vcf = blocks.iter().fold(VcfBuilder::new(), |v, (a, base, b)| block_at(v, *a, *base, *b, &["0/0"]));
        assert_eq!(told(at(&observe_vcf(&vcf), "chr1:2000")), expected, "{blocks:?}");
    }
}

#[test]
fn each_sample_needs_its_own_cover() {
    let vcf = VcfBuilder::new().samples(&["A", "B"]);
    let vcf = block_at(vcf, 1900, 'A', 2001, &["0/0", "./."]);
    let vcf = block_at(vcf, 2002, 'T', 2100, &["0/0", "0/0"]);
    let observed = observe_vcf(&vcf);
    assert_eq!(told(at_sample(&observed, 0, "chr1:2000")), "ReferenceBlock 0/0");
    assert_eq!(told(at_sample(&observed, 1, "chr1:2000")), "Missing");
}

#[test]
fn a_block_whose_base_is_not_the_sites_contradicts_it() {
    let vcf = block_at(VcfBuilder::new(), 2002, 'A', 2100, &["0/0"]);
    assert_eq!(at(&observe_vcf(&vcf), "chr1:2000").state, State::Discordant);
    let vcf = block(VcfBuilder::new(), "chr1", 2000, 2100, &["0/0"]);
    assert_eq!(at(&observe_vcf(&vcf), "chr1:2000").state, State::Discordant);
}

/// The panel's GATGA at chr1:2000, filler elsewhere.
fn base(position: u32) -> char {
    position.checked_sub(2000).and_then(|n| "GATGA".chars().nth(n as usize)).unwrap_or('A')
}

proptest! {
    #[test]
    fn a_site_is_reference_only_where_every_base_was_said_to_be(
        cuts in prop::collection::btree_set(1990u32..2012, 2..8), kept in prop::collection::vec(prop::bool::weighted(0.8), 8),
    ) {
        let cuts: Vec<u32> = cuts.into_iter().collect();
        let mut vcf = VcfBuilder::new();
        let mut covered = std::collections::BTreeSet::new();
        for (pair, _) in cuts.windows(2).zip(&kept).filter(|(_, kept)| **kept) {
            vcf = block_at(vcf, pair[0], base(pair[0]), pair[1] - 1, &["0/0"]);
            covered.extend(pair[0]..pair[1]);
        }
        let observed = observe_vcf(&vcf);
        let whole = (2000..=2004).all(|p| covered.contains(&p));
        prop_assert_eq!(told(at(&observed, "chr1:2000")), if whole { "ReferenceBlock 0/0" } else { "Missing" });
    }

    #[test]
    fn a_carried_change_of_the_base_at_a_site_is_never_reference(
        before in "[ACGT]{0,3}", after in "[ACGT]{0,3}", alt in "[ACGT]{1,8}", homozygous in any::<bool>(),
        lenient in any::<bool>(),
    ) {
        let reference = format!("{before}C{after}");
        prop_assume!(alt != reference);
        let position = 1000 - u32::try_from(before.len()).expect("short");
        let genotype = if homozygous { "1/1" } else { "0/1" };
        let vcf = VcfBuilder::new().gt(&format!("chr1:{position} {reference}>{alt}"), genotype);
        let options = ObserveOptions { missing_as_reference: lenient, ..ObserveOptions::default() };
        let observed = observe_bytes(vcf.text().as_bytes(), &options).expect("readable");
        let found = at(&observed, "chr1:1000");
        let own = (alt.len() == reference.len()).then(|| alt.chars().nth(before.len()).expect("as long"));
        let all_reference = found.usable().is_some_and(|g| g.alleles.iter().all(|a| *a == Allele::Reference));
        match own {
            // The base at the site is changed: it is read off, and no choice hides it.
            Some(base) if base != 'C' => {
                let expected = if base == 'T' { Allele::Alternate(0) } else { Allele::Other(base.to_string()) };
                let read = found.usable().map(|g| g.alleles.contains(&expected));
                prop_assert_eq!(read, Some(true), "{:?}", found);
            }
            // It is not, or cannot be told: without the user's choice the site is never called reference.
            _ => prop_assert!(lenient || !all_reference, "{found:?}"),
        }
    }
}
