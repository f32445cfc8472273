//! Tail probabilities of the reference distributions. NaN in, NaN out; never a panic.

use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Chance that a chi-square of `degrees` degrees of freedom exceeds `x`.
pub(crate) fn chi_square(x: f64, degrees: f64) -> f64 {
    upper(x, || ChiSquared::new(degrees).ok().map(|d| d.sf(x)))
}

/// Chance that an F of `above` and `below` degrees of freedom exceeds `x`.
pub(crate) fn fisher_snedecor(x: f64, above: f64, below: f64) -> f64 {
    upper(x, || FisherSnedecor::new(above, below).ok().map(|d| d.sf(x)))
}

/// Chance that a standard normal is further from 0 than `z`.
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    chi_square(z * z, 1.0)
}

/// Chance that Student's t is further from 0 than `t`. Infinite degrees of freedom mean the normal distribution.
pub(crate) fn student_two_sided(t: f64, degrees: f64) -> f64 {
    // Beyond 1e10 degrees the two differ by less than rounding.
    if degrees > 1e10 {
        return normal_two_sided(t);
    }
    upper(t.abs(), || StudentsT::new(0.0, 1.0, degrees).ok().map(|d| (2.0 * d.sf(t.abs())).min(1.0)))
}

/// The `share` quantile of the standard normal distribution, `share` between 0 and 1.
pub(crate) fn normal_quantile(share: f64) -> f64 {
    if !(share > 0.0 && share < 1.0) {
        return f64::NAN;
    }
    Normal::new(0.0, 1.0).map_or(f64::NAN, |d| d.inverse_cdf(share))
}

fn upper(x: f64, tail: impl Fn() -> Option<f64>) -> f64 {
    if x.is_nan() {
        f64::NAN
    } else if x == f64::INFINITY {
        0.0
    } else {
        tail().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_have_their_tabulated_values() {
        // NIST/SEMATECH e-Handbook, critical values at 0.05.
        assert!((chi_square(3.841_458_820_694_124, 1.0) - 0.05).abs() < 1e-12);
        assert!((student_two_sided(2.228_138_851_986_273, 10.0) - 0.05).abs() < 1e-12);
        assert!((normal_two_sided(1.959_963_984_540_054) - 0.05).abs() < 1e-12);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-9);
    }

    #[test]
    fn extremes_are_answered() {
        assert_eq!(chi_square(f64::INFINITY, 2.0), 0.0);
        assert!(chi_square(f64::NAN, 2.0).is_nan() && student_two_sided(1.0, 0.0).is_nan());
        assert_eq!(student_two_sided(1.0, f64::INFINITY), normal_two_sided(1.0));
    }
}
