//! `model.json`: what places the next patient, with its own accuracy; and what it says of one.

use std::path::Path;

use anyhow::{Context, Result, bail};
use cluster::regress::{Mixture, Settings};
use pgx_rules::knowledge::schema::Knowledge;
use serde::{Deserialize, Serialize};

use super::features::Column;
use super::judge::{Judged, Row};
use super::learn::{Learnt, weekly};
use super::patients::{Cohort, Question};
use crate::dosing::fields::known;
use crate::dosing::table::is_missing;

/// Form of the file; another number is refused.
const FORM: &str = "rxstrata-dose-model/1";

/// A model of a clinic's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    form: String,
    program: String,
    /// Column that was learnt.
    target: String,
    /// Patients learnt from.
    patients: usize,
    seed: u64,
    settings: Settings,
    columns: Vec<Column>,
    mixture: Mixture,
    /// 10 %, 50 % and 90 % of √stable − √predicted of held-out patients.
    residuals: [f64; 3],
    /// Nested cross-validation of the refit, by group.
    performance: Vec<Row>,
}

/// What a model says of one patient.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refitted {
    /// mg/week.
    pub weekly: f64,
    /// mg/week, where 80 % of held-out patients lay.
    pub interval: [f64; 2],
    /// mg/week of the average patient that was learnt from.
    pub base: f64,
    /// What each column adds to that, mg/week; base and reasons sum up to the dose.
    pub reasons: Vec<Reason>,
    /// Columns that the model learnt from and this patient lacks.
    pub missing: Vec<String>,
    /// Patients learnt from, and held-out mean absolute error, mg/week.
    pub learnt_from: (usize, f64),
}

/// What one column adds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Column.
    pub column: String,
    /// The patient's value.
    pub value: String,
    /// mg/week.
    pub weekly: f64,
}

impl Model {
    /// Puts together what was learnt and judged.
    pub fn of(cohort: &Cohort, learnt: &Learnt, judged: &Judged, question: &Question<'_>) -> Self {
        Self {
            form: FORM.to_owned(),
            program: format!("rxstrata {}", env!("CARGO_PKG_VERSION")),
            target: question.target.to_owned(),
            patients: cohort.doses.len(),
            seed: question.seed,
            settings: learnt.settings,
            columns: learnt.columns.clone(),
            mixture: learnt.mixture.clone(),
            residuals: judged.residuals,
            performance: judged.rows.iter().filter(|r| r.model == "refit").cloned().collect(),
        }
    }

    /// Reads a model.
    ///
    /// # Errors
    /// When it cannot be read, has another form, or does not hold together.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let model: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{}: not the model.json of `rxstrata dose fit`", path.display()))?;
        if model.form != FORM {
            bail!("{}: form '{}', but this program reads '{FORM}'", path.display(), model.form);
        }
        let width: usize = model.columns.iter().map(|c| c.labels().len()).sum();
        if !model.mixture.is_sound(width) || !model.residuals.iter().all(|r| r.is_finite()) {
            bail!("{}: the model does not hold together; fit it again", path.display());
        }
        Ok(model)
    }

    /// The dose of a patient. `cell` gives the text of a column by its name in the training table; empty where missing.
    pub fn apply(&self, knowledge: &Knowledge, cell: impl Fn(&str) -> String) -> Refitted {
        let mut numbers = Vec::new();
        let mut spans = Vec::new();
        let mut missing = Vec::new();
        for column in &self.columns {
            let text = cell(&column.name);
            let encoded = column.encode(knowledge, &text);
            spans.push((column.name.clone(), text.clone(), numbers.len()..numbers.len() + encoded.len()));
            numbers.extend(encoded);
            if is_missing(&text) {
                missing.push(column.name.clone());
            }
        }
        let explained = self.mixture.explain(ndarray::Array1::from(numbers).view());
        let (root, base) = (explained.total().max(0.0), explained.base);
        // contributions add up under a square root: squared, each one's Shapley value is it times the sum of both roots
        let scale = root + base;
        let reason = |(column, value, span): (String, String, std::ops::Range<usize>)| {
            let sum: f64 = explained.contributions.get(span).map_or(0.0, |c| c.iter().sum());
            Reason { column, value, weekly: sum * scale }
        };
        let mut reasons: Vec<Reason> = spans.into_iter().map(reason).collect();
        reasons.sort_by(|a, b| b.weekly.abs().total_cmp(&a.weekly.abs()));
        let [low, _, high] = self.residuals;
        let error = self.performance.iter().find(|r| r.group == "all").map_or(f64::NAN, |r| r.error[0]);
        Refitted {
            weekly: root * root,
            interval: [weekly(root + low), weekly(root + high)],
            base: base * base,
            reasons,
            missing,
            learnt_from: (self.patients, error),
        }
    }

    /// The text of a column from facts by their known names: the training table may use another spelling, or bins of age.
    pub fn cell(facts: &[(String, String)], column: &str) -> String {
        let exact = facts.iter().find(|(name, _)| name == column);
        let same = |wanted: &str| facts.iter().find(|(name, _)| known(name) == Some(wanted));
        let by_name = || match known(column) {
            Some(name) => same(name),
            None if column.eq_ignore_ascii_case("age_bin") => same("age"),
            None => None,
        };
        exact.or_else(by_name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}
