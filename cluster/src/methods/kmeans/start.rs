//! Where k-means starts.

use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng;
use rayon::prelude::*;

use crate::distance::squared;

/// Rows in a block. A fixed number, so that sums do not depend on how many threads there are.
const BLOCK: usize = 4096;

/// Greedy k-means++ (Arthur and Vassilvitskii 2007): each further centre is the best of 2 + ln k patients, drawn with
/// probability proportional to their squared distance to the nearest centre so far. `k × features`.
pub fn spread(x: ArrayView2<'_, f64>, k: usize, generator: &mut impl Rng) -> Array2<f64> {
    spread_weighted(x, &vec![1.0; x.nrows()], k, generator)
}

/// The same where row i stands for `weights[i]` patients.
fn spread_weighted(x: ArrayView2<'_, f64>, weights: &[f64], k: usize, generator: &mut impl Rng) -> Array2<f64> {
    let candidates = 2 + (k.max(1) as f64).ln() as usize;
    let mut centres = Array2::zeros((k, x.ncols()));
    let mut nearest = vec![f64::INFINITY; x.nrows()];
    let weigh = |(distance, weight): (&f64, &f64)| distance * weight;
    for c in 0..k {
        let share: Vec<f64> = if c == 0 { weights.to_vec() } else { nearest.iter().zip(weights).map(weigh).collect() };
        let total = share.iter().sum();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..if c == 0 { 1 } else { candidates } {
            let drawn = weighted(&share, total, generator);
            let closer = closer(x, drawn, &nearest);
            let left = closer.iter().zip(weights).map(weigh).sum();
            if best.as_ref().is_none_or(|b| left < b.0) {
                best = Some((left, drawn, closer));
            }
        }
        if let Some((_, chosen, closer)) = best {
            centres.row_mut(c).assign(&x.row(chosen));
            nearest = closer;
        }
    }
    centres
}

/// k-means|| (Bahmani et al. 2012, doi 10.14778/2180912.2180915): five rounds that each draw about 2·k patients at
/// once, in proportion to their squared distance to those drawn so far; k-means++ on the drawn, each weighing as many
/// patients as are nearest to it. Where patients are many and k is large it passes over them less often than
/// [`spread`]. `k × features`.
pub fn scalable(x: ArrayView2<'_, f64>, k: usize, generator: &mut impl Rng) -> Array2<f64> {
    let n = x.nrows();
    let mut drawn = vec![generator.gen_range(0..n)];
    let mut nearest = closer(x, drawn[0], &vec![f64::INFINITY; n]);
    for _ in 0..5 {
        let total: f64 = nearest.iter().sum();
        let chance = |distance: f64| 2.0 * k as f64 * distance / total;
        let added: Vec<usize> = (0..n).filter(|&i| generator.r#gen::<f64>() < chance(nearest[i])).collect();
        for &patient in &added {
            nearest = closer(x, patient, &nearest);
        }
        drawn.extend(added);
    }
    // Repeated patients leave fewer than k to draw.
    while drawn.len() < k.min(n) {
        let patient = (0..n).find(|i| !drawn.contains(i)).unwrap_or(0);
        drawn.push(patient);
    }
    let rows = x.select(Axis(0), &drawn);
    let owners: Vec<usize> = (0..n)
        .into_par_iter()
        .map(|i| {
            let distance = |c: &usize| squared(x.row(i), rows.row(*c));
            (0..drawn.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
        })
        .collect();
    let mut weights = vec![0.0; drawn.len()];
    for owner in owners {
        weights[owner] += 1.0;
    }
    spread_weighted(rows.view(), &weights, k, generator)
}

/// Squared distances to the nearest centre once patient `added` is one as well.
fn closer(x: ArrayView2<'_, f64>, added: usize, nearest: &[f64]) -> Vec<f64> {
    let mut closer = nearest.to_vec();
    let centre = x.row(added);
    closer.par_chunks_mut(BLOCK).enumerate().for_each(|(block, part)| {
        for (offset, distance) in part.iter_mut().enumerate() {
            *distance = distance.min(squared(x.row(block * BLOCK + offset), centre));
        }
    });
    closer
}

/// A number of `0..weights.len()`, drawn in proportion to the weights, whose sum is `total`.
fn weighted(weights: &[f64], total: f64, generator: &mut impl Rng) -> usize {
    let mut left = generator.r#gen::<f64>() * total;
    let found = weights.iter().position(|w| {
        left -= w;
        left < 0.0
    });
    // Where all remaining distances are 0 (repeated patients), any patient will do.
    found.unwrap_or_else(|| generator.gen_range(0..weights.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{normal, stream};

    #[test]
    fn both_starts_put_one_centre_into_each_of_distant_clouds() {
        let mut generator = stream(1, &[]);
        let x = Array2::from_shape_fn((600, 3), |(i, _)| (i % 6) as f64 * 100.0 + normal(&mut generator));
        for centres in [spread(x.view(), 6, &mut generator), scalable(x.view(), 6, &mut generator)] {
            let mut clouds: Vec<i64> = centres.column(0).iter().map(|v| (v / 100.0).round() as i64).collect();
            clouds.sort_unstable();
            assert_eq!(clouds, [0, 1, 2, 3, 4, 5]);
        }
    }

    #[test]
    fn repeated_patients_still_give_k_centres() {
        let x = Array2::ones((5, 2));
        assert_eq!(spread(x.view(), 3, &mut stream(1, &[])).nrows(), 3);
        assert_eq!(scalable(x.view(), 3, &mut stream(1, &[])).nrows(), 3);
    }
}
