//! Alleles with an effect that an input could not have shown, and how many people carry them.

use serde::{Deserialize, Serialize};

use super::posterior::{GroupPosterior, frequencies};
use crate::call::{CallSource, GeneCall};
use crate::knowledge::schema::{Gene, NamedAllele};

/// What could not be seen in one gene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnseenAlleles {
    /// Alleles with a known effect that this input could not have shown, in the order of the definition.
    pub alleles: Vec<String>,
    /// Those among them that AMP/CAP want every assay to test.
    pub must_test: Vec<String>,
    /// Share of people of each group (of the stated one alone, where it is stated) who carry at least one of `alleles`,
    /// 0 to 1; empty without frequencies.
    pub carriers: Vec<GroupPosterior>,
}

/// Functions that leave guidance as it is for someone who carries them.
fn is_ordinary(function: &str) -> bool {
    let function = function.to_ascii_lowercase();
    ["normal", "uncertain", "unknown", "non-responsive"].iter().any(|word| function.contains(word))
        || function.is_empty()
}

/// Lists alleles whose function is known to differ from normal and that the observations could not show: a site that
/// defines them was missing, or small variants cannot show them at all.
///
/// The share of carriers is 1 − (1 − Σf)² over the listed alleles, from the gene's own frequency table (for one copy the
/// share of chromosomes is lower). `None` for an outside call (another tool's reach is not known here) and when nothing
/// is hidden. `population` as in [`super::posteriors`].
pub fn unseen(gene: &Gene, call: &GeneCall, population: Option<&str>) -> Option<UnseenAlleles> {
    if call.source == CallSource::Outside {
        return None;
    }
    let alleles: Vec<String> = gene
        .alleles
        .iter()
        .filter(|a| !a.is_reference && !a.is_ignored)
        .filter(|a| has_effect(gene, &a.name) && is_hidden(a, call))
        .map(|a| a.name.clone())
        .collect();
    if alleles.is_empty() {
        return None;
    }
    let must_test = gene.must_test.iter().filter(|m| alleles.contains(m)).cloned().collect();
    let carriers = carriers(gene, &alleles, population);
    Some(UnseenAlleles { alleles, must_test, carriers })
}

fn has_effect(gene: &Gene, allele: &str) -> bool {
    gene.functions.get(allele).is_some_and(|f| !is_ordinary(&f.function))
}

fn is_hidden(allele: &NamedAllele, call: &GeneCall) -> bool {
    allele.is_structural || call.missing.iter().any(|&site| allele.carries.get(site).is_some_and(|b| !b.is_empty()))
}

/// Share of people of each group who carry at least one of the alleles: 1 − (1 − Σf)². `population` as in
/// [`super::posteriors`].
pub fn carriers(gene: &Gene, alleles: &[String], population: Option<&str>) -> Vec<GroupPosterior> {
    let mut groups: Vec<&str> = Vec::new();
    for row in frequencies(gene, population) {
        if !groups.contains(&row.group.as_str()) {
            groups.push(&row.group);
        }
    }
    groups
        .into_iter()
        .map(|group| {
            let share: f64 = gene
                .frequencies
                .iter()
                .filter(|f| f.group == group && f.total > 0 && alleles.contains(&f.allele))
                .map(|f| f64::from(f.count) / f64::from(f.total))
                .sum();
            GroupPosterior { group: group.to_owned(), probability: 1.0 - (1.0 - share.min(1.0)).powi(2) }
        })
        .collect()
}
