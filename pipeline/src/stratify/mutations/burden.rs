//! How many mutations a tumour has.

use anyhow::Result;
use cluster::matrix::FeatureMatrix;
use ndarray::Array2;

use super::cohort::Cohort;

/// Tumours × number of protein-altering and of all changes; per million bases where it is known how many were sequenced.
/// The second is left out where every change alters a protein.
///
/// # Errors
/// Never with tumours of distinct names.
pub(super) fn matrix(cohort: &Cohort, megabases: Option<f64>) -> Result<FeatureMatrix> {
    let per = megabases.unwrap_or(1.0);
    let mut columns =
        vec![("protein_altering", cohort.counts().iter().map(|c| c.protein_altering).collect::<Vec<_>>())];
    if cohort.counts().iter().any(|c| c.all != c.protein_altering) {
        columns.push(("all", cohort.counts().iter().map(|c| c.all).collect()));
    }
    let values = Array2::from_shape_fn((cohort.counts().len(), columns.len()), |(t, c)| columns[c].1[t] as f64 / per);
    let unit = if megabases.is_some() { "_per_megabase" } else { "" };
    let names = columns.iter().map(|(name, _)| format!("{name}{unit}")).collect();
    Ok(FeatureMatrix::new(cohort.tumours(), names, values)?)
}
