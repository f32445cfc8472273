//! Guidance from the patient's own genome for the drugs at hand: taken from the `calls.json` of `rxstrata call`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use pgx_rules::guidance::{Advice, Unanswered};
use pgx_rules::therapies::evidence::Evidence;

use crate::report::formats::tsv::action;

/// In place of an action: a gene gave no result.
pub const NOT_ANSWERED: &str = "not answered";

/// The parts of `calls.json` that are used.
#[derive(Deserialize)]
struct Calls {
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    sample: String,
    guidance: Vec<Advice>,
    unanswered: Vec<Unanswered>,
}

/// Guidance of all patients.
pub struct Germline {
    samples: IndexMap<String, Sample>,
}

/// One row of guidance for a drug that evidence speaks of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GermlineRow {
    /// Generic name.
    pub drug: String,
    /// Whether the tumour's evidence names it.
    pub named_for_tumour: bool,
    /// `CPIC` and the like.
    pub source: String,
    /// Population label of the source.
    pub population: String,
    /// Gene and result, joined.
    pub because: String,
    /// `avoid`, `adjust`, `monitor`, `standard`, `none`, or `not answered`.
    pub action: &'static str,
    /// The guidance, in sentences.
    pub text: String,
}

impl Germline {
    /// Reads `calls.json`.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let calls: Calls = serde_json::from_slice(&bytes)
            .with_context(|| format!("{}: not the calls.json that `rxstrata call` writes", path.display()))?;
        if calls.samples.is_empty() {
            bail!("{}: it holds no sample", path.display());
        }
        Ok(Self { samples: calls.samples.into_iter().map(|s| (s.sample.clone(), s)).collect() })
    }

    /// The name of the germline sample of a tumour: the same name, or the only one where both are alone.
    pub fn sample_of(&self, tumour: &str, only_tumour: bool) -> Option<&str> {
        let same = self.samples.get(tumour);
        let alone = || self.samples.values().next().filter(|_| only_tumour && self.samples.len() == 1);
        same.or_else(alone).map(|s| s.sample.as_str())
    }

    /// Guidance for every drug among the therapies of the release: the most urgent first, then those named for this tumour.
    pub fn rows(&self, sample: &str, evidence: &Evidence, named: &BTreeSet<String>) -> Vec<GermlineRow> {
        let Some(sample) = self.samples.get(sample) else { return Vec::new() };
        let known: BTreeSet<String> =
            evidence.items.iter().flat_map(|i| i.therapies.split(',')).map(str::to_lowercase).collect();
        let among = |names: &BTreeSet<String>, drug: &str| names.iter().any(|therapy| is_drug(therapy, drug));
        let mut rows: Vec<GermlineRow> = Vec::new();
        for advice in sample.guidance.iter().filter(|a| among(&known, &a.drug)) {
            let because = advice.basis.iter().map(|b| {
                let result = if b.phenotype.is_empty() { &b.lookup } else { &b.phenotype };
                format!("{} {} {result}", b.gene, b.diplotype).split_whitespace().collect::<Vec<_>>().join(" ")
            });
            rows.push(GermlineRow {
                drug: advice.drug.clone(),
                named_for_tumour: among(named, &advice.drug),
                source: advice.source.clone(),
                population: advice.population.clone(),
                because: because.collect::<Vec<_>>().join("; "),
                action: action(advice.urgency),
                text: advice.text.clone(),
            });
        }
        for item in sample.unanswered.iter().filter(|u| among(&known, &u.drug)) {
            rows.push(GermlineRow {
                drug: item.drug.clone(),
                named_for_tumour: among(named, &item.drug),
                source: String::new(),
                population: String::new(),
                because: format!("no result for {}", item.genes.join(", ")),
                action: NOT_ANSWERED,
                text: "A gene that guidance depends on gave no result; standard use is not implied.".to_owned(),
            });
        }
        // what must not be overlooked comes first, whether or not the tumour asks for the drug; stable: otherwise in the
        // order of the document
        rows.sort_by_key(|r| (place(r.action), !r.named_for_tumour));
        rows.dedup();
        rows
    }
}

/// Actions, the most urgent first.
fn place(action: &str) -> usize {
    const ORDER: [&str; 6] = ["avoid", "adjust", "monitor", "standard", "none", NOT_ANSWERED];
    ORDER.iter().position(|a| *a == action).unwrap_or(ORDER.len())
}

/// Whether a therapy is a drug: the drug's name is one of its words ("irinotecan hydrochloride", "5-fluorouracil").
fn is_drug(therapy: &str, drug: &str) -> bool {
    therapy == drug || therapy.split([' ', '-', '/']).any(|word| word == drug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drug_is_known_within_the_name_of_a_therapy_as_a_whole_word_only() {
        assert!(is_drug("fluorouracil", "fluorouracil"));
        assert!(is_drug("5-fluorouracil", "fluorouracil"));
        assert!(is_drug("irinotecan hydrochloride", "irinotecan"));
        assert!(!is_drug("fluorouracilate", "fluorouracil"));
    }
}
