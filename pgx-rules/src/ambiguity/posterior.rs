//! Probability of each fitting diplotype under population allele frequencies.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::call::{Candidate, Component, Diplotype, Strand};
use crate::knowledge::schema::{Frequency, Gene, Knowledge};

/// Added to every allele count, so that an allele unseen in a small sample is rare and not impossible: half a
/// chromosome (Jeffreys' prior for a proportion).
const HALF_CHROMOSOME: f64 = 0.5;

/// Probability of a candidate in one population group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupPosterior {
    /// Group as the frequency source names it.
    pub group: String,
    /// Probability, 0 to 1.
    pub probability: f64,
}

/// Codes of the groups that the knowledge has allele frequencies of, sorted.
pub fn groups(knowledge: &Knowledge) -> Vec<&str> {
    let all = knowledge.genes.values().flat_map(|gene| &gene.frequencies);
    all.map(|row| row.group.as_str()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The gene's frequencies in the stated group, or in all groups where none is stated.
pub(super) fn frequencies<'a>(gene: &'a Gene, population: Option<&'a str>) -> impl Iterator<Item = &'a Frequency> {
    gene.frequencies.iter().filter(move |row| population.is_none_or(|stated| row.group == stated))
}

/// For each candidate, its probability in each group for which the gene has frequencies; in the stated group alone when
/// `population` names one. Another group never stands in for a stated group without frequencies.
///
/// A diplotype `a/b` weighs f(a)·f(b), twice that when a ≠ b (Hardy–Weinberg proportions); weights of the candidates are
/// normalised within a group. A strand with several components weighs the product of theirs. The result is empty for
/// every candidate when the gene has no frequencies of these groups, or when a candidate makes no statement on strands.
pub fn posteriors(gene: &Gene, candidates: &[&Candidate], population: Option<&str>) -> Vec<Vec<GroupPosterior>> {
    let tables = frequency_tables(gene, population);
    let mut result = vec![Vec::new(); candidates.len()];
    for (group, table) in &tables {
        let weights: Option<Vec<f64>> =
            candidates.iter().map(|c| c.diplotype.as_ref().and_then(|d| weight(d, table))).collect();
        let Some(weights) = weights else { return vec![Vec::new(); candidates.len()] };
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            continue;
        }
        for (of_candidate, weight) in result.iter_mut().zip(weights) {
            of_candidate.push(GroupPosterior { group: group.clone(), probability: weight / total });
        }
    }
    result
}

/// Counts of one group.
struct Table {
    counts: IndexMap<String, u32>,
    total: u32,
}

impl Table {
    fn frequency(&self, allele: &str) -> f64 {
        let count = self.counts.get(allele).copied().unwrap_or(0);
        let categories = (self.counts.len() + 1) as f64;
        (f64::from(count) + HALF_CHROMOSOME) / (f64::from(self.total) + HALF_CHROMOSOME * categories)
    }
}

fn frequency_tables(gene: &Gene, population: Option<&str>) -> IndexMap<String, Table> {
    let mut tables: IndexMap<String, Table> = IndexMap::new();
    for row in frequencies(gene, population) {
        let table =
            tables.entry(row.group.clone()).or_insert_with(|| Table { counts: IndexMap::new(), total: row.total });
        table.counts.insert(row.allele.clone(), row.count);
        table.total = table.total.max(row.total);
    }
    tables
}

fn weight(diplotype: &Diplotype, table: &Table) -> Option<f64> {
    match diplotype {
        Diplotype::Pair(a, b) => {
            let ways = if a == b { 1.0 } else { 2.0 };
            Some(ways * strand_weight(a, table) * strand_weight(b, table))
        }
        Diplotype::Single(a) => Some(strand_weight(a, table)),
        Diplotype::Listed(_) => None,
    }
}

fn strand_weight(strand: &Strand, table: &Table) -> f64 {
    strand
        .0
        .iter()
        .map(|part| match part {
            Component::Named(name) => table.frequency(name),
            Component::Change(_) => table.frequency(""),
        })
        .product()
}
