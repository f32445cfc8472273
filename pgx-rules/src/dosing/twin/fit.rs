//! A twin from sparse INRs: the most probable deviation from the typical person, and how sure that is.
//!
//! Priors of the deviations of log clearance and log EC50 are normal, and so is the residual of the log INR. The mode is found
//! by Gauss-Newton steps with Levenberg's damping on exact derivatives; at the mode the inverse of the Gauss-Newton Hessian is
//! the covariance (Laplace). A test holds both to a grid over the posterior.

use std::sync::Arc;

use thiserror::Error;

use super::course::{Course, DAY, ModeSlopes, SensitiveCourse};
use super::mechanism::{MODES, Mechanism};
use super::rule::{Mesh, Rule};
use super::{Deviation, Parameters, TwinModel};

/// Steps of the search; a fit of sparse INRs takes three to six.
const LONGEST_SEARCH: usize = 60;
/// Largest deviation that is looked at: a factor of 20.
const BOUND: f64 = 3.0;

/// Spreads of the priors and of the residual, all of natural logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spreads {
    /// Between patients, of clearance.
    pub clearance: f64,
    /// Between patients, of EC50.
    pub ec50: f64,
    /// Of an INR about its prediction.
    pub inr: f64,
}

/// One INR.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Days after the first dose; a measurement at a dose comes before it.
    pub day: f64,
    /// As measured.
    pub inr: f64,
    /// Factor on the residual's spread: above 1 for an INR that should count less.
    pub doubt: f64,
}

/// Doses and INRs of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// mg of racemate taken on day 0, 1, ….
    pub doses: Vec<f64>,
    /// INRs in order of time.
    pub observations: Vec<Observation>,
}

/// Why there is no fit.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CannotFit {
    /// Not in order of time, or before the first dose.
    #[error("INRs are not in order of time: day {0}")]
    Order(f64),
    /// Later than the doses.
    #[error("day {day}: doses are known for {days} days only")]
    Later {
        /// The day asked for.
        day: f64,
        /// Days with a dose.
        days: usize,
    },
    /// Nothing that was measured.
    #[error("an INR of {0} cannot be")]
    Inr(f64),
    /// Nothing that was taken.
    #[error("a dose of {0} mg cannot be")]
    Dose(f64),
    /// A spread that is not above 0.
    #[error("spreads must be above 0")]
    Spread,
    /// The search has left the numbers.
    #[error("the search for the most probable twin does not end")]
    Lost,
}

/// A person's twin after the measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// The most probable deviation.
    pub mode: Deviation,
    /// Covariance of log clearance and log EC50.
    pub covariance: [[f64; 2]; 2],
    /// Half the sum of squares of residuals and deviations, each in its spread.
    pub objective: f64,
}

/// A model with one person's typical parameters, ready to be fitted and run.
#[derive(Clone)]
pub struct Twin<'a> {
    model: &'a dyn TwinModel,
    typical: Parameters,
    spreads: Spreads,
    mesh: Mesh,
    day: Arc<Rule>,
}

impl<'a> Twin<'a> {
    /// A twin that nothing was measured of.
    pub fn new(model: &'a dyn TwinModel, typical: Parameters, spreads: Spreads, mesh: Mesh) -> Self {
        let chains = model.mechanism(&typical).chains;
        Self { model, typical, spreads, mesh, day: Arc::new(Rule::new(chains, DAY, mesh)) }
    }

    /// Parameters of a deviation.
    pub fn parameters(&self, deviation: Deviation) -> Parameters {
        self.typical.deviate(deviation)
    }

    /// Equations of a deviation.
    pub fn mechanism(&self, deviation: Deviation) -> Mechanism {
        self.model.mechanism(&self.parameters(deviation))
    }

    /// The course of a deviation, before its first dose.
    pub fn course(&self, deviation: Deviation) -> Course {
        Course::with_day(self.mechanism(deviation), self.mesh, Arc::clone(&self.day))
    }

    /// As [`Twin::course`], with derivatives.
    pub fn sensitive_course(&self, deviation: Deviation) -> SensitiveCourse {
        const SMALL: f64 = 1e-5;
        let shifted = |clearance: f64, ec50: f64| {
            self.mechanism(Deviation { clearance: deviation.clearance + clearance, ec50: deviation.ec50 + ec50 })
        };
        let (up, down) = (shifted(SMALL, 0.0), shifted(-SMALL, 0.0));
        let mut slopes = ModeSlopes::default();
        for i in 0..MODES {
            slopes.rate[i] = (up.modes[i].rate - down.modes[i].rate) / (2.0 * SMALL);
            slopes.weight[i] = (up.modes[i].weight - down.modes[i].weight) / (2.0 * SMALL);
        }
        let by_clearance = (up.half / down.half).ln() / (2.0 * SMALL);
        let by_ec50 = (shifted(0.0, SMALL).half / shifted(0.0, -SMALL).half).ln() / (2.0 * SMALL);
        SensitiveCourse::new(self.course(deviation), slopes, [by_clearance, by_ec50])
    }

    /// Spreads of priors and residual.
    pub fn spreads(&self) -> Spreads {
        self.spreads
    }

    /// What is known before any INR.
    pub fn prior(&self) -> Posterior {
        let Spreads { clearance, ec50, .. } = self.spreads;
        Posterior {
            mode: Deviation::default(),
            covariance: [[clearance * clearance, 0.0], [0.0, ec50 * ec50]],
            objective: 0.0,
        }
    }

