//! What becomes of missing values.

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::{Missing, mean};
use crate::prepare::median;

/// Patients whose mean is taken.
const NEIGHBOURS: usize = 10;

/// Fills patients × features, and returns the features that stay. A feature that nobody has stays missing.
///
/// # Errors
/// Row and column of the first missing value, where that is to be an error.
pub(super) fn fill(x: &mut Array2<f64>, way: Missing) -> Result<Vec<usize>, (usize, usize)> {
    let all = (0..x.ncols()).collect();
    let complete = |x: &Array2<f64>, f: &usize| !x.column(*f).iter().any(|v| v.is_nan());
    match way {
        Missing::Error => match x.indexed_iter().find(|(_, v)| v.is_nan()) {
            Some((place, _)) => return Err(place),
            None => return Ok(all),
        },
        Missing::LeaveOut => return Ok((0..x.ncols()).filter(|f| complete(x, f)).collect()),
        Missing::Neighbours => neighbours(x),
        Missing::Mask | Missing::Median => {}
    }
    for mut column in x.axis_iter_mut(Axis(1)) {
        let mut known: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
        let middle = if way == Missing::Mask { mean(known.iter().copied()) } else { median(&mut known) };
        column.mapv_inplace(|v| if v.is_nan() { middle } else { v });
    }
    Ok(all)
}

fn neighbours(x: &mut Array2<f64>) {
    let known: &Array2<f64> = x;
    let found: Vec<Vec<(usize, f64)>> = (0..known.nrows())
        .into_par_iter()
        .map(|i| {
            let row = known.row(i);
            let absent: Vec<usize> = (0..row.len()).filter(|&f| row[f].is_nan()).collect();
            if absent.is_empty() {
                return Vec::new();
            }
            let mut others: Vec<(f64, usize)> = (0..known.nrows())
                .filter(|&j| j != i)
                .map(|j| (mean(row.iter().zip(known.row(j)).map(|(a, b)| (a - b) * (a - b))), j))
                .filter(|(distance, _)| !distance.is_nan())
                .collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let near = |f: usize| others.iter().map(move |&(_, j)| known[[j, f]]).filter(|v| !v.is_nan());
            absent.into_iter().map(|f| (f, mean(near(f).take(NEIGHBOURS)))).collect()
        })
        .collect();
    for (i, row) in found.into_iter().enumerate() {
        row.into_iter().for_each(|(f, value)| x[[i, f]] = value);
    }
}
