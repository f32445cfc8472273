//! Gradient boosting of regression trees with squared loss (Friedman 2001, doi 10.1214/aos/1013203451), each tree on a
//! random part of the patients (Friedman 2002) and each split on a random part of the features.

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::{Explained, shapley};
use crate::random;

/// How trees grow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// Trees.
    pub rounds: usize,
    /// Splits between root and leaf, at most.
    pub depth: usize,
    /// Share of each tree's answer that is added.
    pub rate: f64,
    /// Share of the patients that a tree sees.
    pub patients: f64,
    /// Share of the features that a split chooses from.
    pub features: f64,
    /// Fewest patients of a leaf.
    pub leaf: usize,
}

impl Default for Growth {
    fn default() -> Self {
        Self { rounds: 150, depth: 4, rate: 0.05, patients: 0.6, features: 0.4, leaf: 10 }
    }
}

/// The fitted trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boosted {
    base: f64,
    rate: f64,
    trees: Vec<Vec<Node>>,
}

/// A node of a tree; the first is the root, children come after their parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Node {
    /// Patients at or below the threshold go to the first child.
    Split { feature: usize, threshold: f64, children: (usize, usize), patients: f64 },
    /// What the tree answers.
    Leaf { value: f64, patients: f64 },
}

/// Quantiles between which a split is looked for.
const BINS: usize = 48;

impl Boosted {
    /// Fits; `None` without patients or features.
    pub fn fit(x: ArrayView2<'_, f64>, y: &[f64], growth: &Growth, seed: u64) -> Option<Self> {
        let (n, p) = x.dim();
        if n == 0 || p == 0 || n != y.len() {
            return None;
        }
        let base = y.iter().sum::<f64>() / n as f64;
        let binned = Binned::of(x);
        let mut left: Vec<f64> = y.iter().map(|v| v - base).collect();
        let mut trees = Vec::with_capacity(growth.rounds);
        let per_tree = ((n as f64 * growth.patients).round() as usize).clamp(1, n);
        for round in 0..growth.rounds {
            let mut generator = random::stream(seed, &[round as u64]);
            let rows = random::sample(n, per_tree, &mut generator);
            let tree = Growing { binned: &binned, left: &left, growth, generator, nodes: Vec::new() }.tree(rows);
            for (i, rest) in left.iter_mut().enumerate() {
                *rest -= growth.rate * answer(&tree, x.row(i));
            }
            trees.push(tree);
        }
        Some(Self { base, rate: growth.rate, trees })
    }

    /// The prediction for one patient.
    pub fn predict(&self, patient: ArrayView1<'_, f64>) -> f64 {
        self.predict_after(patient, self.trees.len())
    }

    /// The prediction of the first trees alone.
    pub fn predict_after(&self, patient: ArrayView1<'_, f64>, rounds: usize) -> f64 {
        let sum: f64 = self.trees.iter().take(rounds).map(|tree| answer(tree, patient)).sum();
        self.base + self.rate * sum
    }

    /// The prediction with the Shapley value of each feature.
    pub fn explain(&self, patient: ArrayView1<'_, f64>) -> Explained {
        let mut found = Explained { base: self.base, contributions: vec![0.0; patient.len()] };
        for tree in &self.trees {
            found.base += self.rate * shapley::add(tree, patient, self.rate, &mut found.contributions);
        }
        found
    }

    pub(super) fn is_sound(&self, features: usize) -> bool {
        let sound = |(i, node): (usize, &Node), size: usize| match node {
            // children after their parent: no walk runs in a circle
            Node::Split { feature, threshold, children: (a, b), patients } => {
                *feature < features
                    && threshold.is_finite()
                    && *a > i
                    && *b > i
                    && *a < size
                    && *b < size
                    && *patients > 0.0
            }
            Node::Leaf { value, patients } => value.is_finite() && *patients > 0.0,
        };
        let tree = |t: &Vec<Node>| !t.is_empty() && t.iter().enumerate().all(|n| sound(n, t.len()));
        self.base.is_finite() && self.rate.is_finite() && self.trees.iter().all(tree)
    }
}

fn answer(tree: &[Node], patient: ArrayView1<'_, f64>) -> f64 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            None => return 0.0,
            Some(Node::Leaf { value, .. }) => return *value,
            Some(Node::Split { feature, threshold, children, .. }) => {
                let value = patient.get(*feature).copied().unwrap_or_default();
                at = if value <= *threshold { children.0 } else { children.1 };
            }
        }
    }
}

