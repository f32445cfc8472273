//! A linear equation with a ridge penalty on standardised features (Hoerl and Kennard 1970).

use nalgebra::{DMatrix, DVector};
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::Explained;

/// The fitted equation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ridge {
    /// Mean of the outcome.
    pub intercept: f64,
    /// Mean of each feature.
    pub means: Vec<f64>,
    /// Coefficient of each feature, in its own unit; 0 for one that does not vary.
    pub coefficients: Vec<f64>,
}

impl Ridge {
    /// Fits; `None` without patients or features.
    pub fn fit(x: ArrayView2<'_, f64>, y: &[f64], penalty: f64) -> Option<Self> {
        let (n, p) = x.dim();
        if n == 0 || p == 0 || n != y.len() {
            return None;
        }
        let intercept = y.iter().sum::<f64>() / n as f64;
        let means: Vec<f64> = x.columns().into_iter().map(|c| c.sum() / n as f64).collect();
        let spread = |(c, mean): (ArrayView1<'_, f64>, &f64)| {
            (c.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n as f64).sqrt()
        };
        let spreads: Vec<f64> = x.columns().into_iter().zip(&means).map(spread).collect();
        let varies = |j: usize| spreads[j] > 1e-12;
        let scaled = DMatrix::from_fn(n, p, |i, j| if varies(j) { (x[[i, j]] - means[j]) / spreads[j] } else { 0.0 });
        let centred = DVector::from_iterator(n, y.iter().map(|v| v - intercept));
        let mut normal = scaled.tr_mul(&scaled);
        for j in 0..p {
            normal[(j, j)] += penalty.max(1e-9);
        }
        let solved = normal.cholesky()?.solve(&scaled.tr_mul(&centred));
        let coefficients = (0..p).map(|j| if varies(j) { solved[j] / spreads[j] } else { 0.0 }).collect();
        Some(Self { intercept, means, coefficients })
    }

    /// The prediction for one patient.
    pub fn predict(&self, patient: ArrayView1<'_, f64>) -> f64 {
        self.intercept + self.terms(patient).iter().sum::<f64>()
    }

    /// The prediction term by term: coefficient times the distance from the mean.
    pub fn explain(&self, patient: ArrayView1<'_, f64>) -> Explained {
        Explained { base: self.intercept, contributions: self.terms(patient) }
    }

    fn terms(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        let values = (0..self.means.len()).map(|j| patient.get(j).copied().unwrap_or_default());
        let terms = values.zip(self.means.iter().zip(&self.coefficients));
        terms.map(|(v, (mean, coefficient))| coefficient * (v - mean)).collect()
    }

    pub(super) fn is_sound(&self, features: usize) -> bool {
        let finite = |values: &[f64]| values.len() == features && values.iter().all(|v| v.is_finite());
        self.intercept.is_finite() && finite(&self.means) && finite(&self.coefficients)
    }
}
