//! Cuts: one resample of one view, cut in three ways at every k.

use ndarray::Axis;

use super::views::{Form, Prepared};
use super::{Settings, kernel, products};
use crate::consensus::Draw;
use crate::methods::MethodError;
use crate::methods::hierarchical::{Linkage, tree};
use crate::partition::Partition;
use crate::random::{sample, stream};

/// Share of the patients in a resample.
const SHARE: f64 = 0.8;
/// Starts of k-means in one resample: the resamples are starts as well.
const STARTS: usize = 2;

/// The cuts of one resample.
pub(super) struct Cuts {
    /// Modality of the view.
    pub modality: usize,
    /// Number of the resample.
    pub resample: usize,
    /// The patients drawn, rising, as numbers in the cohort.
    pub patients: Vec<usize>,
    /// By k − 2, then by method.
    draws: Vec<Vec<Draw>>,
}

impl Cuts {
    /// Those into `k` groups.
    pub fn of(&self, k: usize) -> &[Draw] {
        self.draws.get(k - 2).map_or(&[], Vec::as_slice)
    }
}

/// Draws patients of a view and cuts them into 2 … `most` groups: by k-means on all features, by k-means on the first
/// components, and by Ward's tree; or by the method set.
pub(super) fn cut(
    prepared: &Prepared,
    number: usize,
    resample: usize,
    most: usize,
    settings: Settings,
) -> Result<Cuts, MethodError> {
    let view = &prepared.view;
    let mut generator = stream(settings.seed, &[2, number as u64, resample as u64]);
    let n = view.patients.len();
    let rows = sample(n, (SHARE * n as f64).round() as usize, &mut generator);
    let most = most.min(rows.len());
    let partitions: Vec<Vec<Partition>> = match (&prepared.form, settings.method) {
        (Form::Values(x), Some(method)) => {
            let x = x.select(Axis(0), &rows);
            let seed = |k: usize| settings.seed ^ (resample as u64 * 64 + k as u64);
            (2..=most).map(|k| Ok(vec![method.partition(x.view(), k, seed(k))?])).collect::<Result<_, MethodError>>()?
        }
        (Form::Products { full, coarse }, _) => {
            let (full, coarse) = (products::of(full, &rows), products::of(coarse, &rows));
            let branches = tree(products::distances(&full), rows.len(), Linkage::Ward);
            let fine = kernel::partitions(&full, most, STARTS, &mut generator);
            let coarse = kernel::partitions(&coarse, most, STARTS, &mut generator);
            let trees = (2..=most).map(|k| branches.cut(k));
            fine.into_iter().zip(coarse).zip(trees).map(|((fine, coarse), tree)| vec![fine, coarse, tree]).collect()
        }
        (Form::Values(_), None) => Vec::new(),
    };
    let patients: Vec<usize> = rows.iter().map(|&r| view.patients[r]).collect();
    let draw = |partition| Draw { patients: patients.clone(), partition };
    let draws = partitions.into_iter().map(|at_k| at_k.into_iter().map(draw).collect()).collect();
    Ok(Cuts { modality: view.modality, resample, patients, draws })
}
