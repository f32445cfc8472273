//! Encoding a diplotype and calling the genotypes gives the diplotype back: every pair of every gene with few alleles, a
//! fixed sample of pairs of the large ones, phased, on both assemblies' terms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pgx_rules::call::GeneCall;
use pgx_rules::calling::{CallOptions, call};
use pgx_rules::encode::{Encoded, Stated, encode};
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::panel::{in_terms_of_definition, panel};
use pgx_rules::knowledge::schema::Gene;
use variants::model::{Assembly, Observation, State};

/// Pairs tried of a gene with more; a prime step through all pairs picks them.
const PAIRS: usize = 200;

fn pairs(gene: &Gene) -> Vec<(String, String)> {
    let names: Vec<&String> =
        gene.alleles.iter().filter(|a| !a.is_structural && !a.is_ignored).map(|a| &a.name).collect();
    let all: Vec<(String, String)> = names
        .iter()
        .enumerate()
        .flat_map(|(i, a)| names[i..].iter().map(move |b| ((*a).clone(), (*b).clone())))
        .collect();
    let step = (all.len() / PAIRS).max(1);
    let step = if step > 1 { step | 1 } else { 1 };
    all.into_iter().step_by(step).collect()
}

fn calls(gene: &Gene, diplotypes: &[String], assembly: Assembly) -> Vec<GeneCall> {
    let statements: Vec<Stated> = diplotypes
        .iter()
        .enumerate()
        .map(|(i, d)| Stated { sample: i.to_string(), gene: gene.symbol.clone(), diplotype: d.clone() })
        .collect();
    let encoded = encode(embedded().unwrap(), &statements, assembly, true).unwrap();
    assert!(encoded.refused.is_empty(), "{:?}", encoded.refused.first());
    (0..diplotypes.len()).map(|sample| call_sample(gene, &encoded, sample, assembly)).collect()
}

fn call_sample(gene: &Gene, encoded: &Encoded, sample: usize, assembly: Assembly) -> GeneCall {
    let places = panel(&[gene], assembly).unwrap();
    let observations: Vec<Observation> = gene
        .sites
        .iter()
        .zip(&places.sites[0])
        .map(|(site, index)| {
            let Some(index) = *index else { return Observation::missing() };
            let Some(genotype) = encoded.genotypes[index][sample].clone() else { return Observation::missing() };
            let seen = Observation { state: State::Called, genotype: Some(genotype), discrepancies: Vec::new() };
            in_terms_of_definition(&seen, &encoded.panel.sites()[index], site)
        })
        .collect();
    let options = CallOptions { small_variants_only: true, ..CallOptions::default() };
    call(gene, &observations, None, options)
}

/// Diplotypes of a call, each as a sorted pair of names.
fn answers(call: &GeneCall) -> Vec<Vec<String>> {
    let sorted = |text: String| {
        let mut names: Vec<String> = text.split('/').map(str::to_owned).collect();
        names.sort();
        names
    };
    call.candidates.iter().filter_map(|c| c.diplotype.as_ref()).map(|d| sorted(d.to_string())).collect()
}

/// A suballele counts as its core allele.
fn reported(gene: &Gene, name: &str) -> String {
    let core = gene.alleles.iter().find(|a| a.name == name).and_then(|a| a.suballele_of.clone());
    core.unwrap_or_else(|| name.to_owned())
}

fn check(assembly: Assembly) -> Vec<String> {
    let mut differences = Vec::new();
    let mut tried = 0;
    for gene in embedded().unwrap().genes.values().filter(|g| !g.sites.is_empty()) {
        let pairs = pairs(gene);
        let diplotypes: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}/{b}")).collect();
        for ((a, b), call) in pairs.iter().zip(calls(gene, &diplotypes, assembly)) {
            let mut expected = vec![reported(gene, a), reported(gene, b)];
            expected.sort();
            tried += 1;
            let found = answers(&call);
            if found != [expected] {
                differences.push(format!("{} {a}/{b} -> {found:?}", gene.symbol));
            }
        }
    }
    assert!(tried > 2000, "{tried} pairs were tried");
    differences
}

#[test]
fn a_diplotype_encoded_and_called_comes_back() {
    let differences = check(Assembly::Grch38);
    assert!(differences.is_empty(), "{} differ, the first: {}", differences.len(), differences[0]);
}

#[test]
fn it_comes_back_on_grch37_too() {
    let differences = check(Assembly::Grch37);
    assert!(differences.is_empty(), "{} differ, the first: {}", differences.len(), differences[0]);
}
