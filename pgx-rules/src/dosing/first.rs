//! Doses from equations and tables, one file a model, behind one trait: the first dose, and its revision on day 4 or 5.
//!
//! An [`Estimate`] says what went in, what each term did, what is missing by name, where the person lies outside what the
//! model was made for, and how close such doses came to the stable dose. Nothing is rounded or capped here.

mod eupact;
mod flow;
mod gage;
mod gather;
mod iwpc;
mod label;
mod lenzini;
mod linear;

use serde::Serialize;

use super::record::{Flag, Record};
use crate::knowledge::schema::{DosingTable, Knowledge};

pub use eupact::LOADING;
pub use flow::{Branch, RouteDose, branches};
pub use label::highly_sensitive;

/// A published way from a patient to a dose.
pub trait DoseModel: Sync {
    /// Name in tables and files.
    fn name(&self) -> &'static str;
    /// Name for people.
    fn title(&self) -> &'static str;
    /// When it is for.
    fn stage(&self) -> Stage;
    /// Whether it uses genotypes.
    fn uses_genotypes(&self) -> bool;
    /// Its answer for a patient.
    fn estimate(&self, knowledge: &Knowledge, record: &Record) -> Estimate;
}

/// When a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Before the first dose: the maintenance dose to expect.
    Maintenance,
    /// The first three days.
    Loading,
    /// Day 4 or 5, with an INR.
    Revision,
}

/// Every model, in the order that it is shown in.
pub const DOSE_MODELS: [&dyn DoseModel; 9] = [
    &iwpc::PHARMACOGENETIC,
    &iwpc::CLINICAL,
    &gage::PHARMACOGENETIC,
    &gage::CLINICAL,
    &label::MODEL,
    &eupact::MAINTENANCE,
    &eupact::LOADING,
    &lenzini::PHARMACOGENETIC,
    &lenzini::CLINICAL,
];

/// One model's answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Name in tables and files.
    pub model: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// When it is for.
    pub stage: Stage,
    /// Authors, title, journal.
    pub source: String,
    /// PubMed identifier; empty where none was read.
    pub pmid: String,
    /// Digital object identifier; empty where none was read.
    pub doi: String,
    /// What is uncertain about the coefficients; empty when several sources agree.
    pub confidence: String,
    /// What the sum of the terms is, with its unit; empty for tables.
    pub scale: String,
    /// The dose; `None` when an input is missing, or the model has no answer for it.
    pub dose: Option<Dose>,
    /// What the dose is made of; empty for tables.
    pub terms: Vec<Term>,
    /// What went in, as the model reads it: name and value.
    pub inputs: Vec<(String, String)>,
    /// Inputs that the model needs and did not get.
    pub missing: Vec<String>,
    /// mg/week, lowest and highest, over the possible values of the missing inputs, where these are all yes or no.
    pub depending_on_missing: Option<[f64; 2]>,
    /// Where the model has a term for an unknown, and it was used.
    pub unknown_terms: Vec<String>,
    /// Where the person lies outside what the model was made for.
    pub outside: Vec<String>,
    /// How close such doses came to the stable dose.
    pub interval: Option<Interval>,
    /// Why there is no interval.
    pub no_interval: String,
    /// Why there is no dose, where no input is missing.
    pub no_dose: String,
}

/// A dose in the unit that it is compared in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dose {
    /// mg/week.
    Weekly(f64),
    /// mg/week, lowest and highest: a range is never made a number.
    Range([f64; 2]),
    /// mg on days 1, 2, 3.
    Days([f64; 3]),
}

/// A term of an equation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Term {
    /// As in the table of coefficients.
    pub name: String,
    /// What it is multiplied with, as the equation reads it.
    pub value: f64,
    /// Published coefficient.
    pub coefficient: f64,
    /// Coefficient times value, on the scale of the equation.
    pub contribution: f64,
    /// What it does to the dose, mg/week, when the terms are added one after the other; these sum up to the dose.
    pub weekly: f64,
    /// The dose without this term, mg/week: what it does on its own.
    pub without: f64,
}

/// A published finding, put around a dose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// mg/week.
    pub low: f64,
    /// mg/week.
    pub high: f64,
    /// Share of people whose stable dose lay in such bounds, 0 to 1.
    pub share: f64,
    /// Where it was found, and in whom.
    pub source: String,
}

/// An estimate without an answer yet.
fn blank(model: &dyn DoseModel, table: Option<&DosingTable>) -> Estimate {
    let text = |read: fn(&DosingTable) -> &String| table.map(read).cloned().unwrap_or_default();
    Estimate {
        model: model.name(),
        title: model.title(),
        stage: model.stage(),
        source: text(|t| &t.title),
        pmid: text(|t| &t.pmid),
        doi: text(|t| &t.doi),
        confidence: text(|t| &t.confidence),
        scale: String::new(),
        dose: None,
        terms: Vec::new(),
        inputs: Vec::new(),
        missing: Vec::new(),
        depending_on_missing: None,
        unknown_terms: Vec::new(),
        outside: Vec::new(),
        interval: None,
        no_interval: String::new(),
        no_dose: table.map_or_else(|| "the knowledge base lacks its coefficients".into(), |_| String::new()),
    }
}

/// The published finding that speaks of people like this one, put around a dose.
fn interval(table: &DosingTable, equation: &str, record: &Record, weekly: f64) -> Option<Interval> {
    let groups: &[&str] = match record.african() {
        Some(true) => &["Black", "everyone"],
        Some(false) => &["not Black", "everyone"],
        None => &["everyone"],
    };
    let found = groups.iter().find_map(|group| {
        table.accuracy.iter().find(|found| found.equation == equation && found.population == *group)
    })?;
    let (low, high) = match (found.factors, found.margin) {
        (Some([low, high]), _) => (weekly * low, weekly * high),
        (None, Some(margin)) => ((weekly - margin).max(0.0), weekly + margin),
        (None, None) => return None,
    };
    Some(Interval { low, high, share: found.share, source: found.source.clone() })
}

/// Where a person lies outside what every equation was made for.
fn outside_all(record: &Record, knows_inducers: bool) -> Vec<String> {
    let mut outside = Vec::new();
    if let Some(cyp2c9) = &record.genotypes.cyp2c9 {
        let beyond = cyp2c9.beyond_equations();
        if !beyond.is_empty() {
            outside.push(format!(
                "CYP2C9 {} counts as {}",
                beyond.join(" and "),
                counted_as(cyp2c9.star2, cyp2c9.star3)
            ));
        }
    }
    if !knows_inducers && record.flag(Flag::EnzymeInducer) == Some(true) {
        outside.push("an enzyme inducer is taken, which the model does not know: the dose needed is higher".into());
    }
    outside
}

fn counted_as(star2: u8, star3: u8) -> &'static str {
    match (star2, star3) {
        (0, 0) => "*1 here",
        _ => "*1 here, except for the change of *2 or *3 that it carries",
    }
}

#[cfg(test)]
mod tests;