    /// The posterior after a history.
    ///
    /// # Errors
    /// When the history contradicts itself.
    pub fn fit(&self, history: &History) -> Result<Posterior, CannotFit> {
        self.fit_from(history, Deviation::default())
    }

    /// As [`Twin::fit`], with the search started at an earlier mode.
    ///
    /// # Errors
    /// As [`Twin::fit`].
    pub fn fit_from(&self, history: &History, start: Deviation) -> Result<Posterior, CannotFit> {
        history.check()?;
        let Spreads { clearance, ec50, inr } = self.spreads;
        if !(clearance > 0.0 && ec50 > 0.0 && inr > 0.0) {
            return Err(CannotFit::Spread);
        }
        let mut at = self.expand(history, [start.clearance, start.ec50]);
        let mut damping = 0.0;
        for _ in 0..LONGEST_SEARCH {
            let step = at.newton_step(damping).ok_or(CannotFit::Lost)?;
            if step.iter().all(|s| s.abs() < 1e-9) {
                break;
            }
            let to = [0, 1].map(|i| (at.place[i] + step[i]).clamp(-BOUND, BOUND));
            let next = self.expand(history, to);
            if next.objective <= at.objective {
                damping /= 10.0;
                let gain = at.objective - next.objective;
                at = next;
                if gain < 1e-15 {
                    break;
                }
            } else {
                damping = (damping * 10.0).max(1e-2);
                if damping > 1e8 {
                    break; // no step improves: this is the mode to rounding
                }
            }
        }
        let covariance = at.covariance().ok_or(CannotFit::Lost)?;
        let [clearance, ec50] = at.place;
        Ok(Posterior { mode: Deviation { clearance, ec50 }, covariance, objective: at.objective })
    }

    /// Objective, gradient and Gauss-Newton Hessian at a place.
    fn expand(&self, history: &History, place: [f64; 2]) -> Expansion {
        let spread = [self.spreads.clearance, self.spreads.ec50];
        let mut result = Expansion { place, objective: 0.0, gradient: [0.0; 2], hessian: [[0.0; 2]; 2] };
        for i in 0..2 {
            result.objective += (place[i] / spread[i]).powi(2) / 2.0;
            result.gradient[i] += place[i] / (spread[i] * spread[i]);
            result.hessian[i][i] += 1.0 / (spread[i] * spread[i]);
        }
        let mut course = self.sensitive_course(Deviation { clearance: place[0], ec50: place[1] });
        history.walk(&mut course, |course, observation| {
            let predicted = course.course().inr();
            let spread = self.spreads.inr * observation.doubt;
            let residual = (observation.inr.ln() - predicted.ln()) / spread;
            let slopes = course.slopes().map(|s| s / predicted / spread);
            result.objective += residual * residual / 2.0;
            for i in 0..2 {
                result.gradient[i] -= residual * slopes[i];
                for j in 0..2 {
                    result.hessian[i][j] += slopes[i] * slopes[j];
                }
            }
        });
        result
    }
}

/// The objective about a place.
struct Expansion {
    place: [f64; 2],
    objective: f64,
    gradient: [f64; 2],
    hessian: [[f64; 2]; 2],
}

impl Expansion {
    fn newton_step(&self, damping: f64) -> Option<[f64; 2]> {
        let [[a, b], [_, d]] = self.hessian;
        let inverse = inverse([[a * (1.0 + damping), b], [b, d * (1.0 + damping)]])?;
        let [g, h] = self.gradient;
        Some(inverse.map(|[x, y]| -(x * g + y * h)))
    }

    fn covariance(&self) -> Option<[[f64; 2]; 2]> {
        inverse(self.hessian)
    }
}

fn inverse([[a, b], [c, d]]: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let determinant = a * d - b * c;
    (determinant.is_finite() && determinant > 0.0)
        .then(|| [[d / determinant, -b / determinant], [-c / determinant, a / determinant]])
}

impl History {
    /// Whether it can be.
    ///
    /// # Errors
    /// Names the first contradiction.
    pub fn check(&self) -> Result<(), CannotFit> {
        if let Some(&dose) = self.doses.iter().find(|d| !(d.is_finite() && **d >= 0.0)) {
            return Err(CannotFit::Dose(dose));
        }
        let mut before = 0.0;
        for observation in &self.observations {
            let Observation { day, inr, doubt } = *observation;
            if !(inr.is_finite() && inr > 0.0 && doubt > 0.0) {
                return Err(CannotFit::Inr(inr));
            }
            if !(day.is_finite() && day >= before) {
                return Err(CannotFit::Order(day));
            }
            if day > self.doses.len() as f64 {
                return Err(CannotFit::Later { day, days: self.doses.len() });
            }
            before = day;
        }
        Ok(())
    }

    /// Takes the doses in turn and stops at every INR.
    fn walk(&self, course: &mut SensitiveCourse, mut at: impl FnMut(&SensitiveCourse, &Observation)) {
        let mut waiting = self.observations.iter().peekable();
        let mut now = 0.0;
        for (day, dose) in self.doses.iter().enumerate() {
            while let Some(observation) = waiting.next_if(|o| o.day <= day as f64) {
                at(course, observation);
            }
            if waiting.peek().is_none() {
                return;
            }
            course.dose(*dose);
            let end = (day + 1) as f64;
            now = day as f64;
            while let Some(observation) = waiting.next_if(|o| o.day < end) {
                course.advance((observation.day - now) * DAY);
                now = observation.day;
                at(course, observation);
            }
            course.advance((end - now) * DAY);
            now = end;
        }
        for observation in waiting.filter(|o| o.day <= now) {
            at(course, observation);
        }
    }
}
