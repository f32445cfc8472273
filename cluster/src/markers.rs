//! What sets each subtype apart: every feature, in one subtype against all other patients.
//!
//! Levels (expression, methylation, protein) are compared by a moderated t-test and by ranks; states (mutations,
//! copy-number states) by Fisher's exact test. False discovery rates are over all features within one subtype.

mod explain;
mod moderation;

pub use explain::{Profile, Reason, Reasons};

use ndarray::ArrayView1;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::association::{adjust, fisher::TwoByTwo, ranks};
use crate::matrix::FeatureMatrix;
use crate::partition::Partition;
use crate::prepare::Scale;
use crate::tails;
use crate::transform::Transform;
use moderation::{Groups, Prior};

/// Why there are no markers.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MarkersError {
    /// The partition is of other patients.
    #[error("{patients} patients in the matrix, but {labels} in the partition")]
    Patients {
        /// Rows of the matrix.
        patients: usize,
        /// Patients of the partition.
        labels: usize,
    },
}

/// A feature in one subtype against all other patients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Marker {
    /// The subtype, from 0.
    pub group: usize,
    /// The feature.
    pub feature: String,
    /// What was found.
    pub evidence: Evidence,
}

/// How the subtype differs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A measured level.
    Level(Level),
    /// A state that a patient has or has not.
    State(State),
}

impl Evidence {
    /// Chance under no difference: of the moderated t, or of the exact test.
    pub fn p(&self) -> f64 {
        match self {
            Self::Level(level) => level.p,
            Self::State(state) => state.p,
        }
    }

    /// False discovery rate of that test over all features within the subtype.
    pub fn q(&self) -> f64 {
        match self {
            Self::Level(level) => level.q,
            Self::State(state) => state.q,
        }
    }
}

/// Difference of a level. All NaN where the feature does not vary or one side has no value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// Mean within the subtype less mean of the others: in the feature's unit, or in log2 where logs were taken.
    pub difference: f64,
    /// The difference in standard deviations within subtypes (Cohen's d).
    pub effect: f64,
    /// Chance that a patient of the subtype has the higher value: 0.5 for no difference, 1 for complete separation.
    pub area: f64,
    /// Moderated t.
    pub t: f64,
    /// Its degrees of freedom, those of the prior included; infinite where all features share one variance.
    pub degrees: f64,
    /// Its two-sided p.
    pub p: f64,
    /// False discovery rate of p.
    pub q: f64,
    /// p of the rank test (Mann-Whitney).
    pub rank_p: f64,
    /// False discovery rate of that.
    pub rank_q: f64,
}

/// Which states count as the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Above the reference state: mutated, gained.
    Above,
    /// Below it: lost.
    Below,
}

/// How often a state occurs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct State {
    /// The event. The reference state is 0 where the feature has it, else its least state.
    pub event: Event,
    /// Counts: first property is the event, second is being in the subtype.
    pub counts: TwoByTwo,
    /// Sample odds ratio of the event inside against outside.
    pub odds_ratio: f64,
    /// p of Fisher's exact test, two-sided.
    pub p: f64,
    /// False discovery rate.
    pub q: f64,
}

/// All features in all subtypes, subtypes first, features in their order. Whether the matrix holds levels or states is
/// read from its numbers ([`FeatureMatrix::scale`]); logs are taken of skewed ones. Missing values are left out, not filled.
///
/// # Errors
/// When the partition has another number of patients than the matrix.
pub fn markers(matrix: &FeatureMatrix, partition: &Partition) -> Result<Vec<Marker>, MarkersError> {
    if matrix.patients().len() != partition.len() {
        return Err(MarkersError::Patients { patients: matrix.patients().len(), labels: partition.len() });
    }
    let mut found = match matrix.scale() {
        Scale::Discrete => states(matrix, partition),
        _ => levels(matrix, partition),
    };
    for rows in found.chunk_by_mut(|a, b| a.group == b.group) {
        correct(rows);
    }
    Ok(found)
}

