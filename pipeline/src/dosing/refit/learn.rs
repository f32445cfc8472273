//! Nested cross-validation: settings are chosen within the patients that a fold learns from, and the fold's own patients
//! are predicted by a model that has seen nothing of them.

use anyhow::{Result, anyhow};
use cluster::random;
use cluster::regress::{Boosted, Growth, Mixture, Ridge, Settings};
use ndarray::{Array2, ArrayView1};
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::schema::Knowledge;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::features::Column;
use super::patients::{Cohort, Question};

/// Penalties tried.
const PENALTIES: [f64; 4] = [3.0, 10.0, 30.0, 100.0];
/// Depths of trees tried.
const DEPTHS: [usize; 2] = [3, 4];
/// Numbers of trees tried.
const ROUNDS: [usize; 3] = [75, 150, 250];
/// Shares of the trees tried: the equation alone, both, the trees alone.
const SHARES: [f64; 3] = [0.0, 0.5, 1.0];

/// What was learnt.
pub struct Learnt {
    /// How columns are read.
    pub columns: Vec<Column>,
    /// The model of all patients.
    pub mixture: Mixture,
    /// Its settings.
    pub settings: Settings,
    /// Held-out predictions, mg/week, in the order of the cohort.
    pub held_out: Vec<f64>,
    /// Settings that the outer folds chose.
    pub chosen: Vec<Settings>,
}

/// What an outer fold found: its patients with their predicted mg/week, and the settings that it chose.
type Answer = (Vec<(usize, f64)>, Settings);

/// mg/week of a prediction on the scale of the model.
pub fn weekly(root: f64) -> f64 {
    root.max(0.0) * root.max(0.0)
}

/// Learns from everybody, and predicts everybody by a model that has not seen them.
///
/// # Errors
/// When no column can be learnt from.
pub fn learn(cohort: &Cohort, question: &Question<'_>) -> Result<Learnt> {
    let knowledge = embedded()?;
    let n = cohort.doses.len();
    let [outer, inner] = question.folds;
    let folds = folds(n, outer, question.seed, 0);
    let answers: Vec<Option<Answer>> = (0..outer)
        .into_par_iter()
        .map(|fold| {
            let train: Vec<usize> = (0..n).filter(|i| folds[*i] != fold).collect();
            let fitted = Fitted::of(knowledge, cohort, &train, inner, question.seed, fold as u64 + 1)?;
            let held = (0..n).filter(|i| folds[*i] == fold);
            let predicted = held.map(|i| (i, weekly(fitted.mixture.predict(fitted.row(knowledge, cohort, i).view()))));
            Some((predicted.collect(), fitted.settings))
        })
        .collect();
    let mut held_out = vec![f64::NAN; n];
    let mut chosen = Vec::new();
    let nothing = || anyhow!("{}: no column that can be learnt from", question.table.display());
    for answer in answers {
        let (predicted, settings) = answer.ok_or_else(nothing)?;
        chosen.push(settings);
        for (i, dose) in predicted {
            held_out[i] = dose;
        }
    }
    let everybody: Vec<usize> = (0..n).collect();
    let fitted = Fitted::of(knowledge, cohort, &everybody, inner, question.seed, 0).ok_or_else(nothing)?;
    let Fitted { columns, mixture, settings } = fitted;
    Ok(Learnt { columns, mixture, settings, held_out, chosen })
}

/// The fold of each patient, as even as can be.
fn folds(n: usize, count: usize, seed: u64, purpose: u64) -> Vec<usize> {
    let mut folds: Vec<usize> = (0..n).map(|i| i % count).collect();
    folds.shuffle(&mut random::stream(seed, &[purpose, 77]));
    folds
}

/// A model of some patients, with settings chosen among them.
struct Fitted {
    columns: Vec<Column>,
    mixture: Mixture,
    settings: Settings,
}

