//! Random forest (Breiman 2001, doi 10.1023/A:1010933404324): trees on bootstrap samples, each split the best of a few
//! features drawn for it, by Gini's impurity.

use ndarray::ArrayView1;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Classifier, Labelled};
use crate::random;

/// The fitted forest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    trees: Vec<Vec<Node>>,
    classes: usize,
}

/// A node of a tree; the first is the root, children come after their parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Node {
    /// Patients at or below the threshold go to the first child.
    Split { feature: usize, threshold: f64, children: (usize, usize) },
    /// The class of most of the patients that ended here.
    Leaf { class: usize },
}

/// Trees grown.
const TREES: usize = 200;

impl Classifier for Forest {
    fn strengths(_: Labelled<'_>) -> Vec<f64> {
        // Depth is bounded by purity alone: forests do not need it tuned.
        vec![TREES as f64]
    }

    fn fit(train: Labelled<'_>, strengths: &[f64], seed: u64) -> Vec<Self> {
        let grow = |&trees: &f64| {
            let numbers = 0..trees.max(1.0) as u64;
            let trees =
                numbers.into_par_iter().map(|t| Growing::new(train, random::stream(seed, &[t])).tree()).collect();
            Self { trees, classes: train.count }
        };
        strengths.iter().map(grow).collect()
    }

    fn scores(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        // Half a vote for each class: one that no tree chose is unlikely, not impossible.
        let mut votes = vec![0.5; self.classes];
        for class in self.trees.iter().filter_map(|tree| vote(tree, patient)) {
            if let Some(count) = votes.get_mut(class) {
                *count += 1.0;
            }
        }
        votes.into_iter().map(f64::ln).collect()
    }

    fn is_sound(&self, features: usize, classes: usize) -> bool {
        let sound = |(i, node): (usize, &Node), size: usize| match node {
            // Children after their parent: no walk runs in a circle.
            Node::Split { feature, children: (a, b), .. } => {
                *feature < features && *a > i && *b > i && *a < size && *b < size
            }
            Node::Leaf { class } => *class < classes,
        };
        self.classes == classes && self.trees.iter().all(|t| t.iter().enumerate().all(|n| sound(n, t.len())))
    }
}

fn vote(tree: &[Node], patient: ArrayView1<'_, f64>) -> Option<usize> {
    let mut at = 0;
    loop {
        match tree.get(at)? {
            Node::Leaf { class } => return Some(*class),
            Node::Split { feature, threshold, children } => {
                let value = patient.get(*feature).copied().filter(|v| !v.is_nan()).unwrap_or(0.0);
                at = if value <= *threshold { children.0 } else { children.1 };
            }
        }
    }
}

/// One tree on its bootstrap sample.
struct Growing<'a, R> {
    train: Labelled<'a>,
    sample: Vec<usize>,
    generator: R,
    nodes: Vec<Node>,
}

/// A split and how much impurity it leaves, in patients.
struct Split {
    feature: usize,
    threshold: f64,
    impurity: f64,
}

impl<'a, R: Rng> Growing<'a, R> {
    fn new(train: Labelled<'a>, mut generator: R) -> Self {
        let n = train.classes.len();
        let sample = (0..n).map(|_| generator.gen_range(0..n)).collect();
        Self { train, sample, generator, nodes: Vec::new() }
    }

    fn tree(mut self) -> Vec<Node> {
        // Nodes to grow, each with its patients; a stack, so depth costs no recursion.
        let mut waiting = vec![(0, std::mem::take(&mut self.sample))];
        self.nodes.push(Node::Leaf { class: 0 });
        while let Some((place, patients)) = waiting.pop() {
            let counts = self.counts(&patients);
            let pure = counts.iter().filter(|c| **c > 0.0).count() < 2;
            let split = if pure { None } else { self.split(&patients, &counts) };
            let Some(split) = split else {
                let most = (0..counts.len()).max_by(|&a, &b| counts[a].total_cmp(&counts[b]).then(b.cmp(&a)));
                self.nodes[place] = Node::Leaf { class: most.unwrap_or(0) };
                continue;
            };
            let column = self.train.x.column(split.feature);
            let (low, high): (Vec<usize>, Vec<usize>) = patients.iter().partition(|&&i| column[i] <= split.threshold);
            let first = self.nodes.len();
            self.nodes.extend([Node::Leaf { class: 0 }, Node::Leaf { class: 0 }]);
            let children = (first, first + 1);
            self.nodes[place] = Node::Split { feature: split.feature, threshold: split.threshold, children };
            waiting.extend([(first, low), (first + 1, high)]);
        }
        self.nodes
    }

