//! Agglomerative clustering (Müllner 2011, arXiv 1109.2378, by kodama) and cuts of its tree.

use ndarray::ArrayView2;

use super::{Method, MethodError, check};
use crate::distance::{Metric, condensed};
use crate::partition::Partition;

pub use kodama::Method as Linkage;

/// The distances of so many patients are 3.2 GB.
const MOST: usize = 28_000;

/// Agglomeration with one linkage on one distance.
#[derive(Clone, Copy, Debug)]
pub struct Hierarchical {
    name: &'static str,
    about: &'static str,
    linkage: Linkage,
    metric: Metric,
}

/// Ward's criterion (Ward 1963) on Euclidean distance.
pub const WARD: Hierarchical = Hierarchical {
    name: "ward",
    about: "tree of least rise in within-group variance, Euclidean",
    linkage: Linkage::Ward,
    metric: Metric::Euclidean,
};
/// Average linkage on 1 − Pearson's correlation.
pub const AVERAGE: Hierarchical = Hierarchical {
    name: "average",
    about: "tree by average distance, 1 - correlation",
    linkage: Linkage::Average,
    metric: Metric::Pearson,
};
/// Complete linkage on 1 − Pearson's correlation.
pub const COMPLETE: Hierarchical = Hierarchical {
    name: "complete",
    about: "tree by greatest distance, 1 - correlation",
    linkage: Linkage::Complete,
    metric: Metric::Pearson,
};

impl Method for Hierarchical {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn most_patients(&self) -> usize {
        MOST
    }

    fn turns_freely(&self) -> bool {
        self.metric == Metric::Euclidean
    }

    fn by_tree(&self) -> Option<&Hierarchical> {
        Some(self)
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, _seed: u64) -> Result<Partition, MethodError> {
        check(x, k, self.name)?;
        if x.nrows() > MOST {
            return Err(MethodError::TooMany { patients: x.nrows(), most: MOST, method: self.name });
        }
        Ok(of_patients(x, self.metric, self.linkage).cut(k))
    }
}

impl Hierarchical {
    /// The distance that the tree is made of.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// The tree of `n` patients by their condensed distances in that metric.
    pub fn tree(&self, distances: Vec<f64>, n: usize) -> Tree {
        tree(distances, n, self.linkage)
    }
}

/// One merge: the two nodes joined (below `n` a patient, else `n` + the number of an earlier merge), and the height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// The lower node.
    pub first: usize,
    /// The higher node.
    pub second: usize,
    /// Dissimilarity at which they join.
    pub height: f64,
    /// Patients below.
    pub size: usize,
}

/// The merges of `patients`, from the lowest height up: `patients − 1` of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Patients at the leaves.
    pub patients: usize,
    /// The merges.
    pub merges: Vec<Merge>,
}

/// Agglomerates patients by their features, `x` being patients × features.
pub fn of_patients(x: ArrayView2<'_, f64>, metric: Metric, linkage: Linkage) -> Tree {
    tree(condensed(x, metric), x.nrows(), linkage)
}

/// Agglomerates `n` patients by their condensed distances.
pub fn tree(mut distances: Vec<f64>, n: usize, linkage: Linkage) -> Tree {
    if n < 2 {
        return Tree { patients: n, merges: Vec::new() };
    }
    let dendrogram = kodama::linkage(&mut distances, n, linkage);
    let merges = dendrogram
        .steps()
        .iter()
        .map(|s| Merge { first: s.cluster1, second: s.cluster2, height: s.dissimilarity, size: s.size })
        .collect();
    Tree { patients: n, merges }
}

impl Tree {
    /// The partition into `k` groups (at least 1, at most one a patient): all merges but the last `k − 1`.
    pub fn cut(&self, k: usize) -> Partition {
        let kept = self.patients.saturating_sub(k.max(1));
        let mut parent: Vec<usize> = (0..self.patients + self.merges.len()).collect();
        for (i, merge) in self.merges.iter().take(kept).enumerate() {
            parent[merge.first] = self.patients + i;
            parent[merge.second] = self.patients + i;
        }
        // A node's parent has a higher number, so one pass from the top resolves every root.
        for node in (0..parent.len()).rev() {
            parent[node] = parent[parent[node]];
        }
        Partition::new(parent.into_iter().take(self.patients))
    }

    /// Correlation of the distances with the heights at which pairs join (Sokal and Rohlf 1962). `distances` are
    /// condensed. NaN where either does not vary.
    pub fn cophenetic_correlation(&self, distances: &[f64]) -> f64 {
        let n = self.patients;
        let mut members: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
        let mut joined = vec![0.0; distances.len()];
        for merge in &self.merges {
            let (first, second) =
                (std::mem::take(&mut members[merge.first]), std::mem::take(&mut members[merge.second]));
            for (&a, b) in first.iter().flat_map(|a| second.iter().map(move |b| (a, *b))) {
                let (i, j) = (a.min(b), a.max(b));
                joined[i * n - i * (i + 1) / 2 + j - i - 1] = merge.height;
            }
            members.push([first, second].concat());
        }
        1.0 - Metric::Pearson.between(distances.into(), ndarray::ArrayView1::from(&joined))
    }

    /// The order of leaves in which no two branches cross.
    pub fn order(&self) -> Vec<usize> {
        let mut stack = match self.merges.len() {
            0 => (0..self.patients).rev().collect(),
            merges => vec![self.patients + merges - 1],
        };
        let mut order = Vec::with_capacity(self.patients);
        while let Some(node) = stack.pop() {
            match node.checked_sub(self.patients) {
                None => order.push(node),
                Some(merge) => stack.extend([self.merges[merge].second, self.merges[merge].first]),
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_tree_is_cut_at_every_number_of_groups() {
        let x = array![[0.0], [1.0], [5.0], [7.0], [20.0]];
        let tree = tree(condensed(x.view(), Metric::Euclidean), 5, Linkage::Average);
        assert_eq!(tree.cut(1).groups(), 1);
        assert_eq!(tree.cut(2).labels(), [0, 0, 0, 0, 1]);
        assert_eq!(tree.cut(3).labels(), [0, 0, 1, 1, 2]);
        assert_eq!(tree.cut(5).groups(), 5);
        assert_eq!(tree.order().len(), 5);
    }
}
