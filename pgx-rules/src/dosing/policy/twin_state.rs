//! A policy's twin of a patient: fitted at each visit, and laid out as a few twins that stand for what is not known.

use crate::dosing::ttr::Visit;
use crate::dosing::twin::fit::{CannotFit, History, Observation, Posterior, Spreads, Twin};
use crate::dosing::twin::rule::Mesh;
use crate::dosing::twin::{Course, Deviation, Parameters, TwinModel};

/// A twin that one of the possible patients has.
pub struct Possible {
    /// How likely it is; all together are 1.
    pub weight: f64,
    /// Its course up to now.
    pub course: Course,
    /// mg/day that hold its target; `None` where no dose does.
    pub maintenance: Option<f64>,
    /// Log factor between its INR and today's measured one, as far as it is believed to last.
    pub lift: f64,
}

/// How far a measured INR that lies off the twin is a state that lasts, and not the assay's error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carry {
    /// Part of the log distance that is believed.
    pub share: f64,
    /// Days in which it falls to a third.
    pub days: f64,
}

/// The twin of one patient.
pub struct TwinState<'p> {
    twin: Twin<'p>,
    forget_per_week: f64,
    posterior: Posterior,
}

impl<'p> TwinState<'p> {
    /// Before any INR.
    pub fn new(model: &'p dyn TwinModel, typical: Parameters, spreads: Spreads, forget_per_week: f64) -> Self {
        let twin = Twin::new(model, typical, spreads, Mesh::Coarse);
        let posterior = twin.prior();
        Self { twin, forget_per_week, posterior }
    }

    /// The twin itself.
    pub fn twin(&self) -> &Twin<'p> {
        &self.twin
    }

    /// What is known now.
    pub fn posterior(&self) -> &Posterior {
        &self.posterior
    }

    /// Learns from all INRs so far.
    ///
    /// # Errors
    /// When the history contradicts itself.
    pub fn learn(&mut self, doses: &[f64], visits: &[Visit]) -> Result<(), CannotFit> {
        let history = History { doses: doses.to_vec(), observations: self.observations(visits) };
        self.posterior = self.twin.fit_from(&history, self.posterior.mode)?;
        Ok(())
    }

    /// INRs with the doubt that comes with age.
    pub fn observations(&self, visits: &[Visit]) -> Vec<Observation> {
        let today = visits.last().map_or(0.0, |v| v.day);
        visits
            .iter()
            .map(|v| {
                let doubt = (1.0 + self.forget_per_week * (today - v.day) / 7.0).sqrt();
                Observation { day: v.day, inr: v.inr, doubt }
            })
            .collect()
    }

    /// Five twins with the mean and covariance of the posterior (the unscented transform), after these doses. `today` is this
    /// day's INR, where there is one.
    pub fn possible(&self, doses: &[f64], target: f64, today: Option<(f64, Carry)>) -> Vec<Possible> {
        let Deviation { clearance, ec50 } = self.posterior.mode;
        let [[a, b], [_, d]] = self.posterior.covariance;
        // Columns of the Cholesky factor, stretched by √3: weights 1/3 and four times 1/6.
        let first = a.max(0.0).sqrt();
        let second = if first > 0.0 { b / first } else { 0.0 };
        let third = (d - second * second).max(0.0).sqrt();
        let stretch = 3.0_f64.sqrt();
        let away = [(0.0, 0.0), (first, second), (-first, -second), (0.0, third), (0.0, -third)];
        let weights = [1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0];
        away.into_iter()
            .zip(weights)
            .map(|((x, y), weight)| {
                let at = Deviation { clearance: clearance + stretch * x, ec50: ec50 + stretch * y };
                let mut course = self.twin.course(at);
                doses.iter().for_each(|mg| course.day(*mg));
                let maintenance = course.mechanism().maintenance(&self.twin.parameters(at), target);
                let lift = today.map_or(0.0, |(inr, carry)| carry.share * (inr / course.inr()).ln());
                Possible { weight, course, maintenance, lift }
            })
            .collect()
    }
}
