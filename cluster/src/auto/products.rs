//! Inner products of patients: all that distances, k-means and trees need of a view, whatever its number of features.
//!
//! With many features and few hundred patients the matrix of inner products (the Gram matrix) is far smaller than the
//! measurements, larger feature sets add to it, and correlation geometry follows from it.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::random::{normal, stream};

/// Rows multiplied at once: products of the upper triangle only.
const BLOCK: usize = 128;
/// Columns beyond those asked for, and rounds, of the randomised subspace iteration.
const BESIDE: usize = 10;
const ROUNDS: usize = 5;

/// Products that grow with the features added.
pub(super) struct Growing {
    upper: Array2<f32>,
    sums: Array1<f32>,
    features: usize,
}

impl Growing {
    /// Of `n` patients, without features.
    pub fn new(n: usize) -> Self {
        Self { upper: Array2::zeros((n, n)), sums: Array1::zeros(n), features: 0 }
    }

    /// Adds features: `block` is patients × features, columns centred.
    pub fn add(&mut self, block: ArrayView2<'_, f32>) {
        let n = block.nrows();
        for from in (0..n).step_by(BLOCK) {
            let to = (from + BLOCK).min(n);
            let (rows, others) = (block.slice(s![from..to, ..]), block.slice(s![from.., ..]));
            general_mat_mul(1.0, &rows, &others.t(), 1.0, &mut self.upper.slice_mut(s![from..to, from..]));
        }
        self.sums += &block.sum_axis(Axis(1));
        self.features += block.ncols();
    }

    /// Products of the profiles as they are.
    pub fn euclidean(&self) -> Array2<f32> {
        let mut full = self.upper.clone();
        for i in 0..full.nrows() {
            for j in 0..i {
                full[[i, j]] = full[[j, i]];
            }
        }
        full
    }

    /// Products of the profiles brought to mean 0 and length 1, so that squared Euclidean distance is
    /// 2 × (1 − Pearson's correlation). A constant profile becomes 0.
    pub fn correlation(&self) -> Array2<f32> {
        let mut full = self.euclidean();
        let p = self.features.max(1) as f32;
        for ((i, j), value) in full.indexed_iter_mut() {
            *value -= self.sums[i] * self.sums[j] / p;
        }
        let squares = full.diag().to_owned();
        // What rounding leaves of a constant profile is not a direction.
        let floor = 1e-6 * squares.mean().unwrap_or(0.0);
        let scale = squares.mapv(|v| if v > floor { v.sqrt().recip() } else { 0.0 });
        for ((i, j), value) in full.indexed_iter_mut() {
            *value *= scale[i] * scale[j];
        }
        full
    }
}

/// Products in the space of the `count` first principal components, by randomised subspace iteration (Halko, Martinsson
/// and Tropp 2011, doi 10.1137/090771806) from a fixed start.
pub(super) fn leading(products: &Array2<f32>, count: usize) -> Array2<f32> {
    let n = products.nrows();
    let mut centred = products.clone();
    let means = products.mean_axis(Axis(0)).unwrap_or_default();
    let mean = means.mean().unwrap_or(0.0);
    for ((i, j), value) in centred.indexed_iter_mut() {
        *value += mean - means[i] - means[j];
    }
    let mut generator = stream(0, &[4, n as u64]);
    let width = (count + BESIDE).min(n);
    // Vectors in the rows; the matrix is symmetric.
    let mut basis = Array2::from_shape_simple_fn((width, n), || normal(&mut generator) as f32);
    for _ in 0..ROUNDS {
        basis = orthonormal(basis.dot(&centred));
    }
    let small = basis.dot(&centred).dot(&basis.t());
    let side = small.nrows();
    let halves = nalgebra::DMatrix::from_fn(side, side, |i, j| 0.5 * (small[[i, j]] + small[[j, i]]));
    let eigen = nalgebra::SymmetricEigen::new(halves);
    let mut order: Vec<usize> = (0..side).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    order.truncate(count);
    let turned = Array2::from_shape_fn((order.len(), side), |(c, i)| {
        eigen.eigenvectors[(i, order[c])] * eigen.eigenvalues[order[c]].max(0.0).sqrt()
    });
    let scores = turned.dot(&basis);
    scores.t().dot(&scores)
}

