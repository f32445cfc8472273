//! The product-limit estimate of survival (Kaplan and Meier 1958, doi 10.1080/01621459.1958.10501452).

use serde::Serialize;

use super::FollowUp;
use crate::tails;

/// One distinct time of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The time, in the unit of the follow-up.
    pub time: f64,
    /// Patients under observation just before it.
    pub at_risk: usize,
    /// Events at it.
    pub events: usize,
    /// Patients censored at it.
    pub censored: usize,
    /// Survival just after it, 0 to 1.
    pub survival: f64,
    /// Greenwood's sum, the variance of the logarithm of survival.
    pub greenwood: f64,
    /// Lower end of the confidence interval of survival (log-log scale).
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// A survival curve: a step at 0, then one at each distinct time of follow-up, times rising.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// The steps.
    pub steps: Vec<Step>,
}

/// A quantile of survival time. None where the curve, or the end of the interval, never falls that far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantile {
    /// The time.
    pub time: Option<f64>,
    /// Lower confidence limit (Brookmeyer and Crowley 1982: where the lower limit of the curve crosses).
    pub lower: Option<f64>,
    /// Upper confidence limit.
    pub upper: Option<f64>,
}

/// Rounding that a product of some hundred factors may gather before it is compared with a level.
const ROUNDING: f64 = 1e-12;

/// Estimates the curve, with pointwise intervals that hold at the given `level` (0.95). The interval is symmetric for
/// log(−log S), so it stays within 0 and 1; it has no width while survival is 1 or once it is 0.
pub fn kaplan_meier(follow_up: &FollowUp, level: f64) -> Curve {
    let z = tails::normal_quantile(0.5 + level / 2.0);
    let mut at_risk = follow_up.len();
    let (mut survival, mut greenwood) = (1.0, 0.0);
    let mut steps = Vec::new();
    for patients in follow_up.moments() {
        let time = follow_up.times()[patients[0]];
        if steps.is_empty() && time > 0.0 {
            steps.push(start(at_risk));
        }
        let events = patients.iter().filter(|&&i| follow_up.events()[i]).count();
        let (n, d) = (at_risk as f64, events as f64);
        survival *= 1.0 - d / n;
        if events < at_risk {
            greenwood += d / (n * (n - d));
        }
        let (lower, upper) = interval(survival, greenwood, z);
        let censored = patients.len() - events;
        steps.push(Step { time, at_risk, events, censored, survival, greenwood, lower, upper });
        at_risk -= patients.len();
    }
    if steps.is_empty() {
        steps.push(start(0));
    }
    Curve { steps }
}

fn start(at_risk: usize) -> Step {
    Step { time: 0.0, at_risk, events: 0, censored: 0, survival: 1.0, greenwood: 0.0, lower: 1.0, upper: 1.0 }
}

fn interval(survival: f64, greenwood: f64, z: f64) -> (f64, f64) {
    if survival <= 0.0 || survival >= 1.0 {
        return (survival, survival);
    }
    let half = z * greenwood.sqrt() / survival.ln().abs();
    (survival.powf(half.exp()), survival.powf((-half).exp()))
}

impl Curve {
    /// Survival just after `time`; 1 before the first step.
    pub fn at(&self, time: f64) -> f64 {
        self.steps.iter().take_while(|s| s.time <= time).last().map_or(1.0, |s| s.survival)
    }

    /// Patients still under observation just before `time`.
    pub fn at_risk(&self, time: f64) -> usize {
        self.steps.iter().find(|s| s.time >= time).map_or(0, |s| s.at_risk)
    }

    /// Median survival time: the first at which survival is one half or less.
    pub fn median(&self) -> Quantile {
        self.quantile(0.5)
    }

    /// The first time at which survival is `share` or less, `share` between 0 and 1.
    pub fn quantile(&self, share: f64) -> Quantile {
        let first = |value: fn(&Step) -> f64| self.steps.iter().find(|s| value(s) <= share + ROUNDING).map(|s| s.time);
        Quantile { time: first(|s| s.survival), lower: first(|s| s.lower), upper: first(|s| s.upper) }
    }

    /// Mean survival time restricted to `horizon`: the area under the curve from 0 to there, and its standard error
    /// (Klein and Moeschberger 2003, section 4.5). Beyond the last follow-up the curve is drawn on as it stands.
    pub fn restricted_mean(&self, horizon: f64) -> (f64, f64) {
        let ends = self.steps.iter().skip(1).map(|s| s.time).chain([f64::INFINITY]);
        let pieces: Vec<f64> =
            self.steps.iter().zip(ends).map(|(s, end)| s.survival * (end.min(horizon) - s.time).max(0.0)).collect();
        let mut ahead: f64 = pieces.iter().sum();
        let mean = ahead;
        let mut variance = 0.0;
        for (step, piece) in self.steps.iter().zip(&pieces) {
            let (n, d) = (step.at_risk as f64, step.events as f64);
            if step.time <= horizon && step.events < step.at_risk {
                // What lies ahead of this step includes its own piece.
                variance += ahead * ahead * d / (n * (n - d));
            }
            ahead -= piece;
        }
        (mean, variance.sqrt())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn curve(times: &[f64], events: &[bool]) -> Curve {
        let states: Vec<_> = events.iter().copied().map(Some).collect();
        kaplan_meier(&FollowUp::new(times.to_vec(), &states).unwrap(), 0.95)
    }

    #[test]
    fn without_censoring_the_curve_is_the_share_of_survivors() {
        let found = curve(&[1.0, 2.0, 3.0, 4.0], &[true; 4]);
        let survival: Vec<f64> = found.steps.iter().map(|s| s.survival).collect();
        assert_eq!(survival, [1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(found.median().time, Some(2.0));
        let (mean, error) = found.restricted_mean(4.0);
        // The standard error of a mean of 1, 2, 3, 4 with divisor n: sqrt(1.25 / 4).
        assert!((mean - 2.5).abs() < 1e-12 && (error - 0.312_5_f64.sqrt()).abs() < 1e-12, "{mean} {error}");
    }

    #[test]
    fn a_median_that_is_not_reached_is_none() {
        assert_eq!(curve(&[1.0, 2.0, 3.0], &[true, false, false]).median().time, None);
    }

    #[test]
    fn numbers_at_risk_count_those_who_leave_at_that_time() {
        let found = curve(&[1.0, 2.0, 2.0, 5.0], &[true, false, true, false]);
        assert_eq!([0.0, 2.0, 3.0, 6.0].map(|t| found.at_risk(t)), [4, 3, 1, 0]);
    }

    #[test]
    fn an_event_at_time_zero_is_the_first_step() {
        let found = curve(&[0.0, 1.0], &[true, false]);
        assert_eq!((found.steps.len(), found.steps[0].survival), (2, 0.5));
    }

    #[test]
    fn no_patient_gives_a_flat_curve() {
        assert_eq!(curve(&[], &[]).at(10.0), 1.0);
    }
}
