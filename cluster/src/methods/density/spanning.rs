//! The minimum spanning tree of mutual reachability by Prim's algorithm (Prim 1957), distances computed as they are
//! needed.

use ndarray::{Array2, ArrayView2};

use crate::distance::{below, squared};
use crate::neighbours::Rows;

/// A patient not yet in the tree.
#[derive(Clone, Copy)]
struct Outside {
    patient: usize,
    /// Squared core distance.
    core: f64,
    /// Squared mutual reachability to the nearest patient in the tree.
    key: f64,
    /// That patient.
    from: usize,
}

/// The n − 1 edges (patient, patient, mutual reachability). The mutual reachability of two patients is the largest of
/// their distance and both core distances, a core distance reaching `samples` patients, oneself counted.
pub(super) fn spanning_edges(x: ArrayView2<'_, f64>, samples: usize) -> Vec<(usize, usize, f64)> {
    let rows: Array2<f64> = x.as_standard_layout().to_owned();
    let cores = squared_core_distances(&rows, samples);
    let mut edges = Vec::with_capacity(cores.len().saturating_sub(1));
    let mut outside: Vec<Outside> = cores
        .iter()
        .enumerate()
        .skip(1)
        .map(|(patient, &core)| Outside { patient, core, key: f64::INFINITY, from: 0 })
        .collect();
    let mut now = 0;
    while !outside.is_empty() {
        let (row, core) = (rows.row(now), cores[now]);
        let mut next = 0;
        let mut least = f64::INFINITY;
        for (position, other) in outside.iter_mut().enumerate() {
            // A key never falls below either core distance: most patients need no look at their features.
            let bound = core.max(other.core);
            if bound < other.key
                && let Some(distance) = below(row, rows.row(other.patient), other.key)
            {
                (other.key, other.from) = (bound.max(distance), now);
            }
            if other.key < least {
                (next, least) = (position, other.key);
            }
        }
        let joined = outside.swap_remove(next);
        edges.push((joined.from, joined.patient, joined.key.sqrt()));
        now = joined.patient;
    }
    edges
}

fn squared_core_distances(rows: &Array2<f64>, samples: usize) -> Vec<f64> {
    let count = samples.saturating_sub(1).min(rows.nrows().saturating_sub(1));
    let nearest = Rows::new(rows.view()).nearest(count);
    nearest
        .iter()
        .enumerate()
        .map(|(i, near)| near.last().map_or(0.0, |&(j, _)| squared(rows.row(i), rows.row(j))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::{Metric, square};

    /// Kruskal's algorithm on all pairs, as a slow and obvious second way.
    fn total_by_kruskal(x: ArrayView2<'_, f64>, samples: usize) -> f64 {
        let distances = square(x, Metric::Euclidean);
        let core = |i: usize| {
            let mut row = distances.row(i).to_vec();
            row.sort_by(f64::total_cmp);
            row[samples - 1]
        };
        let n = x.nrows();
        let mut pairs: Vec<(f64, usize, usize)> = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| (distances[[i, j]].max(core(i)).max(core(j)), i, j))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut group: Vec<usize> = (0..n).collect();
        let mut total = 0.0;
        for (weight, i, j) in pairs {
            let (a, b) = (group[i], group[j]);
            if a != b {
                total += weight;
                group.iter_mut().filter(|g| **g == a).for_each(|g| *g = b);
            }
        }
        total
    }

    #[test]
    fn the_tree_weighs_as_much_as_kruskals() {
        let x = Array2::from_shape_fn((60, 20), |(i, j)| ((i * i * 7 + j * 13 * (i + 1)) % 101) as f64);
        for samples in [1, 2, 5] {
            let found: f64 = spanning_edges(x.view(), samples).iter().map(|e| e.2).sum();
            let known = total_by_kruskal(x.view(), samples);
            assert!((found - known).abs() < 1e-9 * known, "{samples}: {found}, known {known}");
        }
    }
}
