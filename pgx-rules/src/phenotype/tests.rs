#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::call::{CallSource, Component};
use crate::knowledge::embedded;

fn gene(symbol: &str) -> &'static Gene {
    embedded().unwrap().genes.get(symbol).unwrap()
}

fn strand(text: &str) -> Strand {
    Strand(text.split(" + ").map(|n| Component::Named(n.into())).collect())
}

fn pair(a: &str, b: &str) -> Diplotype {
    Diplotype::Pair(strand(a), strand(b))
}

fn listed(names: &[&str]) -> Diplotype {
    Diplotype::Listed(names.iter().map(|n| (*n).to_owned()).collect())
}

fn judged(symbol: &str, diplotypes: Vec<Diplotype>) -> GeneCall {
    let candidates = diplotypes
        .into_iter()
        .map(|d| Candidate { diplotype: Some(d), score: 0, functions: vec![], phenotype: None, posterior: None })
        .collect();
    let mut call = GeneCall {
        gene: symbol.into(),
        source: CallSource::Matcher,
        rule: gene(symbol).calling.clone(),
        candidates,
        phased: false,
        effectively_phased: false,
        missing: vec![],
        not_excluded: vec![],
        sites: vec![],
        warnings: vec![],
    };
    assign(gene(symbol), &mut call);
    call
}

/// Phenotype, score and lookup key of one diplotype.
fn answer(symbol: &str, diplotype: Diplotype) -> Option<(String, Option<String>, String)> {
    let call = judged(symbol, vec![diplotype]);
    call.candidates[0].phenotype.clone().map(|p| (p.name, p.activity_score, p.lookup_key))
}

fn expected(name: &str, score: Option<&str>, key: &str) -> Option<(String, Option<String>, String)> {
    Some((name.into(), score.map(str::to_owned), key.into()))
}

#[test]
fn functions_give_the_phenotype_of_the_pair() {
    assert_eq!(answer("CYP2C19", pair("*1", "*17")), expected("Rapid Metabolizer", None, "Rapid Metabolizer"));
    let call = judged("CYP2C19", vec![pair("*2", "*17")]);
    assert_eq!(call.candidates[0].functions, ["No function", "Increased function"]);
}

#[test]
fn activity_values_give_score_and_lookup_key() {
    assert_eq!(answer("CYP2C9", pair("*1", "*2")), expected("Intermediate Metabolizer", Some("1.5"), "1.5"));
}

#[test]
fn copy_numbers_above_three_count_as_the_open_form() {
    assert_eq!(answer("CYP2D6", pair("*1", "*1x7")), expected("Ultrarapid Metabolizer", Some("≥4.0"), "≥4.0"));
    assert_eq!(answer("CYP2D6", pair("*1", "*1x2")), expected("Ultrarapid Metabolizer", Some("3.0"), "3.0"));
    assert_eq!(answer("CYP2D6", pair("*1", "*41x3")), expected("Normal Metabolizer", Some("1.75"), "1.75"));
}

#[test]
fn tandems_are_looked_up_as_one_arrangement_in_any_order() {
    let wanted = expected("Normal Metabolizer", Some("2.25"), "2.25");
    assert_eq!(answer("CYP2D6", pair("*13 + *1x2", "*36 + *10")), wanted);
    assert_eq!(answer("CYP2D6", pair("*10 + *36", "*1x2 + *13")), wanted);
}

#[test]
fn an_unlisted_arrangement_is_indeterminate_by_score_and_nothing_by_function() {
    assert_eq!(answer("CYP2D6", pair("*1", "*3 + *9")), expected("Indeterminate", None, "n/a"));
    assert_eq!(answer("CYP2C19", pair("*1", "*2 + *3")), None);
}

#[test]
fn one_copy_has_rules_of_its_own() {
    let single = |name: &str| Diplotype::Single(strand(name));
    assert_eq!(answer("G6PD", single("B (reference)")), expected("Normal", None, "Normal"));
    let key = "increased risk of aminoglycoside-induced hearing loss";
    assert_eq!(answer("MT-RNR1", single("m.1555A>G")), expected(key, None, key));
    assert_eq!(answer("CYP2C19", single("*1")), None);
}

