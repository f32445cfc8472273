//! How far to trust a consensus, at every number of groups: of the whole matrix, of each group, of each patient.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use serde::Serialize;

use crate::consensus::{self, consensus_tree};
use crate::distance::{Metric, condensed};
use crate::gap::{self, Gap};
use crate::indices::silhouette_of;
use crate::methods::MethodError;
use crate::partition::Partition;
use crate::principal::principal;

/// Components on which the gap is computed: in more, every box of the same range is emptier than any cohort.
const COMPONENTS: usize = 10;
/// Data sets without groups that the gap compares with.
const REFERENCES: usize = 20;
/// Starts of k-means in each of them.
const STARTS: u64 = 3;
/// Mean Jaccard similarity from which a group counts as stable, and below which it is not to be trusted (Hennig 2007,
/// doi 10.1016/j.csda.2006.11.025; bounds as his clusterboot documents them).
pub const STABLE: f64 = 0.75;
/// See [`STABLE`].
pub const DOUBTFUL: f64 = 0.6;
/// Similarity up to which a group counts as dissolved in a resample (Hennig 2007).
const DISSOLVED: f64 = 0.5;

/// The consensus at one number of groups, and everything measured on it.
#[derive(Clone, Debug, Serialize)]
pub struct AtK {
    /// Number of groups.
    pub k: usize,
    /// Groups of the patients of the matrix, numbered by falling size.
    #[serde(skip)]
    pub partition: Partition,
    /// The consensus matrix, landmarks × landmarks; its patients are those of `Answer::landmarks`, in that order.
    #[serde(skip)]
    pub consensus: Array2<f64>,
    /// Share of pairs with a consensus of at most 0, 0.01, … 1.
    pub cumulative: Vec<f64>,
    /// Share of pairs with a consensus between 0.1 and 0.9 (PAC), 0 to 1; lower is better.
    pub ambiguous: f64,
    /// Area under the cumulative distribution.
    pub area: f64,
    /// Relative gain in area over the k before; the area itself at the first k.
    pub delta_area: f64,
    /// Dispersion coefficient, 0 to 1: 1 where all pairs are always or never together.
    pub dispersion: f64,
    /// Correlation of 1 − consensus with the heights of its average-linkage tree; 1 is best. NaN where either is constant.
    pub cophenetic: f64,
    /// Mean silhouette of the groups, −1 to 1, by the distance 1 − consensus.
    pub silhouette_consensus: f64,
    /// The same by Euclidean distance of the measurements, mean over modalities.
    pub silhouette_data: f64,
    /// The gap of k-means at this k, mean over modalities.
    pub gap: f64,
    /// Its standard error by simulation.
    pub gap_error: f64,
    /// Each group.
    pub clusters: Vec<Cluster>,
    /// Each patient.
    #[serde(skip)]
    pub items: Vec<Item>,
}

/// One group at one k.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cluster {
    /// Patients.
    pub size: usize,
    /// Mean consensus of its pairs, 0 to 1; NaN for a group of one.
    pub consensus: f64,
    /// Mean over the resamples of its Jaccard similarity with the most similar group, 0 to 1. NaN without resamples.
    pub jaccard: f64,
    /// Share of the resamples in which that was at most one half.
    pub dissolved: f64,
}

/// One patient at one k.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Mean consensus with the others of its group; NaN in a group of one.
    pub own: f64,
    /// The other group with which its mean consensus is highest; its own where there is one only.
    pub next: usize,
    /// Mean consensus with that group.
    pub other: f64,
    /// Silhouette by 1 − consensus.
    pub silhouette: f64,
}

/// The measurements that a consensus is held against.
#[derive(Debug)]
pub struct Background {
    tables: Vec<Measured>,
    /// At 1, 2, … groups; mean over the modalities.
    gaps: Vec<Gap>,
}

#[derive(Debug)]
struct Measured {
    patients: Vec<usize>,
    distances: Vec<f64>,
}

