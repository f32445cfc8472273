#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use variants::model::{Allele, Assembly, Observations, SiteColumn, SupportColumn};

use super::*;
use crate::knowledge::panel::panel;
use crate::knowledge::schema::{AlleleFunction, Priority, Undocumented};
use crate::matching::builder::{gene, observe};

mod linked;
mod lowest_function;

/// Three alleles of one site each, and one of two.
fn star_gene() -> Gene {
    gene(
        &[&["G", "T"], &["G"], &["G"]],
        &[("*1", "A A A"), ("*2", "G . ."), ("*3", ". G ."), ("*4", "G G ."), ("*5", ". . G")],
    )
}

fn answer_with(gene: &Gene, genotypes: &str, options: CallOptions) -> GeneCall {
    call(gene, &observe(gene, genotypes), None, options)
}

fn answer(gene: &Gene, genotypes: &str) -> GeneCall {
    answer_with(gene, genotypes, CallOptions::default())
}

fn diplotypes(call: &GeneCall) -> Vec<String> {
    call.candidates.iter().filter_map(|c| c.diplotype.as_ref()).map(ToString::to_string).collect()
}

fn codes(call: &GeneCall) -> Vec<&str> {
    call.warnings.iter().map(|w| w.code.as_str()).collect()
}

const COMBINATIONS: CallOptions = CallOptions { all_matches: false, combinations: true, small_variants_only: false };
const ALL: CallOptions = CallOptions { all_matches: true, combinations: false, small_variants_only: false };

#[test]
fn every_rule_that_a_gene_may_name_exists() {
    let names: Vec<&str> = RULES.iter().map(|r| r.name).collect();
    assert_eq!(names, crate::knowledge::verify::CALLING_RULES);
}