/// Features cut at their quantiles: bin of each patient, and the threshold above each bin.
struct Binned {
    bins: Vec<Vec<u8>>,
    thresholds: Vec<Vec<f64>>,
}

impl Binned {
    fn of(x: ArrayView2<'_, f64>) -> Self {
        let mut binned = Self { bins: Vec::new(), thresholds: Vec::new() };
        for column in x.columns() {
            let mut sorted = column.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted.dedup();
            let cuts = sorted.len().saturating_sub(1).min(BINS - 1);
            let thresholds: Vec<f64> = (1..=cuts)
                .filter_map(|c| {
                    let at = c * (sorted.len() - 1) / (cuts + 1).max(2);
                    let at = if cuts == sorted.len() - 1 { c - 1 } else { at };
                    Some(f64::midpoint(*sorted.get(at)?, *sorted.get(at + 1)?))
                })
                .collect();
            let bin = |v: &f64| thresholds.partition_point(|t| t < v) as u8;
            binned.bins.push(column.iter().map(bin).collect());
            binned.thresholds.push(thresholds);
        }
        binned
    }
}

struct Growing<'a, R> {
    binned: &'a Binned,
    left: &'a [f64],
    growth: &'a Growth,
    generator: R,
    nodes: Vec<Node>,
}

/// A split: feature, bin and how much squared error it saves.
struct Split {
    feature: usize,
    bin: u8,
    gain: f64,
}

impl<R: rand::Rng> Growing<'_, R> {
    fn tree(mut self, rows: Vec<usize>) -> Vec<Node> {
        let mut waiting = vec![(0, rows, 0)];
        self.nodes.push(Node::Leaf { value: 0.0, patients: 1.0 });
        while let Some((place, rows, depth)) = waiting.pop() {
            let sum: f64 = rows.iter().map(|&i| self.left[i]).sum();
            let split = if depth < self.growth.depth { self.split(&rows, sum) } else { None };
            let Some(Split { feature, bin, .. }) = split else {
                let patients = rows.len().max(1) as f64;
                self.nodes[place] = Node::Leaf { value: sum / patients, patients };
                continue;
            };
            let bins = &self.binned.bins[feature];
            let patients = rows.len() as f64;
            let (low, high): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|&i| bins[i] <= bin);
            let first = self.nodes.len();
            let filler = Node::Leaf { value: 0.0, patients: 1.0 };
            self.nodes.extend([filler.clone(), filler]);
            let threshold = self.binned.thresholds[feature][usize::from(bin)];
            self.nodes[place] = Node::Split { feature, threshold, children: (first, first + 1), patients };
            waiting.extend([(first, low, depth + 1), (first + 1, high, depth + 1)]);
        }
        self.nodes
    }

    /// The best split of the features drawn; none where no split leaves enough patients on both sides.
    fn split(&mut self, rows: &[usize], sum: f64) -> Option<Split> {
        if rows.len() < 2 * self.growth.leaf {
            return None;
        }
        let p = self.binned.bins.len();
        let drawn = ((p as f64 * self.growth.features).ceil() as usize).clamp(1, p);
        let features = random::sample(p, drawn, &mut self.generator);
        let total = rows.len() as f64;
        let mut best: Option<Split> = None;
        for feature in features {
            let count = self.binned.thresholds[feature].len() + 1;
            let (mut sums, mut counts) = ([0.0_f64; BINS], [0.0_f64; BINS]);
            let bins = &self.binned.bins[feature];
            for &i in rows {
                let bin = usize::from(bins[i]);
                sums[bin] += self.left[i];
                counts[bin] += 1.0;
            }
            let (mut low, mut below) = (0.0, 0.0);
            for bin in 0..count.saturating_sub(1) {
                low += sums[bin];
                below += counts[bin];
                let above = total - below;
                if below < self.growth.leaf as f64 || above < self.growth.leaf as f64 {
                    continue;
                }
                let gain = low * low / below + (sum - low) * (sum - low) / above - sum * sum / total;
                if gain > best.as_ref().map_or(1e-9, |b| b.gain) {
                    best = Some(Split { feature, bin: bin as u8, gain });
                }
            }
        }
        best
    }
}
