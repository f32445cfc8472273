#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use variants::model::Assembly;

use super::*;
use crate::therapies::embedded;
use crate::therapies::evidence::KnownVariant;
use crate::therapies::tumour::{Consequence, CopyState, GeneCopies, Place};

fn small(gene: &str, consequence: Consequence, protein: &str) -> SmallVariant {
    SmallVariant {
        gene: gene.to_owned(),
        consequence,
        protein: Some(protein.to_owned()).filter(|p| !p.is_empty()),
        coding: None,
        transcript: None,
        exon: None,
        place: None,
    }
}

fn placed(mut variant: SmallVariant, contig: &str, start: u64, end: u64, change: (&str, &str)) -> SmallVariant {
    let (reference, alternate) = (change.0.to_owned(), change.1.to_owned());
    variant.place =
        Some(Place { assembly: Some(Assembly::Grch37), contig: contig.to_owned(), start, end, reference, alternate });
    variant
}

/// Names of the release's variants of a gene that a tumour hits, each with its level.
fn found(tumour: &Tumour) -> BTreeSet<String> {
    let index = Index::of(embedded().unwrap());
    let matched = index.matches(tumour);
    matched.hits.iter().map(|h| format!("{}: {}", index.words(&h.item.profile), h.hit.level.word())).collect()
}

fn of_small(variant: SmallVariant) -> BTreeSet<String> {
    found(&Tumour { variants: vec![variant], ..Tumour::default() })
}

#[test]
fn an_exact_allele_a_codon_and_the_gene_are_told_apart() {
    let v600e = small("BRAF", Consequence::Missense, "p.V600E");
    let by_protein = of_small(v600e.clone());
    assert!(by_protein.contains("BRAF V600E: protein-change"), "{by_protein:?}");
    assert!(by_protein.contains("BRAF V600: codon"));
    assert!(by_protein.contains("BRAF MUTATION: gene"));
    assert!(by_protein.contains("BRAF V600K: other-change-at-codon"));
    assert!(!by_protein.iter().any(|f| f.contains("WILD") || f.contains("Non-V600") || f.contains("AMPLIFICATION")));
    let by_place = of_small(placed(v600e, "7", 140_453_136, 140_453_136, ("A", "T")));
    assert!(by_place.contains("BRAF V600E: exact-allele"), "{by_place:?}");
}

#[test]
fn a_place_without_its_assembly_is_no_exact_allele() {
    let mut variant =
        placed(small("BRAF", Consequence::Missense, "p.V600E"), "7", 140_453_136, 140_453_136, ("A", "T"));
    variant.place.as_mut().unwrap().assembly = None;
    assert!(of_small(variant).contains("BRAF V600E: protein-change"));
}

#[test]
fn an_exon_is_matched_by_its_coordinates_and_the_right_effect() {
    let deletion = |consequence| {
        let variant = small("EGFR", consequence, "p.E746_A750del");
        placed(variant, "7", 55_242_465, 55_242_479, ("GGAATTAAGAGAAGC", ""))
    };
    let inframe = of_small(deletion(Consequence::InframeDeletion));
    assert!(inframe.contains("EGFR EXON 19 DELETION: exon-or-region"), "{inframe:?}");
    assert!(!inframe.contains("EGFR EXON 20 INSERTION: exon-or-region"));
    let shifted = of_small(deletion(Consequence::Frameshift));
    assert!(!shifted.contains("EGFR EXON 19 DELETION: exon-or-region"), "a shift of the frame is no in-frame deletion");
}

#[test]
fn npm1_insertions_are_exact_and_in_their_exon() {
    let variant = small("NPM1", Consequence::Frameshift, "p.WQ288fs");
    let found = of_small(placed(variant, "5", 170_837_547, 170_837_548, ("", "TCTG")));
    assert!(found.contains("NPM1 W288FS: exact-allele"), "{found:?}");
    assert!(found.contains("NPM1 EXON 12 MUTATION: exon-or-region"));
}

#[test]
fn a_silent_variant_holds_for_nothing() {
    assert_eq!(of_small(small("BRAF", Consequence::Synonymous, "p.V600V")), BTreeSet::new());
}

#[test]
fn loss_of_function_follows_the_consequence() {
    let level = "TSC1 LOSS-OF-FUNCTION: gene".to_owned();
    assert!(of_small(small("TSC1", Consequence::StopGained, "p.R245*")).contains(&level));
    assert!(!of_small(small("TSC1", Consequence::Missense, "p.R245Q")).contains(&level));
}

