//! Spectral clustering (Ng, Jordan and Weiss 2001): k-means on the leading eigenvectors of the normalised affinity.
//!
//! Time n²·p for the graph (n ≤ 20,000), then n·neighbours·k a round; memory n·(features + neighbours).

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::{Method, MethodError, check, kmeans};
use crate::krylov::largest;
use crate::neighbours::Rows;
use crate::partition::Partition;

const NAME: &str = "spectral";
/// Neighbours of each patient in the graph.
const NEIGHBOURS: usize = 15;
/// The neighbour whose distance is a patient's own scale (Zelnik-Manor and Perona 2004).
const SCALE: usize = 7;
/// The graph compares all pairs: beyond this many patients that takes minutes.
const MOST: usize = 20_000;
/// k-means starts on the eigenvectors.
const STARTS: u64 = 10;

/// Spectral clustering on a graph of nearest neighbours.
#[derive(Clone, Copy, Debug)]
pub struct Spectral;

impl Method for Spectral {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "k-means on the leading eigenvectors of a graph of 15 nearest neighbours"
    }

    fn most_patients(&self) -> usize {
        MOST
    }

    fn turns_freely(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        check(x, k, NAME)?;
        if x.nrows() > MOST {
            return Err(MethodError::TooMany { patients: x.nrows(), most: MOST, method: NAME });
        }
        cut(&neighbour_graph(x, NEIGHBOURS), k, seed)
    }
}

/// A symmetric affinity with few entries a row: for each row its columns, rising, and their values.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    rows: Vec<Vec<(usize, f64)>>,
}

/// The graph in which each patient is joined to its `count` nearest, and they to it. Weights are
/// exp(−d² / (sᵢ·sⱼ)), sᵢ being the distance of patient i to its seventh neighbour.
pub fn neighbour_graph(x: ArrayView2<'_, f64>, count: usize) -> Graph {
    let nearest = Rows::new(x).nearest(count);
    let scale = |i: usize| {
        let near: &[(usize, f64)] = &nearest[i];
        near.get((SCALE - 1).min(near.len().saturating_sub(1))).map_or(0.0, |n| n.1.sqrt())
    };
    let mut rows: Vec<Vec<(usize, f64)>> = vec![Vec::new(); nearest.len()];
    for (i, near) in nearest.iter().enumerate() {
        for &(j, square) in near {
            let width = scale(i) * scale(j);
            // Repeated patients have scale 0: they are one to each other, and nothing to anybody else.
            let weight = if width > 0.0 { (-square / width).exp() } else { f64::from(square <= 0.0) };
            rows[i].push((j, weight));
            rows[j].push((i, weight));
        }
    }
    for row in &mut rows {
        row.sort_unstable_by_key(|entry| entry.0);
        row.dedup_by_key(|entry| entry.0);
    }
    Graph { rows }
}

/// Cuts a graph into `k` groups.
fn cut(graph: &Graph, k: usize, seed: u64) -> Result<Partition, MethodError> {
    let scale: Vec<f64> = graph.rows.iter().map(|row| root_inverse(row.iter().map(|entry| entry.1).sum())).collect();
    let apply = |block: ArrayView2<'_, f64>| {
        let mut product = Array2::zeros(block.dim());
        product.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
            for &(j, weight) in &graph.rows[i] {
                row.scaled_add(scale[i] * weight * scale[j], &block.row(j));
            }
        });
        product
    };
    embed_and_cut(largest(graph.rows.len(), k, apply).vectors, k, seed)
}

/// Cuts patients by a given symmetric affinity (n × n, at least 0; the diagonal counts) into `k` groups.
///
/// # Errors
/// When k does not fit the number of patients, or an affinity is negative or not finite.
pub fn of_affinity(affinity: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
    check(affinity, k, NAME)?;
    if let Some(((row, column), &value)) = affinity.indexed_iter().find(|(_, v)| **v < 0.0) {
        return Err(MethodError::Negative { row, column, value, method: NAME });
    }
    embed_and_cut(normalised_eigenpairs(affinity, k).vectors, k, seed)
}

/// The largest eigenvalues of D^(−1/2)·A·D^(−1/2): 1 minus those of the normalised Laplacian.
pub(super) fn normalised_eigenpairs(affinity: ArrayView2<'_, f64>, count: usize) -> crate::krylov::Eigenpairs {
    let scale: ndarray::Array1<f64> = affinity.sum_axis(Axis(1)).mapv(root_inverse);
    largest(affinity.nrows(), count, |block| {
        let scaled = &block * &scale.view().insert_axis(Axis(1));
        let mut product = Array2::zeros(block.dim());
        product.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
            row.assign(&(affinity.row(i).dot(&scaled) * scale[i]));
        });
        product
    })
}

/// Nobody's neighbour has no degree, and no part in the eigenvectors.
fn root_inverse(degree: f64) -> f64 {
    if degree > 0.0 { 1.0 / degree.sqrt() } else { 0.0 }
}

fn embed_and_cut(mut vectors: Array2<f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
    for mut row in vectors.axis_iter_mut(Axis(0)) {
        let length = row.dot(&row).sqrt();
        if length > 0.0 {
            row /= length;
        }
    }
    Ok(kmeans::best(vectors.view(), k, STARTS, seed)?.partition())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn two_rings_are_told_apart() {
        let rings = Array2::from_shape_fn((200, 2), |(i, axis)| {
            let (angle, radius) = (i as f64 * 0.0628, if i % 2 == 0 { 1.0 } else { 4.0 });
            radius * if axis == 0 { angle.cos() } else { angle.sin() }
        });
        let found = Spectral.partition(rings.view(), 2, 1).unwrap();
        assert!(found.labels().iter().enumerate().all(|(i, &l)| l == i % 2), "{:?}", found.labels());
    }

    #[test]
    fn rings_beyond_the_dense_limit_are_told_apart_as_well() {
        let rings = Array2::from_shape_fn((900, 2), |(i, axis)| {
            let (angle, radius) = (i as f64 * 0.014, [1.0, 3.0, 6.0][i % 3]);
            radius * if axis == 0 { angle.cos() } else { angle.sin() }
        });
        let found = Spectral.partition(rings.view(), 3, 1).unwrap();
        assert!(found.labels().iter().enumerate().all(|(i, &l)| l == i % 3));
    }

    #[test]
    fn a_given_affinity_is_cut_and_a_negative_one_refused() {
        let mut affinity =
            array![[1.0, 0.1, 0.9, 0.0], [0.1, 1.0, 0.0, 0.8], [0.9, 0.0, 1.0, 0.1], [0.0, 0.8, 0.1, 1.0]];
        assert_eq!(of_affinity(affinity.view(), 2, 1).unwrap().labels(), [0, 1, 0, 1]);
        affinity[[3, 2]] = -0.1;
        let refused = of_affinity(affinity.view(), 2, 1);
        assert!(matches!(refused, Err(MethodError::Negative { row: 3, column: 2, .. })));
    }

    #[test]
    fn more_patients_than_the_graph_can_compare_are_refused() {
        let x = Array2::zeros((MOST + 1, 1));
        let refused = Spectral.partition(x.view(), 2, 1);
        assert_eq!(refused, Err(MethodError::TooMany { patients: MOST + 1, most: MOST, method: NAME }));
    }
}
