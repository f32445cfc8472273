//! Values onto one scale. A missing value stays missing and takes no part.

use ndarray::{Array2, ArrayViewMut1, Axis};

use super::{Normalisation, mean};

/// Normalises patients × features.
///
/// # Errors
/// Row, column and value of a number without a logarithm.
pub(super) fn normalise(x: &mut Array2<f64>, by: Normalisation) -> Result<(), (usize, usize, f64)> {
    match by {
        Normalisation::None => {}
        Normalisation::Log => {
            if let Some(((row, column), value)) = x.indexed_iter().find(|(_, v)| **v < 0.0) {
                return Err((row, column, *value));
            }
            x.mapv_inplace(|v| (v + 1.0).log2());
        }
        Normalisation::ZScore => x.axis_iter_mut(Axis(1)).for_each(z_score),
        Normalisation::Rank => {
            for mut column in x.axis_iter_mut(Axis(1)) {
                let known = column.iter().filter(|v| !v.is_nan()).count() as f64;
                ranks(&mut column);
                column.mapv_inplace(|r| (r - 0.5) / known);
            }
        }
        Normalisation::Quantile => quantile(x),
    }
    Ok(())
}

fn z_score(mut column: ArrayViewMut1<'_, f64>) {
    let centre = mean(column.iter().copied());
    let known = column.iter().filter(|v| !v.is_nan()).count() as f64;
    let variance = column.iter().filter(|v| !v.is_nan()).map(|v| (v - centre).powi(2)).sum::<f64>() / (known - 1.0);
    let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    column.mapv_inplace(|v| (v - centre) / deviation);
}

/// Puts the rank, from 1, in the place of each value; ties share the mean of theirs.
fn ranks(values: &mut ArrayViewMut1<'_, f64>) {
    let mut order: Vec<usize> = (0..values.len()).filter(|&i| !values[i].is_nan()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let sorted: Vec<f64> = order.iter().map(|&i| values[i]).collect();
    let mut start = 0;
    while start < order.len() {
        let end = start + sorted[start..].iter().take_while(|v| **v == sorted[start]).count();
        let rank = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|&i| values[i] = rank);
        start = end;
    }
}

fn quantile(x: &mut Array2<f64>) {
    let features = x.ncols();
    let mut reference = vec![0.0; features];
    let mut patients = 0.0;
    for row in x.rows() {
        let mut known: Vec<f64> = row.iter().copied().filter(|v| !v.is_nan()).collect();
        if known.is_empty() {
            continue;
        }
        known.sort_by(f64::total_cmp);
        patients += 1.0;
        for (place, value) in reference.iter_mut().enumerate() {
            *value += between(&known, place as f64, features);
        }
    }
    reference.iter_mut().for_each(|v| *v /= patients);
    for mut row in x.rows_mut() {
        let known = row.iter().filter(|v| !v.is_nan()).count();
        ranks(&mut row);
        row.mapv_inplace(|r| if r.is_nan() { r } else { between(&reference, r - 1.0, known) });
    }
}

/// The value of sorted `from` at `place`, 0 to `of` − 1, as if it had `of` values.
fn between(from: &[f64], place: f64, of: usize) -> f64 {
    let last = from.len() - 1;
    let at = if of > 1 { place * last as f64 / (of - 1) as f64 } else { last as f64 / 2.0 };
    let (low, share) = ((at.floor() as usize).min(last), at.fract());
    from[low] + share * (from[(low + 1).min(last)] - from[low])
}
