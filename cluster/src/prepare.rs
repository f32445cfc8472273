//! From measurements as they come to numbers on one scale: what the values are, a transform, imputation, selection.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::Serialize;

/// What the values of a matrix look like. Decided from the numbers alone, never from a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// A handful of distinct values: mutations, copy-number states.
    Discrete,
    /// Shares between 0 and 1: methylation beta values.
    Proportion,
    /// Not negative and skewed to the right in most features: counts, intensities, ratios. Logs are taken.
    Skewed,
    /// Anything else: log ratios, log expression, z-scores. Taken as it is.
    Interval,
}

/// Distinct values up to which a matrix counts as discrete.
const STATES: usize = 6;
/// Median skewness of the features above which logs are taken: that of an exponential is 2, of a normal 0.
const SKEWED: f64 = 1.0;
/// Quantile of the positive values that is added before taking logs.
const OFFSET: f64 = 0.05;

/// Looks at the finite values of `x`, patients × features.
pub fn scale(x: ArrayView2<'_, f64>) -> Scale {
    let mut distinct: Vec<f64> = Vec::new();
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for &v in x.iter().filter(|v| v.is_finite()) {
        if distinct.len() <= STATES && !distinct.contains(&v) {
            distinct.push(v);
        }
        least = least.min(v);
        most = most.max(v);
    }
    if distinct.len() <= STATES {
        Scale::Discrete
    } else if least >= 0.0 && most <= 1.0 {
        Scale::Proportion
    } else if least >= 0.0 && median(&mut x.axis_iter(Axis(1)).filter_map(skewness).collect::<Vec<_>>()) > SKEWED {
        Scale::Skewed
    } else {
        Scale::Interval
    }
}

/// Fills missing values with the feature's median, takes logs where the scale asks for them, and leaves out features
/// that do not vary or are missing in all patients. Columns keep their order.
pub fn tidy(x: ArrayView2<'_, f64>, scale: Scale) -> Array2<f64> {
    let mut filled = x.to_owned();
    for mut column in filled.axis_iter_mut(Axis(1)) {
        let mut known: Vec<f64> = column.iter().copied().filter(|v| v.is_finite()).collect();
        let middle = median(&mut known);
        column.mapv_inplace(|v| if v.is_finite() { v } else { middle });
    }
    if scale == Scale::Skewed {
        let offset = log_offset(filled.view());
        filled.mapv_inplace(|v| (v + offset).log2());
    }
    let varying: Vec<usize> = filled
        .axis_iter(Axis(1))
        .enumerate()
        .filter(|(_, column)| variance(column.view()) > 1e-18)
        .map(|(i, _)| i)
        .collect();
    filled.select(Axis(1), &varying)
}

/// What is added to skewed values before logs are taken: the low end of what was measured, their 5 % quantile.
pub fn log_offset(x: ArrayView2<'_, f64>) -> f64 {
    let mut positive: Vec<f64> = x.iter().copied().filter(|&v| v > 0.0 && v.is_finite()).collect();
    quantile(&mut positive, OFFSET)
}

/// The `count` features of greatest variance, in their order. Ties keep the earlier feature.
pub fn most_variable(x: &Array2<f64>, count: usize) -> Array2<f64> {
    let variances: Vec<f64> = x.axis_iter(Axis(1)).map(variance).collect();
    let mut order: Vec<usize> = (0..x.ncols()).collect();
    order.sort_by(|&a, &b| variances[b].total_cmp(&variances[a]));
    order.truncate(count);
    order.sort_unstable();
    x.select(Axis(1), &order)
}

/// Takes each patient's median off its values: what makes all features of a patient high or low together.
pub fn centre_patients(x: &mut Array2<f64>) {
    for mut row in x.axis_iter_mut(Axis(0)) {
        let middle = median(&mut row.to_vec());
        row.mapv_inplace(|v| v - middle);
    }
}

/// Mean 0 and, where `unit`, standard deviation 1 (divisor n) for each feature.
pub fn standardise_features(x: &mut Array2<f64>, unit: bool) {
    for mut column in x.axis_iter_mut(Axis(1)) {
        let (mean, deviation) = (column.mean().unwrap_or(0.0), variance(column.view()).sqrt());
        let divisor = if unit && deviation > 0.0 { deviation } else { 1.0 };
        column.mapv_inplace(|v| (v - mean) / divisor);
    }
}

/// Mean 0 and length 1 for each patient, so that squared Euclidean distance is 2 × (1 − Pearson's correlation).
pub fn standardise_patients(x: &mut Array2<f64>) {
    for mut row in x.axis_iter_mut(Axis(0)) {
        let mean = row.mean().unwrap_or(0.0);
        row.mapv_inplace(|v| v - mean);
        let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            row.mapv_inplace(|v| v / length);
        }
    }
}

/// Middle value; NaN of nothing. Reorders its input.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Quantile by linear interpolation (Hyndman and Fan 1996, type 7); NaN of nothing. Reorders its input.
pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let at = q * (values.len() - 1) as f64;
    let (low, share) = (at.floor() as usize, at.fract());
    let next = values[(low + 1).min(values.len() - 1)];
    values[low] + share * (next - values[low])
}

fn variance(column: ArrayView1<'_, f64>) -> f64 {
    Array1::var(&column.to_owned(), 0.0)
}

/// Third standardised moment of the finite values; none where they do not vary.
fn skewness(column: ArrayView1<'_, f64>) -> Option<f64> {
    let known: Vec<f64> = column.iter().copied().filter(|v| v.is_finite()).collect();
    let n = known.len() as f64;
    let mean = known.iter().sum::<f64>() / n;
    let moment = |power: i32| known.iter().map(|v| (v - mean).powi(power)).sum::<f64>() / n;
    let spread = moment(2);
    (spread > 1e-18).then(|| moment(3) / spread.powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_scale_is_read_from_the_numbers() {
        assert_eq!(scale(array![[0.0, 1.0], [2.0, -1.0]].view()), Scale::Discrete);
        let shares = Array2::from_shape_fn((20, 3), |(i, j)| (i * 3 + j) as f64 / 60.0);
        assert_eq!(scale(shares.view()), Scale::Proportion);
        assert_eq!(scale(shares.mapv(|v| (12.0 * v).exp()).view()), Scale::Skewed);
        assert_eq!(scale(shares.mapv(|v| 10.0 * v - 5.0).view()), Scale::Interval);
    }

    #[test]
    fn missing_values_take_the_median_and_constant_features_go() {
        let x = array![[1.0, 7.0, f64::NAN], [f64::NAN, 7.0, f64::NAN], [3.0, 7.0, f64::NAN], [9.0, 7.0, f64::NAN]];
        assert_eq!(tidy(x.view(), Scale::Interval), array![[1.0], [3.0], [3.0], [9.0]]);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
        assert!(median(&mut []).is_nan());
    }
}
