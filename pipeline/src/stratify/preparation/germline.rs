//! Germline calls as features: whether a patient has a phenotype of a gene.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};
use cluster::matrix::FeatureMatrix;
use indexmap::IndexSet;
use ndarray::Array2;

use crate::tumour::lines::Lines;

/// Columns of `calls.tsv` that are read.
const COLUMNS: [&str; 3] = ["sample", "gene", "phenotype"];

/// Patients × phenotypes (`CYP2D6 Poor Metabolizer`, say): 1 or 0; missing where the gene has no call, or several
/// candidates with different phenotypes.
///
/// # Errors
/// When the file cannot be read, lacks a column, has a gene of a sample twice, or holds no call.
pub(super) fn matrix(path: &Path) -> Result<FeatureMatrix> {
    let file = path.display();
    let mut lines = Lines::open(path)?;
    let Some((_, header)) = lines.next_line()? else {
        bail!("{file}: the file is empty; expected calls.tsv of rxstrata call")
    };
    let header = String::from_utf8_lossy(header).into_owned();
    let mut places = [0; 3];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        match header.split('\t').position(|c| c.trim() == name) {
            Some(at) => *place = at,
            None => bail!("{file}, line 1: no column '{name}'; expected calls.tsv of rxstrata call"),
        }
    }
    let mut samples: IndexSet<String> = IndexSet::new();
    let mut calls: BTreeMap<String, BTreeMap<usize, Option<String>>> = BTreeMap::new();
    while let Some((number, line)) = lines.next_line()? {
        let line = String::from_utf8_lossy(line);
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [Some(sample), Some(gene), Some(phenotype)] = places.map(|p| cells.get(p)) else {
            bail!("{file}, line {number}: {} cells, fewer than the header has", cells.len());
        };
        let sample_number = samples.insert_full((*sample).to_owned()).0;
        let mut candidates: BTreeSet<&str> = phenotype.split(';').map(str::trim).collect();
        let one = candidates.pop_first().filter(|p| candidates.is_empty() && !p.is_empty()).map(str::to_owned);
        let of = calls.entry((*gene).to_owned()).or_default();
        if of.insert(sample_number, one).is_some() {
            bail!("{file}, line {number}: gene '{gene}' of sample '{sample}' is there more than once; keep one row");
        }
    }
    let features: Vec<(&String, &String)> = calls
        .iter()
        .flat_map(|(gene, of)| {
            let distinct: BTreeSet<&String> = of.values().flatten().collect();
            distinct.into_iter().map(move |phenotype| (gene, phenotype))
        })
        .collect();
    if features.is_empty() {
        bail!("{file}: no sample has a phenotype, so there is nothing to compare");
    }
    let values = Array2::from_shape_fn((samples.len(), features.len()), |(s, f)| {
        let (gene, phenotype) = features[f];
        match calls.get(gene).and_then(|of| of.get(&s)) {
            Some(Some(own)) => f64::from(u8::from(own == phenotype)),
            _ => f64::NAN,
        }
    });
    let names = features.iter().map(|(gene, phenotype)| format!("{gene} {phenotype}")).collect();
    Ok(FeatureMatrix::new(samples.into_iter().collect(), names, values)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn phenotypes_are_features_and_no_call_is_missing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "sample\tgene\tdiplotype\tphenotype\nA\tCYP2C19\t*1/*1\tNormal\nA\tTPMT\t\t\nB\tCYP2C19\t*2/*2\tPoor\n\
                    B\tTPMT\t*1/*1\tNormal\nC\tCYP2C19\t*1/*2;*2/*2\tIntermediate;Poor\nC\tTPMT\t*1/*1;*1/*5\tNormal;Normal\n";
        std::fs::write(file.path(), text).unwrap();
        let found = matrix(file.path()).unwrap();
        assert_eq!(found.features(), ["CYP2C19 Normal", "CYP2C19 Poor", "TPMT Normal"]);
        assert_eq!(found.values().row(1).to_vec(), [0.0, 1.0, 1.0]);
        assert!(found.values()[[0, 2]].is_nan() && found.values()[[2, 0]].is_nan() && found.values()[[2, 2]] == 1.0);
        std::fs::write(file.path(), text.replace("B\tTPMT", "B\tCYP2C19")).unwrap();
        let error = matrix(file.path()).unwrap_err().to_string();
        assert!(error.contains("line 5: gene 'CYP2C19' of sample 'B'"), "{error}");
    }
}