    fn counts(&self, patients: &[usize]) -> Vec<f64> {
        let mut counts = vec![0.0; self.train.count];
        for &i in patients {
            counts[self.train.classes[i]] += 1.0;
        }
        counts
    }

    /// The best of √p features drawn; none where none of them parts the patients.
    fn split(&mut self, patients: &[usize], counts: &[f64]) -> Option<Split> {
        let p = self.train.x.ncols();
        let drawn = random::sample(p, (p as f64).sqrt().ceil() as usize, &mut self.generator);
        let mut best: Option<Split> = None;
        for feature in drawn {
            let found = self.best_threshold(feature, patients, counts);
            if let Some(found) = found.filter(|f| best.as_ref().is_none_or(|b| f.impurity < b.impurity)) {
                best = Some(found);
            }
        }
        best
    }

    fn best_threshold(&self, feature: usize, patients: &[usize], counts: &[f64]) -> Option<Split> {
        let column = self.train.x.column(feature);
        let mut order = patients.to_vec();
        order.sort_by(|&a, &b| column[a].total_cmp(&column[b]).then(a.cmp(&b)));
        let (mut low, mut high) = (vec![0.0; counts.len()], counts.to_vec());
        let mut best: Option<Split> = None;
        for pair in order.windows(2) {
            let class = self.train.classes[pair[0]];
            low[class] += 1.0;
            high[class] -= 1.0;
            let (here, next) = (column[pair[0]], column[pair[1]]);
            if here < next {
                let impurity = gini(&low) + gini(&high);
                if best.as_ref().is_none_or(|b| impurity < b.impurity) {
                    // Between neighbouring numbers the middle may round up, and would part nobody.
                    let middle = f64::midpoint(here, next);
                    let threshold = if middle < next { middle } else { here };
                    best = Some(Split { feature, threshold, impurity });
                }
            }
        }
        best
    }
}

/// Patients times the chance that two drawn from among them differ in class.
fn gini(counts: &[f64]) -> f64 {
    let n: f64 = counts.iter().sum();
    if n == 0.0 { 0.0 } else { n - counts.iter().map(|c| c * c).sum::<f64>() / n }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn a_forest_learns_what_no_line_can() {
        // Class 1 where the two features have one sign.
        let mut generator = random::stream(9, &[]);
        let x = Array2::from_shape_fn((200, 2), |_| generator.gen_range(-1.0..1.0));
        let classes: Vec<usize> = x.rows().into_iter().map(|r| usize::from(r[0] * r[1] > 0.0)).collect();
        let train = Labelled { x: x.view(), classes: &classes, count: 2 };
        let forest = Forest::fit(train, &[50.0], 1).remove(0);
        for (patient, class) in [([0.5, 0.5], 1), ([-0.5, -0.5], 1), ([0.5, -0.5], 0), ([-0.5, 0.5], 0)] {
            let scores = forest.scores(ArrayView1::from(&patient));
            assert!(scores[class] > scores[1 - class], "{patient:?}: {scores:?}");
        }
        assert!(forest.is_sound(2, 2) && !forest.is_sound(1, 2) && !forest.is_sound(2, 3));
    }

    #[test]
    fn features_that_do_not_vary_make_a_leaf() {
        let x = array![[1.0], [1.0], [1.0]];
        let forest = Forest::fit(Labelled { x: x.view(), classes: &[0, 1, 1], count: 2 }, &[3.0], 1).remove(0);
        assert!(forest.trees.iter().all(|t| t.len() == 1));
    }
}
