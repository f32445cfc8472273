//! Similarity network fusion (Wang et al. 2014, doi 10.1038/nmeth.2810): one network of patients from several
//! modalities.
//!
//! The affinity takes *squared* Euclidean distances where the paper writes ρ²(x, y), so that distances enter in the
//! fourth power of the difference; this is how the method is run by default in Python, and the values agree with it.
//!
//! Time n²·p for the affinities and n²·neighbours a round and modality: the local networks have few entries a row, so
//! no round needs the product of two dense matrices. Memory (modalities + 3) · n² values.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use super::spectral::{normalised_eigenpairs, of_affinity};
use super::{Method, MethodError, Table, check};
use crate::neighbours::Rows;
use crate::partition::Partition;

const NAME: &str = "snf";
/// The networks of two modalities of so many patients and what they pass on are 1.4 GB.
const MOST: usize = 6_000;

/// Similarity network fusion, cut by spectral clustering.
#[derive(Clone, Copy, Debug)]
pub struct Fusion;

impl Method for Fusion {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "similarity network fusion of all modalities, cut by spectral clustering"
    }

    fn joins_tables(&self) -> bool {
        true
    }

    fn most_patients(&self) -> usize {
        MOST
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        let patients: Vec<usize> = (0..x.nrows()).collect();
        self.partition_tables(&[Table { patients: &patients, x: x.view() }], x.nrows(), k, seed)
    }

    fn partition_tables(
        &self,
        tables: &[Table<'_>],
        patients: usize,
        k: usize,
        seed: u64,
    ) -> Result<Partition, MethodError> {
        if k == 0 || k > patients {
            return Err(MethodError::GroupCount { k, patients });
        }
        if patients > MOST {
            return Err(MethodError::TooMany { patients, most: MOST, method: NAME });
        }
        of_affinity(network(tables, patients, &Settings::default())?.view(), k, seed)
    }
}

/// How networks are made and fused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Neighbours that set a patient's scale and make the local networks. Default 20.
    pub neighbours: usize,
    /// Width of the kernel in units of the local scale, usually 0.3 to 0.8. Default 0.5.
    pub width: f64,
    /// Rounds of exchange between the modalities. Default 20.
    pub rounds: usize,
    /// Added to each patient's affinity to itself in each round. Default 1.
    pub own: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { neighbours: 20, width: 0.5, rounds: 20, own: 1.0 }
    }
}

/// The fused network of `patients` patients, n × n, symmetric. A pair that is not in a table takes there the mean of its
/// affinities in the tables that hold both, each relative to its table's mean (as Rappoport and Shamir 2019, doi
/// 10.1093/bioinformatics/btz058, average them); a pair that no table holds has none.
///
/// # Errors
/// When there is no table, or a value is not finite.
pub fn network(tables: &[Table<'_>], patients: usize, settings: &Settings) -> Result<Array2<f64>, MethodError> {
    if tables.is_empty() {
        return Err(MethodError::GroupCount { k: 1, patients: 0 });
    }
    let complete = tables.iter().all(|t| t.patients.len() == patients);
    let mut networks = Vec::with_capacity(tables.len());
    for table in tables {
        let own = symmetric(shares(affinity(table.x, settings)?));
        // Shares are as many times smaller as there are patients to share among.
        let scale = if complete { 1.0 } else { table.patients.len() as f64 / patients as f64 };
        let mut all = Array2::from_elem((patients, patients), f64::NAN);
        for ((a, b), &value) in own.indexed_iter() {
            all[[table.patients[a], table.patients[b]]] = scale * value;
        }
        networks.push(all);
    }
    if !complete {
        fill(&mut networks);
    }
    Ok(exchange(networks, settings))
}

/// Gives each pair that a network lacks the mean of the others.
fn fill(networks: &mut [Array2<f64>]) {
    let n = networks.first().map_or(0, Array2::nrows);
    let mut means = Array2::<f64>::zeros((n, n));
    means.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
        for (j, mean) in row.iter_mut().enumerate() {
            let (mut sum, mut count) = (0.0, 0.0);
            for value in networks.iter().map(|network| network[[i, j]]).filter(|v| v.is_finite()) {
                sum += value;
                count += 1.0;
            }
            *mean = if count > 0.0 { sum / count } else { 0.0 };
        }
    });
    for network in networks {
        Zip::from(&mut *network).and(&means).par_for_each(|v, &mean| {
            if !v.is_finite() {
                *v = mean;
            }
        });
    }
}