/// The rows made orthonormal; those in the span of earlier ones become 0.
fn orthonormal(mut rows: Array2<f32>) -> Array2<f32> {
    for r in 0..rows.nrows() {
        let (before, mut rest) = rows.view_mut().split_at(Axis(0), r);
        let mut row = rest.row_mut(0);
        let length = row.dot(&row).sqrt();
        // Twice is enough (Giraud, Langou and Rozložník 2005).
        for _ in 0..2 {
            for earlier in before.rows() {
                let share = earlier.dot(&row);
                row.scaled_add(-share, &earlier);
            }
        }
        let left = row.dot(&row).sqrt();
        let factor = if left > 1e-5 * length && left > 0.0 { left.recip() } else { 0.0 };
        row.mapv_inplace(|v| v * factor);
    }
    rows
}

/// The products of these patients alone.
pub(super) fn of(products: &Array2<f32>, rows: &[usize]) -> Array2<f32> {
    let mut part = Array2::zeros((rows.len(), rows.len()));
    for (mut target, &i) in part.rows_mut().into_iter().zip(rows) {
        let source = products.row(i);
        for (value, &j) in target.iter_mut().zip(rows) {
            *value = source[j];
        }
    }
    part
}

/// Distances of all pairs i < j, row by row.
pub(super) fn distances(products: &Array2<f32>) -> Vec<f64> {
    let n = products.nrows();
    let mut found = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for (i, row) in products.rows().into_iter().enumerate() {
        for j in i + 1..n {
            let square = f64::from(row[i]) + f64::from(products[[j, j]]) - 2.0 * f64::from(row[j]);
            found.push(square.max(0.0).sqrt());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::{Metric, condensed};
    use crate::prepare;

    fn profiles() -> Array2<f64> {
        let mut generator = stream(2, &[]);
        let mut x = Array2::from_shape_simple_fn((140, 30), || normal(&mut generator));
        prepare::standardise_features(&mut x, false);
        x
    }

    fn grown(x: &Array2<f64>) -> Growing {
        let mut products = Growing::new(x.nrows());
        let x = x.mapv(|v| v as f32);
        products.add(x.slice(s![.., ..11]));
        products.add(x.slice(s![.., 11..]));
        products
    }

    #[test]
    fn distances_from_products_are_those_of_the_profiles() {
        let x = profiles();
        let products = grown(&x);
        for (found, exact) in distances(&products.euclidean()).into_iter().zip(condensed(x.view(), Metric::Euclidean)) {
            assert!((found - exact).abs() < 1e-4, "{found} {exact}");
        }
        for (found, exact) in distances(&products.correlation()).into_iter().zip(condensed(x.view(), Metric::Pearson)) {
            assert!((found - (2.0 * exact).sqrt()).abs() < 1e-4, "{found} {exact}");
        }
    }

    #[test]
    fn leading_products_are_those_of_the_first_components() {
        // Ten directions that stand out, so that the tenth is not a matter of chance.
        let mut x = profiles();
        for (j, mut column) in x.columns_mut().into_iter().enumerate().take(10) {
            column.mapv_inplace(|v| v * (14.0 - j as f64));
        }
        let found = distances(&leading(&grown(&x).euclidean(), 10));
        let scores = crate::principal::principal(x.view(), 10).scores;
        for (found, exact) in found.into_iter().zip(condensed(scores.view(), Metric::Euclidean)) {
            assert!((found - exact).abs() < 0.02 * exact.max(1.0), "{found} {exact}");
        }
    }
}
