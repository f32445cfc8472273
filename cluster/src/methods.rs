//! Ways to cut patients into k groups: one file each, one trait, one list that help, tests and benches walk.

pub mod density;
pub mod fusion;
pub mod hierarchical;
pub mod joint_nmf;
pub mod kmeans;
pub mod mixture;
pub mod nmf;
pub mod spectral;

use ndarray::{Array2, ArrayView2, Axis, concatenate};
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
    #[error(
        "{patients} patients: {method} takes at most {most}; use kmeans, or fewer landmarks, so that the others are placed"
    )]
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
    /// Patients that a table does not hold, for a method that needs them in all.
    #[error("{found} of {patients} patients are in every table: {method} needs all of them there")]
    Absent {
        /// Patients in every table.
        found: usize,
        /// All patients.
        patients: usize,
        /// The method asked.
        method: &'static str,
    },
    /// A number of groups, for a method that finds it.
    #[error("{method} finds the number of groups itself: it cannot be asked for {k}")]
    FindsNumber {
        /// Groups asked for.
        k: usize,
        /// The method asked.
        method: &'static str,
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

/// Measurements of some of the patients.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The patients, as numbers below the number of all, in the order of the rows.
    pub patients: &'a [usize],
    /// Patients × features, finite.
    pub x: ArrayView2<'a, f64>,
}

/// A method that cuts patients into groups.
pub trait Method: Sync + std::fmt::Debug {
    /// The name used in options and reports.
    fn name(&self) -> &'static str;

    /// One line for `--help`.
    fn about(&self) -> &'static str;

    /// Whether every value must be at least 0.
    fn needs_non_negative(&self) -> bool {
        false
    }

    /// Whether it cuts all tables at once. The others cut each, and the cuts meet in the consensus.
    fn joins_tables(&self) -> bool {
        false
    }

    /// Patients above which it is refused, since memory or time grows with their square.
    fn most_patients(&self) -> usize {
        usize::MAX
    }

    /// Whether only Euclidean distances between patients count, so that axes may be turned.
    fn turns_freely(&self) -> bool {
        false
    }

    /// The tree, where the method is a cut of one that follows from distances alone.
    fn by_tree(&self) -> Option<&hierarchical::Hierarchical> {
        None
    }

    /// The search for groups, where the method finds their number and leaves out noise.
    fn by_density(&self) -> Option<&dyn density::Finder> {
        None
    }

    /// Cuts `x` (patients × features) into `k` groups. Equal seeds give equal partitions.
    ///
    /// # Errors
    /// When k does not fit the number of patients, a value is not finite, or the method finds the number itself.
    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError>;

    /// Cuts `patients` patients measured in several tables. Unless the method has its own way, the tables are put side
    /// by side, each scaled to equal total so that none counts for its size; every patient must be in each.
    ///
    /// # Errors
    /// As [`Method::partition`], and when a patient is absent from a table.
    fn partition_tables(
        &self,
        tables: &[Table<'_>],
        patients: usize,
        k: usize,
        seed: u64,
    ) -> Result<Partition, MethodError> {
        self.partition(side_by_side(tables, patients, self.name())?.view(), k, seed)
    }
}

/// Every method.
pub const METHODS: &[&dyn Method] = &[
    &kmeans::PLUS_PLUS,
    &kmeans::PARALLEL,
    &kmeans::MiniBatch,
    &hierarchical::WARD,
    &hierarchical::AVERAGE,
    &hierarchical::COMPLETE,
    &mixture::DiagonalMixture,
    &spectral::Spectral,
    &nmf::KULLBACK_LEIBLER,
    &nmf::FROBENIUS,
    &fusion::Fusion,
    &joint_nmf::JointNmf,
    &density::Dbscan,
    &density::ByHdbscan,
];

/// The method of that name.
pub fn method(name: &str) -> Option<&'static dyn Method> {
    METHODS.iter().copied().find(|m| m.name() == name)
}