impl Background {
    /// Takes each modality's patients (as numbers in the cohort) and its values, patients × features. The gap is computed
    /// up to `most` groups, on the ten first principal components.
    ///
    /// # Errors
    /// When a value is not finite, or k does not fit.
    pub fn new(tables: &[(&[usize], ArrayView2<'_, f64>)], most: usize, seed: u64) -> Result<Self, MethodError> {
        let measured: Vec<(Measured, Vec<Gap>)> = tables
            .par_iter()
            .map(|&(patients, x)| {
                let scores = principal(x, COMPONENTS).scores;
                let gaps = gap::gap_statistic(scores.view(), most.min(x.nrows()), REFERENCES, STARTS, seed)?;
                Ok((Measured { patients: patients.to_vec(), distances: condensed(x, Metric::Euclidean) }, gaps))
            })
            .collect::<Result<_, MethodError>>()?;
        let (tables, gaps): (Vec<_>, Vec<_>) = measured.into_iter().unzip();
        let mean = |i: usize| {
            let here: Vec<Gap> = gaps.iter().filter_map(|g: &Vec<Gap>| g.get(i).copied()).collect();
            let of = |value: fn(&Gap) -> f64| here.iter().map(value).sum::<f64>() / here.len() as f64;
            Gap {
                k: i + 1,
                log_within: of(|g| g.log_within),
                gap: of(|g| g.gap),
                error: here.iter().map(|g| g.error * g.error).sum::<f64>().sqrt() / here.len() as f64,
            }
        };
        Ok(Self { tables, gaps: (0..gaps.iter().map(Vec::len).max().unwrap_or(0)).map(mean).collect() })
    }

    /// The number of groups by the rule of the gap statistic, 1 being possible.
    pub fn by_gap(&self) -> Option<usize> {
        gap::choose(&self.gaps)
    }

    /// Mean silhouette by the measurements; modalities count equally.
    fn silhouette(&self, partition: &Partition) -> f64 {
        let means = self.tables.iter().map(|t| {
            let here = Partition::new(t.patients.iter().map(|&i| partition.labels()[i]));
            mean(&silhouette_of(&t.distances, &here))
        });
        means.sum::<f64>() / self.tables.len() as f64
    }
}

/// Some of the patients, as numbers in the cohort, and their groups.
pub type Resample<'a> = (&'a [usize], &'a Partition);

/// Measures the consensus at one k. `draws` are resamples cut into k groups, for the similarity of each group to what
/// they find.
pub fn at_k<'a>(
    consensus: Array2<f64>,
    partition: &Partition,
    draws: impl Iterator<Item = Resample<'a>>,
    background: &Background,
) -> AtK {
    let partition = partition.by_size();
    let k = partition.groups();
    let n = partition.len();
    let distances: Vec<f64> =
        (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|at| 1.0 - consensus[at]).collect();
    let silhouettes = silhouette_of(&distances, &partition);
    let shares = consensus::item_consensus(&consensus, &partition);
    let items = (0..n)
        .map(|i| {
            let own = partition.labels()[i];
            let others = (0..k).filter(|&g| g != own);
            let next = others.max_by(|&a, &b| shares[[i, a]].total_cmp(&shares[[i, b]]).then(b.cmp(&a))).unwrap_or(own);
            let other = if next == own { 0.0 } else { shares[[i, next]] };
            Item { own: shares[[i, own]], next, other, silhouette: silhouettes[i] }
        })
        .collect();
    let similarity = Similarity::of(&partition, draws);
    let within = consensus::cluster_consensus(&consensus, &partition);
    let clusters = partition
        .sizes()
        .into_iter()
        .enumerate()
        .map(|(g, size)| Cluster {
            size,
            consensus: within[g],
            jaccard: similarity.sums[g] / similarity.counts[g],
            dissolved: similarity.dissolved[g] / similarity.counts[g],
        })
        .collect();
    let gap = background.gaps.iter().find(|g| g.k == k);
    let area = consensus::area(&consensus);
    AtK {
        k,
        cumulative: consensus::cumulative(&consensus),
        ambiguous: consensus::ambiguous_share(&consensus, 0.1, 0.9),
        area,
        delta_area: area,
        dispersion: consensus::dispersion(&consensus),
        cophenetic: consensus_tree(&consensus).cophenetic_correlation(&distances),
        silhouette_consensus: mean(&silhouettes),
        silhouette_data: background.silhouette(&partition),
        gap: gap.map_or(f64::NAN, |g| g.gap),
        gap_error: gap.map_or(f64::NAN, |g| g.error),
        clusters,
        items,
        partition,
        consensus,
    }
}

/// Sets the gains in area of consecutive k.
pub fn set_gains(rows: &mut [AtK]) {
    let areas: Vec<f64> = rows.iter().map(|r| r.area).collect();
    for (row, gain) in rows.iter_mut().zip(consensus::delta_areas(&areas)) {
        row.delta_area = gain;
    }
}

/// How similar the groups of a partition are to those of resamples.
struct Similarity {
    sums: Vec<f64>,
    dissolved: Vec<f64>,
    counts: Vec<f64>,
}

impl Similarity {
    fn of<'a>(partition: &Partition, draws: impl Iterator<Item = Resample<'a>>) -> Self {
        let k = partition.groups();
        let mut found = Self { sums: vec![0.0; k], dissolved: vec![0.0; k], counts: vec![0.0; k] };
        for draw in draws {
            for (g, similarity) in closest(partition, draw).into_iter().enumerate() {
                let Some(similarity) = similarity else { continue };
                found.sums[g] += similarity;
                found.dissolved[g] += f64::from(u8::from(similarity <= DISSOLVED));
                found.counts[g] += 1.0;
            }
        }
        found
    }
}

