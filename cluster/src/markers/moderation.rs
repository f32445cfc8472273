//! Variances that borrow strength from all features: empirical Bayes of Smyth 2004 (doi 10.2202/1544-6115.1027).

use statrs::function::gamma::digamma;

use crate::partition::Partition;

/// Spread of one feature within the subtypes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Groups {
    /// Pooled variance within groups, divisor `degrees`; NaN without degrees of freedom.
    pub(super) variance: f64,
    /// Known values less groups that have any.
    pub(super) degrees: f64,
}

impl Groups {
    pub(super) fn new(values: &[f64], partition: &Partition) -> Self {
        let (mut counts, mut means) = (vec![0.0; partition.groups()], vec![0.0; partition.groups()]);
        let mut squares = 0.0;
        // Welford 1962: one pass, without the cancellation of sums of squares.
        for (&value, &label) in values.iter().zip(partition.labels()).filter(|(v, _)| !v.is_nan()) {
            counts[label] += 1.0;
            let before = value - means[label];
            means[label] += before / counts[label];
            squares += before * (value - means[label]);
        }
        let degrees = counts.iter().sum::<f64>() - counts.iter().filter(|c| **c > 0.0).count() as f64;
        Self { variance: if degrees > 0.0 { squares / degrees } else { f64::NAN }, degrees }
    }
}

/// The distribution from which the variances of features are drawn: scaled inverse chi-square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prior {
    /// Its degrees of freedom; 0 where there is too little to learn it from.
    pub(super) degrees: f64,
    /// Its scale, a typical variance.
    pub(super) variance: f64,
    /// Degrees of freedom of all features together: no moderated test can have more.
    most: f64,
}

/// Variances below this share of the median count as this share: one constant feature must not set the prior.
const LEAST: f64 = 1e-5;

impl Prior {
    /// Matches mean and variance of the log variances to those of their distribution (section 6.2 there).
    pub(super) fn fit(features: &[Groups]) -> Self {
        let known: Vec<&Groups> = features.iter().filter(|f| f.degrees > 0.0).collect();
        let most = known.iter().map(|f| f.degrees).sum();
        let middle = crate::prepare::median(&mut known.iter().map(|f| f.variance).collect::<Vec<_>>());
        // Without at least two features, or with most of them constant, there is nothing to borrow.
        if known.len() < 2 || middle <= 0.0 {
            return Self { degrees: 0.0, variance: 0.0, most };
        }
        let logs: Vec<f64> = known
            .iter()
            .map(|f| f.variance.max(LEAST * middle).ln() - digamma(f.degrees / 2.0) + (f.degrees / 2.0).ln())
            .collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let seen = logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let sampling = known.iter().map(|f| trigamma(f.degrees / 2.0)).sum::<f64>() / n;
        let excess = seen - sampling;
        if excess <= 0.0 {
            return Self { degrees: f64::INFINITY, variance: mean.exp(), most };
        }
        let half = trigamma_inverse(excess);
        Self { degrees: 2.0 * half, variance: (mean + digamma(half) - half.ln()).exp(), most }
    }

    /// Variance of a feature after borrowing, and degrees of freedom of a t made with it.
    pub(super) fn moderate(&self, own: &Groups) -> (f64, f64) {
        let variance = if self.degrees == 0.0 {
            own.variance
        } else if self.degrees.is_infinite() {
            if own.degrees > 0.0 { self.variance } else { f64::NAN }
        } else {
            (self.degrees * self.variance + own.degrees * own.variance) / (self.degrees + own.degrees)
        };
        (variance, (self.degrees + own.degrees).min(self.most))
    }
}

/// Second derivative of the logarithm of the gamma function, x > 0 (Abramowitz and Stegun 6.4.6 and 6.4.12).
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 15.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum + 1.0 / x + y / 2.0 + y / x * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y / 30.0)))
}

/// Solves trigamma(y) = x, x > 0, by Newton's method on 1/trigamma, which is nearly straight (appendix of Smyth 2004).
fn trigamma_inverse(x: f64) -> f64 {
    // Where the asymptotic ends are exact to rounding.
    if x > 1e7 {
        return 1.0 / x.sqrt();
    }
    if x < 1e-6 {
        return 1.0 / x;
    }
    let mut y = 0.5 + 1.0 / x;
    for _ in 0..50 {
        let value = trigamma(y);
        let step = value * (1.0 - value / x) / tetragamma(y);
        y += step;
        if -step / y < 1e-10 {
            break;
        }
    }
    y
}

/// Derivative of [`trigamma`] (Abramowitz and Stegun 6.4.13).
fn tetragamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 15.0 {
        sum -= 2.0 / (x * x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    sum - y - y / x - y * y * (0.5 - y * (1.0 / 6.0 - y * (1.0 / 6.0 - y * 0.3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polygamma_functions_have_their_known_values() {
        let pi = std::f64::consts::PI;
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-12);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-12);
        // −2 ζ(3).
        assert!((tetragamma(1.0) + 2.404_113_806_319_188_5).abs() < 1e-12);
        for x in [1e-5, 0.01, 1.0, 30.0, 1e5] {
            assert!((trigamma(trigamma_inverse(x)) - x).abs() < 1e-8 * x, "{x}");
        }
    }

    #[test]
    fn a_variance_moves_towards_the_typical_one() {
        let features: Vec<Groups> =
            [0.2, 0.5, 1.0, 2.0, 9.0].map(|variance| Groups { variance, degrees: 4.0 }).to_vec();
        let prior = Prior::fit(&features);
        assert!(prior.degrees > 0.0, "{prior:?}");
        let (small, degrees) = prior.moderate(&features[0]);
        let (large, _) = prior.moderate(&features[4]);
        assert!(small > 0.2 && large < 9.0 && degrees > 4.0 && degrees <= 20.0, "{small} {large} {degrees}");
    }

    #[test]
    fn features_of_equal_variance_share_it() {
        let features = vec![Groups { variance: 2.0, degrees: 6.0 }; 10];
        let prior = Prior::fit(&features);
        assert_eq!(prior.degrees, f64::INFINITY);
        assert_eq!(prior.moderate(&features[0]).1, 60.0);
    }

    #[test]
    fn spread_within_groups_leaves_out_missing_values() {
        let found = Groups::new(&[1.0, 3.0, f64::NAN, 10.0, 14.0], &Partition::new([0, 0, 0, 1, 1]));
        assert_eq!(found, Groups { variance: 5.0, degrees: 2.0 });
    }
}
