//! Condensed distances of many patients through products of blocks, where the machine is fastest.
//!
//! |a − b|² = |a|² − 2a·b + |b|² after centring the columns; 1 − Pearson's correlation is 1 − a·b of profiles centred
//! and brought to length 1.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::Metric;

/// Rows in a block. A fixed number, so that values do not depend on how many threads there are.
const BLOCK: usize = 128;

/// Condensed distances by blocks; none where the metric is not a product.
pub(super) fn condensed(x: ArrayView2<'_, f64>, metric: Metric) -> Option<Vec<f64>> {
    let finish: fn(f64, f64, f64) -> f64 = match metric {
        Metric::Euclidean => |product, a, b| (a + b - 2.0 * product).max(0.0).sqrt(),
        Metric::SquaredEuclidean => |product, a, b| (a + b - 2.0 * product).max(0.0),
        Metric::Pearson => |product, _, _| 1.0 - product,
        Metric::Manhattan | Metric::Jaccard => return None,
    };
    let rows = if metric == Metric::Pearson { unit_profiles(x) } else { centred(x) };
    let squares: Array1<f64> = rows.map_axis(Axis(1), |row| row.dot(&row));
    let n = rows.nrows();
    let mut values = vec![0.0; n * n.saturating_sub(1) / 2];
    let mut left = values.as_mut_slice();
    let mut parts = Vec::new();
    for from in (0..n).step_by(BLOCK) {
        let to = (from + BLOCK).min(n);
        let (part, rest) = left.split_at_mut((from..to).map(|i| n - 1 - i).sum());
        parts.push((from, to, part));
        left = rest;
    }
    parts.into_par_iter().for_each(|(from, to, part)| {
        let mut products = Array2::zeros((to - from, n - from));
        general_mat_mul(1.0, &rows.slice(s![from..to, ..]), &rows.slice(s![from.., ..]).t(), 0.0, &mut products);
        let mut part = part.iter_mut();
        for (i, products) in (from..to).zip(products.rows()) {
            let others = products.iter().zip(squares.iter().skip(from)).skip(i + 1 - from);
            for ((&product, &square), value) in others.zip(part.by_ref()) {
                *value = finish(product, squares[i], square);
            }
        }
    });
    Some(values)
}

fn centred(x: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut rows = x.as_standard_layout().to_owned();
    if let Some(mean) = x.mean_axis(Axis(0)) {
        rows -= &mean;
    }
    rows
}

/// Profiles centred and of length 1; constant ones are 0 throughout.
fn unit_profiles(x: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut rows = x.as_standard_layout().to_owned();
    for mut row in rows.axis_iter_mut(Axis(0)) {
        row -= row.mean().unwrap_or(0.0);
        let length = row.dot(&row).sqrt();
        if length > 0.0 {
            row /= length;
        }
    }
    rows
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn blocks_agree_with_distances_pair_by_pair() {
        let x = Array2::from_shape_fn((301, 9), |(i, j)| 50.0 + ((i * 13 + j * j * 29 + i * j) % 41) as f64);
        for metric in [Metric::Euclidean, Metric::SquaredEuclidean, Metric::Pearson] {
            let found = condensed(x.view(), metric).unwrap();
            let pairs = (0..301).flat_map(|i| (i + 1..301).map(move |j| (i, j)));
            assert_eq!(found.len(), 301 * 150);
            for ((i, j), value) in pairs.zip(found) {
                let exact = metric.between(x.row(i), x.row(j));
                // The square root makes of 1e-13 in the square 3e-7 at distance 0.
                let allowed = if exact == 0.0 { 1e-6 } else { 1e-11 * exact.max(1.0) };
                assert!((value - exact).abs() <= allowed, "{metric:?} {i} {j}: {value}, exactly {exact}");
            }
        }
    }
}