/// For each group of `whole` its greatest Jaccard similarity with a group of the draw, among the patients drawn; none
/// where no patient of the group was.
fn closest(whole: &Partition, (patients, found): Resample<'_>) -> Vec<Option<f64>> {
    let mut both = Array2::<f64>::zeros((whole.groups(), found.groups()));
    for (&patient, &label) in patients.iter().zip(found.labels()) {
        both[[whole.labels()[patient], label]] += 1.0;
    }
    let (ours, theirs) = (both.sum_axis(ndarray::Axis(1)), both.sum_axis(ndarray::Axis(0)));
    let similarity = |g: usize| {
        let each = theirs.iter().enumerate().map(|(h, size)| both[[g, h]] / (ours[g] + size - both[[g, h]]));
        (ours[g] > 0.0).then(|| each.fold(0.0, f64::max))
    };
    (0..whole.groups()).map(similarity).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    fn pairs() -> (Array2<f64>, Partition) {
        let consensus = array![
            [1.0, 0.9, 0.1, 0.0, 0.2],
            [0.9, 1.0, 0.0, 0.1, 0.0],
            [0.1, 0.0, 1.0, 0.8, 0.8],
            [0.0, 0.1, 0.8, 1.0, 0.6],
            [0.2, 0.0, 0.8, 0.6, 1.0]
        ];
        (consensus, Partition::new([0, 0, 1, 1, 1]))
    }

    fn background() -> Background {
        let x = array![[0.0, 1.0], [0.5, 1.5], [9.0, 0.0], [9.5, 0.5], [9.0, 1.0]];
        Background::new(&[(&[0, 1, 2, 3, 4], x.view())], 3, 1).unwrap()
    }

    #[test]
    fn groups_are_numbered_by_size_and_measured_by_their_own_pairs() {
        let (consensus, partition) = pairs();
        let found = at_k(consensus, &partition, std::iter::empty(), &background());
        assert_eq!(found.partition.labels(), [1, 1, 0, 0, 0]);
        assert!((found.clusters[0].consensus - 2.2 / 3.0).abs() < 1e-12 && found.clusters[1].consensus == 0.9);
        assert!(found.clusters[0].jaccard.is_nan(), "nothing was resampled");
        let last = &found.items[4];
        assert!((last.own - 0.7).abs() < 1e-12 && last.next == 1 && (last.other - 0.1).abs() < 1e-12);
        // Distances 0.3 within, 0.9 to the other group.
        assert!((last.silhouette - 0.6 / 0.9).abs() < 1e-12);
        assert!(found.silhouette_data > 0.8 && found.gap.is_finite());
    }

    #[test]
    fn a_group_is_as_stable_as_its_nearest_group_in_each_resample() {
        let whole = Partition::new([0, 0, 0, 0, 1, 1]);
        // {0,1,2} of group 0 were drawn, and found as {0,1} and {2,4,5}.
        let (drawn, split) = (vec![0, 1, 2, 4, 5], Partition::new([0, 0, 1, 1, 1]));
        assert_eq!(closest(&whole, (&drawn, &split)), [Some(2.0 / 3.0), Some(2.0 / 3.0)]);
        let (few, one) = (vec![0, 1], Partition::new([0, 0]));
        assert_eq!(closest(&whole, (&few, &one)), [Some(1.0), None]);
        let found = Similarity::of(&whole, [(drawn.as_slice(), &split), (few.as_slice(), &one)].into_iter());
        assert_eq!((found.counts, found.dissolved), (vec![2.0, 1.0], vec![0.0, 0.0]));
    }
}
