//! How well held-out predictions do, overall and by group, beside the published equations on the same patients.

use cluster::random;
use pgx_rules::dosing::first::{DOSE_MODELS, Dose};
use pgx_rules::knowledge::schema::Knowledge;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::learn::Learnt;
use super::patients::{Cohort, Question};
use crate::dosing::fields::Draft;

/// Resamples of an interval.
const RESAMPLES: usize = 1000;
/// Patients below which a group is not judged, and below which a judgement is uncertain.
const SMALL: [usize; 2] = [30, 100];
/// The dose that everybody would get, mg/week.
const FIXED: f64 = 35.0;

/// One model in one group of patients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `all`, a column, or `dose`.
    pub group: String,
    /// Its value.
    pub value: String,
    /// `refit`, or a published model.
    pub model: String,
    /// Patients with an answer of this model.
    pub patients: usize,
    /// Mean absolute error, mg/week, with the 95 % interval over resampled patients.
    pub error: [f64; 3],
    /// Percent of patients whose dose is within 20 % of the stable one.
    pub within: f64,
    /// Mean of predicted minus stable dose, mg/week.
    pub bias: f64,
    /// Error of the refit minus this model's on the same patients, with the 95 % interval; `None` for the refit itself.
    pub against: Option<[f64; 3]>,
    /// What to keep in mind.
    pub note: String,
}

/// Everything that was judged.
pub struct Judged {
    /// Groups by models.
    pub rows: Vec<Row>,
    /// Fifths by prediction: patients, mean predicted, mean observed.
    pub fifths: Vec<(usize, f64, f64)>,
    /// Intercept and slope of the stable dose on the held-out prediction, mg/week.
    pub calibration: [f64; 2],
    /// Held-out predictions of the published equations, by model.
    pub published: Vec<(String, Vec<Option<f64>>)>,
    /// 10 %, 50 % and 90 % of √stable − √predicted.
    pub residuals: [f64; 3],
}

/// Judges what was learnt.
pub fn judge(knowledge: &Knowledge, cohort: &Cohort, learnt: &Learnt, question: &Question<'_>) -> Judged {
    let published = published(knowledge, cohort);
    let refit: Vec<Option<f64>> = learnt.held_out.iter().map(|dose| Some(*dose)).collect();
    let mut models: Vec<(&str, &[Option<f64>])> = vec![("refit", &refit)];
    models.extend(published.iter().map(|(name, doses)| (name.as_str(), doses.as_slice())));
    let mut rows = Vec::new();
    for (group, value, members) in groups(cohort) {
        for (model, doses) in &models {
            rows.extend(row(&group, &value, &members, model, doses, &refit, &cohort.doses, question.seed));
        }
    }
    Judged {
        rows,
        fifths: fifths(&learnt.held_out, &cohort.doses),
        calibration: line(&learnt.held_out, &cohort.doses),
        residuals: residuals(&learnt.held_out, &cohort.doses),
        published,
    }
}

/// Doses of published equations for patients as far as they can be computed, and the fixed dose.
fn published(knowledge: &Knowledge, cohort: &Cohort) -> Vec<(String, Vec<Option<f64>>)> {
    let records: Vec<_> = cohort
        .facts
        .iter()
        .map(|facts| {
            let mut draft = Draft::default();
            for (name, value) in facts {
                draft.set(knowledge, name, value).ok()?;
            }
            Some(draft.finish(knowledge, String::new()).ok()?.record)
        })
        .collect();
    let mut found = Vec::new();
    for model in DOSE_MODELS.iter().filter(|m| ["iwpc_pgx", "iwpc_clinical", "gage_pgx"].contains(&m.name())) {
        let dose = |record: &Option<pgx_rules::dosing::record::Record>| match model
            .estimate(knowledge, record.as_ref()?)
            .dose?
        {
            Dose::Weekly(weekly) => Some(weekly),
            Dose::Range(_) | Dose::Days(_) => None,
        };
        let doses: Vec<Option<f64>> = records.iter().map(dose).collect();
        if doses.iter().flatten().count() >= SMALL[0] {
            found.push((model.name().to_owned(), doses));
        }
    }
    found.push(("fixed_35".to_owned(), vec![Some(FIXED); cohort.doses.len()]));
    found
}