#[test]
fn copy_numbers_match_in_their_direction_only() {
    let of = |gene: &str, state| {
        found(&Tumour { copies: vec![GeneCopies { gene: gene.to_owned(), state }], ..Tumour::default() })
    };
    assert!(of("ERBB2", CopyState::Amplification).contains("ERBB2 AMPLIFICATION: copy-number"));
    for state in [CopyState::Gain, CopyState::Neutral, CopyState::DeepDeletion] {
        assert_eq!(of("ERBB2", state), BTreeSet::new(), "{state:?}");
    }
    assert!(of("PTEN", CopyState::DeepDeletion).contains("PTEN LOSS: copy-number"));
    assert_eq!(of("PTEN", CopyState::ShallowLoss), BTreeSet::new(), "one copy lost says little");
    assert_eq!(of("PTEN", CopyState::Amplification), BTreeSet::new());
}

#[test]
fn a_fusion_with_a_resistance_change_needs_both() {
    let fusion = Fusion { five_prime: "BCR".to_owned(), three_prime: "ABL1".to_owned() };
    let change = small("ABL1", Consequence::Missense, "p.T315I");
    let both = found(&Tumour { variants: vec![change.clone()], fusions: vec![fusion.clone()], ..Tumour::default() });
    assert!(both.contains("ABL1 BCR-ABL T315I: fusion"), "{both:?}");
    assert!(both.contains("ABL1 BCR-ABL: fusion"));
    assert!(!of_small(change).iter().any(|f| f.contains("BCR-ABL")), "no fusion was given");
    let alone = found(&Tumour { fusions: vec![fusion], ..Tumour::default() });
    assert!(!alone.iter().any(|f| f.contains("T315I")));
}

#[test]
fn a_fusion_is_matched_in_its_order_and_by_either_partner() {
    let of = |five: &str, three: &str| {
        let fusion = Fusion { five_prime: five.to_owned(), three_prime: three.to_owned() };
        found(&Tumour { fusions: vec![fusion], ..Tumour::default() })
    };
    let usual = of("EML4", "ALK");
    assert!(
        usual.contains("ALK EML4-ALK: fusion") && usual.contains("ALK ALK FUSIONS: fusion-any-partner"),
        "{usual:?}"
    );
    let rare = of("GENE", "ALK");
    assert!(rare.contains("ALK ALK FUSIONS: fusion-any-partner") && !rare.contains("ALK EML4-ALK: fusion"));
}

#[test]
fn a_profile_of_several_variants_needs_all_and_never_an_absence() {
    let hit = |id: u32| match id {
        1 => vec![(MatchLevel::ProteinChange, "V600E")],
        2 => vec![(MatchLevel::CopyNumber, "amplification")],
        _ => Vec::new(),
    };
    let of = |id: u32| -> Vec<Hit> {
        let hits = hit(id).into_iter();
        hits.map(|(level, found)| Hit { level, gene: "G".into(), found: found.into(), note: String::new() }).collect()
    };
    let hits = |text: &str| profile_hits(&Profile::parse(text, &|l| l.parse().ok()).unwrap(), &of);
    let both = hits("1 AND 2");
    assert_eq!((both[0].level, both[0].found.as_str()), (MatchLevel::CopyNumber, "V600E + amplification"));
    assert!(hits("1 AND 3").is_empty());
    assert!(hits("1 AND NOT 3").is_empty(), "an absence is never concluded");
    assert_eq!(hits("( 1 OR 3 ) AND 2").len(), 1);
}

#[test]
fn a_coding_change_of_the_same_transcript_is_the_same_allele() {
    let variant = KnownVariant {
        gene: "VHL".to_owned(),
        name: "R167Q (c.500G>A)".to_owned(),
        transcript: "ENST00000256474.2".to_owned(),
        ..KnownVariant::default()
    };
    let known = index::Known::of(&variant, &names::Names::default());
    let mut found = small("VHL", Consequence::Missense, "p.R167Q");
    found.coding = Some("c.500G>A".to_owned());
    let level = |found: SmallVariant| {
        let tumour = Tumour { variants: vec![found], ..Tumour::default() };
        known.hits(&tumour).unwrap()[0].level
    };
    assert_eq!(level(found.clone()), MatchLevel::ProteinChange, "of what transcript is not said");
    found.transcript = Some("ENST00000256474.3".to_owned());
    assert_eq!(level(found), MatchLevel::ExactAllele);
}

#[test]
fn an_exon_number_counts_for_the_same_transcript_only() {
    let mut variant = small("MET", Consequence::SpliceSite, "");
    variant.exon = Some(14);
    let of = |variant: &SmallVariant| of_small(variant.clone());
    let wanted = "MET EXON 14 SKIPPING MUTATION: exon-or-region";
    assert!(!of(&variant).contains(wanted));
    variant.transcript = Some("ENST00000318493.11".to_owned());
    assert!(of(&variant).contains(wanted));
}
