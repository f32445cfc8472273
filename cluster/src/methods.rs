//! Ways to cut patients into k groups: one file each, one trait, one list that help, tests and benches walk.

pub mod hierarchical;
pub mod kmeans;

use ndarray::ArrayView2;
use thiserror::Error;

use crate::partition::Partition;

/// Why a method gave no partition.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MethodError {
    /// More groups than patients, or none.
    #[error("{k} groups of {patients} patients: ask for at least 1 and at most {patients}")]
    GroupCount {
        /// Groups asked for.
        k: usize,
        /// Patients given.
        patients: usize,
    },
    /// A value that cannot be computed with.
    #[error("row {row}, column {column} holds {value}: {method} needs finite numbers; impute or drop it first")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// What stands there.
        value: f64,
        /// The method asked.
        method: &'static str,
    },
}

/// A method that cuts patients into a given number of groups.
pub trait Method: Sync {
    /// The name used in options and reports.
    fn name(&self) -> &'static str;

    /// One line for `--help`.
    fn about(&self) -> &'static str;

    /// Cuts `x` (patients × features) into `k` groups. Equal seeds give equal partitions.
    ///
    /// # Errors
    /// When k does not fit the number of patients, or a value is not finite.
    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError>;
}

/// Every method that takes a number of groups.
pub const METHODS: &[&dyn Method] =
    &[&kmeans::KMeans, &hierarchical::WARD, &hierarchical::AVERAGE, &hierarchical::COMPLETE];

/// The method of that name.
pub fn method(name: &str) -> Option<&'static dyn Method> {
    METHODS.iter().copied().find(|m| m.name() == name)
}

/// Refuses what no method can cut.
fn check(x: ArrayView2<'_, f64>, k: usize, method: &'static str) -> Result<(), MethodError> {
    if k == 0 || k > x.nrows() {
        return Err(MethodError::GroupCount { k, patients: x.nrows() });
    }
    match x.indexed_iter().find(|(_, v)| !v.is_finite()) {
        Some(((row, column), &value)) => Err(MethodError::NotFinite { row, column, value, method }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn every_method_separates_two_distant_pairs() {
        let x = array![[0.0, 1.0, 0.2], [10.0, -9.0, 3.0], [0.1, 1.1, 0.1], [10.1, -9.2, 3.1]];
        for method in METHODS {
            let found = method.partition(x.view(), 2, 1).unwrap();
            assert_eq!(found.labels(), [0, 1, 0, 1], "{}", method.name());
        }
    }

    #[test]
    fn every_method_refuses_too_many_groups_and_values_that_are_not_finite() {
        for method in METHODS {
            let x = Array2::zeros((3, 2));
            assert_eq!(method.partition(x.view(), 4, 1), Err(MethodError::GroupCount { k: 4, patients: 3 }));
            let mut broken = x.clone();
            broken[[2, 1]] = f64::INFINITY;
            assert!(matches!(
                method.partition(broken.view(), 2, 1),
                Err(MethodError::NotFinite { row: 2, column: 1, .. })
            ));
        }
    }
}
