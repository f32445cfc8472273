//! Scores that are weighted sums of features, one set of weights a class.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// Weights that are 0 are not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Linear {
    /// One a class.
    intercepts: Vec<f64>,
    /// Feature and weight, one list a class.
    weights: Vec<Vec<(usize, f64)>>,
}

impl Linear {
    /// From dense weights, classes × features.
    pub(super) fn new(intercepts: Vec<f64>, weights: &[Vec<f64>]) -> Self {
        let sparse = |dense: &Vec<f64>| dense.iter().copied().enumerate().filter(|(_, w)| *w != 0.0).collect();
        Self { intercepts, weights: weights.iter().map(sparse).collect() }
    }

    /// One a class. A missing feature counts as its training mean, 0.
    pub(super) fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        let value = |j: usize| patient.get(j).copied().filter(|v| !v.is_nan()).unwrap_or(0.0);
        let sum = |weights: &Vec<(usize, f64)>| weights.iter().map(|&(j, w)| w * value(j)).sum::<f64>();
        self.intercepts.iter().zip(&self.weights).map(|(b, w)| b + sum(w)).collect()
    }

    pub(super) fn is_sound(&self, features: usize, classes: usize) -> bool {
        self.intercepts.len() == classes
            && self.weights.len() == classes
            && self.weights.iter().flatten().all(|(j, _)| *j < features)
    }
}
