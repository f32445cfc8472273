//! `model.json`: what places the next patient, with its own accuracy; and what it says of one.

use std::path::Path;

use anyhow::{Context, Result, bail};
use cluster::regress::{Mixture, Settings};
use pgx_rules::dosing::genotype::StarAlleles;
use pgx_rules::dosing::iwpc::Race;
use pgx_rules::dosing::record::{Flag, Record};
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
    /// Values that the model has not learnt: column and value.
    pub strange: Vec<(String, String)>,
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

    /// Whether a column is one that the model learnt from.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c.name == column)
    }

    /// The dose of a patient. `cell` gives the text of a column by its name in the training table; empty where missing.
    fn apply(&self, knowledge: &Knowledge, cell: impl Fn(&str) -> String) -> Refitted {
        let mut numbers = Vec::new();
        let mut spans = Vec::new();
        let (mut missing, mut strange) = (Vec::new(), Vec::new());
        for column in &self.columns {
            let text = cell(&column.name);
            let encoded = column.encode(knowledge, &text);
            spans.push((column.name.clone(), text.clone(), numbers.len()..numbers.len() + encoded.len()));
            numbers.extend(encoded);
            if is_missing(&text) {
                missing.push(column.name.clone());
            } else if column.is_strange(knowledge, &text) {
                strange.push((column.name.clone(), text));
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
            strange,
            learnt_from: (self.patients, error),
        }
    }

    /// The dose of a patient by the cells of the input, where a column is there under its own name, else by the record.
    pub fn of_patient(&self, knowledge: &Knowledge, record: &Record, cells: &[(String, String)]) -> Refitted {
        self.apply(knowledge, |column| {
            let exact = cells.iter().find(|(name, value)| name == column && !is_missing(value));
            exact.map(|(_, value)| value.clone()).or_else(|| of_record(record, column)).unwrap_or_default()
        })
    }
}

/// A column of the training table from a record; the table may spell it otherwise, or have bins of age.
fn of_record(record: &Record, column: &str) -> Option<String> {
    let name = known(column).or_else(|| column.eq_ignore_ascii_case("age_bin").then_some("age"))?;
    let number = |value: Option<f64>| value.map(|v| v.to_string());
    let genotypes = &record.genotypes;
    match name {
        "age" => number(record.age),
        "height_cm" => number(record.height),
        "weight_kg" => number(record.weight),
        "sex" => record.sex.clone(),
        "race" => record.race.map(|race| match race {
            Race::Mixed => "Mixed or missing".to_owned(),
            other => format!("{other:?}"),
        }),
        "vkorc1" => genotypes.vkorc1.and_then(|n| ["GG", "AG", "AA"].get(usize::from(n))).map(|g| (*g).to_owned()),
        "cyp2c9" => genotypes.cyp2c9.as_ref().map(StarAlleles::name),
        "target_inr" => number(record.target_inr),
        "target_range" => record.range.map(|r| r.to_string()),
        _ => {
            let flag = Flag::ALL.into_iter().find(|flag| flag.name() == name)?;
            record.flag(flag).map(|yes| u8::from(yes).to_string())
        }
    }
}