#[test]
fn lowest_function_takes_the_worst_allele_of_each_copy() {
    let hap = "c.1129-5923C>G, c.1236G>A (HapB3)";
    let both = format!("{hap} + c.61C>T");
    assert_eq!(answer("DPYD", pair("Reference", &both)), expected("Intermediate Metabolizer", Some("1.0"), "1.0"));
    assert_eq!(
        answer("RYR1", pair("Reference", "c.97A>G + c.152C>A")),
        expected("Malignant Hyperthermia Susceptibility", None, "Malignant Hyperthermia Susceptibility")
    );
}

#[test]
fn lowest_function_without_phase_takes_the_two_worst_alleles() {
    let found = listed(&["c.2582A>G", "c.2846A>T", "c.2933A>G", "c.2933A>G"]);
    assert_eq!(answer("DPYD", found), expected("Poor Metabolizer", Some("0.0"), "0.0"));
}

#[test]
fn lowest_function_of_several_arrangements_is_the_lowest_of_all_and_says_so() {
    let a = pair("Reference", "c.1679T>G (*13) + c.2846A>T");
    let b = pair("c.2846A>T", "c.1679T>G (*13)");
    let call = judged("DPYD", vec![a, b]);
    let scores: Vec<_> = call.candidates.iter().map(|c| c.phenotype.clone().unwrap().activity_score.unwrap()).collect();
    assert_eq!(scores, ["0.5", "0.5"]);
    assert_eq!(call.warnings.len(), 1);
}

#[test]
fn presence_answers_for_each_allele_asked_about() {
    let name = "*15:02 positive/*57:01 positive/*58:01 negative";
    assert_eq!(answer("HLA-B", pair("*57:01:01", "*15:02")), expected(name, None, name));
    let none = "*31:01 negative";
    assert_eq!(answer("HLA-A", pair("*31:011", "*02:01")), expected(none, None, none));
}

#[test]
fn genes_without_phenotype_get_none() {
    assert_eq!(answer("CYP4F2", pair("*1", "*3")), None);
}

#[test]
fn a_phenotype_without_score_stands_for_all_its_scores() {
    let p = of_name(gene("CYP2D6"), "intermediate metabolizer");
    assert_eq!((p.name.as_str(), p.lookup_key.as_str()), ("Intermediate Metabolizer", "0.25/0.5/0.75/1.0"));
}

#[test]
fn a_score_finds_its_phenotype_however_it_is_written() {
    assert_eq!(of_score(gene("CYP2D6"), "1.25").unwrap().name, "Normal Metabolizer");
    assert_eq!(of_score(gene("CYP2D6"), "2").unwrap().lookup_key, "2.0");
    assert_eq!(of_score(gene("CYP2D6"), ">=4").unwrap().lookup_key, "≥4.0");
    assert_eq!(of_score(gene("CYP2D6"), "7").unwrap().name, "Ultrarapid Metabolizer");
    assert!(of_score(gene("CYP2D6"), "0.3").is_none());
    assert!(of_score(gene("CYP2D6"), "NaN").is_none());
}

proptest! {
    #[test]
    fn the_order_of_strands_does_not_matter(which in 0usize..1000, a in 0usize..1000, b in 0usize..1000) {
        let genes: Vec<&Gene> = embedded().unwrap().genes.values().filter(|g| !g.functions.is_empty()).collect();
        let gene = genes[which % genes.len()];
        let names: Vec<&String> = gene.functions.keys().collect();
        let (a, b) = (names[a % names.len()], names[b % names.len()]);
        prop_assert_eq!(answer(&gene.symbol, pair(a, b)), answer(&gene.symbol, pair(b, a)));
    }

    #[test]
    fn lowest_function_never_improves_with_a_further_allele(a in 0usize..1000, b in 0usize..1000, c in 0usize..1000) {
        let names: Vec<&String> = gene("DPYD").functions.keys().collect();
        let [a, b, c] = [a, b, c].map(|i| names[i % names.len()].as_str());
        let score = |d: Diplotype| answer("DPYD", d).unwrap().1.unwrap().parse::<f64>().unwrap();
        prop_assert!(score(listed(&[a, b, c])) <= score(listed(&[a, b])));
    }
}
