//! The largest eigenvalues of a symmetric operator, by a block Krylov space with restarts (Saad 2011, "Numerical
//! Methods for Large Eigenvalue Problems", chapter 6). Memory: a few dozen vectors; each round applies the operator to
//! one block. A block, rather than one vector, so that eigenvalues that occur more than once are all found.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

use crate::random::{normal, stream};

/// Up to this size the whole decomposition is cheaper than rounds.
const DENSE: usize = 300;
/// Rounds after which the best found so far is given.
const ROUNDS: usize = 600;
/// A pair is found once its residual is below this share of the largest eigenvalue.
const TOLERANCE: f64 = 1e-9;

/// Eigenvalues, falling, with their vectors in the columns (n × count).
#[derive(Clone, Debug)]
pub struct Eigenpairs {
    /// Eigenvalues, falling.
    pub values: Vec<f64>,
    /// Unit vectors, n × count.
    pub vectors: Array2<f64>,
}

/// The `count` largest eigenvalues of a symmetric operator on n numbers; `apply` multiplies it with an n × b block.
/// The same on every run.
pub fn largest(n: usize, count: usize, apply: impl Fn(ArrayView2<'_, f64>) -> Array2<f64>) -> Eigenpairs {
    let count = count.min(n);
    if n <= DENSE {
        return top(&apply(Array2::eye(n).view()), count);
    }
    let width = (count + 4).min(n);
    let mut generator = stream(0, &[n as u64]);
    let mut fresh = |columns| Array2::from_shape_simple_fn((n, columns), || normal(&mut generator));
    let mut basis = Array2::zeros((n, 0));
    let mut applied = Array2::zeros((n, 0));
    let mut block = fresh(width);
    for round in 1.. {
        let mut added = orthonormal(&basis, block);
        if added.ncols() == 0 {
            // The space is closed under the operator: look outside it.
            added = orthonormal(&basis, fresh(width));
        }
        applied = beside(&applied, &apply(added.view()));
        basis = beside(&basis, &added);
        let ritz = top(&basis.t().dot(&applied), (3 * width).min(basis.ncols()));
        let residual_of = |c: usize| {
            let y = ritz.vectors.column(c);
            applied.dot(&y) - basis.dot(&y) * ritz.values[c]
        };
        let scale = ritz.values.first().map_or(1.0, |v| v.abs()).max(f64::MIN_POSITIVE);
        let residuals: Vec<Array1<f64>> = (0..width.min(ritz.values.len())).map(residual_of).collect();
        let settled = residuals.iter().take(count).all(|r| r.dot(r).sqrt() <= TOLERANCE * scale);
        if (settled && residuals.len() >= count && round > 1) || round >= ROUNDS || added.ncols() == 0 {
            let vectors = basis.dot(&ritz.vectors.slice(s![.., ..count]));
            return Eigenpairs { values: ritz.values.into_iter().take(count).collect(), vectors };
        }
        block = Array2::from_shape_fn((n, residuals.len()), |(i, c)| residuals[c][i]);
        if basis.ncols() + width > 12 * width {
            basis = basis.dot(&ritz.vectors);
            applied = applied.dot(&ritz.vectors);
        }
    }
    Eigenpairs { values: Vec::new(), vectors: Array2::zeros((n, 0)) }
}

/// The leading eigenpairs of a dense symmetric matrix.
fn top(matrix: &Array2<f64>, count: usize) -> Eigenpairs {
    let side = matrix.nrows();
    let halves = DMatrix::from_fn(side, side, |i, j| 0.5 * (matrix[[i, j]] + matrix[[j, i]]));
    let eigen = SymmetricEigen::new(halves);
    let mut order: Vec<usize> = (0..side).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    order.truncate(count);
    let vectors = Array2::from_shape_fn((side, order.len()), |(i, c)| eigen.eigenvectors[(i, order[c])]);
    Eigenpairs { values: order.iter().map(|&c| eigen.eigenvalues[c]).collect(), vectors }
}

/// The columns of `block` made orthonormal to each other and to `basis`; those that lie in the span are left out.
fn orthonormal(basis: &Array2<f64>, mut block: Array2<f64>) -> Array2<f64> {
    for mut column in block.axis_iter_mut(Axis(1)) {
        let length = column.dot(&column).sqrt();
        if length > 0.0 {
            column /= length;
        }
    }
    // Twice is enough (Giraud, Langou and Rozložník 2005).
    for _ in 0..2 {
        let inside = basis.dot(&basis.t().dot(&block));
        block -= &inside;
    }
    let mut kept: Vec<Array1<f64>> = Vec::new();
    for column in block.axis_iter(Axis(1)) {
        let mut column = column.to_owned();
        for _ in 0..2 {
            for other in &kept {
                let share = other.dot(&column);
                column.scaled_add(-share, other);
            }
        }
        let length = column.dot(&column).sqrt();
        if length > 1e-10 {
            kept.push(column / length);
        }
    }
    Array2::from_shape_fn((block.nrows(), kept.len()), |(i, c)| kept[c][i])
}

fn beside(left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
    concatenate(Axis(1), &[left.view(), right.view()]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_graph_has_its_known_spectrum() {
        // The adjacency of a path of n nodes has the eigenvalues 2·cos(π·i / (n + 1)).
        let n = 400;
        let found = largest(n, 3, |block| {
            Array2::from_shape_fn(block.dim(), |(i, c)| {
                let before = if i > 0 { block[[i - 1, c]] } else { 0.0 };
                before + if i + 1 < n { block[[i + 1, c]] } else { 0.0 }
            })
        });
        for (i, value) in found.values.iter().enumerate() {
            let known = 2.0 * (std::f64::consts::PI * (i + 1) as f64 / (n + 1) as f64).cos();
            assert!((value - known).abs() < 1e-9, "{value}, known {known}");
        }
    }

    #[test]
    fn an_eigenvalue_that_occurs_three_times_is_found_three_times() {
        let n = 500;
        let diagonal = |i: usize| if i < 3 { 2.0 } else { 1.0 / (i as f64) };
        let found = largest(n, 4, |block| Array2::from_shape_fn(block.dim(), |(i, c)| diagonal(i) * block[[i, c]]));
        for (value, known) in found.values.iter().zip([2.0, 2.0, 2.0, 1.0 / 3.0]) {
            assert!((value - known).abs() < 1e-9, "{value}, known {known}");
        }
        assert!(found.vectors.column(0).dot(&found.vectors.column(1)).abs() < 1e-9);
    }
}
