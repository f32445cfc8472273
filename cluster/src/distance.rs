//! Distances between patients.

mod blocks;

use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

/// From this many patients on, distances that are products are computed as products of blocks: several times faster,
/// and off by rounding of the order of the longest profile rather than of the distance.
const BLOCKS_FROM: usize = 2000;

/// How far two patients are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Straight-line distance.
    Euclidean,
    /// Square of the straight-line distance.
    SquaredEuclidean,
    /// Sum of absolute differences.
    Manhattan,
    /// 1 − Pearson's correlation of the two profiles, 0 to 2; 1 where a profile is constant.
    Pearson,
    /// 1 − shared over either, for profiles of zero and non-zero; 0 where both are empty.
    Jaccard,
}

impl Metric {
    /// The distance of two profiles of the same length.
    pub fn between(self, a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
        let pairs = || a.iter().zip(b.iter());
        match self {
            Self::Euclidean => Self::SquaredEuclidean.between(a, b).sqrt(),
            Self::SquaredEuclidean => pairs().map(|(x, y)| (x - y) * (x - y)).sum(),
            Self::Manhattan => pairs().map(|(x, y)| (x - y).abs()).sum(),
            Self::Pearson => {
                let (ma, mb) = (a.mean().unwrap_or(0.0), b.mean().unwrap_or(0.0));
                let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
                for (x, y) in pairs() {
                    ab += (x - ma) * (y - mb);
                    aa += (x - ma) * (x - ma);
                    bb += (y - mb) * (y - mb);
                }
                if aa > 0.0 && bb > 0.0 { 1.0 - ab / (aa * bb).sqrt() } else { 1.0 }
            }
            Self::Jaccard => {
                let either = pairs().filter(|&(&x, &y)| x != 0.0 || y != 0.0).count();
                let both = pairs().filter(|&(&x, &y)| x != 0.0 && y != 0.0).count();
                if either == 0 { 0.0 } else { 1.0 - both as f64 / either as f64 }
            }
        }
    }
}

/// Squared straight-line distance of two rows.
pub(crate) fn squared(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => lanes(a, b),
        _ => a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum(),
    }
}

/// The squared distance where it is below `limit`. Given up as soon as a part of the sum is not.
pub(crate) fn below(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>, limit: f64) -> Option<f64> {
    let (Some(a), Some(b)) = (a.as_slice(), b.as_slice()) else {
        return Some(squared(a, b)).filter(|d| *d < limit);
    };
    let mut sum = 0.0;
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        sum += lanes(a, b);
        if sum >= limit {
            return None;
        }
    }
    (sum < limit).then_some(sum)
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

/// Distances of all pairs i < j, row by row: `n·(n − 1)/2` values (the condensed form of SciPy and fastcluster).
pub fn condensed(x: ArrayView2<'_, f64>, metric: Metric) -> Vec<f64> {
    let n = x.nrows();
    if n >= BLOCKS_FROM
        && let Some(values) = blocks::condensed(x, metric)
    {
        return values;
    }
    (0..n).into_par_iter().flat_map_iter(|i| (i + 1..n).map(move |j| metric.between(x.row(i), x.row(j)))).collect()
}

/// All distances, n × n, symmetric, with zeros on the diagonal.
pub fn square(x: ArrayView2<'_, f64>, metric: Metric) -> Array2<f64> {
    unfold(&condensed(x, metric), x.nrows())
}

/// The square form of condensed distances between `n` patients.
pub fn unfold(condensed: &[f64], n: usize) -> Array2<f64> {
    let mut square = Array2::zeros((n, n));
    let mut values = condensed.iter();
    for i in 0..n {
        for j in i + 1..n {
            let value = values.next().copied().unwrap_or(f64::NAN);
            square[[i, j]] = value;
            square[[j, i]] = value;
        }
    }
    square
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_metrics_agree_with_hand_computed_distances() {
        let (a, b) = (array![0.0, 3.0, 1.0], array![4.0, 0.0, 1.0]);
        assert_eq!(Metric::Euclidean.between(a.view(), b.view()), 5.0);
        assert_eq!(Metric::SquaredEuclidean.between(a.view(), b.view()), 25.0);
        assert_eq!(Metric::Manhattan.between(a.view(), b.view()), 7.0);
        assert!((Metric::Jaccard.between(a.view(), b.view()) - 2.0 / 3.0).abs() < 1e-15);
        let (up, down) = (array![1.0, 2.0, 3.0], array![6.0, 4.0, 2.0]);
        assert!((Metric::Pearson.between(up.view(), down.view()) - 2.0).abs() < 1e-15);
    }

    #[test]
    fn condensed_order_is_row_by_row() {
        let x = array![[0.0], [1.0], [3.0]];
        assert_eq!(condensed(x.view(), Metric::Euclidean), [1.0, 3.0, 2.0]);
        assert_eq!(square(x.view(), Metric::Euclidean)[[2, 1]], 2.0);
    }
}
