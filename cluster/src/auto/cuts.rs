//! Cuts: one resample of one view, cut in three ways at every k.

use ndarray::{Array2, Axis, s};

use super::{Settings, View};
use crate::consensus::Draw;
use crate::distance::{Metric, condensed};
use crate::methods::MethodError;
use crate::methods::hierarchical::{Linkage, tree};
use crate::methods::kmeans;
use crate::partition::Partition;
use crate::random::{sample, stream};

/// Share of the patients in a resample.
const SHARE: f64 = 0.8;
/// Components of the coarse k-means.
const COARSE: usize = 10;
/// Starts of k-means in one resample: the resamples are starts as well.
const STARTS: u64 = 2;

/// The cuts of one resample.
pub(super) struct Cuts {
    /// Number of the view.
    pub view: usize,
    /// Number of the resample.
    pub resample: usize,
    /// By k − 2, then by method.
    draws: Vec<Vec<Draw>>,
}

impl Cuts {
    /// Those into `k` groups.
    pub fn of(&self, k: usize) -> &[Draw] {
        self.draws.get(k - 2).map_or(&[], Vec::as_slice)
    }
}

/// Draws patients of a view and cuts them into 2 … `most` groups.
pub(super) fn cut(
    view: &View,
    number: usize,
    resample: usize,
    most: usize,
    settings: Settings,
) -> Result<Cuts, MethodError> {
    let seed = settings.seed;
    let tags = [2, number as u64, resample as u64];
    let n = view.patients.len();
    let rows = sample(n, (SHARE * n as f64).round() as usize, &mut stream(seed, &tags));
    let x = view.scores.select(Axis(0), &rows);
    let coarse: Array2<f64> = x.slice(s![.., ..COARSE.min(x.ncols())]).to_owned();
    let patients: Vec<usize> = rows.iter().map(|&r| view.patients[r]).collect();
    let cut = |k: usize| -> Result<Vec<Partition>, MethodError> {
        let seed = seed ^ (resample as u64 * 64 + k as u64);
        if let Some(method) = settings.method {
            return Ok(vec![method.partition(x.view(), k, seed)?]);
        }
        Ok(vec![
            kmeans::best(x.view(), k, STARTS, seed)?.partition(),
            kmeans::best(coarse.view(), k, STARTS, seed)?.partition(),
        ])
    };
    // One tree serves every k.
    let branches =
        settings.method.is_none().then(|| tree(condensed(x.view(), Metric::Euclidean), x.nrows(), Linkage::Ward));
    let mut draws = Vec::new();
    for k in 2..=most.min(rows.len()) {
        let partitions = cut(k)?.into_iter().chain(branches.iter().map(|b| b.cut(k)));
        draws.push(partitions.map(|partition| Draw { patients: patients.clone(), partition }).collect());
    }
    Ok(Cuts { view: number, resample, draws })
}
