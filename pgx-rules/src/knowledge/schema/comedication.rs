//! Co-medication that changes what a gene's activity amounts to.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One file of `phenoconversion/`: how inhibitors of one gene's product change its activity score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phenoconversion {
    /// Gene symbol.
    pub gene: String,
    /// Where the rule and the list come from.
    pub sources: Vec<String>,
    /// Strength of an inhibitor → factor on the activity score, 0 to 1.
    pub factors: IndexMap<String, f64>,
    /// The inhibitors.
    pub inhibitors: Vec<Inhibitor>,
}

/// A drug that inhibits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibitor {
    /// Lower-case generic name.
    pub drug: String,
    /// A key of [`Phenoconversion::factors`]; any other word means that no factor is applied, and `note` says why.
    pub strength: String,
    /// What sources say beyond the strength.
    pub note: Option<String>,
}
