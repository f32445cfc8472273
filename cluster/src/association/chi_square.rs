//! Pearson's chi-square test of a table of counts, without correction for continuity.

use ndarray::{ArrayView2, Axis};

use super::Tested;
use crate::tails;

/// Rows and columns without counts do not count. NaN where less than two of either are left.
pub fn chi_square(table: ArrayView2<'_, u64>) -> Tested {
    let Some(expected) = Expected::new(table) else { return Tested::NONE };
    let statistic = table
        .indexed_iter()
        .map(|((i, j), &seen)| (seen as f64, expected.at(i, j)))
        .filter(|(_, e)| *e > 0.0)
        .map(|(seen, e)| (seen - e).powi(2) / e)
        .sum();
    Tested { statistic, p: tails::chi_square(statistic, expected.degrees) }
}

/// Cramér's V, 0 to 1: the strength of the association that a chi-square `statistic` of this table says.
pub fn cramers_v(table: ArrayView2<'_, u64>, statistic: f64) -> f64 {
    let filled = |axis| table.axis_iter(axis).filter(|line| line.sum() > 0).count();
    let least = filled(Axis(0)).min(filled(Axis(1))) as f64 - 1.0;
    (statistic / (table.sum() as f64 * least)).sqrt()
}

/// Whether the chi-square distribution may stand for the exact one (Cochran 1954, doi 10.2307/3001666): no expected
/// count below 1, and at most a fifth below 5.
pub fn large_enough(table: ArrayView2<'_, u64>) -> bool {
    let Some(expected) = Expected::new(table) else { return false };
    let counts: Vec<f64> = table.indexed_iter().map(|((i, j), _)| expected.at(i, j)).filter(|e| *e > 0.0).collect();
    counts.iter().all(|e| *e >= 1.0) && counts.iter().filter(|e| **e < 5.0).count() * 5 <= counts.len()
}

/// Counts expected under no association.
struct Expected {
    rows: Vec<f64>,
    columns: Vec<f64>,
    total: f64,
    degrees: f64,
}

impl Expected {
    fn new(table: ArrayView2<'_, u64>) -> Option<Self> {
        let sums = |axis| -> Vec<f64> { table.axis_iter(axis).map(|line| line.sum() as f64).collect() };
        let (rows, columns) = (sums(Axis(0)), sums(Axis(1)));
        let filled = |sums: &[f64]| sums.iter().filter(|s| **s > 0.0).count();
        let (r, c) = (filled(&rows), filled(&columns));
        let total = rows.iter().sum();
        (r > 1 && c > 1).then(|| Self { rows, columns, total, degrees: ((r - 1) * (c - 1)) as f64 })
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.rows[i] * self.columns[j] / self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn an_empty_row_changes_nothing() {
        let (a, b) = (chi_square(array![[10, 2], [3, 9]].view()), chi_square(array![[10, 2], [0, 0], [3, 9]].view()));
        assert_eq!(a, b);
        assert!(a.p < 0.05);
    }

    #[test]
    fn one_column_is_no_test() {
        assert!(chi_square(array![[10], [3]].view()).p.is_nan());
    }

    #[test]
    fn a_table_that_determines_one_by_the_other_has_v_of_one() {
        let table = array![[10, 0], [0, 10]];
        assert!((cramers_v(table.view(), chi_square(table.view()).statistic) - 1.0).abs() < 1e-12);
        assert!(large_enough(table.view()) && !large_enough(array![[1, 0], [0, 1]].view()));
    }
}
