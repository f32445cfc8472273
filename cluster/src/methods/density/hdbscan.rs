//! HDBSCAN (Campello, Moulavi and Sander 2013, doi 10.1007/978-3-642-37456-2_14): the tree of density levels, and the
//! groups in it that last longest. Time n²·p at worst, memory n·p: no n × n matrix is held.

use ndarray::ArrayView2;

use super::spanning::spanning_edges;
use super::{Density, at_least};
use crate::methods::hierarchical::{Merge, Tree};
use crate::methods::{MethodError, check};

/// Settings of HDBSCAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hdbscan {
    /// Patients a group needs, at least 2.
    pub least_size: usize,
    /// Patients, itself counted, within a patient's core distance; at least 1. Higher calls more patients noise.
    pub samples: usize,
    /// Whether all patients may form one group.
    pub single: bool,
}

impl Default for Hdbscan {
    fn default() -> Self {
        Self { least_size: 10, samples: 10, single: false }
    }
}

/// Groups by excess of mass in the density tree, on Euclidean distance.
///
/// # Errors
/// When there is no patient, a value is not finite, or a setting is out of its range.
pub fn hdbscan(x: ArrayView2<'_, f64>, settings: &Hdbscan) -> Result<Density, MethodError> {
    check(x, 1, "hdbscan")?;
    at_least("least_size", settings.least_size, 2)?;
    at_least("samples", settings.samples, 1)?;
    let tree = single_linkage(x.nrows(), spanning_edges(x, settings.samples));
    let levels = Levels::new(&tree, settings.least_size);
    let chosen = levels.longest_lasting(settings.single);
    Ok(Density::new(levels.home.iter().map(|&level| chosen[level])))
}

/// The tree that joins patients along the edges, shortest first.
fn single_linkage(n: usize, mut edges: Vec<(usize, usize, f64)>) -> Tree {
    edges.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut parent: Vec<usize> = (0..n + edges.len()).collect();
    let mut size = vec![1; n];
    let mut merges = Vec::with_capacity(edges.len());
    for (a, b, height) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        let joined = n + merges.len();
        (parent[a], parent[b]) = (joined, joined);
        size.push(size[a] + size[b]);
        merges.push(Merge { first: a.min(b), second: a.max(b), height, size: size[joined] });
    }
    Tree { patients: n, merges }
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

/// The condensed tree: groups of at least the least size, each with how long it lasts. Group 0 is everybody; the
/// number of a group is above that of the group it was split from.
struct Levels {
    /// Group from which each split off.
    parent: Vec<usize>,
    /// Sum over members of the density at which they leave, less that at which the group began.
    stability: Vec<f64>,
    /// The smallest group that each patient was in.
    home: Vec<usize>,
}

impl Levels {
    fn new(tree: &Tree, least: usize) -> Self {
        let n = tree.patients;
        let size = |node: usize| node.checked_sub(n).map_or(1, |m| tree.merges[m].size);
        let (mut parent, mut born, mut stability) = (vec![0], vec![0.0], vec![0.0]);
        let mut home = vec![0; n + tree.merges.len()];
        for (m, merge) in tree.merges.iter().enumerate().rev() {
            let group = home[n + m];
            let parts = [merge.first, merge.second];
            // Below the least size the members have left already.
            let counts = merge.size >= least;
            // Repeated patients join at 0; an infinite density could not be subtracted.
            let density = 1.0 / merge.height.max(1e-300);
            let split = parts.iter().all(|&part| size(part) >= least);
            for part in parts {
                home[part] = group;
                if counts && (split || size(part) < least) {
                    stability[group] += (density - born[group]) * size(part) as f64;
                }
                if split {
                    home[part] = parent.len();
                    parent.push(group);
                    born.push(density);
                    stability.push(0.0);
                }
            }
        }
        home.truncate(n);
        Self { parent, stability, home }
    }

    /// For each group the chosen group it belongs to, if any: a group is chosen unless the groups within it last
    /// longer together.
    fn longest_lasting(&self, single: bool) -> Vec<Option<usize>> {
        let mut within = vec![0.0; self.parent.len()];
        let mut kept = vec![false; self.parent.len()];
        for group in (0..self.parent.len()).rev() {
            kept[group] = within[group] <= self.stability[group] && (group > 0 || single);
            if group > 0 {
                within[self.parent[group]] += within[group].max(self.stability[group]);
            }
        }
        let mut chosen: Vec<Option<usize>> = Vec::with_capacity(kept.len());
        for (group, &kept) in kept.iter().enumerate() {
            let above = if group > 0 { chosen[self.parent[group]] } else { None };
            chosen.push(above.or(kept.then_some(group)));
        }
        chosen
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    const SMALL: Hdbscan = Hdbscan { least_size: 3, samples: 2, single: false };

    #[test]
    fn groups_of_different_density_are_found_and_a_stray_is_noise() {
        let x = array![[0.0], [0.1], [0.2], [0.3], [10.0], [12.0], [14.0], [16.0], [500.0]];
        let found = hdbscan(x.view(), &SMALL).unwrap();
        let (a, b) = (Some(0), Some(1));
        assert_eq!(found.labels, [a, a, a, a, b, b, b, b, None]);
    }

    #[test]
    fn one_cloud_is_noise_unless_a_single_group_may_be() {
        let x = array![[0.0], [1.0], [2.1], [3.3]];
        assert_eq!(hdbscan(x.view(), &SMALL).unwrap().groups, 0);
        assert_eq!(hdbscan(x.view(), &Hdbscan { single: true, ..SMALL }).unwrap().groups, 1);
    }

    #[test]
    fn repeated_patients_do_not_upset_the_densities() {
        let x = Array2::from_shape_fn((12, 2), |(i, _)| if i < 6 { 0.0 } else { 5.0 });
        let found = hdbscan(x.view(), &SMALL).unwrap();
        assert_eq!(found.groups, 2);
        assert!(found.labels.iter().enumerate().all(|(i, l)| *l == Some(i / 6)));
    }

    #[test]
    fn one_patient_is_noise_and_settings_out_of_range_are_refused() {
        let x = array![[1.0, 2.0]];
        assert_eq!(hdbscan(x.view(), &SMALL).unwrap().labels, [None]);
        let refused = hdbscan(x.view(), &Hdbscan { least_size: 1, ..SMALL });
        assert!(matches!(refused, Err(MethodError::Setting { name: "least_size", .. })));
    }
}
