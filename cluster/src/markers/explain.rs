//! Why a patient is in one subtype rather than in another: feature by feature.

use ndarray::{Array2, ArrayView1};
use serde::Serialize;

use super::MarkersError;
use super::moderation::Groups;
use crate::matrix::FeatureMatrix;
use crate::partition::Partition;
use crate::prepare;
use crate::transform::Transform;

/// What the subtypes look like: the mean of each feature in each, and the spread within.
#[derive(Clone, Debug)]
pub struct Profile {
    features: Vec<String>,
    transform: Transform,
    /// Groups × features; NaN where a group has no value.
    means: Array2<f64>,
    /// One a feature.
    deviations: Vec<f64>,
}

/// One feature's part in an assignment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The feature.
    pub feature: String,
    /// The patient's value, on the scale compared (log2 where logs were taken).
    pub value: f64,
    /// Mean of the subtype.
    pub own: f64,
    /// Mean of the other subtype.
    pub other: f64,
    /// Squared distance to the other mean less that to the own mean, in squared standard deviations within subtypes:
    /// positive where the feature speaks for the own subtype.
    pub contribution: f64,
}

/// The features that weigh most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reasons {
    /// For the own subtype, strongest first.
    pub supporting: Vec<Reason>,
    /// For the other, strongest first.
    pub opposing: Vec<Reason>,
    /// Sum of all contributions, those not listed included.
    pub total: f64,
}

impl Profile {
    /// Learns it from patients of known subtype.
    ///
    /// # Errors
    /// When the partition has another number of patients than the matrix.
    pub fn new(matrix: &FeatureMatrix, partition: &Partition) -> Result<Self, MarkersError> {
        if matrix.patients().len() != partition.len() {
            return Err(MarkersError::Patients { patients: matrix.patients().len(), labels: partition.len() });
        }
        let transform = Transform::learn(matrix);
        let mut means = Array2::zeros((partition.groups(), matrix.features().len()));
        let mut deviations = Vec::with_capacity(matrix.features().len());
        for (j, column) in matrix.values().columns().into_iter().enumerate() {
            let values: Vec<f64> = column.iter().map(|v| transform.apply(*v)).collect();
            deviations.push(Groups::new(&values, partition).variance.sqrt());
            let mut counts = vec![0.0; partition.groups()];
            for (&value, &label) in values.iter().zip(partition.labels()).filter(|(v, _)| !v.is_nan()) {
                counts[label] += 1.0;
                means[[label, j]] += value;
            }
            for (group, count) in counts.iter().enumerate() {
                means[[group, j]] /= count;
            }
        }
        // A feature that hardly varies within subtypes must not outweigh all others: half of its scale is the typical
        // deviation (Tibshirani et al. 2002, doi 10.1073/pnas.082099299).
        let typical = prepare::median(&mut deviations.iter().copied().filter(|d| !d.is_nan()).collect::<Vec<_>>());
        for deviation in &mut deviations {
            *deviation += typical;
        }
        Ok(Self { features: matrix.features().to_owned(), transform, means, deviations })
    }

    /// Why the patient with these `values` (one a feature, as measured; NaN is missing) is in `own` rather than in
    /// `other`: at most `count` features on either side. Empty where a group is not there, or is the same.
    pub fn explain(&self, values: ArrayView1<'_, f64>, own: usize, other: usize, count: usize) -> Reasons {
        let groups = self.means.nrows();
        let mut reasons: Vec<Reason> = Vec::new();
        if own < groups && other < groups && own != other {
            for (j, &raw) in values.iter().enumerate().take(self.features.len()) {
                let (value, scale) = (self.transform.apply(raw), self.deviations[j]);
                let (mine, theirs) = (self.means[[own, j]], self.means[[other, j]]);
                let contribution = ((value - theirs) / scale).powi(2) - ((value - mine) / scale).powi(2);
                if contribution.is_finite() {
                    let feature = self.features[j].clone();
                    reasons.push(Reason { feature, value, own: mine, other: theirs, contribution });
                }
            }
        }
        let total = reasons.iter().map(|r| r.contribution).sum();
        reasons.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        let supporting = reasons.iter().filter(|r| r.contribution > 0.0).take(count).cloned().collect();
        let opposing = reasons.iter().rev().filter(|r| r.contribution < 0.0).take(count).cloned().collect();
        Reasons { supporting, opposing, total }
    }
}
