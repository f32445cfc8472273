//! Regression of a number on features: a ridge equation, boosted trees, and the mixture of both, with exact explanations.
//!
//! Every prediction is a base plus one contribution a feature: the terms of the equation, and Shapley values of the trees
//! (Lundberg et al., Nat Mach Intell 2020;2:56, doi 10.1038/s42256-019-0138-9), computed exactly.

mod boosting;
mod ridge;
mod shapley;

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

pub use boosting::{Boosted, Growth};
pub use ridge::Ridge;

/// A fitted mixture: `share` of the trees, the rest of the equation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// Share of the trees, 0 to 1.
    pub share: f64,
    /// The equation.
    pub ridge: Ridge,
    /// The trees.
    pub trees: Boosted,
}

/// A prediction and what made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// What is predicted for the average patient of the training.
    pub base: f64,
    /// What each feature adds, in order; base and contributions sum up to the prediction.
    pub contributions: Vec<f64>,
}

impl Explained {
    /// The prediction.
    pub fn total(&self) -> f64 {
        self.base + self.contributions.iter().sum::<f64>()
    }
}

/// Settings of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Weight of the ridge penalty.
    pub penalty: f64,
    /// How trees grow.
    pub growth: Growth,
    /// Share of the trees, 0 to 1.
    pub share: f64,
}

impl Mixture {
    /// Fits both parts. `x` is patients × features without missing values, `y` one number a patient.
    ///
    /// `None` without patients or features, or when the numbers do not allow a fit.
    pub fn fit(x: ArrayView2<'_, f64>, y: &[f64], settings: &Settings, seed: u64) -> Option<Self> {
        let ridge = Ridge::fit(x, y, settings.penalty)?;
        let trees = Boosted::fit(x, y, &settings.growth, seed)?;
        Some(Self { share: settings.share, ridge, trees })
    }

    /// The prediction for one patient.
    pub fn predict(&self, patient: ArrayView1<'_, f64>) -> f64 {
        (1.0 - self.share) * self.ridge.predict(patient) + self.share * self.trees.predict(patient)
    }

    /// The prediction with its reasons.
    pub fn explain(&self, patient: ArrayView1<'_, f64>) -> Explained {
        let (equation, trees) = (self.ridge.explain(patient), self.trees.explain(patient));
        let mix = |a: f64, b: f64| (1.0 - self.share) * a + self.share * b;
        Explained {
            base: mix(equation.base, trees.base),
            contributions: equation.contributions.iter().zip(&trees.contributions).map(|(a, b)| mix(*a, *b)).collect(),
        }
    }

    /// Whether a model that was read can be walked through with this number of features.
    pub fn is_sound(&self, features: usize) -> bool {
        (0.0..=1.0).contains(&self.share) && self.ridge.is_sound(features) && self.trees.is_sound(features)
    }
}

#[cfg(test)]
mod tests;
