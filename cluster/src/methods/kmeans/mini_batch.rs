//! Mini-batch k-means (Sculley 2010, doi 10.1145/1772690.1772862): centres follow small random samples, each by steps
//! that shrink with the number of patients it has seen. Faster than Lloyd's iteration, and a little less exact.

use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng;

use super::{Solution, bounded, spread};
use crate::distance::squared;
use crate::methods::{MethodError, check};
use crate::random::{sample, stream};

/// k-means by `rounds` samples of `batch` patients. Labels and inertia are those of all patients for the final centres.
///
/// # Errors
/// When k does not fit the number of patients, or a value is not finite.
pub fn mini_batch(
    x: ArrayView2<'_, f64>,
    k: usize,
    batch: usize,
    rounds: usize,
    seed: u64,
) -> Result<Solution, MethodError> {
    check(x, k, "kmeans")?;
    let n = x.nrows();
    let mut generator = stream(seed, &[1]);
    let rows = sample(n, (3 * batch).max(20 * k), &mut generator);
    let mut centres = spread(x.select(Axis(0), &rows).view(), k, &mut generator);
    let mut seen = vec![0.0; k];
    for _ in 0..rounds {
        let drawn: Vec<usize> = (0..batch).map(|_| generator.gen_range(0..n)).collect();
        let nearest: Vec<usize> = drawn.iter().map(|&i| nearest(x, i, &centres)).collect();
        for (&i, &c) in drawn.iter().zip(&nearest) {
            seen[c] += 1.0;
            let mut centre = centres.row_mut(c);
            centre.zip_mut_with(&x.row(i), |m, &v| *m += (v - *m) / seen[c]);
        }
    }
    // One iteration: labels for the centres as they are.
    Ok(Solution { iterations: rounds, ..bounded::run(x, &centres, 0.0, 1) })
}

fn nearest(x: ArrayView2<'_, f64>, patient: usize, centres: &Array2<f64>) -> usize {
    let mut best = (0, f64::INFINITY);
    for (c, centre) in centres.axis_iter(Axis(0)).enumerate() {
        let distance = squared(x.row(patient), centre);
        if distance < best.1 {
            best = (c, distance);
        }
    }
    best.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::methods::kmeans;
    use crate::random::normal;

    #[test]
    fn samples_reach_nearly_the_inertia_of_all_patients() {
        let mut generator = stream(8, &[]);
        let x = Array2::from_shape_fn((3000, 4), |(i, j)| ((i % 5 + j) % 5) as f64 * 8.0 + normal(&mut generator));
        let (all, some) = (kmeans::best(x.view(), 5, 5, 1).unwrap(), mini_batch(x.view(), 5, 256, 100, 1).unwrap());
        assert!(some.inertia >= all.inertia * (1.0 - 1e-12));
        assert!(some.inertia <= all.inertia * 1.02, "{} against {}", some.inertia, all.inertia);
    }
}