#[test]
fn the_pair_that_explains_most_sites_is_the_answer() {
    let unphased = answer(&star_gene(), "A/G A/G A/A");
    assert_eq!(diplotypes(&unphased), ["*1/*4"]);
    assert_eq!(unphased.candidates[0].score, 5);
    assert!(!unphased.effectively_phased && !unphased.phased);
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A/G A/G A/A", ALL)), ["*1/*4", "*2/*3"]);
}

#[test]
fn phase_rules_out_what_lies_on_one_copy() {
    let trans = answer(&star_gene(), "A|G G|A A|A");
    assert_eq!(diplotypes(&trans), ["*2/*3"]);
    assert!(trans.phased && trans.effectively_phased);
    assert_eq!(diplotypes(&answer(&star_gene(), "A|G A|G A|A")), ["*1/*4"]);
}

#[test]
fn phase_is_known_within_a_phase_set_only() {
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|G:1 G|A:1 A|A", ALL)), ["*2/*3"]);
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|G:1 G|A:2 A|A", ALL)), ["*1/*4", "*2/*3"]);
    // phased without a set is a block of its own
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|G G|A:2 A|A", ALL)), ["*1/*4", "*2/*3"]);
}

#[test]
fn a_homozygous_site_does_not_break_phase() {
    let call = answer(&star_gene(), "A|G G|A G/G");
    assert!(call.phased && call.effectively_phased);
}

#[test]
fn one_heterozygous_site_needs_no_phase() {
    let call = answer(&star_gene(), "A/G A/A A/A");
    assert_eq!(diplotypes(&call), ["*1/*2"]);
    assert!(call.effectively_phased && !call.phased);
}

#[test]
fn without_its_site_an_allele_is_no_candidate_and_not_excluded() {
    let mut gene = star_gene();
    let function =
        AlleleFunction { function: "No function".into(), activity: None, key: "No".into(), confidence: None };
    for name in ["*4", "*5"] {
        gene.functions.insert(name.to_owned(), function.clone());
    }
    let call = answer(&gene, "A/A A/A -");
    assert_eq!(diplotypes(&call), ["*1/*1"]);
    assert_eq!((call.missing.as_slice(), call.not_excluded.as_slice()), (&[2][..], &["*5".to_owned()][..]));
    // *4 needs G at the first site too, which is seen to be A
    let call = answer(&gene, "A/A - A/A");
    assert!(call.not_excluded.is_empty(), "{:?}", call.not_excluded);
    // here it is an answer already
    let call = answer(&gene, "A/G - A/A");
    assert_eq!(diplotypes(&call), ["*1/*2", "*1/*4"]);
    assert!(call.not_excluded.is_empty(), "{:?}", call.not_excluded);
}

#[test]
fn a_must_test_allele_that_is_not_excluded_is_warned_of() {
    let mut gene = star_gene();
    let function =
        AlleleFunction { function: "No function".into(), activity: None, key: "No".into(), confidence: None };
    gene.functions.insert("*5".into(), function);
    gene.must_test = vec!["*5".into()];
    assert_eq!(codes(&answer(&gene, "A/A A/A -")), ["must-test-not-excluded"]);
    assert!(codes(&answer(&gene, "A/A A/A A/A")).is_empty());
}

#[test]
fn alleles_that_a_missing_site_told_apart_are_all_kept() {
    let gene = gene(&[&["G"], &["G"]], &[("*1", "A A"), ("*2", "G ."), ("*3", "G G")]);
    assert_eq!(diplotypes(&answer(&gene, "A/G -")), ["*1/*2", "*1/*3"]);
}

#[test]
fn without_any_site_nothing_is_called() {
    let call = answer(&star_gene(), "- - -");
    assert!(call.candidates.is_empty() && call.warnings.is_empty());
    assert_eq!(call.missing, [0, 1, 2]);
}

#[test]
fn without_a_required_site_nothing_is_called() {
    let mut gene = star_gene();
    gene.required_sites = vec![102];
    let call = answer(&gene, "A/G - A/A");
    assert!(call.candidates.is_empty());
    assert_eq!(codes(&call), ["missing-required-site"]);
}

#[test]
fn a_priority_decides_between_diplotypes_of_unphased_data_only() {
    let mut gene = star_gene();
    gene.unphased_priorities = vec![Priority { among: vec!["*1/*4".into(), "*3/*2".into()], pick: "*3/*2".into() }];
    let unphased = answer(&gene, "A/G A/G A/A");
    assert_eq!(diplotypes(&unphased), ["*2/*3"]);
    assert_eq!(codes(&unphased), ["unphased-priority"]);
    assert_eq!(diplotypes(&answer(&gene, "A|G A|G A|A")), ["*1/*4"]);
    assert_eq!(diplotypes(&answer_with(&gene, "A/G A/G A/A", ALL)), ["*1/*4", "*2/*3"]);
}

#[test]
fn an_undefined_allele_fits_nothing() {
    let call = answer(&star_gene(), "A/C A/A A/A");
    assert!(call.candidates.is_empty());
    assert_eq!(codes(&call), ["undocumented-variation"]);
}

#[test]
fn an_undefined_allele_is_reference_where_the_gene_says_so() {
    let mut gene = star_gene();
    gene.undocumented = Undocumented::AsReference;
    let call = answer(&gene, "A/C A/G A/A");
    assert_eq!(diplotypes(&call), ["*1/*3"]);
    assert_eq!(codes(&call), ["undocumented-as-reference"]);
    assert!(call.effectively_phased, "read as reference, the site is homozygous");
    // where combinations are asked for, the change itself is the answer
    assert_eq!(diplotypes(&answer_with(&gene, "A/C A/A A/A", COMBINATIONS)), ["*1/g.101A>C"]);
}

#[test]
fn a_copy_that_is_unknown_fits_no_named_allele() {
    let call = answer(&star_gene(), "./G A/A A/A");
    assert!(call.candidates.is_empty());
    assert_eq!(codes(&call), ["half-missing-genotype"]);
    assert_eq!(diplotypes(&answer_with(&star_gene(), "./G A/A A/A", COMBINATIONS)), ["*2/g.101?"]);
}

#[test]
fn a_lone_reference_allele_of_an_autosome_is_a_missing_site() {
    for lone in ["./A", "A/.", "A"] {
        let call = answer(&star_gene(), &format!("{lone} A/A A/G"));
        assert_eq!(call.missing, [0], "{lone}");
        assert_eq!(diplotypes(&call), ["*1/*5"], "{lone}");
    }
}

#[test]
fn one_copy_of_x_is_one_allele() {
    let mut gene = star_gene();
    gene.contig = "chrX".into();
    assert_eq!(diplotypes(&answer(&gene, "G A A")), ["*2"]);
    assert_eq!(diplotypes(&answer(&gene, "A/G A/A A/A")), ["*1/*2"]);
}

#[test]
fn a_male_written_as_homozygous_has_one_copy_of_x() {
    let mut gene = star_gene();
    gene.contig = "chrX".into();
    gene.rule_facts.insert("sex_linked".into(), vec!["X".into()]);
    let of = |genotypes: &str, sex| call(&gene, &observe(&gene, genotypes), sex, CallOptions::default());
    assert_eq!(diplotypes(&of("G/G A/A A/A", Some(Sex::Male))), ["*2"]);
    assert_eq!(diplotypes(&of("G/G A/A A/A", Some(Sex::Female))), ["*2/*2"]);
    assert_eq!(diplotypes(&of("G/G A/A A/A", None)), ["*2/*2"], "sex is never guessed");
    assert_eq!(diplotypes(&of("G/G A A/A", Some(Sex::Male))), ["*2"], "mixed ways of writing");
    let contradiction = of("A/G A/A A/A", Some(Sex::Male));
    assert_eq!(diplotypes(&contradiction), ["*1/*2"]);
    assert_eq!(codes(&contradiction), ["heterozygous-in-male"]);
}

#[test]
fn one_copy_at_some_sites_and_two_at_others_is_no_call_without_a_sex() {
    let mut gene = star_gene();
    gene.contig = "chrX".into();
    assert!(answer(&gene, "G A/A A/A").candidates.is_empty());
}

#[test]
fn a_suballele_counts_as_its_core_allele() {
    let mut gene = gene(&[&["G"], &["G"]], &[("*1", "A A"), ("*2.001", "G ."), ("*2.002", "G G")]);
    for i in [1, 2] {
        gene.alleles[i].suballele_of = Some("*2".into());
    }
    assert_eq!(diplotypes(&answer(&gene, "G|G A|G")), ["*2/*2"]);
    assert_eq!(diplotypes(&answer(&gene, "A/G -")), ["*1/*2"], "named once");
}

#[test]
fn structural_and_ignored_alleles_are_never_matched() {
    let mut gene = star_gene();
    gene.alleles[1].is_structural = true;
    gene.alleles[2].is_ignored = true;
    assert!(answer(&gene, "A/G A/A A/A").candidates.is_empty());
    assert!(answer(&gene, "A/A A/G A/A").candidates.is_empty());
}

#[test]
fn an_ambiguous_site_counts_only_where_it_shows_a_change() {
    // *2 may carry A or G at the second site, *3 leaves it blank
    let gene = gene(&[&["G"], &["G"]], &[("*1", "A A"), ("*2", "G AG"), ("*3", "G .")]);
    let of = |genotypes: &str| diplotypes(&answer(&gene, genotypes));
    assert_eq!(of("A/G A/A"), ["*1/*2", "*1/*3"]);
    assert_eq!(of("A|G A|G"), ["*1/*2"]);
}

#[test]
fn several_alleles_of_one_copy_are_a_combination_on_request() {
    assert!(answer(&star_gene(), "A|A A|G A|G").candidates.is_empty());
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|A A|G A|G", COMBINATIONS)), ["*1/[*3 + *5]"]);
    // *2 and *3 are parts of *4
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|G A|G A|G", COMBINATIONS)), ["*1/[*4 + *5]"]);
}

#[test]
fn a_change_that_no_allele_of_the_copy_explains_is_part_of_the_answer() {
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|G A|A T|A", COMBINATIONS)), ["*2/g.103A>T"]);
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A|T A|G A|A", COMBINATIONS)), ["*1/[*3 + g.101A>T]"]);
}

#[test]
fn combinations_are_not_looked_for_where_named_alleles_fit() {
    assert_eq!(diplotypes(&answer_with(&star_gene(), "A/A A/G A/G", COMBINATIONS)), ["*3/*5"]);
}

#[test]
fn every_arrangement_of_unphased_sites_is_a_combination() {
    let gene = gene(&[&["G"], &["G"], &["G"]], &[("*1", "A A A"), ("*2", "G . ."), ("*3", ". G ."), ("*4", ". . G")]);
    let mut found = diplotypes(&answer_with(&gene, "A/G A/G A/G", COMBINATIONS));
    found.sort();
    assert_eq!(found, ["*1/[*2 + *3 + *4]", "*2/[*3 + *4]", "*3/[*2 + *4]", "*4/[*2 + *3]"]);
}

#[test]
fn names_of_two_alleles_are_taken_apart_in_combinations() {
    let gene = gene(
        &[&["G"], &["G"], &["G"]],
        &[("*1", "A A A"), ("*2", "G . ."), ("*3", ". G ."), ("*2+*3", "G G ."), ("*4", ". . G")],
    );
    assert_eq!(diplotypes(&answer_with(&gene, "A|G A|G A|A", COMBINATIONS)), ["*1/*2+*3"]);
    assert_eq!(diplotypes(&answer_with(&gene, "A|G A|G A|G", COMBINATIONS)), ["*1/[*2 + *3 + *4]"]);
}

#[test]
fn presence_is_never_called_from_variants() {
    let mut gene = star_gene();
    gene.calling = "presence".into();
    assert!(answer_with(&gene, "A/G A/A A/A", COMBINATIONS).candidates.is_empty());
}

#[test]
fn small_variants_alone_are_called_on_request_only() {
    let mut gene = star_gene();
    gene.calling = "small-variants-only".into();
    assert!(answer(&gene, "A/G A/A A/A").candidates.is_empty());
    let asked = CallOptions { small_variants_only: true, ..CallOptions::default() };
    let call = answer_with(&gene, "A/G A/A A/A", asked);
    assert_eq!(diplotypes(&call), ["*1/*2"]);
    assert_eq!(codes(&call), ["structural-not-seen"]);
}

#[test]
fn the_fallback_site_stands_in_where_no_alleles_fit() {
    let mut gene = star_gene();
    for (key, value) in [("fallback_site", "rs102"), ("fallback_reference", "*1"), ("fallback_variant", "*3")] {
        gene.rule_facts.insert(key.into(), vec![value.into()]);
    }
    // an undefined allele elsewhere: no alleles, but the site speaks
    let call = answer(&gene, "A/C A/G A/A");
    assert_eq!(call.candidates.iter().map(|c| c.diplotype.clone()).collect::<Vec<_>>(), [None]);
    assert_eq!(codes(&call), ["undocumented-variation", "single-site-fallback"]);
    assert!(answer(&gene, "A/C - A/A").candidates.is_empty());
    assert_eq!(diplotypes(&answer(&gene, "A/A A/G A/A")), ["*1/*3"]);
}

#[test]
fn samples_with_one_pattern_share_one_call() {
    let gene = star_gene();
    let panel = panel(&[&gene], Assembly::Grch38).unwrap();
    let rows = ["A/G A/A A/A", "A/A A/A A/A", "A/G A/A A/A"].map(|row| observe(&gene, row));
    let columns = (0..gene.sites.len())
        .map(|site| SiteColumn {
            distinct: rows.iter().map(|r| r[site].clone()).collect(),
            codes: if site == 0 { vec![0, 1, 0] } else { vec![1, 1, 1] }.into(),
            support: SupportColumn::default(),
        })
        .collect();
    let samples = ["a", "b", "c"].map(String::from).to_vec();
    let observations = Observations { panel: Arc::clone(&panel.panel), samples, columns };
    let calls = call_cohort(&gene, &panel.sites[0], &observations, &[None; 3], CallOptions::default());
    assert_eq!(calls.of_sample, [0, 1, 0]);
    assert_eq!(calls.distinct.iter().map(diplotypes).collect::<Vec<_>>(), [["*1/*2"], ["*1/*1"]]);
}

#[test]
fn genotypes_that_make_no_sense_are_no_call() {
    let gene = star_gene();
    let mut observations = observe(&gene, "A/G A/A A/A");
    let genotype = |o: &mut Observation, alleles: Vec<Allele>| o.genotype.as_mut().unwrap().alleles = alleles.into();
    // an alternate that the site does not list
    genotype(&mut observations[0], vec![Allele::Reference, Allele::Alternate(200)]);
    assert!(call(&gene, &observations, None, CallOptions::default()).candidates.is_empty());
    assert_eq!(diplotypes(&call(&gene, &observations, None, COMBINATIONS)), ["*1/g.101A>?"]);
    // three copies
    genotype(&mut observations[0], vec![Allele::Reference; 3]);
    assert_eq!(call(&gene, &observations, None, CallOptions::default()).missing, [0]);
    // no alleles at all, and fewer observations than sites
    genotype(&mut observations[0], Vec::new());
    assert_eq!(call(&gene, &observations[..1], None, CallOptions::default()).missing, [0, 1, 2]);
}
