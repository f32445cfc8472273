//! Labelled patients with their modalities side by side.

use std::collections::HashMap;

use ndarray::{Array2, Axis, concatenate, s};
use serde::{Deserialize, Serialize};

use super::ClassifyError;
use crate::auto::Modality;
use crate::transform::Transform;

/// A modality as the model knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) features: Vec<String>,
    pub(super) transform: Transform,
}

/// Share of a modality's features that must be known for a patient to have it.
const KNOWN: f64 = 0.5;

impl Schema {
    fn learn(modality: &Modality) -> Self {
        Self {
            name: modality.name.clone(),
            features: modality.matrix.features().to_owned(),
            transform: Transform::learn(&modality.matrix),
        }
    }

    /// Values of these patients, patients × the schema's features, found by name; NaN where there is none.
    fn align(&self, modality: &Modality, patients: &[String]) -> Array2<f64> {
        let places = |names: &[String]| -> HashMap<String, usize> {
            names.iter().cloned().enumerate().map(|(i, name)| (name, i)).collect()
        };
        let (rows, columns) = (places(modality.matrix.patients()), places(modality.matrix.features()));
        let rows: Vec<Option<usize>> = patients.iter().map(|p| rows.get(p).copied()).collect();
        let columns: Vec<Option<usize>> = self.features.iter().map(|f| columns.get(f).copied()).collect();
        Array2::from_shape_fn((patients.len(), self.features.len()), |(i, j)| match (rows[i], columns[j]) {
            (Some(row), Some(column)) => self.transform.apply(modality.matrix.values()[[row, column]]),
            _ => f64::NAN,
        })
    }
}

/// Some patients, each modality aligned with its schema.
#[derive(Clone, Debug)]
pub(super) struct Aligned {
    pub(super) patients: Vec<String>,
    /// One a schema: patients × features.
    blocks: Vec<Array2<f64>>,
    /// Of each patient: which modalities it has, rising.
    pub(super) present: Vec<Vec<usize>>,
}

impl Aligned {
    /// Modalities are found by name; those without a schema are left out.
    pub(super) fn new(schemas: &[Schema], modalities: &[Modality], patients: Vec<String>) -> Self {
        let block = |schema: &Schema| match modalities.iter().find(|m| m.name == schema.name) {
            Some(modality) => schema.align(modality, &patients),
            None => Array2::from_elem((patients.len(), schema.features.len()), f64::NAN),
        };
        let blocks: Vec<Array2<f64>> = schemas.iter().map(block).collect();
        let has = |block: &Array2<f64>, i: usize| {
            let known = block.row(i).iter().filter(|v| !v.is_nan()).count();
            known > 0 && known as f64 >= KNOWN * block.ncols() as f64
        };
        let present =
            (0..patients.len()).map(|i| (0..blocks.len()).filter(|&m| has(&blocks[m], i)).collect()).collect();
        Self { patients, blocks, present }
    }

    /// Patients `rows` × the features of `modalities`, one modality after the other.
    pub(super) fn values(&self, rows: &[usize], modalities: &[usize]) -> Array2<f64> {
        let parts: Vec<Array2<f64>> = modalities.iter().map(|&m| self.blocks[m].select(Axis(0), rows)).collect();
        let views: Vec<_> = parts.iter().map(|p| p.slice(s![.., ..])).collect();
        // The parts have as many rows each, so joining them cannot fail; nothing to join is nothing known.
        concatenate(Axis(1), &views).unwrap_or_else(|_| Array2::zeros((rows.len(), 0)))
    }
}

/// Labelled patients.
#[derive(Clone, Debug)]
pub(super) struct Cohort {
    pub(super) schemas: Vec<Schema>,
    pub(super) aligned: Aligned,
    /// One a patient.
    pub(super) classes: Vec<usize>,
    /// Their names, sorted.
    pub(super) names: Vec<String>,
}

impl Cohort {
    /// The labelled patients that have at least one modality, in the order of their labels.
    pub(super) fn new(modalities: &[Modality], labels: &[(String, String)]) -> Result<Self, ClassifyError> {
        for (i, modality) in modalities.iter().enumerate() {
            if modalities[..i].iter().any(|m| m.name == modality.name) {
                return Err(ClassifyError::TwoModalities { name: modality.name.clone() });
            }
        }
        let mut label_of = HashMap::new();
        for (patient, class) in labels {
            if label_of.insert(patient.as_str(), class.as_str()).is_some() {
                return Err(ClassifyError::TwoLabels { patient: patient.clone() });
            }
        }
        let schemas: Vec<Schema> = modalities.iter().map(Schema::learn).collect();
        let all = Aligned::new(&schemas, modalities, labels.iter().map(|(p, _)| p.clone()).collect());
        let kept: Vec<usize> = (0..labels.len()).filter(|&i| !all.present[i].is_empty()).collect();
        let mut names: Vec<String> = kept.iter().map(|&i| labels[i].1.clone()).collect();
        names.sort();
        names.dedup();
        if names.len() < 2 {
            return Err(ClassifyError::Classes { found: names.len() });
        }
        let classes = kept.iter().map(|&i| names.partition_point(|n| *n < labels[i].1)).collect();
        let aligned = Aligned {
            patients: kept.iter().map(|&i| labels[i].0.clone()).collect(),
            blocks: all.blocks.iter().map(|b| b.select(Axis(0), &kept)).collect(),
            present: kept.iter().map(|&i| all.present[i].clone()).collect(),
        };
        Ok(Self { schemas, aligned, classes, names })
    }

    /// Those of `rows` that have all of `modalities`.
    pub(super) fn complete(&self, rows: &[usize], modalities: &[usize]) -> Vec<usize> {
        rows.iter().copied().filter(|&i| modalities.iter().all(|m| self.aligned.present[i].contains(m))).collect()
    }
}

/// "mrna + mirna".
pub(super) fn named(schemas: &[Schema], modalities: &[usize]) -> String {
    modalities.iter().filter_map(|&m| schemas.get(m)).map(|s| s.name.as_str()).collect::<Vec<_>>().join(" + ")
}