/// The tables as one, rows in the order of the patients, each divided by its Frobenius norm.
fn side_by_side(tables: &[Table<'_>], patients: usize, method: &'static str) -> Result<Array2<f64>, MethodError> {
    let mut parts = Vec::with_capacity(tables.len());
    for table in tables {
        let mut rows = vec![None; patients];
        for (row, &patient) in table.patients.iter().enumerate() {
            if let Some(place) = rows.get_mut(patient) {
                *place = Some(row);
            }
        }
        let rows: Vec<usize> = rows.into_iter().flatten().collect();
        if rows.len() < patients {
            return Err(MethodError::Absent { found: rows.len(), patients, method });
        }
        let part = table.x.select(Axis(0), &rows);
        let size = part.iter().map(|v| v * v).sum::<f64>().sqrt();
        parts.push(if tables.len() > 1 && size > 0.0 { part / size } else { part });
    }
    let views: Vec<ArrayView2<'_, f64>> = parts.iter().map(Array2::view).collect();
    Ok(concatenate(Axis(1), &views).unwrap_or_default())
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
    use ndarray::array;

    /// Those that are told a number.
    fn told() -> impl Iterator<Item = &'static dyn Method> {
        METHODS.iter().copied().filter(|m| m.by_density().is_none())
    }

    #[test]
    fn every_method_separates_two_distant_pairs() {
        let x = array![[0.0, 1.0, 0.2], [10.0, -9.0, 3.0], [0.1, 1.1, 0.1], [10.1, -9.2, 3.1]];
        for method in told() {
            let x = if method.needs_non_negative() { x.mapv(|v| v + 9.2) } else { x.clone() };
            let found = method.partition(x.view(), 2, 1).unwrap();
            assert_eq!(found.labels(), [0, 1, 0, 1], "{}", method.name());
        }
    }

    #[test]
    fn every_method_takes_one_group_as_many_groups_as_patients_and_repeated_patients() {
        let apart = array![[1.0, 8.0, 0.5], [9.0, 0.0, 3.0], [0.0, 1.0, 7.0]];
        let same = Array2::ones((5, 3));
        for method in told() {
            assert_eq!(method.partition(apart.view(), 1, 1).unwrap().groups(), 1, "{}", method.name());
            assert_eq!(method.partition(apart.view(), 3, 1).unwrap().groups(), 3, "{}", method.name());
            assert_eq!(method.partition(same.view(), 2, 1).unwrap().len(), 5, "{}", method.name());
        }
    }

    #[test]
    fn every_method_gives_equal_partitions_for_equal_seeds() {
        let x = Array2::from_shape_fn((40, 4), |(i, j)| ((i * 31 + j * 17) % 23) as f64);
        for method in told() {
            assert_eq!(method.partition(x.view(), 3, 7), method.partition(x.view(), 3, 7), "{}", method.name());
        }
    }

    #[test]
    fn every_method_refuses_too_many_groups_and_values_that_are_not_finite() {
        for method in told() {
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

    #[test]
    fn names_are_distinct_and_lead_to_their_methods() {
        for (i, wanted) in METHODS.iter().enumerate() {
            assert_eq!(METHODS.iter().position(|m| m.name() == wanted.name()), Some(i), "{}", wanted.name());
            assert!(method(wanted.name()).is_some_and(|m| m.about() == wanted.about()));
        }
    }

    #[test]
    fn every_method_cuts_two_tables_of_the_same_patients_in_any_order() {
        // The first table tells 0 and 2 from 1 and 3; in the second, rows come in another order.
        let first = array![[0.0, 9.0], [9.0, 0.0], [0.1, 9.1], [9.1, 0.0]];
        let second = array![[8.0, 0.2], [0.2, 8.0], [0.1, 8.1], [8.1, 0.1]];
        for method in told() {
            let tables = [
                Table { patients: &[0, 1, 2, 3], x: first.view() },
                Table { patients: &[3, 2, 0, 1], x: second.view() },
            ];
            let found = method.partition_tables(&tables, 4, 2, 1).unwrap();
            assert_eq!(found.labels(), [0, 1, 0, 1], "{}", method.name());
        }
    }

    #[test]
    fn a_patient_absent_from_a_table_is_refused_unless_the_method_joins_tables() {
        let first = array![[0.0, 9.0], [9.0, 0.0], [0.1, 9.1], [9.1, 0.0]];
        let second = array![[0.2, 8.0], [0.1, 8.1], [8.1, 0.1]];
        for method in told() {
            let tables =
                [Table { patients: &[0, 1, 2, 3], x: first.view() }, Table { patients: &[0, 2, 3], x: second.view() }];
            let found = method.partition_tables(&tables, 4, 2, 1);
            if method.joins_tables() {
                assert_eq!(found.unwrap().labels(), [0, 1, 0, 1], "{}", method.name());
            } else {
                let name = method.name();
                assert_eq!(found, Err(MethodError::Absent { found: 3, patients: 4, method: name }));
            }
        }
    }

    #[test]
    fn a_method_that_finds_the_number_cannot_be_told_one() {
        let x = array![[0.0], [1.0]];
        for method in METHODS.iter().filter(|m| m.by_density().is_some()) {
            let name = method.name();
            assert_eq!(method.partition(x.view(), 2, 1), Err(MethodError::FindsNumber { k: 2, method: name }));
        }
    }
}
