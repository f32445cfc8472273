//! A mutation matrix from a MAF file: which genes each tumour has a protein-altering change in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use cluster::matrix::FeatureMatrix;
use indexmap::IndexSet;
use ndarray::Array2;

use crate::tumour::maf::Maf;

/// Share of the tumours in which a gene must be altered to count, and the least number of them: rarer genes cannot
/// part a cohort.
const SHARE: f64 = 0.03;
const FEWEST: usize = 2;

/// Reads tumours × genes, 1 where a gene has at least one protein-altering change. Every tumour named in the file is
/// there, those without such a change as well. Tumours keep the file's order, genes are in alphabetical order.
///
/// # Errors
/// When the file cannot be read, or no gene is altered often enough.
pub fn matrix(path: &Path) -> Result<FeatureMatrix> {
    let mut tumours: IndexSet<String> = IndexSet::new();
    let mut altered: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for row in Maf::open(path)? {
        let row = row?;
        let (tumour, _) = tumours.insert_full(row.sample);
        if row.variant.consequence.changes_protein() {
            altered.entry(row.variant.gene).or_default().insert(tumour);
        }
    }
    let least = FEWEST.max((SHARE * tumours.len() as f64).ceil() as usize);
    altered.retain(|_, carriers| carriers.len() >= least);
    if altered.is_empty() {
        bail!(
            "{}: no gene has a protein-altering change in at least {least} of the {} tumours, so they cannot be grouped by mutations",
            path.display(),
            tumours.len()
        );
    }
    let mut values = Array2::zeros((tumours.len(), altered.len()));
    for (g, carriers) in altered.values().enumerate() {
        for &tumour in carriers {
            values[[tumour, g]] = 1.0;
        }
    }
    Ok(FeatureMatrix::new(tumours.into_iter().collect(), altered.into_keys().collect(), values)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn silent_changes_and_rare_genes_do_not_count_but_their_tumours_do() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.maf");
        let rows = [
            ("TP53", "Missense_Mutation", "T1"),
            ("TP53", "Nonsense_Mutation", "T2"),
            ("TTN", "Silent", "T1"),
            ("TTN", "Silent", "T3"),
            ("KRAS", "Missense_Mutation", "T3"),
        ];
        let mut text = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\n".to_owned();
        for (gene, class, tumour) in rows {
            text += &format!("{gene}\t{class}\t{tumour}\n");
        }
        std::fs::write(&path, text).unwrap();
        let found = matrix(&path).unwrap();
        assert_eq!(found.patients(), ["T1", "T2", "T3"]);
        assert_eq!(found.features(), ["TP53"]);
        assert_eq!(found.values().column(0).to_vec(), [1.0, 1.0, 0.0]);
    }
}
