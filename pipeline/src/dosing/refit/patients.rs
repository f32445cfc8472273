//! The clinic's table: whom to learn from, by which columns.

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::knowledge::schema::Knowledge;

use super::features::number;
use crate::dosing::fields::known;
use crate::dosing::table::{identifier, is_missing};
use crate::tumour::table::Table;

/// mg/week that is not believed.
const HIGHEST: f64 = 300.0;
/// Median below which the doses look like mg a day.
const LOW_MEDIAN: f64 = 12.0;
/// Fewest patients to learn from.
const FEWEST: usize = 100;

/// What is asked.
pub struct Question<'a> {
    /// The table.
    pub table: &'a Path,
    /// Column with the stable dose, mg/week.
    pub target: &'a str,
    /// Columns not to learn from.
    pub exclude: &'a [String],
    /// Columns by whose values the model is judged apart.
    pub by: &'a [String],
    /// Columns that a patient must have to be used.
    pub complete: &'a [String],
    /// `column=value` that a patient must have to be used.
    pub only: &'a [String],
    /// Seed of every random choice.
    pub seed: u64,
    /// Folds of the outer and the inner cross-validation.
    pub folds: [usize; 2],
}

/// Patients to learn from.
pub struct Cohort {
    /// Their names.
    pub ids: Vec<String>,
    /// Stable doses, mg/week.
    pub doses: Vec<f64>,
    /// Names of the columns to learn from.
    pub columns: Vec<String>,
    /// Cells of these columns, patient by patient.
    pub cells: Vec<Vec<String>>,
    /// Known facts, patient by patient, for the published equations.
    pub facts: Vec<Vec<(&'static str, String)>>,
    /// Columns to judge by: name, and a value a patient.
    pub groups: Vec<(String, Vec<String>)>,
    /// Sentences on what was left out.
    pub notes: Vec<String>,
}

/// Columns that are known only once the dose is: by the beginning of their names.
const KNOWN_AFTERWARDS: [&str; 4] = ["dose", "stable", "inr_at_stable", "inr_on_stable"];

/// Reads the table.
///
/// # Errors
/// When it cannot be read, a column is not there, the doses are not mg/week, or too few patients remain.
pub fn read(_: &Knowledge, question: &Question<'_>) -> Result<Cohort> {
    let table = Table::read(question.table)?;
    let place = question.table.display();
    let column = |name: &str| match table.header.iter().position(|h| h == name) {
        Some(column) => Ok(column),
        None => bail!("{place}: no column {name}; there are {}", table.header.join(", ")),
    };
    let target = column(question.target)?;
    let excluded = question.exclude.iter().map(|name| column(name)).collect::<Result<Vec<_>>>()?;
    let complete = question.complete.iter().map(|name| column(name)).collect::<Result<Vec<_>>>()?;
    let mut only = Vec::new();
    for condition in question.only {
        let Some((name, value)) = condition.split_once('=') else { bail!("--only '{condition}': write COLUMN=VALUE") };
        only.push((column(name)?, value));
    }
    let mut by = question.by.iter().map(|name| Ok((name.clone(), column(name)?))).collect::<Result<Vec<_>>>()?;
    if by.is_empty() {
        by.extend(column("race").ok().map(|c| ("race".to_owned(), c)));
    }
    let id = table.header.iter().position(|h| known(h) == Some("id"));
    let afterwards = |name: &str| KNOWN_AFTERWARDS.iter().any(|start| name.to_ascii_lowercase().starts_with(start));
    let mut notes = Vec::new();
    let mut chosen = Vec::new();
    for (i, name) in table.header.iter().enumerate() {
        if i == target || Some(i) == id || excluded.contains(&i) {
            continue;
        }
        match afterwards(name) {
            true => notes.push(format!("column {name} is not learnt from: it is known only once the dose is")),
            false => chosen.push(i),
        }
    }
    let cell = |row: &[String], i: usize| row.get(i).cloned().unwrap_or_default();
    let mut cohort = Cohort {
        ids: Vec::new(),
        doses: Vec::new(),
        columns: chosen.iter().filter_map(|i| table.header.get(*i).cloned()).collect(),
        cells: Vec::new(),
        facts: Vec::new(),
        groups: by.iter().map(|(name, _)| (name.clone(), Vec::new())).collect(),
        notes,
    };
    let (mut no_dose, mut incomplete, mut other, mut unbelieved) = (0, 0, 0, 0);
    for (line, row) in &table.rows {
        if only.iter().any(|(i, value)| cell(row, *i) != *value) {
            other += 1;
            continue;
        }
        let dose = cell(row, target);
        let Some(dose) = (!is_missing(&dose)).then(|| dose.parse::<f64>().ok()).flatten() else {
            no_dose += 1;
            continue;
        };
        if complete.iter().any(|i| is_missing(&cell(row, *i))) {
            incomplete += 1;
            continue;
        }
        if !(dose > 0.0 && dose < HIGHEST) {
            unbelieved += 1;
            continue;
        }
        cohort.ids.push(identifier(&id.map(|i| cell(row, i)).unwrap_or_default(), *line));
        cohort.doses.push(dose);
        cohort.cells.push(chosen.iter().map(|i| cell(row, *i)).collect());
        cohort.facts.push(facts(&table.header, row));
        for ((_, values), (_, i)) in cohort.groups.iter_mut().zip(&by) {
            values.push(cell(row, *i));
        }
    }
    for (count, why) in [
        (other, "do not meet --only"),
        (no_dose, "have no dose"),
        (incomplete, "lack a column of --complete"),
        (unbelieved, "have a dose that is not believed (0, or 300 mg/week and more)"),
    ] {
        if count > 0 {
            cohort.notes.push(format!("{count} patients {why}, and are left out"));
        }
    }
    if cohort.doses.len() < FEWEST {
        bail!(
            "{place}: {} patients with a dose; at least {FEWEST} are needed to learn and to judge",
            cohort.doses.len()
        );
    }
    let mut sorted = cohort.doses.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    if median < LOW_MEDIAN {
        bail!("{place}: the median of {} is {median}: are these mg a day? mg/week is asked", question.target);
    }
    Ok(cohort)
}

/// What the published equations can read. The age of a bin is its middle.
fn facts(header: &[String], row: &[String]) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for (name, cell) in header.iter().zip(row) {
        if is_missing(cell) {
            continue;
        }
        match known(name) {
            Some("target_range") => {}
            Some(known) => facts.push((known, cell.clone())),
            None if name.eq_ignore_ascii_case("age_bin") => {
                facts.extend(number(cell).map(|age| ("age", age.to_string())));
            }
            None => {}
        }
    }
    facts
}
