//! k-means: Lloyd's iteration (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007), best of several.
//!
//! From [`MANY`] patients on, the starts compete on a sample and the best is carried on to all patients (Bradley and
//! Fayyad 1998, "Refining initial points for k-means clustering"), by bounds that spare most distances.

mod bounded;
mod mini_batch;
mod start;

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use super::{Method, MethodError, check};
use crate::distance::squared;
use crate::partition::Partition;
use crate::random::{sample, stream};

pub use mini_batch::mini_batch;
pub use start::{scalable, spread};

/// Starts from which the best result is kept.
const STARTS: u64 = 10;
/// Iterations after which a start ends even if labels still move.
const ITERATIONS: usize = 300;
/// From this many patients on, starts compete on a sample.
pub const MANY: usize = 20_000;
/// Patients in that sample, and the least in it for each group.
const SAMPLE: (usize, usize) = (5_000, 100);
/// The least number of starts there: a sample is cheap, and one start alone often ends with two centres in one group.
const SAMPLE_STARTS: u64 = 5;
/// With so many patients, iteration ends once the squared shift of all centres is below this share of the mean
/// variance of the features.
const REST: f64 = 1e-4;

/// k-means from one kind of start.
#[derive(Clone, Copy, Debug)]
pub struct KMeans {
    name: &'static str,
    about: &'static str,
    start: Start,
}

/// How the first centres are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// One at a time, see [`spread`].
    PlusPlus,
    /// Many at a time, see [`scalable`].
    Parallel,
}

/// k-means with ten k-means++ starts.
pub const PLUS_PLUS: KMeans =
    KMeans { name: "kmeans", about: "k-means, best of ten k-means++ starts", start: Start::PlusPlus };
/// k-means with ten k-means|| starts.
pub const PARALLEL: KMeans = KMeans {
    name: "kmeans-parallel",
    about: "k-means, best of ten k-means|| starts (five passes over the patients instead of one a centre)",
    start: Start::Parallel,
};

impl Method for KMeans {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        Ok(best_from(x, k, self.start, STARTS, seed)?.partition())
    }
}

/// Patients in a sample of mini-batch k-means, and the number of samples.
const BATCHES: (usize, usize) = (256, 100);
/// Starts of mini-batch k-means.
const BATCH_STARTS: u64 = 3;

/// Mini-batch k-means, see [`mini_batch`].
#[derive(Clone, Copy, Debug)]
pub struct MiniBatch;

impl Method for MiniBatch {
    fn name(&self) -> &'static str {
        "mini-batch"
    }

    fn about(&self) -> &'static str {
        "k-means by 100 random samples of 256 patients, best of three starts"
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        let run = |start| mini_batch(x, k, BATCHES.0, BATCHES.1, seed ^ start);
        let mut best = run(0)?;
        for start in 1..BATCH_STARTS {
            let next = run(start)?;
            if next.inertia < best.inertia {
                best = next;
            }
        }
        Ok(best.partition())
    }
}

/// A k-means solution.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Centres, k × features.
    pub centres: Array2<f64>,
    /// Nearest centre of each patient.
    pub labels: Vec<usize>,
    /// Sum of squared distances to the nearest centre.
    pub inertia: f64,
    /// Iterations run, the one that changed nothing included.
    pub iterations: usize,
}

impl Solution {
    /// The labels as a partition.
    pub fn partition(&self) -> Partition {
        Partition::new(self.labels.iter().copied())
    }
}

/// The solution of least inertia from `starts` k-means++ starts.
///
/// # Errors
/// When k does not fit the number of patients, or a value is not finite.
pub fn best(x: ArrayView2<'_, f64>, k: usize, starts: u64, seed: u64) -> Result<Solution, MethodError> {
    best_from(x, k, Start::PlusPlus, starts, seed)
}

/// The same from a kind of start.
///
/// # Errors
/// As [`best`].
pub fn best_from(
    x: ArrayView2<'_, f64>,
    k: usize,
    start: Start,
    starts: u64,
    seed: u64,
) -> Result<Solution, MethodError> {
    check(x, k, "kmeans")?;
    if x.nrows() < MANY {
        return Ok(best_of(x, k, start, starts, seed));
    }
    let rows = sample(x.nrows(), SAMPLE.0.max(SAMPLE.1 * k), &mut stream(seed, &[starts]));
    let refined = best_of(x.select(Axis(0), &rows).view(), k, start, starts.max(SAMPLE_STARTS), seed);
    Ok(bounded::run(x, &refined.centres, REST * mean_variance(x), ITERATIONS))
}

