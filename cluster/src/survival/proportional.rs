//! Whether hazards are proportional: the score test of each coefficient against one that changes with time
//! (Grambsch and Therneau 1994, doi 10.1093/biomet/81.3.515; in its exact form, with the information of each moment).

use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use serde::Serialize;

use super::FollowUp;
use super::cox::{CoxError, Fit, Likelihood};
use crate::association::ranks;
use crate::survival::kaplan_meier::kaplan_meier;
use crate::tails;

/// The shape of change with time that is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Time itself.
    Time,
    /// Rank of the follow-up time among all patients.
    Rank,
    /// Logarithm of time, with times of 0 at the least time above it.
    Logarithm,
    /// 1 − survival just before: late, sparse events do not dominate.
    Survival,
}

/// The test of one covariate, or of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proportionality {
    /// The covariate; none for all together.
    pub covariate: Option<String>,
    /// Statistic, chi-square under proportional hazards.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Chance of a greater statistic under proportional hazards.
    pub p: f64,
}

/// Tests each covariate of the regression of follow-up on `x` (see [`super::cox::cox`]), then all together.
///
/// # Errors
/// As the regression.
pub fn proportional(
    follow_up: &FollowUp,
    x: ArrayView2<'_, f64>,
    names: &[String],
    clock: Clock,
) -> Result<Vec<Proportionality>, CoxError> {
    let fit = Fit::new(follow_up, x, names)?;
    let readings = clock.readings(follow_up);
    let events: Vec<f64> = readings.iter().zip(follow_up.events()).filter(|(_, e)| **e).map(|(r, _)| *r).collect();
    let centre = events.iter().sum::<f64>() / events.len() as f64;
    let p = names.len();
    let mut gradient = DVector::zeros(2 * p);
    let mut information = DMatrix::zeros(2 * p, 2 * p);
    Likelihood::walk(follow_up, &follow_up.moments(), &fit.x, &fit.beta, |patient, part| {
        let g = readings[patient] - centre;
        for j in 0..p {
            gradient[p + j] += g * part.gradient[j];
            for l in 0..p {
                let value = part.information[(j, l)];
                information[(j, l)] += value;
                information[(j, p + l)] += g * value;
                information[(p + j, l)] += g * value;
                information[(p + j, p + l)] += g * g * value;
            }
        }
    });
    let test = |tested: &[usize], covariate: Option<String>| {
        let kept: Vec<usize> = (0..p).chain(tested.iter().map(|j| p + j)).collect();
        let u = gradient.select_rows(&kept);
        let v = information.select_rows(&kept).select_columns(&kept);
        let factor = v.cholesky().ok_or(CoxError::Singular)?;
        let chi_square = u.dot(&factor.solve(&u));
        let degrees = tested.len();
        Ok(Proportionality { covariate, chi_square, degrees, p: tails::chi_square(chi_square, degrees as f64) })
    };
    let all: Vec<usize> = (0..p).collect();
    let mut tests: Vec<_> = names.iter().enumerate().map(|(j, n)| test(&[j], Some(n.clone()))).collect();
    tests.push(test(&all, None));
    tests.into_iter().collect()
}

impl Clock {
    /// One reading a patient.
    fn readings(self, follow_up: &FollowUp) -> Vec<f64> {
        let times = follow_up.times();
        match self {
            Self::Time => times.to_vec(),
            Self::Rank => ranks::ranks(times),
            Self::Logarithm => {
                let least = times.iter().copied().filter(|t| *t > 0.0).fold(f64::INFINITY, f64::min);
                times.iter().map(|t| if *t > 0.0 { t.ln() } else { least.ln() }).collect()
            }
            Self::Survival => {
                let curve = kaplan_meier(follow_up, 0.95);
                let before = |time: f64| {
                    let at = curve.steps.partition_point(|s| s.time < time);
                    at.checked_sub(1).map_or(0.0, |i| 1.0 - curve.steps[i].survival)
                };
                times.iter().map(|&t| before(t)).collect()
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random;
    use ndarray::Array2;
    use rand::Rng;

    /// 300 patients whose hazard in group 1 is 4 times that of group 0, until `turn`, and a quarter of it afterwards.
    fn simulated(turn: f64) -> (FollowUp, Array2<f64>) {
        let mut generator = random::stream(7, &[]);
        let mut draw = |ratio: f64| -> f64 {
            let amount = -(1.0 - generator.r#gen::<f64>()).ln();
            if ratio == 1.0 {
                amount
            } else if amount < ratio * turn {
                amount / ratio
            } else {
                turn + (amount - ratio * turn) * ratio
            }
        };
        let group = |i: usize| f64::from(u8::from(i % 2 == 1));
        let times: Vec<f64> = (0..300).map(|i| draw(1.0 + 3.0 * group(i))).collect();
        let x = Array2::from_shape_fn((300, 1), |(i, _)| group(i));
        (FollowUp::new(times, &[Some(true); 300]).unwrap(), x)
    }

    #[test]
    fn hazards_that_cross_are_found_and_proportional_ones_are_not() {
        for clock in [Clock::Time, Clock::Rank, Clock::Logarithm, Clock::Survival] {
            let p = |turn| {
                let (follow_up, x) = simulated(turn);
                proportional(&follow_up, x.view(), &["group".to_owned()], clock).unwrap()[0].p
            };
            assert!(p(0.2) < 1e-6, "{clock:?}: {}", p(0.2));
            assert!(p(f64::INFINITY) > 0.01, "{clock:?}: {}", p(f64::INFINITY));
        }
    }
}
