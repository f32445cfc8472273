//! Nearest shrunken centroid (Tibshirani et al. 2002, doi 10.1073/pnas.082099299).

use ndarray::{Array2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};

use super::{Classifier, Labelled};
use crate::prepare::median;

/// Class means drawn towards the overall mean, feature by feature, until those that say nothing are equal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestCentroid {
    /// Features in which any class still differs.
    features: Vec<usize>,
    /// Scale of each: deviation within classes plus the median of those.
    scales: Vec<f64>,
    /// Shrunken mean of each of them, one list a class.
    centroids: Vec<Vec<f64>>,
    /// Logarithm of the share of each class in training.
    priors: Vec<f64>,
}

/// Amounts of shrinkage tried.
const AMOUNTS: usize = 24;

/// Distances of the class means from the overall mean (0 in standard units), in units of their own error.
struct Contrasts {
    /// Classes × features.
    distances: Array2<f64>,
    scales: Vec<f64>,
    /// Of each class: sqrt(1/n_k − 1/n), which makes the contrast's variance that of one patient.
    errors: Vec<f64>,
    priors: Vec<f64>,
}

impl Contrasts {
    fn new(train: Labelled<'_>) -> Self {
        let (n, p) = train.x.dim();
        let sizes = train.sizes();
        let mut means = Array2::<f64>::zeros((train.count, p));
        for (row, &class) in train.x.rows().into_iter().zip(train.classes) {
            let mut mean = means.row_mut(class);
            mean.scaled_add(1.0 / sizes[class], &row);
        }
        let mut squares = vec![0.0; p];
        for (row, &class) in train.x.rows().into_iter().zip(train.classes) {
            for ((square, value), mean) in squares.iter_mut().zip(row).zip(means.row(class)) {
                *square += (value - mean).powi(2);
            }
        }
        let degrees = n.saturating_sub(train.count).max(1) as f64;
        let mut scales: Vec<f64> = squares.iter().map(|s| (s / degrees).sqrt()).collect();
        let typical = median(&mut scales.clone());
        for scale in &mut scales {
            *scale += typical;
            // All features constant within classes: any scale orders the classes alike.
            if *scale <= 0.0 {
                *scale = 1.0;
            }
        }
        let errors: Vec<f64> = sizes.iter().map(|s| (1.0 / s - 1.0 / n as f64).max(0.0).sqrt()).collect();
        let overall = train.x.mean_axis(Axis(0)).unwrap_or_default();
        let distances = Array2::from_shape_fn((train.count, p), |(k, j)| {
            if errors[k] > 0.0 { (means[[k, j]] - overall[j]) / (errors[k] * scales[j]) } else { 0.0 }
        });
        Self { distances, scales, errors, priors: sizes.iter().map(|s| (s / n as f64).ln()).collect() }
    }

    fn shrunken(&self, amount: f64) -> NearestCentroid {
        let soft = |d: f64| d.signum() * (d.abs() - amount).max(0.0);
        let differs = |column: ArrayView1<'_, f64>| column.iter().any(|d| soft(*d) != 0.0);
        let columns = self.distances.columns().into_iter().enumerate();
        let features: Vec<usize> = columns.filter(|(_, c)| differs(*c)).map(|(j, _)| j).collect();
        let mean = |k: usize, j: usize| self.errors[k] * self.scales[j] * soft(self.distances[[k, j]]);
        NearestCentroid {
            scales: features.iter().map(|&j| self.scales[j]).collect(),
            centroids: (0..self.errors.len()).map(|k| features.iter().map(|&j| mean(k, j)).collect()).collect(),
            priors: self.priors.clone(),
            features,
        }
    }
}

impl Classifier for NearestCentroid {
    fn strengths(train: Labelled<'_>) -> Vec<f64> {
        let contrasts = Contrasts::new(train);
        let largest = contrasts.distances.iter().fold(0.0_f64, |most, d| most.max(d.abs()));
        (0..AMOUNTS).rev().map(|i| largest * i as f64 / AMOUNTS as f64).collect()
    }

    fn fit(train: Labelled<'_>, strengths: &[f64], _: u64) -> Vec<Self> {
        let contrasts = Contrasts::new(train);
        strengths.iter().map(|&amount| contrasts.shrunken(amount)).collect()
    }

    fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        let score = |(centroid, prior): (&Vec<f64>, &f64)| {
            let features = self.features.iter().zip(centroid).zip(&self.scales);
            let distance: f64 = features
                .filter_map(|((&j, mean), scale)| patient.get(j).map(|value| ((value - mean) / scale).powi(2)))
                .filter(|d| !d.is_nan())
                .sum();
            prior - distance / 2.0
        };
        self.centroids.iter().zip(&self.priors).map(score).collect()
    }

    fn is_sound(&self, features: usize, classes: usize) -> bool {
        self.features.iter().all(|j| *j < features)
            && self.scales.len() == self.features.len()
            && self.centroids.len() == classes
            && self.priors.len() == classes
            && self.centroids.iter().all(|c| c.len() == self.features.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn trained(amount: f64) -> NearestCentroid {
        let x = array![[-1.2, 0.3], [-0.8, -0.3], [-1.0, 0.1], [1.2, -0.2], [0.8, 0.2], [1.0, -0.1]];
        NearestCentroid::fit(Labelled { x: x.view(), classes: &[0, 0, 0, 1, 1, 1], count: 2 }, &[amount], 1).remove(0)
    }

    #[test]
    fn the_nearer_centroid_wins_and_a_missing_feature_is_left_out() {
        let model = trained(0.0);
        let scores = model.scores(array![0.9, f64::NAN].view());
        assert!(scores[1] > scores[0], "{scores:?}");
        let nothing = model.scores(array![f64::NAN, f64::NAN].view());
        assert_eq!(nothing[0], nothing[1]);
    }

    #[test]
    fn shrinkage_drops_the_feature_that_says_nothing_first() {
        assert_eq!(trained(0.0).features, [0, 1]);
        assert_eq!(trained(1.0).features, [0]);
        assert_eq!(trained(1e9).features, [0_usize; 0]);
    }
}
