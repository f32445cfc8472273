//! Coefficients of published dosing models.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One file of `dosing/`: the published coefficients of a model's equations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DosingTable {
    /// Short name by which the code asks for it.
    pub name: String,
    /// Authors and title, for reports.
    pub title: String,
    /// PubMed identifier.
    pub pmid: String,
    /// What the equations give, with its unit.
    pub gives: String,
    /// Equation → term → coefficient.
    pub equations: IndexMap<String, IndexMap<String, f64>>,
}
