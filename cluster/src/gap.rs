//! The gap statistic (Tibshirani, Walther and Hastie 2001): is the scatter within k groups less than in data that have
//! none?

use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng;
use rayon::prelude::*;

use crate::methods::{MethodError, kmeans};
use crate::random::stream;

/// What is known at one number of groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Number of groups.
    pub k: usize,
    /// Natural logarithm of the sum of squares within groups.
    pub log_within: f64,
    /// Mean of the same over the reference data, minus [`Self::log_within`].
    pub gap: f64,
    /// Standard deviation over the reference data (divisor B), times √(1 + 1/B): what simulation leaves uncertain.
    pub error: f64,
}

/// The gap at 1 … `most` groups by k-means, against reference data given, each of the shape of `x`.
///
/// # Errors
/// When `most` is 0 or exceeds the number of patients, or a value is not finite.
pub fn against(
    x: ArrayView2<'_, f64>,
    references: &[Array2<f64>],
    most: usize,
    starts: u64,
    seed: u64,
) -> Result<Vec<Gap>, MethodError> {
    let count = references.len().max(1) as f64;
    (1..=most)
        .map(|k| {
            let log_within = |x: ArrayView2<'_, f64>| Ok(kmeans::best(x, k, starts, seed)?.inertia.ln());
            let observed = log_within(x)?;
            let expected =
                references.par_iter().map(|r| log_within(r.view())).collect::<Result<Vec<f64>, MethodError>>()?;
            let mean = expected.iter().sum::<f64>() / count;
            let variance = expected.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / count;
            let error = variance.sqrt() * (1.0 + 1.0 / count).sqrt();
            Ok(Gap { k, log_within: observed, gap: mean - observed, error })
        })
        .collect()
}

/// The gap against `count` data sets drawn uniformly over the range of each feature.
///
/// # Errors
/// As [`against`].
pub fn gap_statistic(
    x: ArrayView2<'_, f64>,
    most: usize,
    count: usize,
    starts: u64,
    seed: u64,
) -> Result<Vec<Gap>, MethodError> {
    let ranges: Vec<(f64, f64)> = x
        .axis_iter(Axis(1))
        .map(|column| column.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (v.min(l), v.max(h))))
        .collect();
    let draw = |number| {
        let mut generator = stream(seed, &[number as u64]);
        Array2::from_shape_fn(x.dim(), |(_, j)| ranges[j].0 + generator.r#gen::<f64>() * (ranges[j].1 - ranges[j].0))
    };
    against(x, &(0..count).map(draw).collect::<Vec<_>>(), most, starts, seed)
}

/// The least k whose gap is within one error of the next, by the rule of the paper; the last where there is none.
pub fn choose(gaps: &[Gap]) -> Option<usize> {
    let enough = gaps.windows(2).find(|pair| pair[0].gap >= pair[1].gap - pair[1].error);
    enough.map(|pair| pair[0].k).or(gaps.last().map(|g| g.k))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::normal;

    #[test]
    fn three_clouds_are_counted_and_one_cloud_is_left_whole() {
        let mut generator = stream(4, &[]);
        let mut cloud =
            |spacing: f64| Array2::from_shape_fn((90, 2), |(i, _)| spacing * (i % 3) as f64 + normal(&mut generator));
        let (three, one) = (cloud(12.0), cloud(0.0));
        assert_eq!(choose(&gap_statistic(three.view(), 5, 20, 5, 1).unwrap()), Some(3));
        assert_eq!(choose(&gap_statistic(one.view(), 5, 20, 5, 1).unwrap()), Some(1));
    }
}
