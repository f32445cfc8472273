//! t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008, JMLR 9:2579), exact.
//!
//! Each patient's neighbours are weighed by a Gaussian whose width gives the same effective number of neighbours, the
//! perplexity, to all; the plane is arranged so that weights of a Student t kernel come near these. It starts from the
//! first two principal components (Kobak and Berens 2019, doi 10.1038/s41467-019-13056-x), so that large distances
//! keep some meaning and the picture hardly depends on chance. Time and memory O(n²): for up to some thousand patients.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::distance::{Metric, square};
use crate::principal::principal;
use crate::random::{normal, stream};

/// What may be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Effective number of neighbours; at most a third of the patients is used.
    pub perplexity: f64,
    /// Steps of the descent.
    pub iterations: usize,
    /// Seed of the slight noise that parts patients who start at one place.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { perplexity: 30.0, iterations: 750, seed: 1 }
    }
}

/// Weights of neighbours are multiplied by this at first, so that groups form before they spread.
const EXAGGERATION: f64 = 12.0;
/// Steps with that.
const EARLY: usize = 250;
/// Standard deviation of the start along its first axis.
const START: f64 = 1e-4;
/// Weight below which no pair falls, so that logarithms and quotients stay finite.
const FLOOR: f64 = 1e-12;

/// Places on the plane, patients × 2, centred. `x` is patients × features, finite. All 0 for fewer than four patients:
/// they have no neighbourhoods.
pub fn tsne(x: ArrayView2<'_, f64>, settings: Settings) -> Array2<f64> {
    let n = x.nrows();
    if n < 4 {
        return Array2::zeros((n, 2));
    }
    let perplexity = settings.perplexity.min((n - 1) as f64 / 3.0).max(1.0);
    let weights = joint(&square(x, Metric::SquaredEuclidean), perplexity);
    let mut places = start(x, settings.seed);
    let mut speed = vec![[0.0; 2]; n];
    let mut gains = vec![[1.0_f64; 2]; n];
    // The rate of Belkina et al. 2019 (doi 10.1038/s41467-019-13055-y) for the gradient with its factor of 4.
    let rate = (n as f64 / EXAGGERATION / 4.0).max(50.0);
    for iteration in 0..settings.iterations {
        let early = iteration < EARLY;
        let gradient = gradient(&weights, &places, if early { EXAGGERATION } else { 1.0 });
        let momentum = if early { 0.5 } else { 0.8 };
        for i in 0..n {
            for d in 0..2 {
                // Jacobs' delta-bar-delta: a direction that is kept is walked faster.
                let same = (gradient[i][d] > 0.0) == (speed[i][d] > 0.0);
                gains[i][d] = if same { (gains[i][d] * 0.8).max(0.01) } else { gains[i][d] + 0.2 };
                speed[i][d] = momentum * speed[i][d] - rate * gains[i][d] * gradient[i][d];
                places[i][d] += speed[i][d];
            }
        }
        centre(&mut places);
    }
    Array2::from_shape_fn((n, 2), |(i, d)| places[i][d])
}

/// Symmetric weights of all pairs with sum 1.
fn joint(distances: &Array2<f64>, perplexity: f64) -> Array2<f64> {
    let n = distances.nrows();
    let rows: Vec<Vec<f64>> =
        (0..n).into_par_iter().map(|i| conditional(&distances.row(i).to_vec(), i, perplexity)).collect();
    Array2::from_shape_fn(
        (n, n),
        |(i, j)| {
            if i == j { 0.0 } else { ((rows[i][j] + rows[j][i]) / (2.0 * n as f64)).max(FLOOR) }
        },
    )
}

/// Weights of one patient's neighbours, with sum 1, by bisection of the Gaussian's precision to the wanted entropy.
fn conditional(distances: &[f64], own: usize, perplexity: f64) -> Vec<f64> {
    let others = || distances.iter().enumerate().filter(|(j, _)| *j != own).map(|(_, &d)| d);
    let nearest = others().fold(f64::INFINITY, f64::min);
    let mean = others().sum::<f64>() / (distances.len() - 1) as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut precision = 1.0 / (mean - nearest).max(f64::MIN_POSITIVE.sqrt());
    let mut weights = vec![0.0; distances.len()];
    for _ in 0..100 {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (j, &d) in distances.iter().enumerate() {
            let beyond = d - nearest;
            weights[j] = if j == own { 0.0 } else { (-precision * beyond).exp() };
            sum += weights[j];
            weighted += weights[j] * beyond;
        }
        // At least one neighbour has weight 1: the nearest.
        let entropy = sum.ln() + precision * weighted / sum;
        weights.iter_mut().for_each(|w| *w /= sum);
        let excess = entropy - perplexity.ln();
        if excess.abs() < 1e-6 {
            break;
        }
        if excess > 0.0 {
            low = precision;
            precision = if high.is_finite() { f64::midpoint(low, high) } else { precision * 2.0 };
        } else {
            high = precision;
            precision = f64::midpoint(low, high);
        }
    }
    weights
}