fn best_of(x: ArrayView2<'_, f64>, k: usize, from: Start, starts: u64, seed: u64) -> Solution {
    let run = |start| {
        let mut generator = stream(seed, &[start]);
        let centres = match from {
            Start::PlusPlus => spread(x, k, &mut generator),
            Start::Parallel => scalable(x, k, &mut generator),
        };
        if x.nrows() < SAMPLE.0 { lloyd(x, centres, ITERATIONS) } else { bounded::run(x, &centres, 0.0, ITERATIONS) }
    };
    (1..starts).map(run).fold(run(0), |best, next| if next.inertia < best.inertia { next } else { best })
}

/// Mean over the features of their variance.
fn mean_variance(x: ArrayView2<'_, f64>) -> f64 {
    let blocks: Vec<(Array1<f64>, Array1<f64>)> = x
        .axis_chunks_iter(Axis(0), 4096)
        .into_par_iter()
        .map(|block| {
            let mut sums = (Array1::zeros(x.ncols()), Array1::zeros(x.ncols()));
            let shift = x.row(0);
            for row in block.rows() {
                // Relative to some patient, so that the squares stay small where all lie far from 0.
                Zip::from(&mut sums.0).and(&mut sums.1).and(row).and(shift).for_each(|s, q, &v, &o| {
                    *s += v - o;
                    *q += (v - o) * (v - o);
                });
            }
            sums
        })
        .collect();
    let n = x.nrows() as f64;
    let zero = (Array1::<f64>::zeros(x.ncols()), Array1::<f64>::zeros(x.ncols()));
    let (sums, squares) = blocks.iter().fold(zero, |(s, q), block| (s + &block.0, q + &block.1));
    (squares / n - (sums / n).mapv(|m| m * m)).mean().unwrap_or(0.0)
}

/// Lloyd's iteration from the given centres until no label changes. A centre that loses all its patients moves to the
/// patient farthest from its own centre.
pub fn lloyd(x: ArrayView2<'_, f64>, mut centres: Array2<f64>, limit: usize) -> Solution {
    let mut labels = vec![usize::MAX; x.nrows()];
    let mut distances = vec![0.0; x.nrows()];
    let mut iterations = 0;
    loop {
        iterations += 1;
        let moved = assign(x, &centres, &mut labels, &mut distances);
        if !moved || iterations >= limit {
            return Solution { centres, labels, inertia: distances.iter().sum(), iterations };
        }
        centres = means(x, &labels, &mut distances, centres.nrows());
    }
}

fn assign(x: ArrayView2<'_, f64>, centres: &Array2<f64>, labels: &mut [usize], distances: &mut [f64]) -> bool {
    let mut moved = false;
    for (i, row) in x.axis_iter(Axis(0)).enumerate() {
        let mut nearest = (0, f64::INFINITY);
        for (c, centre) in centres.axis_iter(Axis(0)).enumerate() {
            let distance = squared(row, centre);
            if distance < nearest.1 {
                nearest = (c, distance);
            }
        }
        moved |= labels[i] != nearest.0;
        (labels[i], distances[i]) = nearest;
    }
    moved
}

fn means(x: ArrayView2<'_, f64>, labels: &[usize], distances: &mut [f64], k: usize) -> Array2<f64> {
    let mut centres = Array2::zeros((k, x.ncols()));
    let mut counts = vec![0.0; k];
    for (row, &label) in x.axis_iter(Axis(0)).zip(labels) {
        let mut centre = centres.row_mut(label);
        centre += &row;
        counts[label] += 1.0;
    }
    for (c, &count) in counts.iter().enumerate() {
        if count > 0.0 {
            centres.row_mut(c).mapv_inplace(|v| v / count);
        } else if let Some((far, _)) = distances.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) {
            centres.row_mut(c).assign(&x.row(far));
            distances[far] = 0.0;
        }
    }
    centres
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::normal;

    #[test]
    fn a_start_refined_on_a_sample_finds_the_groups_of_many() {
        let mut generator = stream(6, &[]);
        let x = Array2::from_shape_fn((MANY, 3), |(i, j)| ((i % 4) * (j + 1)) as f64 * 9.0 + normal(&mut generator));
        let found = best(x.view(), 4, 3, 1).unwrap();
        assert!(found.partition().labels().iter().enumerate().all(|(i, &l)| l == i % 4));
        // Three features of variance 1 a patient; four standard errors of the sum of squares.
        let (expected, error) = (3.0 * MANY as f64, (6.0 * MANY as f64).sqrt());
        assert!((found.inertia - expected).abs() < 4.0 * error, "{}", found.inertia);
    }

    #[test]
    fn the_mean_variance_does_not_depend_on_where_patients_lie() {
        let x = Array2::from_shape_fn((5000, 2), |(i, j)| 1e7 + ((i + j) % 3) as f64);
        // Thirds of 0, 1 and 2: variance 2/3, short of it by the remainder of 5000 / 3.
        assert!((mean_variance(x.view()) - 2.0 / 3.0).abs() < 1e-3);
    }
}
