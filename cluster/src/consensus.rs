//! Consensus of many partitions of resampled patients (Monti et al. 2003, doi 10.1023/A:1023949509487).

use ndarray::Array2;

use crate::methods::hierarchical::{Linkage, Tree, tree};
use crate::partition::Partition;

/// One partition of some of the patients.
#[derive(Clone, Debug)]
pub struct Draw {
    /// Which patients were drawn, rising.
    pub patients: Vec<usize>,
    /// Their groups, in the same order.
    pub partition: Partition,
}

/// How often two patients were drawn together, and how often they then fell into one group.
#[derive(Clone, Debug)]
pub struct CoAssociation {
    together: Array2<f32>,
    drawn: Array2<f32>,
}

impl CoAssociation {
    /// Nothing counted yet, for `n` patients.
    pub fn new(n: usize) -> Self {
        Self { together: Array2::zeros((n, n)), drawn: Array2::zeros((n, n)) }
    }

    /// Counts one draw.
    pub fn add(&mut self, draw: &Draw) {
        let labels = draw.partition.labels();
        for (a, &i) in draw.patients.iter().enumerate() {
            for (b, &j) in draw.patients.iter().enumerate() {
                self.drawn[[i, j]] += 1.0;
                if labels[a] == labels[b] {
                    self.together[[i, j]] += 1.0;
                }
            }
        }
    }

    /// Share of the shared draws in which two patients fell into one group, 0 to 1; 0 where they were never drawn
    /// together, 1 on the diagonal.
    pub fn matrix(&self) -> Array2<f64> {
        let mut matrix = Array2::zeros(self.drawn.dim());
        for ((i, j), value) in matrix.indexed_iter_mut() {
            let drawn = f64::from(self.drawn[[i, j]]);
            *value = if i == j {
                1.0
            } else if drawn > 0.0 {
                f64::from(self.together[[i, j]]) / drawn
            } else {
                0.0
            };
        }
        matrix
    }
}

/// Draws of one kind of evidence: the patients of each, rising, and their partition.
pub type Draws<'a> = Vec<(&'a [usize], &'a Partition)>;

/// How often each pair of patients was drawn together, for one kind of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Above the diagonal.
    drawn: Array2<u32>,
}

