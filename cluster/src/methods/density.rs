//! Groups as regions of high density, their number found rather than given, and noise left out.

mod hdbscan;
mod spanning;

use std::collections::VecDeque;

use ndarray::{Array2, ArrayView2};

pub use hdbscan::{Hdbscan, hdbscan};

use super::{Method, MethodError, check};
use crate::distance::squared;
use crate::neighbours::Rows;
use crate::partition::Partition;

/// The groups found. Noise belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Density {
    /// The group of each patient, from 0 in the order in which groups first appear; none for noise.
    pub labels: Vec<Option<usize>>,
    /// Number of groups.
    pub groups: usize,
}

impl Density {
    /// Numbers groups as they first appear.
    pub fn new<T: Eq + std::hash::Hash>(raw: impl IntoIterator<Item = Option<T>>) -> Self {
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

/// What may be set of a search by density.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Patients that a group needs; none for 2 % of the patients, and 5 at least.
    pub least: Option<usize>,
    /// Distance up to which patients of dbscan are neighbours; none for the knee of the distances to the neighbours.
    pub reach: Option<f64>,
}

/// Share of the patients that a group needs unless set, and the least number.
const GROUP: (f64, usize) = (0.02, 5);
/// Neighbours that make a patient's density, at most: with more, no group in a large cohort is dense.
const NEIGHBOURS: usize = 10;

impl Settings {
    fn least(&self, patients: usize) -> usize {
        self.least.unwrap_or_else(|| GROUP.1.max((GROUP.0 * patients as f64).round() as usize)).max(2)
    }
}

/// A search that finds the number of groups.
pub trait Finder: Sync {
    /// The settings with everything filled in from all patients, so that resamples are searched alike.
    ///
    /// # Errors
    /// As [`Finder::find`].
    fn settle(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Settings, MethodError>;

    /// The groups of `x`, patients × features.
    ///
    /// # Errors
    /// When there is no patient, a value is not finite, or a setting is out of its range.
    fn find(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Density, MethodError>;
}

/// DBSCAN with its reach from the data, see [`dbscan`] and [`knee`].
#[derive(Clone, Copy, Debug)]
pub struct Dbscan;

impl Finder for Dbscan {
    fn settle(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Settings, MethodError> {
        let least = settings.least(x.nrows());
        let reach = match settings.reach {
            Some(reach) => reach,
            None => knee(x, least.min(NEIGHBOURS))?,
        };
        Ok(Settings { least: Some(least), reach: Some(reach) })
    }

    fn find(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Density, MethodError> {
        let settings = self.settle(x, settings)?;
        let least = settings.least(x.nrows());
        let found = dbscan(x, settings.reach.unwrap_or(f64::NAN), least.min(NEIGHBOURS))?;
        let mut sizes = vec![0; found.groups];
        found.labels.iter().flatten().for_each(|&g| sizes[g] += 1);
        // A group too small to be one is noise.
        Ok(Density::new(found.labels.into_iter().map(|l| l.filter(|&g| sizes[g] >= least))))
    }
}

/// HDBSCAN, see [`hdbscan`].
#[derive(Clone, Copy, Debug)]
pub struct ByHdbscan;

impl Finder for ByHdbscan {
    fn settle(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Settings, MethodError> {
        Ok(Settings { least: Some(settings.least(x.nrows())), reach: None })
    }

    fn find(&self, x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Density, MethodError> {
        let least_size = settings.least(x.nrows());
        hdbscan(x, &Hdbscan { least_size, samples: least_size.min(NEIGHBOURS), single: false })
    }
}

/// Patients whose distances are all compared: beyond, that takes minutes.
const MOST: usize = 100_000;

impl Method for Dbscan {
    fn name(&self) -> &'static str {
        "dbscan"
    }

    fn about(&self) -> &'static str {
        "groups of patients within reach of each other; finds their number, and leaves out noise"
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn most_patients(&self) -> usize {
        MOST
    }

    fn by_density(&self) -> Option<&dyn Finder> {
        Some(self)
    }

    fn partition(&self, _x: ArrayView2<'_, f64>, k: usize, _seed: u64) -> Result<Partition, MethodError> {
        Err(MethodError::FindsNumber { k, method: self.name() })
    }
}

impl Method for ByHdbscan {
    fn name(&self) -> &'static str {
        "hdbscan"
    }

    fn about(&self) -> &'static str {
        "groups that last longest over all densities; finds their number, and leaves out noise"
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn most_patients(&self) -> usize {
        MOST
    }

    fn by_density(&self) -> Option<&dyn Finder> {
        Some(self)
    }

    fn partition(&self, _x: ArrayView2<'_, f64>, k: usize, _seed: u64) -> Result<Partition, MethodError> {
        Err(MethodError::FindsNumber { k, method: self.name() })
    }
}

/// A reach for DBSCAN: the distances of all patients to their `least`-th nearest (themselves counted), sorted, bend where
/// noise begins (Ester et al. 1996); the bend is where the curve is farthest below the line between its ends (Satopaa et
/// al. 2011, doi 10.1109/ICDCSW.2011.20).
///
/// # Errors
/// When there is no patient, or a value is not finite.
pub fn knee(x: ArrayView2<'_, f64>, least: usize) -> Result<f64, MethodError> {
    check(x, 1, "dbscan")?;
    let others = least.saturating_sub(1).clamp(1, x.nrows().max(2) - 1);
    let nearest = Rows::new(x).nearest(others);
    let mut reached: Vec<f64> = nearest.iter().map(|near| near.last().map_or(0.0, |n| n.1.sqrt())).collect();
    reached.sort_by(f64::total_cmp);
    let (first, last) = (reached.first().copied().unwrap_or(0.0), reached.last().copied().unwrap_or(0.0));
    let count = (reached.len().max(2) - 1) as f64;
    let below = |i: usize| first + (last - first) * i as f64 / count - reached[i];
    let bend = (0..reached.len()).fold(0, |best, i| if below(i) > below(best) { i } else { best });
    let found = reached.get(bend).copied().unwrap_or(0.0);
    // Repeated patients are at distance 0 of each other: the smallest distance that parts anybody.
    let positive = reached.iter().copied().find(|&d| d > 0.0).unwrap_or(1.0);
    Ok(if found > 0.0 { found } else { positive })
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

    #[test]
    fn the_reach_lies_between_neighbours_and_strays() {
        let x = Array2::from_shape_fn((42, 1), |(i, _)| match i {
            0..20 => i as f64 * 0.1,
            20..40 => 50.0 + i as f64 * 0.1,
            stray => stray as f64 * 1000.0,
        });
        let reach = knee(x.view(), 5).unwrap();
        assert!((0.1..50.0).contains(&reach), "{reach}");
        let found = Dbscan.find(x.view(), &Settings::default()).unwrap();
        assert_eq!((found.groups, found.labels.iter().filter(|l| l.is_none()).count()), (2, 2));
        assert_eq!(ByHdbscan.find(x.view(), &Settings::default()).unwrap().groups, 2);
    }

    #[test]
    fn repeated_patients_have_a_reach_above_zero() {
        assert!(knee(Array2::ones((6, 2)).view(), 3).unwrap() > 0.0);
        assert!(knee(array![[1.0]].view(), 3).unwrap() > 0.0);
    }
}
