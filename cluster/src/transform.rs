//! The scale on which values are compared, learnt from one set of patients and applied to any other.

use serde::{Deserialize, Serialize};

use crate::matrix::FeatureMatrix;
use crate::prepare::{self, Scale};

/// What is done to each value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Nothing: the values are on an interval scale already.
    None,
    /// log2(value + offset).
    Logarithm {
        /// What is added, so that 0 has a logarithm.
        offset: f64,
    },
}

impl Transform {
    /// Learns it from a matrix: logs where most features are skewed ([`Scale::Skewed`]).
    pub fn learn(matrix: &FeatureMatrix) -> Self {
        if matrix.scale() != Scale::Skewed {
            return Self::None;
        }
        Self::Logarithm { offset: prepare::log_offset(matrix.values().view()) }
    }

    /// Applies it to one value. What has no finite result is missing: NaN.
    pub fn apply(self, value: f64) -> f64 {
        let result = match self {
            Self::None => value,
            Self::Logarithm { offset } => (value + offset).log2(),
        };
        if result.is_finite() { result } else { f64::NAN }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn counts_are_logged_and_log_ratios_are_not() {
        let matrix = |x: Array2<f64>| {
            let patients = (0..x.nrows()).map(|i| i.to_string()).collect();
            FeatureMatrix::new(patients, (0..x.ncols()).map(|j| j.to_string()).collect(), x).unwrap()
        };
        let ratios = Array2::from_shape_fn((30, 4), |(i, j)| (i * 4 + j) as f64 / 30.0 - 2.0);
        assert_eq!(Transform::learn(&matrix(ratios)), Transform::None);
        let counts = Array2::from_shape_fn((30, 4), |(i, j)| ((i + j) as f64 / 3.0).exp());
        let learnt = Transform::learn(&matrix(counts));
        assert!(matches!(learnt, Transform::Logarithm { offset } if offset >= 1.0), "{learnt:?}");
        assert!(learnt.apply(0.0).is_finite() && learnt.apply(-1e9).is_nan());
    }
}