/// The affinity of patients in one modality, n × n, symmetric: a normal density whose width is the mean of the pair's
/// distance and both patients' mean distance to their neighbours.
///
/// # Errors
/// When a value is not finite, or the width is not above 0.
pub fn affinity(x: ArrayView2<'_, f64>, settings: &Settings) -> Result<Array2<f64>, MethodError> {
    check(x, 1, NAME)?;
    if settings.width.is_nan() || settings.width <= 0.0 {
        return Err(MethodError::Setting { name: "width", value: settings.width, range: "above 0" });
    }
    let n = x.nrows();
    let rows = Rows::new(x);
    let reach = settings.neighbours.min(n - 1);
    let mut values: Vec<f64> = Vec::with_capacity(n * n);
    for row in rows.map(|_, distances| distances.to_vec()) {
        values.extend(row);
    }
    let mut square = Array2::from_shape_vec((n, n), values).unwrap_or_default();
    let scales: Vec<f64> = square.axis_iter(Axis(0)).into_par_iter().map(|row| mean_of_nearest(row, reach)).collect();
    let root = std::f64::consts::TAU.sqrt();
    square.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
        for (j, value) in row.iter_mut().enumerate() {
            let mean = (scales[i] + scales[j] + *value) / 3.0;
            // Repeated patients would have no width at all.
            let width = settings.width * (if mean > f64::EPSILON { mean } else { 0.0 } + f64::EPSILON);
            let z = *value / width;
            *value = (-0.5 * z * z).exp() / (width * root);
        }
    });
    Ok(symmetric(square))
}

/// Mean distance to the nearest `count` others; the smallest distance, that to itself, is left out.
fn mean_of_nearest(row: ndarray::ArrayView1<'_, f64>, count: usize) -> f64 {
    let mut distances = row.to_vec();
    if count + 1 < distances.len() {
        distances.select_nth_unstable_by(count, f64::total_cmp);
    }
    distances.truncate(count + 1);
    distances.sort_unstable_by(f64::total_cmp);
    distances.iter().skip(1).sum::<f64>() / count.max(1) as f64 + f64::EPSILON
}

/// One network from the affinities of several modalities: each round passes what the others know through the local
/// network of each. n × n, symmetric; with one modality its own normalised affinity.
///
/// # Errors
/// When there is no modality, or they differ in patients.
pub fn fuse(affinities: &[Array2<f64>], settings: &Settings) -> Result<Array2<f64>, MethodError> {
    let Some(n) = affinities.first().map(Array2::nrows) else {
        return Err(MethodError::GroupCount { k: 1, patients: 0 });
    };
    if let Some(other) = affinities.iter().find(|a| a.nrows() != n) {
        return Err(MethodError::Patients { first: n, other: other.nrows() });
    }
    Ok(exchange(affinities.iter().map(|a| symmetric(shares(a.clone()))).collect(), settings))
}

/// Rounds of exchange between networks, and their mean.
fn exchange(mut networks: Vec<Array2<f64>>, settings: &Settings) -> Array2<f64> {
    let locals: Vec<Local> = networks.iter().map(|network| Local::new(network, settings.neighbours)).collect();
    let mut sum = total(&networks);
    let others = (networks.len() as f64 - 1.0).max(1.0);
    for _ in 0..if networks.len() > 1 { settings.rounds } else { 0 } {
        for (network, local) in networks.iter_mut().zip(&locals) {
            Zip::from(&mut *network).and(&sum).par_for_each(|own, &all| *own = (all - *own) / others);
            let passed = local.pass(network);
            *network = symmetric(passed);
            network.diag_mut().mapv_inplace(|v| v + settings.own);
        }
        sum = total(&networks);
    }
    let mut fused = symmetric(shares(sum / networks.len() as f64));
    fused.diag_mut().mapv_inplace(|v| v + 0.5);
    fused
}

/// The numbers of groups from `least` to `most` with the widest eigengap of the normalised Laplacian (von Luxburg
/// 2007), best first; gaps nearer the bottom of the spectrum count more.
pub fn group_counts(affinity: ArrayView2<'_, f64>, least: usize, most: usize) -> Vec<usize> {
    let mut graph = affinity.to_owned();
    graph.diag_mut().fill(0.0);
    let eigen = normalised_eigenpairs(graph.view(), most + 1);
    let gap = |k: usize| match (eigen.values.get(k - 1), eigen.values.get(k)) {
        (Some(&upper), Some(&lower)) => (upper - lower) * upper / lower.abs().max(f64::EPSILON),
        _ => f64::NEG_INFINITY,
    };
    let mut counts: Vec<usize> = (least.max(1)..=most).collect();
    counts.sort_by(|&a, &b| gap(b).total_cmp(&gap(a)));
    counts
}

/// Each patient's strongest ties, as shares: for each row its columns and values.
struct Local {
    rows: Vec<Vec<(usize, f64)>>,
}

