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
    /// PubMed identifier, where one was read.
    #[serde(default)]
    pub pmid: String,
    /// Digital object identifier, where one was read.
    #[serde(default)]
    pub doi: String,
    /// What is uncertain about the coefficients, for people; empty when several sources agree.
    #[serde(default)]
    pub confidence: String,
    /// What the equations give, with its unit.
    pub gives: String,
    /// How well the equations were found to do.
    #[serde(default)]
    pub accuracy: Vec<Accuracy>,
    /// Equation → term → coefficient.
    pub equations: IndexMap<String, IndexMap<String, f64>>,
}

/// A published finding: the share of people whose stable dose lay close to the calculated one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// Equation that it speaks of.
    pub equation: String,
    /// `everyone`, or the group: `Black`, `not Black`.
    pub population: String,
    /// Share of the people, 0 to 1.
    pub share: f64,
    /// Bounds of the stable dose as factors on the calculated one; these or `margin`.
    #[serde(default)]
    pub factors: Option<[f64; 2]>,
    /// Bounds as mg/week to either side.
    #[serde(default)]
    pub margin: Option<f64>,
    /// Where it was found, and in how many people.
    pub source: String,
}
