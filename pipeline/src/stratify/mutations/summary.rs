//! Counts over a cohort's mutations: what a reader checks first, and which genes go together.

use std::collections::BTreeMap;

use cluster::association::fisher::TwoByTwo;
use cluster::prepare::median;
use cluster::substitution::{SUBSTITUTIONS, substitution};
use serde::Serialize;

use super::cohort::{Cohort, State};
use super::genes::{altered, least};

/// Genes of which each pair is tested.
const PAIRED: usize = 12;

/// `mutations.json`.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Number of tumours.
    pub tumours: usize,
    /// Number of changes.
    pub changes: usize,
    /// What counts as protein-altering.
    pub definition: &'static str,
    /// Number of protein-altering changes.
    pub protein_altering: usize,
    /// Tumours with at least one.
    pub tumours_with_protein_altering: usize,
    /// Median number of protein-altering changes, over all tumours.
    pub median_protein_altering: f64,
    /// Changes by class, as the files name them.
    pub classes: BTreeMap<String, usize>,
    /// Substitutions from the strand of the pyrimidine.
    pub substitutions: BTreeMap<&'static str, usize>,
    /// Million bases that the burden is divided by.
    pub megabases: Option<f64>,
    /// Genes altered often enough to be a feature, most often altered first, then by name.
    pub genes: Vec<Gene>,
    /// Whether the most often altered genes are altered together more or less often than chance would have it.
    pub pairs: Vec<Pair>,
    /// Burden of each tumour.
    pub burden: Vec<Burden>,
}

/// A gene.
#[derive(Debug, Serialize)]
pub struct Gene {
    /// Its symbol.
    pub gene: String,
    /// Tumours in which it is altered.
    pub altered: usize,
    /// Tumours of which that is not known.
    pub unknown: usize,
}

/// Two genes, over the tumours of which both are known.
#[derive(Debug, Serialize)]
pub struct Pair {
    /// The gene altered more often.
    pub a: String,
    /// The other one.
    pub b: String,
    /// Tumours.
    #[serde(flatten)]
    pub counts: TwoByTwo,
    /// Fisher's exact test, two-sided.
    pub p: f64,
    /// Sample odds ratio; none where a count of its divisor is 0.
    pub odds_ratio: Option<f64>,
}

/// One tumour.
#[derive(Debug, Serialize)]
pub struct Burden {
    /// Its name.
    pub tumour: String,
    /// All changes.
    pub all: usize,
    /// Protein-altering ones.
    pub protein_altering: usize,
    /// Protein-altering ones per million bases.
    pub protein_altering_per_megabase: Option<f64>,
}

impl Summary {
    /// Counts.
    pub(super) fn of(cohort: &Cohort, megabases: Option<f64>) -> Self {
        let counts = cohort.counts();
        let protein: Vec<usize> = counts.iter().map(|c| c.protein_altering).collect();
        let mut substitutions: BTreeMap<&'static str, usize> = SUBSTITUTIONS.iter().map(|s| (*s, 0)).collect();
        for s in cohort.substitutions() {
            if let Some(name) = substitution(s.reference, s.alternate).and_then(|i| SUBSTITUTIONS.get(i)) {
                *substitutions.entry(name).or_default() += 1;
            }
        }
        let genes = genes(cohort);
        Self {
            tumours: counts.len(),
            changes: counts.iter().map(|c| c.all).sum(),
            definition: "missense, nonsense, nonstop, frameshift, in-frame, start and splice-site changes",
            protein_altering: protein.iter().sum(),
            tumours_with_protein_altering: protein.iter().filter(|n| **n > 0).count(),
            median_protein_altering: median(&mut protein.iter().map(|n| *n as f64).collect::<Vec<_>>()),
            classes: cohort.classes().clone(),
            substitutions,
            megabases,
            pairs: pairs(cohort, &genes),
            genes,
            burden: cohort
                .tumours()
                .into_iter()
                .zip(counts)
                .map(|(tumour, c)| Burden {
                    tumour,
                    all: c.all,
                    protein_altering: c.protein_altering,
                    protein_altering_per_megabase: megabases.map(|m| c.protein_altering as f64 / m),
                })
                .collect(),
        }
    }
}

fn genes(cohort: &Cohort) -> Vec<Gene> {
    let least = least(cohort);
    let mut genes: Vec<Gene> = cohort
        .genes()
        .iter()
        .map(|(gene, states)| {
            let altered = altered(states);
            Gene { gene: gene.clone(), altered, unknown: states.len() - altered }
        })
        .filter(|g| g.altered >= least)
        .collect();
    genes.sort_by_key(|g| std::cmp::Reverse(g.altered));
    genes
}

fn pairs(cohort: &Cohort, genes: &[Gene]) -> Vec<Pair> {
    let first = &genes[..genes.len().min(PAIRED)];
    let of = |gene: &Gene, tumour: usize| cohort.genes().get(&gene.gene).and_then(|s| s.get(&tumour)).copied();
    let mut pairs = Vec::new();
    for (place, a) in first.iter().enumerate() {
        for b in &first[place + 1..] {
            let known = (0..cohort.counts().len())
                .map(|t| (of(a, t), of(b, t)))
                .filter(|(x, y)| *x != Some(State::Unknown) && *y != Some(State::Unknown));
            let (x, y): (Vec<bool>, Vec<bool>) = known.map(|(x, y)| (x.is_some(), y.is_some())).unzip();
            let counts = TwoByTwo::count(&x, &y);
            let exact = counts.exact();
            let odds_ratio = exact.odds_ratio.is_finite().then_some(exact.odds_ratio);
            pairs.push(Pair { a: a.gene.clone(), b: b.gene.clone(), counts, p: exact.p, odds_ratio });
        }
    }
    pairs
}
