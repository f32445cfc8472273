//! What a fitted twin says of days to come, and what each INR has taught it.

use super::course::DAY;
use super::fit::{CannotFit, History, Posterior, Twin};
use super::parameters::Deviation;

/// Standard normal deviate of a two-sided 90 % band.
const NINETY_PERCENT: f64 = 1.644_853_626_951_472_2;

/// An INR to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Days after the first dose, before that day's dose.
    pub day: f64,
    /// At the most probable twin.
    pub inr: f64,
    /// Standard deviation of the log INR by what is not known of the person.
    pub spread: f64,
    /// Standard deviation of the log INR by measurement and day-to-day change.
    pub residual: f64,
}

impl Forecast {
    /// 90 % band of the person's true INR.
    pub fn band(&self) -> (f64, f64) {
        self.around(self.spread)
    }

    /// 90 % band of a measured INR.
    pub fn measured_band(&self) -> (f64, f64) {
        self.around(self.spread.hypot(self.residual))
    }

    /// How many standard deviations a measured INR lies from its forecast, on the log scale.
    pub fn surprise(&self, measured: f64) -> f64 {
        (measured / self.inr).ln() / self.spread.hypot(self.residual)
    }

    fn around(&self, spread: f64) -> (f64, f64) {
        let factor = (NINETY_PERCENT * spread).exp();
        (self.inr / factor, self.inr * factor)
    }
}

/// The dose that would hold a target in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Maintenance {
    /// mg/day.
    pub daily: f64,
    /// Standard deviation of its logarithm.
    pub spread: f64,
}

impl Maintenance {
    /// 90 % band, mg/day.
    pub fn band(&self) -> (f64, f64) {
        let factor = (NINETY_PERCENT * self.spread).exp();
        (self.daily / factor, self.daily * factor)
    }
}

/// What was known after so many INRs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lesson {
    /// Day of the INR; `None` for what was known before the first.
    pub day: Option<f64>,
    /// The INR.
    pub inr: Option<f64>,
    /// What was forecast for it from the INRs before.
    pub forecast: Option<Forecast>,
    /// The twin after it.
    pub posterior: Posterior,
    /// The dose for the target after it; `None` where no dose holds the target.
    pub maintenance: Option<Maintenance>,
    /// The twin from all INRs but this one.
    pub without: Option<Posterior>,
}

impl Twin<'_> {
    /// INRs at the start of every day from 0 to the day after the last dose.
    pub fn forecast(&self, posterior: &Posterior, doses: &[f64]) -> Vec<Forecast> {
        let mut course = self.sensitive_course(posterior.mode);
        let mut days = Vec::with_capacity(doses.len() + 1);
        let read = |course: &super::course::SensitiveCourse, day: usize| {
            let inr = course.course().inr();
            let slopes = course.slopes().map(|s| s / inr);
            Forecast { day: day as f64, inr, spread: posterior.spread_along(slopes), residual: self.spreads().inr }
        };
        days.push(read(&course, 0));
        for (day, dose) in doses.iter().enumerate() {
            course.dose(*dose);
            course.advance(DAY);
            days.push(read(&course, day + 1));
        }
        days
    }

    /// The dose for a target; `None` where no dose holds it.
    pub fn maintenance(&self, posterior: &Posterior, target: f64) -> Option<Maintenance> {
        let daily = |deviation: Deviation| {
            let parameters = self.parameters(deviation);
            self.mechanism(deviation).maintenance(&parameters, target)
        };
        // The dose is proportional to clearance times EC50 in every model here.
        Some(Maintenance { daily: daily(posterior.mode)?, spread: posterior.spread_along([1.0, 1.0]) })
    }

    /// What was known before the first INR and after each, and without each.
    ///
    /// # Errors
    /// When the history contradicts itself.
    pub fn lessons(&self, history: &History, target: f64) -> Result<Vec<Lesson>, CannotFit> {
        history.check()?;
        let mut posterior = self.prior();
        let mut lessons = vec![Lesson {
            day: None,
            inr: None,
            forecast: None,
            posterior,
            maintenance: self.maintenance(&posterior, target),
            without: None,
        }];
        for (place, observation) in history.observations.iter().enumerate() {
            let whole_days = history.doses.iter().take(observation.day.floor() as usize);
            let doses: Vec<f64> = whole_days.copied().collect();
            let forecast = self.forecast(&posterior, &doses).last().copied();
            let upto = History {
                doses: history.doses.clone(),
                observations: history.observations.iter().take(place + 1).copied().collect(),
            };
            posterior = self.fit_from(&upto, posterior.mode)?;
            let mut others = history.clone();
            others.observations.remove(place);
            lessons.push(Lesson {
                day: Some(observation.day),
                inr: Some(observation.inr),
                forecast,
                posterior,
                maintenance: self.maintenance(&posterior, target),
                without: Some(self.fit(&others)?),
            });
        }
        Ok(lessons)
    }
}

impl Posterior {
    /// Standard deviation of a quantity with these derivatives by log clearance and log EC50.
    pub fn spread_along(&self, [a, b]: [f64; 2]) -> f64 {
        let [[s, t], [u, v]] = self.covariance;
        (a * a * s + a * b * (t + u) + b * b * v).max(0.0).sqrt()
    }
}
