//! Multinomial logistic regression with an elastic-net penalty, by coordinate descent along a path of penalties
//! (Friedman, Hastie and Tibshirani 2010, doi 10.18637/jss.v033.i01).
//!
//! Each class in turn is fitted to a quadratic bound of the likelihood (second derivative at most 1/4, Böhning 1992),
//! so that every step lowers the objective whatever the data: separable classes do not diverge.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::linear::Linear;
use super::temperature::softmax;
use super::{Classifier, Labelled};

/// The fitted regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticNet {
    linear: Linear,
}

/// Share of the absolute penalty; the rest is the squared one, which keeps correlated features together.
const MIX: f64 = 0.5;
/// Penalties on the path.
const PENALTIES: usize = 24;
/// The least penalty, as a share of that at which all weights are 0.
const LEAST: f64 = 0.01;
/// Change of a weight, in log odds for one standard deviation, at which a fit is settled.
const SETTLED: f64 = 1e-4;
/// Rounds over all classes at one penalty.
const ROUNDS: usize = 200;
/// Second derivative of the bound.
const CURVATURE: f64 = 0.25;

impl Classifier for ElasticNet {
    fn strengths(train: Labelled<'_>) -> Vec<f64> {
        let path = Path::new(train);
        let largest = (0..train.count).flat_map(|k| path.gradient(k)).fold(0.0_f64, |most, g| most.max(g.abs())) / MIX;
        (0..PENALTIES).map(|i| largest * LEAST.powf(i as f64 / (PENALTIES - 1) as f64)).collect()
    }

    fn fit(train: Labelled<'_>, strengths: &[f64], _: u64) -> Vec<Self> {
        let mut path = Path::new(train);
        // Penalties fall along the path: each fit starts from the one before.
        strengths
            .iter()
            .map(|&penalty| {
                path.settle(penalty);
                Self { linear: Linear::new(path.intercepts.clone(), &path.weights) }
            })
            .collect()
    }

    fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        self.linear.scores(patient)
    }

    fn is_sound(&self, features: usize, classes: usize) -> bool {
        self.linear.is_sound(features, classes)
    }
}

/// State of the descent.
struct Path<'a> {
    classes: &'a [usize],
    /// One list a feature: descent walks down columns.
    columns: Vec<Vec<f64>>,
    /// Mean square of each.
    squares: Vec<f64>,
    intercepts: Vec<f64>,
    /// Classes × features.
    weights: Vec<Vec<f64>>,
    /// Patients × classes: score of each patient.
    scores: Vec<Vec<f64>>,
}

impl<'a> Path<'a> {
    fn new(train: Labelled<'a>) -> Self {
        let n = train.x.nrows() as f64;
        let columns: Vec<Vec<f64>> = train.x.columns().into_iter().map(|c| c.to_vec()).collect();
        let intercepts: Vec<f64> = train.sizes().iter().map(|s| (s / n).ln()).collect();
        Self {
            classes: train.classes,
            squares: columns.iter().map(|c| c.iter().map(|v| v * v).sum::<f64>() / n).collect(),
            weights: vec![vec![0.0; columns.len()]; train.count],
            scores: vec![intercepts.clone(); train.classes.len()],
            columns,
            intercepts,
        }
    }

    /// Class indicator less probability, one a patient.
    fn residuals(&self, class: usize) -> Vec<f64> {
        let of = |(scores, &own): (&Vec<f64>, &usize)| f64::from(u8::from(own == class)) - softmax(scores, 1.0)[class];
        self.scores.iter().zip(self.classes).map(of).collect()
    }

    /// Of the mean log-likelihood, by each weight of the class.
    fn gradient(&self, class: usize) -> Vec<f64> {
        let residuals = self.residuals(class);
        self.columns.iter().map(|c| dot(c, &residuals) / residuals.len() as f64).collect()
    }

    fn settle(&mut self, penalty: f64) {
        for _ in 0..ROUNDS {
            let mut change: f64 = 0.0;
            for class in 0..self.intercepts.len() {
                change = change.max(self.descend(class, penalty));
            }
            if change < SETTLED {
                break;
            }
        }
    }

