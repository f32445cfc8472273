//! Genes of which guidance asks whether certain alleles are there (HLA).
//!
//! The alleles asked about are the gene's fact `alleles`. `*57:01:01` is an allele of the group `*57:01`.

use crate::call::{Component, Diplotype, Phenotype};
use crate::knowledge::schema::Gene;

/// Suffix of an allele that is there.
pub const POSITIVE: &str = "positive";
/// Suffix of an allele that is not there.
pub const NEGATIVE: &str = "negative";

/// `*15:02 positive/*57:01 negative/…`, in the order of the gene's fact.
pub(super) fn phenotype(gene: &Gene, diplotype: &Diplotype) -> Option<Phenotype> {
    let asked = gene.rule_facts.get("alleles")?;
    let carried: Vec<&str> = match diplotype {
        Diplotype::Pair(a, b) => a.0.iter().chain(&b.0).map(name).collect(),
        Diplotype::Single(a) => a.0.iter().map(name).collect(),
        Diplotype::Listed(names) => names.iter().map(String::as_str).collect(),
    };
    let states: Vec<String> = asked
        .iter()
        .map(|allele| {
            let is_there = carried.iter().any(|c| belongs(c, allele));
            format!("{allele} {}", if is_there { POSITIVE } else { NEGATIVE })
        })
        .collect();
    let name = states.join("/");
    Some(Phenotype { lookup_key: name.clone(), name, activity_score: None })
}

fn name(component: &Component) -> &str {
    match component {
        Component::Named(name) | Component::Change(name) => name,
    }
}

/// Whether an allele is the one asked for, or one of its finer fields.
fn belongs(carried: &str, asked: &str) -> bool {
    carried.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}
