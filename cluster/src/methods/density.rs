//! Groups as regions of high density, their number found rather than given, and noise left out.

mod hdbscan;
mod spanning;

use std::collections::VecDeque;

use ndarray::{Array2, ArrayView2};

pub use hdbscan::{Hdbscan, hdbscan};

use super::{MethodError, check};
use crate::distance::squared;
use crate::neighbours::Rows;

/// The groups found. Noise belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Density {
    /// The group of each patient, from 0 in the order in which groups first appear; none for noise.
    pub labels: Vec<Option<usize>>,
    /// Number of groups.
    pub groups: usize,
}

impl Density {
    fn new<T: Eq + std::hash::Hash>(raw: impl IntoIterator<Item = Option<T>>) -> Self {
        let mut numbers = std::collections::HashMap::new();
        let labels = raw
            .into_iter()
            .map(|label| {
                label.map(|l| {
                    let next = numbers.len();
                    *numbers.entry(l).or_insert(next)
                })
            })
            .collect();
        Self { labels, groups: numbers.len() }
    }
}

/// DBSCAN (Ester et al. 1996): patients with at least `least` within `reach` (Euclidean, themselves counted) are core;
/// core patients within reach of each other are one group, and others within reach of one join the first group that
/// comes by. Time n²·p, memory n·p.
///
/// # Errors
/// When there is no patient, a value is not finite, `reach` is not above 0, or `least` is 0.
pub fn dbscan(x: ArrayView2<'_, f64>, reach: f64, least: usize) -> Result<Density, MethodError> {
    check(x, 1, "dbscan")?;
    if reach.is_nan() || reach <= 0.0 {
        return Err(MethodError::Setting { name: "reach", value: reach, range: "above 0" });
    }
    at_least("least", least, 1)?;
    let rows: Array2<f64> = x.as_standard_layout().to_owned();
    let limit = reach * reach;
    let core = core_patients(&rows, limit, least);
    let mut label: Vec<Option<usize>> = vec![None; rows.nrows()];
    let mut open: Vec<usize> = (0..rows.nrows()).collect();
    for start in (0..rows.nrows()).filter(|&i| core[i]) {
        if label[start].is_some() {
            continue;
        }
        label[start] = Some(start);
        let mut queue = VecDeque::from([start]);
        while let Some(now) = queue.pop_front() {
            open.retain(|&other| {
                if label[other].is_none() && squared(rows.row(now), rows.row(other)) <= limit {
                    label[other] = Some(start);
                    if core[other] {
                        queue.push_back(other);
                    }
                }
                label[other].is_none()
            });
        }
    }
    Ok(Density::new(label))
}

/// Which patients have `least` or more within the squared distance `limit`.
fn core_patients(rows: &Array2<f64>, limit: f64, least: usize) -> Vec<bool> {
    let prepared = Rows::new(rows.view());
    // The product form of a distance is off by rounding; what lies that near to the limit is computed again.
    let doubt = prepared.rounding();
    prepared.map(|i, distances| {
        let within = distances.iter().enumerate().filter(|&(j, &d)| {
            d <= limit - doubt || (d <= limit + doubt && squared(rows.row(i), rows.row(j)) <= limit)
        });
        within.take(least).count() >= least
    })
}

fn at_least(name: &'static str, value: usize, bound: usize) -> Result<(), MethodError> {
    if value >= bound {
        return Ok(());
    }
    let range = if bound == 1 { "at least 1" } else { "at least 2" };
    Err(MethodError::Setting { name, value: value as f64, range })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_chain_is_one_group_and_a_stray_is_noise() {
        let x = array![[0.0], [9.0], [1.0], [2.0], [3.0], [20.0], [21.0], [22.0]];
        let found = dbscan(x.view(), 1.0, 3).unwrap();
        let (a, b) = (Some(0), Some(1));
        assert_eq!(found.labels, [a, None, a, a, a, b, b, b]);
        assert_eq!(found.groups, 2);
    }

    #[test]
    fn a_patient_exactly_at_reach_is_within_it() {
        // 0.1 + 0.2 is not 0.3 in binary: the distance is taken as it is, not as the product form rounds it.
        let x = array![[1e6], [1e6 + 0.5], [1e6 + 1.0]];
        assert_eq!(dbscan(x.view(), 0.5, 3).unwrap().groups, 1);
        assert_eq!(dbscan(x.view(), 0.499_999, 3).unwrap().groups, 0);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let x = array![[0.0], [1.0]];
        assert!(matches!(dbscan(x.view(), 0.0, 3), Err(MethodError::Setting { name: "reach", .. })));
        assert!(matches!(dbscan(x.view(), 1.0, 0), Err(MethodError::Setting { name: "least", .. })));
        let broken = array![[0.0], [f64::NAN]];
        assert!(matches!(dbscan(broken.view(), 1.0, 2), Err(MethodError::NotFinite { row: 1, .. })));
    }
}
