//! Linear support-vector machines, each class against the rest, with squared hinge loss, by coordinate descent in the
//! dual (Hsieh et al. 2008, doi 10.1145/1390156.1390208).

use ndarray::ArrayView1;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::linear::Linear;
use super::{Classifier, Labelled};
use crate::random;

/// The fitted machines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearSvm {
    linear: Linear,
}

/// Costs of a unit of loss tried, divided by the number of features: standard units make a patient's squared length
/// about that number.
const COSTS: [f64; 5] = [0.01, 0.1, 1.0, 10.0, 100.0];
/// Passes over the patients.
const PASSES: usize = 300;
/// Spread of the projected gradient at which a machine is settled; the hinge is at 1.
const SETTLED: f64 = 1e-3;

impl Classifier for LinearSvm {
    fn strengths(train: Labelled<'_>) -> Vec<f64> {
        COSTS.iter().map(|c| c / train.x.ncols().max(1) as f64).collect()
    }

    fn fit(train: Labelled<'_>, strengths: &[f64], seed: u64) -> Vec<Self> {
        strengths
            .iter()
            .map(|&cost| {
                let machines: Vec<(Vec<f64>, f64)> =
                    (0..train.count).map(|class| machine(train, class, cost, seed)).collect();
                let (weights, intercepts): (Vec<_>, Vec<_>) = machines.into_iter().unzip();
                Self { linear: Linear::new(intercepts, &weights) }
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

/// Weights and intercept; the intercept is the weight of a feature that is 1 for all patients.
fn machine(train: Labelled<'_>, class: usize, cost: f64, seed: u64) -> (Vec<f64>, f64) {
    let rows: Vec<Vec<f64>> = train.x.rows().into_iter().map(|r| r.to_vec()).collect();
    let sides: Vec<f64> = train.classes.iter().map(|&c| if c == class { 1.0 } else { -1.0 }).collect();
    let diagonal = 0.5 / cost;
    let lengths: Vec<f64> = rows.iter().map(|r| 1.0 + diagonal + r.iter().map(|v| v * v).sum::<f64>()).collect();
    let mut dual = vec![0.0; rows.len()];
    let (mut weights, mut intercept) = (vec![0.0; train.x.ncols()], 0.0);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut generator = random::stream(seed, &[class as u64]);
    for _ in 0..PASSES {
        order.shuffle(&mut generator);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for &i in &order {
            let margin = intercept + rows[i].iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>();
            let gradient = sides[i] * margin - 1.0 + diagonal * dual[i];
            let projected = if dual[i] == 0.0 { gradient.min(0.0) } else { gradient };
            least = least.min(projected);
            most = most.max(projected);
            if projected != 0.0 {
                let old = dual[i];
                dual[i] = (old - gradient / lengths[i]).max(0.0);
                let step = (dual[i] - old) * sides[i];
                intercept += step;
                weights.iter_mut().zip(&rows[i]).for_each(|(w, v)| *w += step * v);
            }
        }
        if most - least < SETTLED {
            break;
        }
    }
    (weights, intercept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_widest_margin_is_found() {
        // Two patients at ±1: at high cost both lie on their margin, so the weight is 1 and the intercept 0.
        let x = array![[1.0], [-1.0]];
        let train = Labelled { x: x.view(), classes: &[0, 1], count: 2 };
        let (weights, intercept) = machine(train, 0, 1e6, 1);
        assert!((weights[0] - 1.0).abs() < 2e-3 && intercept.abs() < 2e-3, "{weights:?} {intercept}");
    }

    #[test]
    fn the_same_seed_gives_the_same_machine() {
        let x = array![[1.0, 0.2], [0.8, -0.3], [-1.0, 0.1], [-0.7, 0.4]];
        let train = Labelled { x: x.view(), classes: &[0, 0, 1, 1], count: 2 };
        assert_eq!(LinearSvm::fit(train, &[1.0], 5), LinearSvm::fit(train, &[1.0], 5));
    }
}
