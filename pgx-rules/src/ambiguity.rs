//! What a call leaves open, and what would close it.
//!
//! The default answer follows the field's reference tool: of all diplotypes that fit, the ones that explain most sites
//! win. Two other questions matter to a patient. *Which other diplotypes fit, how probable is each, and would it
//! matter?* ([`weigh`]). *Which alleles with an effect could this input not have shown at all?* ([`unseen`]). Both are
//! additive: they never change the call.

mod assay;
mod consequence;
mod posterior;
mod unseen;

pub use assay::{Assay, settling_assay};
pub use consequence::drugs_that_change;
pub use posterior::{GroupPosterior, groups, posteriors};
pub use unseen::{UnseenAlleles, carriers, unseen};

use serde::{Deserialize, Serialize};

use crate::call::{Candidate, GeneCall};
use crate::knowledge::schema::{Gene, Knowledge};

/// Candidates listed at most; the least probable are left out and counted.
const LISTED: usize = 12;

/// All diplotypes that fit the observations of one gene, when there is more than one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ambiguity {
    /// The candidates, most probable first.
    pub candidates: Vec<Weighed>,
    /// Further candidates that fit, each less probable than the listed ones.
    pub not_listed: usize,
    /// The one measurement that would tell most of them apart.
    pub assay: Option<Assay>,
    /// How the probabilities were made, for people.
    pub assumption: String,
}

/// A candidate with its probability and its consequences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// As in `calls.tsv`.
    pub diplotype: String,
    /// Phenotype, where the gene has one.
    pub phenotype: Option<String>,
    /// Activity score as written, where the gene has one.
    pub activity_score: Option<String>,
    /// Whether it is (one of) the default answer(s).
    pub is_answer: bool,
    /// Probability given that one of all fitting diplotypes is right, by population group, 0 to 1; empty without
    /// frequencies.
    pub posterior: Vec<GroupPosterior>,
    /// Whether its phenotype differs from that of the first default answer.
    pub changes_phenotype: bool,
    /// Drugs whose guidance would differ from that of the first default answer.
    pub changes_guidance_of: Vec<String>,
}

/// Weighs every diplotype that fits.
///
/// `answer` is the default call, `all` the same gene called with every match kept; both have phenotypes assigned.
/// `None` when there is at most one candidate. Probabilities follow Hardy–Weinberg proportions of the gene's allele
/// frequencies, see [`posteriors`]; candidates are ordered by the probability in the stated `population` (a group code,
/// see [`groups`]), or by its mean over all groups where none is stated.
pub fn weigh(
    knowledge: &Knowledge,
    gene: &Gene,
    answer: &GeneCall,
    all: &GeneCall,
    population: Option<&str>,
) -> Option<Ambiguity> {
    let fitting: Vec<&Candidate> = all.candidates.iter().filter(|c| c.diplotype.is_some()).collect();
    if fitting.len() < 2 {
        return None;
    }
    let weights = posteriors(gene, &fitting, population);
    let first = answer.candidates.first();
    let first_key = first.and_then(lookup_key);
    let mut order: Vec<usize> = (0..fitting.len()).collect();
    order.sort_by(|&a, &b| {
        let mean = |i: usize| mean_of(&weights[i]);
        mean(b).total_cmp(&mean(a)).then(fitting[b].score.cmp(&fitting[a].score)).then(a.cmp(&b))
    });
    let candidates = order
        .iter()
        .take(LISTED)
        .map(|&i| {
            let candidate = fitting[i];
            let key = lookup_key(candidate);
            Weighed {
                diplotype: candidate.diplotype.as_ref().map(ToString::to_string).unwrap_or_default(),
                phenotype: candidate.phenotype.as_ref().map(|p| p.name.clone()),
                activity_score: candidate.phenotype.as_ref().and_then(|p| p.activity_score.clone()),
                is_answer: answer.candidates.iter().any(|c| c.diplotype == candidate.diplotype),
                posterior: weights[i].clone(),
                changes_phenotype: candidate.phenotype.as_ref().map(|p| &p.name)
                    != first.and_then(|c| c.phenotype.as_ref()).map(|p| &p.name),
                changes_guidance_of: match (first_key, key) {
                    (Some(before), Some(after)) if before != after => {
                        drugs_that_change(knowledge, &gene.symbol, before, after)
                    }
                    _ => Vec::new(),
                },
            }
        })
        .collect();
    let means: Vec<f64> = weights.iter().map(|w| mean_of(w)).collect();
    Some(Ambiguity {
        candidates,
        not_listed: fitting.len().saturating_sub(LISTED),
        assay: settling_assay(gene, all, &fitting, &means),
        assumption: assumption(population),
    })
}

fn lookup_key(candidate: &Candidate) -> Option<&str> {
    candidate.phenotype.as_ref().map(|p| p.lookup_key.as_str())
}

fn assumption(population: Option<&str>) -> String {
    let group = population.map_or_else(|| "group's".to_owned(), |code| format!("stated group's ({code})"));
    format!(
        "chromosomes drawn independently from the {group} allele frequencies (1000 Genomes, half a chromosome added to each \
         count)"
    )
}

/// Mean over groups; equal weight for all candidates where there are no frequencies.
fn mean_of(groups: &[GroupPosterior]) -> f64 {
    if groups.is_empty() {
        return 0.0;
    }
    groups.iter().map(|g| g.probability).sum::<f64>() / groups.len() as f64
}

#[cfg(test)]
mod tests;