impl Fitted {
    fn of(knowledge: &Knowledge, cohort: &Cohort, train: &[usize], inner: usize, seed: u64, fold: u64) -> Option<Self> {
        let columns: Vec<Column> = cohort
            .columns
            .iter()
            .enumerate()
            .filter_map(|(c, name)| {
                let cells: Vec<&str> = train.iter().map(|i| cohort.cells[*i][c].as_str()).collect();
                Column::settle(knowledge, name, &cells)
            })
            .collect();
        let rows: Vec<Vec<f64>> = train.iter().map(|i| encode(knowledge, &columns, cohort, *i)).collect();
        let width = rows.first().map_or(0, Vec::len);
        let x = Array2::from_shape_vec((rows.len(), width), rows.concat()).ok()?;
        let doses: Vec<f64> = train.iter().map(|i| cohort.doses[*i]).collect();
        let settings = choose(&x, &doses, inner, seed, fold)?;
        let roots: Vec<f64> = doses.iter().map(|d| d.sqrt()).collect();
        let mixture = Mixture::fit(x.view(), &roots, &settings, seed)?;
        Some(Self { columns, mixture, settings })
    }

    fn row(&self, knowledge: &Knowledge, cohort: &Cohort, patient: usize) -> ndarray::Array1<f64> {
        encode(knowledge, &self.columns, cohort, patient).into()
    }
}

fn encode(knowledge: &Knowledge, columns: &[Column], cohort: &Cohort, patient: usize) -> Vec<f64> {
    let cell = |name: &str| {
        let at = cohort.columns.iter().position(|c| c == name);
        at.and_then(|c| cohort.cells[patient].get(c)).map_or("", String::as_str)
    };
    columns.iter().flat_map(|column| column.encode(knowledge, cell(&column.name))).collect()
}

/// The settings with the smallest mean absolute error, mg/week, on inner folds.
fn choose(x: &Array2<f64>, doses: &[f64], count: usize, seed: u64, fold: u64) -> Option<Settings> {
    let n = doses.len();
    let folds = folds(n, count, seed, 1000 + fold);
    let roots: Vec<f64> = doses.iter().map(|d| d.sqrt()).collect();
    let kinds = DEPTHS.len() * ROUNDS.len();
    let mut of_ridge = vec![vec![0.0; n]; PENALTIES.len()];
    let mut of_trees = vec![vec![0.0; n]; kinds];
    for part in 0..count {
        let train: Vec<usize> = (0..n).filter(|i| folds[*i] != part).collect();
        let held: Vec<usize> = (0..n).filter(|i| folds[*i] == part).collect();
        let seen = x.select(ndarray::Axis(0), &train);
        let y: Vec<f64> = train.iter().map(|i| roots[*i]).collect();
        for (p, penalty) in PENALTIES.iter().enumerate() {
            let ridge = Ridge::fit(seen.view(), &y, *penalty)?;
            fill(&mut of_ridge[p], &held, x, |row| ridge.predict(row));
        }
        for (d, depth) in DEPTHS.iter().enumerate() {
            let rounds = ROUNDS.iter().copied().max().unwrap_or_default();
            let growth = Growth { rounds, depth: *depth, ..Growth::default() };
            let trees = Boosted::fit(seen.view(), &y, &growth, seed)?;
            for (r, rounds) in ROUNDS.iter().enumerate() {
                fill(&mut of_trees[d * ROUNDS.len() + r], &held, x, |row| trees.predict_after(row, *rounds));
            }
        }
    }
    let error = |roots: &mut dyn Iterator<Item = f64>| {
        roots.zip(doses).map(|(root, dose)| (weekly(root) - dose).abs()).sum::<f64>() / n as f64
    };
    let best = |candidates: &[Vec<f64>]| {
        let errors = candidates.iter().map(|roots| error(&mut roots.iter().copied()));
        errors.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
    };
    let (p, t) = (best(&of_ridge)?, best(&of_trees)?);
    let share = SHARES.into_iter().min_by(|a, b| {
        let mixed = |share: f64| {
            let pairs = of_ridge[p].iter().zip(&of_trees[t]);
            error(&mut pairs.map(|(ridge, trees)| (1.0 - share) * ridge + share * trees))
        };
        mixed(*a).total_cmp(&mixed(*b))
    })?;
    let growth = Growth { rounds: ROUNDS[t % ROUNDS.len()], depth: DEPTHS[t / ROUNDS.len()], ..Growth::default() };
    Some(Settings { penalty: PENALTIES[p], growth, share })
}

fn fill(into: &mut [f64], patients: &[usize], x: &Array2<f64>, predict: impl Fn(ArrayView1<'_, f64>) -> f64) {
    for &i in patients {
        into[i] = predict(x.row(i));
    }
}