/// Groups of patients: all, by column, by dose.
fn groups(cohort: &Cohort) -> Vec<(String, String, Vec<usize>)> {
    let n = cohort.doses.len();
    let mut groups = vec![("all".to_owned(), String::new(), (0..n).collect())];
    for (name, values) in &cohort.groups {
        let mut distinct: Vec<&String> = values.iter().collect();
        distinct.sort();
        distinct.dedup();
        for value in distinct {
            let shown = if value.is_empty() { "missing".to_owned() } else { value.clone() };
            groups.push((name.clone(), shown, (0..n).filter(|i| values[*i] == *value).collect()));
        }
    }
    let band = |value: &str, belongs: &dyn Fn(f64) -> bool| {
        ("dose".to_owned(), value.to_owned(), (0..n).filter(|i| belongs(cohort.doses[*i])).collect())
    };
    groups.push(band("21 mg/week or less", &|d| d <= 21.0));
    groups.push(band("between", &|d| d > 21.0 && d < 49.0));
    groups.push(band("49 mg/week or more", &|d| d >= 49.0));
    groups
}

#[allow(clippy::too_many_arguments)]
fn row(
    group: &str,
    value: &str,
    members: &[usize],
    model: &str,
    doses: &[Option<f64>],
    refit: &[Option<f64>],
    stable: &[f64],
    seed: u64,
) -> Option<Row> {
    let answered: Vec<(f64, f64, f64)> =
        members.iter().filter_map(|&i| Some((doses[i]?, refit[i]?, stable[i]))).collect();
    if answered.is_empty() {
        return None;
    }
    let n = answered.len() as f64;
    let errors: Vec<f64> = answered.iter().map(|(dose, _, stable)| (dose - stable).abs()).collect();
    let gains: Vec<f64> =
        answered.iter().map(|(dose, refit, stable)| (refit - stable).abs() - (dose - stable).abs()).collect();
    let within = answered.iter().filter(|(dose, _, stable)| (dose - stable).abs() <= 0.2 * stable).count() as f64;
    let note = match answered.len() {
        n if n < SMALL[0] => format!("{n} patients: too few to judge"),
        n if n < SMALL[1] => format!("{n} patients: uncertain"),
        _ => String::new(),
    };
    Some(Row {
        group: group.to_owned(),
        value: value.to_owned(),
        model: model.to_owned(),
        patients: answered.len(),
        error: interval(&errors, seed),
        within: 100.0 * within / n,
        bias: answered.iter().map(|(dose, _, stable)| dose - stable).sum::<f64>() / n,
        against: (model != "refit").then(|| interval(&gains, seed)),
        note,
    })
}

/// Mean, and the 2.5 % and 97.5 % of means over resampled patients.
fn interval(values: &[f64], seed: u64) -> [f64; 3] {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let mut generator = random::stream(seed, &[4242]);
    let mut means: Vec<f64> =
        (0..RESAMPLES).map(|_| (0..n).map(|_| values[generator.gen_range(0..n)]).sum::<f64>() / n as f64).collect();
    means.sort_by(f64::total_cmp);
    [mean, means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40]]
}

fn fifths(predicted: &[f64], stable: &[f64]) -> Vec<(usize, f64, f64)> {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by(|a, b| predicted[*a].total_cmp(&predicted[*b]));
    let size = order.len().div_ceil(5).max(1);
    let mean = |part: &[usize], of: &[f64]| part.iter().map(|i| of[*i]).sum::<f64>() / part.len() as f64;
    order.chunks(size).map(|part| (part.len(), mean(part, predicted), mean(part, stable))).collect()
}

fn line(x: &[f64], y: &[f64]) -> [f64; 2] {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let sxy: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
    let sxx: f64 = x.iter().map(|a| (a - mx) * (a - mx)).sum();
    let slope = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    [my - slope * mx, slope]
}

fn residuals(predicted: &[f64], stable: &[f64]) -> [f64; 3] {
    let mut rest: Vec<f64> = predicted.iter().zip(stable).map(|(p, s)| s.sqrt() - p.sqrt()).collect();
    rest.sort_by(f64::total_cmp);
    [0.1, 0.5, 0.9].map(|q| rest[(q * (rest.len() - 1) as f64).round() as usize])
}
