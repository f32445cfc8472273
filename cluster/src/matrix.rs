//! The feature matrix: patients in rows, features in columns, with what is missing.

use ndarray::{Array2, Axis};
use thiserror::Error;

use crate::prepare::{self, Scale};

/// Measurements of one modality, `n_patients` × `n_features`; rows are patients. A missing value is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMatrix {
    patients: Vec<String>,
    features: Vec<String>,
    values: Array2<f64>,
    /// Whether the values are on the scale that they are to be compared on.
    settled: bool,
}

/// Why names and numbers do not form a feature matrix.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MatrixError {
    /// The shape does not fit the names.
    #[error("{rows} rows and {columns} columns of values, but {patients} patients and {features} features")]
    Shape {
        /// Rows of values.
        rows: usize,
        /// Columns of values.
        columns: usize,
        /// Patient names given.
        patients: usize,
        /// Feature names given.
        features: usize,
    },
    /// One patient twice: a model fitted on that counts the patient twice.
    #[error("patient '{0}' is there more than once; merge or rename the rows")]
    DuplicatePatient(String),
    /// One feature twice.
    #[error("feature '{0}' is there more than once; merge or rename the columns")]
    DuplicateFeature(String),
}

impl FeatureMatrix {
    /// Puts names and values together.
    ///
    /// # Errors
    /// When the shape does not fit the names, or a name occurs twice.
    pub fn new(patients: Vec<String>, features: Vec<String>, values: Array2<f64>) -> Result<Self, MatrixError> {
        let (rows, columns) = values.dim();
        if rows != patients.len() || columns != features.len() {
            return Err(MatrixError::Shape { rows, columns, patients: patients.len(), features: features.len() });
        }
        if let Some(name) = first_repeated(&patients) {
            return Err(MatrixError::DuplicatePatient(name.to_owned()));
        }
        if let Some(name) = first_repeated(&features) {
            return Err(MatrixError::DuplicateFeature(name.to_owned()));
        }
        Ok(Self { patients, features, values, settled: false })
    }

    /// Patient names, one a row.
    pub fn patients(&self) -> &[String] {
        &self.patients
    }

    /// Feature names, one a column.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The values, `n_patients` × `n_features`; NaN where missing.
    pub fn values(&self) -> &Array2<f64> {
        &self.values
    }

    /// The same, its values taken as they are: no logs.
    #[must_use]
    pub fn settled(self) -> Self {
        Self { settled: true, ..self }
    }

    /// What the values look like ([`prepare::scale`]); those of a settled matrix are on an interval scale.
    pub fn scale(&self) -> Scale {
        if self.settled { Scale::Interval } else { prepare::scale(self.values.view()) }
    }

    /// Some of the patients, by their rows; a row past the end is passed over.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|&r| r < self.patients.len()).collect();
        Self {
            patients: rows.iter().map(|&r| self.patients[r].clone()).collect(),
            features: self.features.clone(),
            values: self.values.select(Axis(0), &rows),
            settled: self.settled,
        }
    }

    /// Share of values that are missing, 0 to 1; 0 for an empty matrix.
    pub fn missing_share(&self) -> f64 {
        if self.values.is_empty() {
            return 0.0;
        }
        let missing = self.values.iter().filter(|v| v.is_nan()).count();
        missing as f64 / self.values.len() as f64
    }
}

fn first_repeated(names: &[String]) -> Option<&str> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|n| !seen.insert(n.as_str())).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn a_matrix_knows_its_share_of_missing_values() {
        let matrix = FeatureMatrix::new(names(&["p1", "p2"]), names(&["a", "b"]), array![[1.0, f64::NAN], [2.0, 3.0]]);
        assert_eq!(matrix.map(|m| m.missing_share()), Ok(0.25));
    }

    #[test]
    fn a_patient_twice_is_refused() {
        let matrix = FeatureMatrix::new(names(&["p1", "p1"]), names(&["a"]), array![[1.0], [2.0]]);
        assert_eq!(matrix, Err(MatrixError::DuplicatePatient("p1".to_owned())));
    }

    #[test]
    fn names_must_fit_the_values() {
        let matrix = FeatureMatrix::new(names(&["p1"]), names(&["a", "b"]), array![[1.0]]);
        assert!(matches!(matrix, Err(MatrixError::Shape { columns: 1, features: 2, .. })), "{matrix:?}");
    }
}