impl Evidence {
    /// Counts the patients of each draw (rising), of `n`.
    pub fn new<'a>(n: usize, draws: impl Iterator<Item = &'a [usize]>) -> Self {
        let mut drawn = Array2::zeros((n, n));
        draws.for_each(|patients| count(&mut drawn, patients));
        Self { drawn }
    }

    /// Consensus of `n` patients at one number of groups: the share of the draws of a pair in which both fell into one
    /// group, averaged over the kinds of evidence that drew it; 0 where none did, 1 on the diagonal.
    pub fn consensus(n: usize, kinds: &[(&Self, Draws<'_>)]) -> Array2<f64> {
        let mut sums = Array2::<f64>::zeros((n, n));
        for (evidence, draws) in kinds {
            let mut together = Array2::<u32>::zeros((n, n));
            for (patients, partition) in draws {
                let mut groups = vec![Vec::new(); partition.groups()];
                for (&patient, &label) in patients.iter().zip(partition.labels()) {
                    groups[label].push(patient);
                }
                groups.iter().for_each(|group| count(&mut together, group));
            }
            ndarray::Zip::from(&mut sums).and(&together).and(&evidence.drawn).for_each(|sum, &t, &d| {
                if d > 0 {
                    *sum += f64::from(t) / f64::from(d);
                }
            });
        }
        let known = |at: [usize; 2]| kinds.iter().filter(|(e, _)| e.drawn[at] > 0).count().max(1) as f64;
        Array2::from_shape_fn((n, n), |(i, j)| {
            let at = [i.min(j), i.max(j)];
            if i == j { 1.0 } else { sums[at] / known(at) }
        })
    }
}

/// Adds one to each pair of these patients, which rise.
fn count(pairs: &mut Array2<u32>, patients: &[usize]) {
    for (a, &i) in patients.iter().enumerate() {
        let mut row = pairs.row_mut(i);
        for &j in &patients[a + 1..] {
            row[j] += 1;
        }
    }
}

/// The tree of a consensus matrix: average linkage on 1 − consensus.
pub fn consensus_tree(matrix: &Array2<f64>) -> Tree {
    let n = matrix.nrows();
    let distances = (0..n).flat_map(|i| (i + 1..n).map(move |j| 1.0 - matrix[[i, j]])).collect();
    tree(distances, n, Linkage::Average)
}

/// Entries below the diagonal, rising.
fn pairs(matrix: &Array2<f64>) -> Vec<f64> {
    let n = matrix.nrows();
    let mut values: Vec<f64> = (0..n).flat_map(|i| (0..i).map(move |j| matrix[[i, j]])).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Share of pairs with a consensus of at most each of 0, 0.01, … 1.
pub fn cumulative(matrix: &Array2<f64>) -> Vec<f64> {
    let values = pairs(matrix);
    (0..=100)
        .map(|i| {
            let limit = f64::from(i) / 100.0;
            values.partition_point(|&v| v <= limit) as f64 / values.len().max(1) as f64
        })
        .collect()
}

/// Share of ambiguously clustered pairs: consensus above `low` and at most `high` (Șenbabaoğlu et al. 2014,
/// doi 10.1038/srep06207; usual bounds 0.1 and 0.9).
pub fn ambiguous_share(matrix: &Array2<f64>, low: f64, high: f64) -> f64 {
    let values = pairs(matrix);
    let below = |limit: f64| values.partition_point(|&v| v <= limit) as f64;
    (below(high) - below(low)) / values.len().max(1) as f64
}

/// Area under the cumulative distribution, summed over its steps (Monti et al. 2003).
pub fn area(matrix: &Array2<f64>) -> f64 {
    let values = pairs(matrix);
    let n = values.len() as f64;
    let mut sum = 0.0;
    for i in 1..values.len() {
        let reached = values.partition_point(|&v| v <= values[i]) as f64 / n;
        sum += (values[i] - values[i - 1]) * reached;
    }
    sum
}

/// Gain in area at each k: the first area itself, then the relative rises.
pub fn delta_areas(areas: &[f64]) -> Vec<f64> {
    (0..areas.len()).map(|i| if i == 0 { areas[0] } else { (areas[i] - areas[i - 1]) / areas[i - 1] }).collect()
}

/// 1 for consensus of 0 and 1 only, 0 where all is one half (Kim and Park 2007, doi 10.1093/bioinformatics/btm134).
pub fn dispersion(matrix: &Array2<f64>) -> f64 {
    let n = matrix.len().max(1) as f64;
    matrix.iter().map(|v| 4.0 * (v - 0.5) * (v - 0.5)).sum::<f64>() / n
}

/// Mean consensus of the pairs within each group; NaN for a group of one.
pub fn cluster_consensus(matrix: &Array2<f64>, partition: &Partition) -> Vec<f64> {
    let mut sums = vec![0.0; partition.groups()];
    let labels = partition.labels();
    for i in 0..labels.len() {
        for j in 0..i {
            if labels[i] == labels[j] {
                sums[labels[i]] += matrix[[i, j]];
            }
        }
    }
    let pairs = |size: usize| (size * size.saturating_sub(1) / 2) as f64;
    sums.iter().zip(partition.sizes()).map(|(sum, size)| sum / pairs(size)).collect()
}

/// Mean consensus of each patient with the members of each group, itself left out: patients × groups; NaN for a
/// patient with its own group of one.
pub fn item_consensus(matrix: &Array2<f64>, partition: &Partition) -> Array2<f64> {
    let labels = partition.labels();
    let sizes = partition.sizes();
    let mut sums = Array2::zeros((labels.len(), partition.groups()));
    for ((i, j), value) in matrix.indexed_iter() {
        if i != j {
            sums[[i, labels[j]]] += value;
        }
    }
    for ((i, g), sum) in sums.indexed_iter_mut() {
        *sum /= (sizes[g] - usize::from(labels[i] == g)) as f64;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_never_drawn_together_count_as_apart() {
        let mut counted = CoAssociation::new(3);
        counted.add(&Draw { patients: vec![0, 1], partition: Partition::new([0, 0]) });
        counted.add(&Draw { patients: vec![0, 1], partition: Partition::new([0, 1]) });
        let matrix = counted.matrix();
        assert_eq!((matrix[[0, 1]], matrix[[0, 2]], matrix[[2, 2]]), (0.5, 0.0, 1.0));
    }

    #[test]
    fn evidence_counts_as_pair_by_pair() {
        let draws = [
            (vec![0, 1, 3], Partition::new([0, 0, 1])),
            (vec![0, 2, 3], Partition::new([0, 1, 1])),
            (vec![1, 2, 3], Partition::new([0, 1, 1])),
        ];
        let evidence = Evidence::new(4, draws.iter().map(|d| d.0.as_slice()));
        let found = Evidence::consensus(4, &[(&evidence, draws.iter().map(|d| (d.0.as_slice(), &d.1)).collect())]);
        let mut slow = CoAssociation::new(4);
        for (patients, partition) in draws {
            slow.add(&Draw { patients, partition });
        }
        assert_eq!(found, slow.matrix());
    }
}