fn correct(rows: &mut [Marker]) {
    let q = adjust::benjamini_hochberg(&rows.iter().map(|r| r.evidence.p()).collect::<Vec<_>>());
    let rank_p = |r: &Marker| if let Evidence::Level(level) = r.evidence { level.rank_p } else { f64::NAN };
    let rank_q = adjust::benjamini_hochberg(&rows.iter().map(rank_p).collect::<Vec<_>>());
    for ((row, q), rank_q) in rows.iter_mut().zip(q).zip(rank_q) {
        match &mut row.evidence {
            Evidence::Level(level) => (level.q, level.rank_q) = (q, rank_q),
            Evidence::State(state) => state.q = q,
        }
    }
}

fn levels(matrix: &FeatureMatrix, partition: &Partition) -> Vec<Marker> {
    let transform = Transform::learn(matrix);
    let columns: Vec<Vec<f64>> =
        matrix.values().columns().into_iter().map(|c| c.iter().map(|v| transform.apply(*v)).collect()).collect();
    let fits: Vec<Groups> = columns.par_iter().map(|c| Groups::new(c, partition)).collect();
    let prior = Prior::fit(&fits);
    let jobs: Vec<(usize, usize)> =
        (0..partition.groups()).flat_map(|g| (0..columns.len()).map(move |j| (g, j))).collect();
    jobs.into_par_iter()
        .map(|(group, j)| {
            let evidence = Evidence::Level(level(&columns[j], &fits[j], &prior, partition, group));
            Marker { group, feature: matrix.features()[j].clone(), evidence }
        })
        .collect()
}

fn level(values: &[f64], fit: &Groups, prior: &Prior, partition: &Partition, group: usize) -> Level {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (&value, &label) in values.iter().zip(partition.labels()).filter(|(v, _)| !v.is_nan()) {
        if label == group { &mut inside } else { &mut outside }.push(value);
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    let difference = mean(&inside) - mean(&outside);
    let spread = (1.0 / inside.len() as f64 + 1.0 / outside.len() as f64).sqrt();
    let (variance, degrees) = prior.moderate(fit);
    let t = difference / (variance.sqrt() * spread);
    let rank = ranks::mann_whitney(&inside, &outside);
    Level {
        difference,
        effect: difference / fit.variance.sqrt(),
        area: rank.statistic / (inside.len() as f64 * outside.len() as f64),
        t,
        degrees,
        p: tails::student_two_sided(t, degrees),
        q: f64::NAN,
        rank_p: rank.p,
        rank_q: f64::NAN,
    }
}

fn states(matrix: &FeatureMatrix, partition: &Partition) -> Vec<Marker> {
    let columns = matrix.values().columns();
    let events: Vec<(usize, Event, Vec<Option<bool>>)> = columns
        .into_iter()
        .enumerate()
        .flat_map(|(j, c)| occurrences(c).into_iter().map(move |(event, seen)| (j, event, seen)))
        .collect();
    let jobs: Vec<(usize, usize)> =
        (0..partition.groups()).flat_map(|g| (0..events.len()).map(move |e| (g, e))).collect();
    jobs.into_par_iter()
        .map(|(group, e)| {
            let (j, event, seen) = &events[e];
            let (mut happened, mut own) = (Vec::new(), Vec::new());
            for (state, &label) in seen.iter().zip(partition.labels()) {
                if let Some(state) = state {
                    happened.push(*state);
                    own.push(label == group);
                }
            }
            let counts = TwoByTwo::count(&happened, &own);
            let exact = counts.exact();
            let state = State { event: *event, counts, odds_ratio: exact.odds_ratio, p: exact.p, q: f64::NAN };
            Marker { group, feature: matrix.features()[*j].clone(), evidence: Evidence::State(state) }
        })
        .collect()
}

/// The events of a feature of few states, with who has them; none where a value is missing.
fn occurrences(column: ArrayView1<'_, f64>) -> Vec<(Event, Vec<Option<bool>>)> {
    let least = column.iter().copied().filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min);
    let reference = if column.iter().any(|v| *v == 0.0) { 0.0 } else { least };
    let who = |happens: &dyn Fn(f64) -> bool| column.iter().map(|v| v.is_finite().then(|| happens(*v))).collect();
    let above = (Event::Above, who(&|v| v > reference));
    if least < reference { vec![above, (Event::Below, who(&|v| v < reference))] } else { vec![above] }
}

#[cfg(test)]
#[path = "markers/tests.rs"]
mod tests;
