//! Ways to cut patients into k groups: one file each, one trait, one list that help, tests and benches walk.

pub mod density;
pub mod fusion;
pub mod hierarchical;
pub mod kmeans;
pub mod mixture;
pub mod nmf;
pub mod spectral;

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
    /// A negative value where parts add up to a whole.
    #[error(
        "row {row}, column {column} holds {value}: {method} needs values of at least 0; shift, rank or drop it first"
    )]
    Negative {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// What stands there.
        value: f64,
        /// The method asked.
        method: &'static str,
    },
    /// A covariance that cannot be inverted.
    #[error(
        "{method}: a covariance cannot be inverted; use fewer groups, fewer features, another covariance shape, or a \
         higher floor under the variances"
    )]
    Singular {
        /// The method asked.
        method: &'static str,
    },
    /// More patients than the method is made for.
    #[error("{patients} patients: {method} takes at most {most}; use kmeans, or cut a sample and classify the others")]
    TooMany {
        /// Patients given.
        patients: usize,
        /// Patients it takes.
        most: usize,
        /// The method asked.
        method: &'static str,
    },
    /// Tables that do not hold the same patients.
    #[error("one table holds {first} patients, another {other}: bring them to the same patients first")]
    Patients {
        /// Patients in the first table.
        first: usize,
        /// Patients in the table that differs.
        other: usize,
    },
    /// A setting outside its range.
    #[error("{name} is {value}, and must be {range}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it was set to.
        value: f64,
        /// What it may be, in words.
        range: &'static str,
    },
}

/// A method that cuts patients into a given number of groups.
pub trait Method: Sync {
    /// The name used in options and reports.
    fn name(&self) -> &'static str;

    /// One line for `--help`.
    fn about(&self) -> &'static str;

    /// Whether every value must be at least 0.
    fn needs_non_negative(&self) -> bool {
        false
    }

    /// Cuts `x` (patients × features) into `k` groups. Equal seeds give equal partitions.
    ///
    /// # Errors
    /// When k does not fit the number of patients, or a value is not finite.
    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError>;
}

/// Every method that takes a number of groups.
pub const METHODS: &[&dyn Method] = &[
    &kmeans::KMeans,
    &hierarchical::WARD,
    &hierarchical::AVERAGE,
    &hierarchical::COMPLETE,
    &mixture::DiagonalMixture,
    &spectral::Spectral,
    &nmf::Nmf,
];

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
            let x = if method.needs_non_negative() { x.mapv(|v| v + 9.2) } else { x.clone() };
            let found = method.partition(x.view(), 2, 1).unwrap();
            assert_eq!(found.labels(), [0, 1, 0, 1], "{}", method.name());
        }
    }

    #[test]
    fn every_method_takes_one_group_as_many_groups_as_patients_and_repeated_patients() {
        let apart = array![[1.0, 8.0, 0.5], [9.0, 0.0, 3.0], [0.0, 1.0, 7.0]];
        let same = Array2::ones((5, 3));
        for method in METHODS {
            assert_eq!(method.partition(apart.view(), 1, 1).unwrap().groups(), 1, "{}", method.name());
            assert_eq!(method.partition(apart.view(), 3, 1).unwrap().groups(), 3, "{}", method.name());
            assert_eq!(method.partition(same.view(), 2, 1).unwrap().len(), 5, "{}", method.name());
        }
    }

    #[test]
    fn every_method_gives_equal_partitions_for_equal_seeds() {
        let x = Array2::from_shape_fn((40, 4), |(i, j)| ((i * 31 + j * 17) % 23) as f64);
        for method in METHODS {
            assert_eq!(method.partition(x.view(), 3, 7), method.partition(x.view(), 3, 7), "{}", method.name());
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