impl Local {
    /// Keeps the `count` strongest of each row, and those as strong as the last of them.
    fn new(network: &Array2<f64>, count: usize) -> Self {
        let keep = |row: ndarray::ArrayView1<'_, f64>| {
            let mut values = row.to_vec();
            let last = count.clamp(1, values.len()) - 1;
            let weakest = *values.select_nth_unstable_by(last, |a, b| b.total_cmp(a)).1;
            let kept: Vec<(usize, f64)> =
                row.iter().enumerate().filter(|(_, v)| **v >= weakest).map(|(j, &v)| (j, v)).collect();
            let sum: f64 = kept.iter().map(|entry| entry.1).sum();
            kept.into_iter().map(|(j, v)| (j, if sum > 0.0 { v / sum } else { 0.0 })).collect()
        };
        Self { rows: network.axis_iter(Axis(0)).into_par_iter().map(keep).collect() }
    }

    /// L·S·Lᵀ for this local network L and a dense S.
    fn pass(&self, dense: &Array2<f64>) -> Array2<f64> {
        let mut passed = Array2::zeros(dense.dim());
        passed.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
            let mut mixed = Array1::<f64>::zeros(dense.ncols());
            for &(l, weight) in &self.rows[i] {
                mixed.scaled_add(weight, &dense.row(l));
            }
            for (value, ties) in row.iter_mut().zip(&self.rows) {
                *value = ties.iter().map(|&(l, weight)| weight * mixed[l]).sum();
            }
        });
        passed
    }
}

/// Rows divided by their sums.
fn shares(mut matrix: Array2<f64>) -> Array2<f64> {
    matrix.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
        let sum = row.sum();
        if sum > 0.0 {
            row /= sum;
        }
    });
    matrix
}

/// The mean of a matrix and its transpose.
fn symmetric(matrix: Array2<f64>) -> Array2<f64> {
    let mut halves = Array2::zeros(matrix.dim());
    Zip::from(&mut halves).and(&matrix).and(matrix.t()).par_for_each(|h, &a, &b| *h = 0.5 * (a + b));
    halves
}

fn total(networks: &[Array2<f64>]) -> Array2<f64> {
    let mut sum = networks.first().cloned().unwrap_or_default();
    for network in networks.iter().skip(1) {
        sum += network;
    }
    sum
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::{normal, stream};

    /// Two groups of twenty in four noisy tables; every second patient lies with the wrong group in one of them.
    fn tables() -> Vec<Array2<f64>> {
        let table = |t: usize| {
            let mut generator = stream(3, &[t as u64]);
            Array2::from_shape_fn((40, 3), |(i, _)| {
                let misplaced = i % 2 == 0 && i / 2 % 4 == t;
                (if (i < 20) != misplaced { 0.0 } else { 6.0 }) + normal(&mut generator)
            })
        };
        (0..4).map(table).collect()
    }

    fn right(found: &Partition) -> usize {
        let hits = found.labels().iter().enumerate().filter(|(i, l)| **l == i / 20).count();
        hits.max(40 - hits)
    }

    #[test]
    fn modalities_set_right_together_what_each_has_wrong() {
        let tables = tables();
        let all: Vec<usize> = (0..40).collect();
        let settings = Settings { neighbours: 8, ..Settings::default() };
        let cut = |tables: &[Table<'_>]| of_affinity(network(tables, 40, &settings).unwrap().view(), 2, 1).unwrap();
        let views: Vec<Table<'_>> = tables.iter().map(|t| Table { patients: &all, x: t.view() }).collect();
        for view in &views {
            assert!(right(&cut(&[*view])) <= 36);
        }
        assert!(right(&cut(&views)) >= 38);
    }

    #[test]
    fn patients_absent_from_some_modalities_fall_with_their_group() {
        let tables = tables();
        let all: Vec<usize> = (0..40).collect();
        let settings = Settings { neighbours: 8, ..Settings::default() };
        // Every fifth patient is in the last two tables only.
        let some: Vec<usize> = (0..40).filter(|i| i % 5 != 0).collect();
        let parts: Vec<Array2<f64>> =
            tables.iter().enumerate().map(|(t, x)| if t < 2 { x.select(Axis(0), &some) } else { x.clone() }).collect();
        let views: Vec<Table<'_>> = parts
            .iter()
            .enumerate()
            .map(|(t, x)| Table { patients: if t < 2 { &some } else { &all }, x: x.view() })
            .collect();
        let fused = network(&views, 40, &settings).unwrap();
        assert!(fused.iter().all(|v| v.is_finite()));
        assert!(right(&of_affinity(fused.view(), 2, 1).unwrap()) >= 37);
    }

    #[test]
    fn the_widest_gap_is_at_the_number_of_blocks() {
        let blocks = Array2::from_shape_fn((30, 30), |(i, j)| if i / 10 == j / 10 { 1.0 } else { 0.01 });
        assert_eq!(group_counts(blocks.view(), 2, 5)[0], 3);
    }

    #[test]
    fn modalities_of_different_patients_are_refused() {
        let found = fuse(&[Array2::eye(3), Array2::eye(4)], &Settings::default());
        assert_eq!(found, Err(MethodError::Patients { first: 3, other: 4 }));
        assert!(fuse(&[], &Settings::default()).is_err());
    }
}