fn start(x: ArrayView2<'_, f64>, seed: u64) -> Vec<[f64; 2]> {
    let found = principal(x, 2);
    let spread = found.variances.first().map_or(1.0, |v| v.sqrt());
    let mut generator = stream(seed, &[]);
    (0..x.nrows())
        .map(|i| {
            [0, 1].map(|c| {
                let score = if c < found.scores.ncols() { found.scores[[i, c]] / spread } else { 0.0 };
                START * (score + 0.01 * normal(&mut generator))
            })
        })
        .collect()
}

/// Slope of the divergence of the two kinds of weights by each patient's place. Every row is summed on its own in a
/// fixed order, so that the number of threads changes nothing.
fn gradient(weights: &Array2<f64>, places: &[[f64; 2]], exaggeration: f64) -> Vec<[f64; 2]> {
    let rows: Vec<([f64; 2], [f64; 2], f64)> = places
        .par_iter()
        .enumerate()
        .map(|(i, own)| {
            let (mut pull, mut push, mut total) = ([0.0; 2], [0.0; 2], 0.0);
            for (&weight, other) in weights.row(i).iter().zip(places) {
                let way = [own[0] - other[0], own[1] - other[1]];
                let near = 1.0 / (1.0 + way[0] * way[0] + way[1] * way[1]);
                total += near;
                for d in 0..2 {
                    pull[d] += weight * near * way[d];
                    push[d] += near * near * way[d];
                }
            }
            // The patient itself is at distance 0: near is 1, the way is nothing.
            (pull, push, total - 1.0)
        })
        .collect();
    let total: f64 = rows.iter().map(|r| r.2).sum();
    rows.iter().map(|(pull, push, _)| [0, 1].map(|d| 4.0 * (exaggeration * pull[d] - push[d] / total))).collect()
}

fn centre(places: &mut [[f64; 2]]) {
    for d in 0..2 {
        let mean = places.iter().map(|p| p[d]).sum::<f64>() / places.len() as f64;
        places.iter_mut().for_each(|p| p[d] -= mean);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn clouds(each: usize, apart: f64) -> Array2<f64> {
        let mut generator = stream(4, &[]);
        Array2::from_shape_fn((3 * each, 8), |(i, j)| normal(&mut generator) + if j == i % 3 { apart } else { 0.0 })
    }

    #[test]
    fn every_patient_has_the_wanted_number_of_neighbours() {
        let distances = square(clouds(20, 4.0).view(), Metric::SquaredEuclidean);
        for i in 0..60 {
            let weights = conditional(&distances.row(i).to_vec(), i, 10.0);
            let entropy = -weights.iter().filter(|w| **w > 0.0).map(|w| w * w.ln()).sum::<f64>();
            assert!((entropy.exp() - 10.0).abs() < 1e-4, "{i}: {}", entropy.exp());
            assert_eq!(weights[i], 0.0);
        }
    }

    /// The Kullback-Leibler divergence, written out plainly.
    fn divergence(weights: &Array2<f64>, places: &[[f64; 2]]) -> f64 {
        let near = |i: usize, j: usize| {
            1.0 / (1.0 + (places[i][0] - places[j][0]).powi(2) + (places[i][1] - places[j][1]).powi(2))
        };
        let pairs = || (0..places.len()).flat_map(|i| (0..places.len()).map(move |j| (i, j))).filter(|(i, j)| i != j);
        let total: f64 = pairs().map(|(i, j)| near(i, j)).sum();
        pairs().map(|(i, j)| weights[[i, j]] * (weights[[i, j]] * total / near(i, j)).ln()).sum()
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_divergence() {
        let weights = joint(&square(clouds(4, 3.0).view(), Metric::SquaredEuclidean), 3.0);
        let mut generator = stream(8, &[]);
        let places: Vec<[f64; 2]> = (0..12).map(|_| [normal(&mut generator), normal(&mut generator)]).collect();
        let slope = gradient(&weights, &places, 1.0);
        for (i, d) in [(0, 0), (5, 1), (11, 0)] {
            let moved = |by: f64| {
                let mut moved = places.clone();
                moved[i][d] += by;
                divergence(&weights, &moved)
            };
            let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope[i][d] - numeric).abs() < 1e-7, "{} {numeric}", slope[i][d]);
        }
    }

    #[test]
    fn separate_clouds_stay_separate_the_same_at_any_thread_count() {
        let x = clouds(20, 8.0);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| tsne(x.view(), Settings::default()))
        };
        let places = run(1);
        assert_eq!(places, run(3));
        let distances = square(places.view(), Metric::Euclidean);
        for i in 0..60 {
            let nearest = (0..60).filter(|&j| j != i).min_by(|&a, &b| distances[[i, a]].total_cmp(&distances[[i, b]]));
            assert_eq!(nearest.unwrap() % 3, i % 3, "patient {i} is beside one of its own cloud");
        }
    }

    #[test]
    fn equal_patients_and_very_few_give_finite_places() {
        assert!(tsne(Array2::zeros((9, 3)).view(), Settings::default()).iter().all(|v| v.is_finite()));
        assert_eq!(tsne(Array2::zeros((2, 3)).view(), Settings::default()), Array2::<f64>::zeros((2, 2)));
        let line = Array2::from_shape_fn((30, 1), |(i, _)| i as f64);
        let places = tsne(line.view(), Settings::default());
        assert!(places.iter().all(|v| v.is_finite()) && places.iter().any(|v| v.abs() > 1.0));
    }
}
