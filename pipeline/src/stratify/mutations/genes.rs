//! Which genes, or sets of genes, each tumour has a protein-altering change in.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use cluster::association::enrichment::FeatureSet;
use cluster::matrix::FeatureMatrix;
use ndarray::Array2;

use super::cohort::{Cohort, State};

/// Share of the tumours in which a gene must be altered to count, and the least number of them: rarer genes cannot
/// part a cohort.
const SHARE: f64 = 0.03;
const FEWEST: usize = 2;

/// States of one feature by tumour; a tumour that is not listed has no change.
type States = BTreeMap<usize, State>;

/// Tumours × genes: 1 where a gene has at least one protein-altering change, NaN where a genotype that might show one is
/// missing. Every tumour is there, those without such a change as well; genes are in alphabetical order.
///
/// # Errors
/// When no gene is altered often enough.
pub(super) fn matrix(cohort: &Cohort) -> Result<FeatureMatrix> {
    let often = often(cohort, cohort.genes().iter().map(|(gene, states)| (gene.clone(), states.clone())));
    if often.is_empty() {
        bail!(
            "no gene has a protein-altering change in at least {} of the {} tumours, so they cannot be grouped by mutations",
            least(cohort),
            cohort.tumours().len()
        );
    }
    filled(cohort, often)
}

/// Tumours × gene sets: 1 where any gene of the set is altered; NaN where none is, but for one that is not known.
///
/// # Errors
/// When no set is altered often enough.
pub(super) fn pathways(cohort: &Cohort, sets: &[FeatureSet], file: &Path) -> Result<FeatureMatrix> {
    let states = sets.iter().map(|set| {
        let mut states = States::new();
        for (&tumour, &state) in set.members.iter().filter_map(|gene| cohort.genes().get(gene)).flatten() {
            let known = states.entry(tumour).or_insert(state);
            *known = known.with(state);
        }
        (set.name.clone(), states)
    });
    let often = often(cohort, states);
    if often.is_empty() {
        bail!(
            "{}: no set has a protein-altering change in at least {} of the {} tumours; are its genes named as in the mutations?",
            file.display(),
            least(cohort),
            cohort.tumours().len()
        );
    }
    filled(cohort, often)
}

/// Tumours in which a feature must be altered.
pub(super) fn least(cohort: &Cohort) -> usize {
    FEWEST.max((SHARE * cohort.tumours().len() as f64).ceil() as usize)
}

/// Number of tumours in which a feature is altered.
pub(super) fn altered(states: &States) -> usize {
    states.values().filter(|s| s.altered()).count()
}

fn often(cohort: &Cohort, features: impl Iterator<Item = (String, States)>) -> Vec<(String, States)> {
    let least = least(cohort);
    features.filter(|(_, states)| altered(states) >= least).collect()
}

fn filled(cohort: &Cohort, features: Vec<(String, States)>) -> Result<FeatureMatrix> {
    let tumours = cohort.tumours();
    let mut values = Array2::zeros((tumours.len(), features.len()));
    for (f, (_, states)) in features.iter().enumerate() {
        for (&tumour, &state) in states {
            values[[tumour, f]] = if state.altered() { 1.0 } else { f64::NAN };
        }
    }
    if values.iter().any(|v: &f64| v.is_nan()) && !values.iter().any(|v| *v == 0.0) {
        bail!(
            "no tumour is known to be without any of the changes: all other genotypes are missing, as in a VCF joined from \
             files of single tumours. Give those files, each with --annotated-vcf, or join them so that what was not found \
             is written as 0/0"
        );
    }
    Ok(FeatureMatrix::new(tumours, features.into_iter().map(|(name, _)| name).collect(), values)?)
}