    /// Minimises the bound for one class: a sweep over all features, then sweeps over those with a weight. Gives the
    /// largest change of a weight.
    fn descend(&mut self, class: usize, penalty: f64) -> f64 {
        let mut residuals: Vec<f64> = self.residuals(class).iter().map(|r| r / CURVATURE).collect();
        let before = residuals.clone();
        let everything: Vec<usize> = (0..self.columns.len()).collect();
        let mut most = self.sweep(class, penalty, &everything, &mut residuals);
        let active: Vec<usize> = everything.into_iter().filter(|&j| self.weights[class][j] != 0.0).collect();
        for _ in 0..10 {
            let change = self.sweep(class, penalty, &active, &mut residuals);
            most = most.max(change);
            if change < SETTLED {
                break;
            }
        }
        for ((scores, before), after) in self.scores.iter_mut().zip(before).zip(residuals) {
            scores[class] += before - after;
        }
        most
    }

    fn sweep(&mut self, class: usize, penalty: f64, features: &[usize], residuals: &mut [f64]) -> f64 {
        let n = residuals.len() as f64;
        let mut most: f64 = 0.0;
        for &j in features {
            let old = self.weights[class][j];
            let pull = CURVATURE * (dot(&self.columns[j], residuals) / n + self.squares[j] * old);
            let free = pull.signum() * (pull.abs() - penalty * MIX).max(0.0);
            let new = free / (CURVATURE * self.squares[j] + penalty * (1.0 - MIX));
            if new != old {
                self.weights[class][j] = new;
                for (residual, value) in residuals.iter_mut().zip(&self.columns[j]) {
                    *residual -= (new - old) * value;
                }
                most = most.max((new - old).abs());
            }
        }
        let shift = residuals.iter().sum::<f64>() / n;
        self.intercepts[class] += shift;
        residuals.iter_mut().for_each(|r| *r -= shift);
        most.max(shift.abs())
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;
    use ndarray::{Array2, array};

    /// Three classes by the first two of 20 features.
    fn data() -> (Array2<f64>, Vec<usize>) {
        let mut generator = random::stream(2, &[]);
        let classes: Vec<usize> = (0..90).map(|i| i % 3).collect();
        let centres = [[1.5, 0.0], [-1.0, 1.2], [-1.0, -1.2]];
        let x = Array2::from_shape_fn((90, 20), |(i, j)| {
            let centre = if j < 2 { centres[classes[i]][j] } else { 0.0 };
            random::normal(&mut generator) * 0.5 + centre
        });
        (x, classes)
    }

    #[test]
    fn all_weights_are_zero_at_the_first_penalty_and_the_right_ones_come_first() {
        let (x, classes) = data();
        let train = Labelled { x: x.view(), classes: &classes, count: 3 };
        let mut path = Path::new(train);
        let strengths = ElasticNet::strengths(train);
        path.settle(strengths[0] * 1.000_001);
        assert!(path.weights.iter().flatten().all(|w| *w == 0.0));
        path.settle(strengths[3]);
        assert!(path.weights.iter().all(|w| w[2..].iter().all(|v| *v == 0.0)), "{:?}", path.weights);
        assert!(path.weights.iter().any(|w| w[0] != 0.0) && path.weights.iter().any(|w| w[1] != 0.0));
    }

    #[test]
    fn the_settled_weights_meet_the_conditions_of_the_optimum() {
        let (x, classes) = data();
        let train = Labelled { x: x.view(), classes: &classes, count: 3 };
        let mut path = Path::new(train);
        let penalty = ElasticNet::strengths(train)[12];
        path.settle(penalty);
        for class in 0..3 {
            for (gradient, &weight) in path.gradient(class).iter().zip(&path.weights[class]) {
                let rest = gradient - penalty * (1.0 - MIX) * weight;
                // The descent stops when weights move by less than 1e-4, at a curvature below 1.
                let miss = if weight == 0.0 {
                    (rest.abs() - penalty * MIX).max(0.0)
                } else {
                    (rest - weight.signum() * penalty * MIX).abs()
                };
                assert!(miss < 1e-3, "{class}: {gradient} {weight}");
            }
        }
    }

    #[test]
    fn a_missing_feature_counts_as_its_mean() {
        let (x, classes) = data();
        let train = Labelled { x: x.view(), classes: &classes, count: 3 };
        let model = ElasticNet::fit(train, &ElasticNet::strengths(train), 1).remove(23);
        let mut patient = array![1.5, f64::NAN].to_vec();
        patient.resize(20, f64::NAN);
        let scores = model.scores(ArrayView1::from(&patient));
        assert!(scores[0] > scores[1] && scores[0] > scores[2], "{scores:?}");
    }
}
