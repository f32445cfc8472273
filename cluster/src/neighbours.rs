//! Squared Euclidean distances a block of rows at a time, and nearest neighbours, in memory that does not grow with n².
//!
//! |a − b|² = |a|² − 2a·b + |b|²: the product of two blocks is where the machine is fast. Columns are centred first,
//! so that little is lost where a cloud lies far from 0.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, Zip, s};
use rayon::prelude::*;

/// Rows in a block. A fixed number, so that results do not depend on how many threads there are.
const BLOCK: usize = 128;

/// Rows ready for distances: centred, with their squared lengths.
#[derive(Clone, Debug)]
pub struct Rows {
    values: Array2<f64>,
    squares: Array1<f64>,
}

impl Rows {
    /// Prepares `x`, patients × features, finite.
    pub fn new(x: ArrayView2<'_, f64>) -> Self {
        let mut values = x.as_standard_layout().to_owned();
        if let Some(mean) = x.mean_axis(Axis(0)) {
            values -= &mean;
        }
        let squares = values.map_axis(Axis(1), |row| row.dot(&row));
        Self { values, squares }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.nrows()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How far rounding may put a squared distance off.
    pub fn rounding(&self) -> f64 {
        let longest = self.squares.fold(0.0_f64, |most, &s| most.max(s));
        8.0 * f64::EPSILON * (self.values.ncols() as f64 + 4.0) * longest
    }

    /// Squared distances from the rows `from..to` to all rows, (to − from) × n; at least 0, and 0 to itself.
    pub fn squared(&self, from: usize, to: usize) -> Array2<f64> {
        let mut block = Array2::zeros((to - from, self.len()));
        general_mat_mul(1.0, &self.values.slice(s![from..to, ..]), &self.values.t(), 0.0, &mut block);
        for (offset, mut row) in block.axis_iter_mut(Axis(0)).enumerate() {
            let own = self.squares[from + offset];
            Zip::from(&mut row).and(&self.squares).for_each(|d, &s| *d = (own + s - 2.0 * *d).max(0.0));
            row[from + offset] = 0.0;
        }
        block
    }

    /// Calls `each` with every row's number and its squared distances to all rows; answers come in row order.
    pub fn map<T: Send>(&self, each: impl Fn(usize, &mut [f64]) -> T + Sync) -> Vec<T> {
        let n = self.len();
        (0..n.div_ceil(BLOCK))
            .into_par_iter()
            .flat_map_iter(|block| {
                let from = block * BLOCK;
                let mut distances = self.squared(from, (from + BLOCK).min(n));
                let mut found = Vec::with_capacity(distances.nrows());
                for (offset, mut row) in distances.axis_iter_mut(Axis(0)).enumerate() {
                    found.push(match row.as_slice_mut() {
                        Some(row) => each(from + offset, row),
                        None => each(from + offset, &mut row.to_vec()),
                    });
                }
                found
            })
            .collect()
    }

    /// The `count` nearest other rows of each row, nearest first, with their squared distances; of equally near rows
    /// the earlier.
    pub fn nearest(&self, count: usize) -> Vec<Vec<(usize, f64)>> {
        self.map(|own, distances| {
            let mut others: Vec<usize> = (0..distances.len()).filter(|&j| j != own).collect();
            let by_distance = |a: &usize, b: &usize| distances[*a].total_cmp(&distances[*b]).then(a.cmp(b));
            if count > 0 && count < others.len() {
                others.select_nth_unstable_by(count - 1, by_distance);
            }
            others.truncate(count);
            others.sort_unstable_by(by_distance);
            others.into_iter().map(|j| (j, distances[j])).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::Metric;
    use ndarray::array;

    #[test]
    fn blocks_agree_with_distances_pair_by_pair() {
        let x = Array2::from_shape_fn((300, 7), |(i, j)| 1e3 + ((i * 13 + j * 29) % 37) as f64);
        let rows = Rows::new(x.view());
        let found = rows.map(|_, distances| distances.to_vec());
        for (i, row) in found.iter().enumerate() {
            for (j, &d) in row.iter().enumerate() {
                let exact = Metric::SquaredEuclidean.between(x.row(i), x.row(j));
                assert!((d - exact).abs() <= 1e-10 * exact.max(1.0), "{i}, {j}: {d}, exactly {exact}");
            }
        }
    }

    #[test]
    fn the_nearest_come_first_and_the_row_itself_not_at_all() {
        let x = array![[0.0], [1.0], [3.0], [7.0]];
        let found = Rows::new(x.view()).nearest(2);
        assert_eq!(found[0].iter().map(|n| n.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found[2].iter().map(|n| n.0).collect::<Vec<_>>(), [1, 0]);
    }
}
