//! k-means: Lloyd's iteration (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007), best of several.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rand::Rng;

use super::{Method, MethodError, check};
use crate::partition::Partition;
use crate::random::stream;

/// Starts from which the best result is kept.
const STARTS: u64 = 10;
/// Iterations after which a start ends even if labels still move.
const ITERATIONS: usize = 300;

/// k-means with ten k-means++ starts.
#[derive(Clone, Copy, Debug)]
pub struct KMeans;

impl Method for KMeans {
    fn name(&self) -> &'static str {
        "kmeans"
    }

    fn about(&self) -> &'static str {
        "k-means, best of ten k-means++ starts"
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        Ok(best(x, k, STARTS, seed)?.partition())
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
    check(x, k, "kmeans")?;
    let mut found = lloyd(x, spread(x, k, &mut stream(seed, &[0])), ITERATIONS);
    for start in 1..starts {
        let next = lloyd(x, spread(x, k, &mut stream(seed, &[start])), ITERATIONS);
        if next.inertia < found.inertia {
            found = next;
        }
    }
    Ok(found)
}

/// k-means++: each further centre is a patient drawn with probability proportional to its squared distance to the
/// nearest centre so far. `k × features`.
pub fn spread(x: ArrayView2<'_, f64>, k: usize, generator: &mut impl Rng) -> Array2<f64> {
    let n = x.nrows();
    let mut centres = Array2::zeros((k, x.ncols()));
    let mut chosen = generator.gen_range(0..n);
    let mut nearest = vec![f64::INFINITY; n];
    for c in 0..k {
        centres.row_mut(c).assign(&x.row(chosen));
        let mut total = 0.0;
        for (i, distance) in nearest.iter_mut().enumerate() {
            *distance = distance.min(squared(x.row(i), x.row(chosen)));
            total += *distance;
        }
        let mut left = generator.r#gen::<f64>() * total;
        // Where all remaining distances are 0 (repeated patients), any patient will do.
        chosen = nearest
            .iter()
            .position(|d| {
                left -= d;
                left < 0.0
            })
            .unwrap_or_else(|| generator.gen_range(0..n));
    }
    centres
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

fn squared(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => lanes(a, b),
        _ => a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum(),
    }
}

/// Four running sums, so that the additions do not wait for each other.
fn lanes(a: &[f64], b: &[f64]) -> f64 {
    let (pairs_a, pairs_b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = pairs_a.remainder().iter().zip(pairs_b.remainder()).map(|(x, y)| (x - y) * (x - y)).sum();
    let mut sums = [0.0; 4];
    for (p, q) in pairs_a.zip(pairs_b) {
        for lane in 0..4 {
            sums[lane] += (p[lane] - q[lane]) * (p[lane] - q[lane]);
        }
    }
    rest + (sums[0] + sums[1]) + (sums[2] + sums[3])
}
