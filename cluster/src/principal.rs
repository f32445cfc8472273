//! Principal components (Pearson 1901; Hotelling 1933) through the smaller of the two cross-product matrices.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array2, ArrayView2, Axis};

/// Patients in the space of their principal components.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Scores, patients × components, of falling variance. A component's sign is such that its largest score is positive.
    pub scores: Array2<f64>,
    /// Variance of each component (divisor n − 1).
    pub variances: Vec<f64>,
    /// Variance of all features together.
    pub total: f64,
}

/// The `count` first components with more than rounding noise in them. `x` is patients × features, finite; columns
/// are centred here.
pub fn principal(x: ArrayView2<'_, f64>, count: usize) -> Principal {
    let (n, p) = x.dim();
    let divisor = n.saturating_sub(1).max(1) as f64;
    let mut centred = x.to_owned();
    if let Some(mean) = x.mean_axis(Axis(0)) {
        centred -= &mean;
    }
    let total = centred.iter().map(|v| v * v).sum::<f64>() / divisor;
    let by_patient = n <= p;
    let cross = if by_patient { centred.dot(&centred.t()) } else { centred.t().dot(&centred) };
    let side = cross.nrows();
    let eigen = SymmetricEigen::new(DMatrix::from_fn(side, side, |i, j| cross[[i, j]]));
    let mut order: Vec<usize> = (0..side).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let noise = order.first().map_or(0.0, |&i| eigen.eigenvalues[i]) * 1e-12;
    let kept: Vec<usize> = order.into_iter().take(count).filter(|&i| eigen.eigenvalues[i] > noise).collect();
    let vectors = Array2::from_shape_fn((side, kept.len()), |(i, c)| eigen.eigenvectors[(i, kept[c])]);
    let mut scores = if by_patient { vectors } else { centred.dot(&vectors) };
    for (c, mut column) in scores.axis_iter_mut(Axis(1)).enumerate() {
        let scale = if by_patient { eigen.eigenvalues[kept[c]].sqrt() } else { 1.0 };
        let largest = column.iter().fold(0.0_f64, |most, &v| if v.abs() > most.abs() { v } else { most });
        let factor = if largest < 0.0 { -scale } else { scale };
        column.mapv_inplace(|v| v * factor);
    }
    let variances = kept.iter().map(|&i| eigen.eigenvalues[i] / divisor).collect();
    Principal { scores, variances, total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn points_on_a_line_have_one_component() {
        let x = array![[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]];
        let found = principal(x.view(), 5);
        assert_eq!(found.variances.len(), 1);
        assert!((found.variances[0] - 25.0).abs() < 1e-9 && (found.total - 25.0).abs() < 1e-9);
        assert!((found.scores[[0, 0]].abs() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn both_routes_give_the_same_scores() {
        let tall = array![[1.0, 0.2], [2.0, -1.0], [0.5, 3.0], [4.0, 1.0]];
        let wide = ndarray::concatenate![Axis(1), tall, Array2::zeros((4, 5))];
        let (a, b) = (principal(tall.view(), 2), principal(wide.view(), 2));
        for (x, y) in a.scores.iter().zip(&b.scores) {
            assert!((x - y).abs() < 1e-9);
        }
    }
}
