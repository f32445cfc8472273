//! What happens to a virtual patient, whatever the policy: doses not taken, visits that come late, the assay.

use super::keyed::{Keyed, Purpose};
use super::population::TABLE;
use crate::dosing::twin::{CannotModel, Numbers};
use crate::knowledge::schema::Knowledge;

/// The plan of visits, days after the first dose: the same for every policy. Every third day at first, then weekly.
pub const WEEKLY: [usize; 16] = [3, 6, 9, 12, 15, 18, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84];
/// A plan with half as many visits after the third week.
pub const SPARSE: [usize; 11] = [3, 6, 9, 12, 15, 21, 28, 42, 56, 70, 84];

/// Numbers of the table.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    missed: f64,
    careless_share: f64,
    careless_missed: f64,
    careless_run: f64,
    late_share: f64,
    latest: f64,
    assay_cv: f64,
    fluctuation_sd: f64,
    fluctuation_days: f64,
}

impl Life {
    /// Reads the table.
    ///
    /// # Errors
    /// When it lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, TABLE)?;
        let get = |name: &str| numbers.get("life", name);
        Ok(Self {
            missed: get("missed")?,
            careless_share: get("careless_share")?,
            careless_missed: get("careless_missed")?,
            careless_run: get("careless_run")?,
            late_share: get("late_share")?,
            latest: get("latest")?,
            assay_cv: get("assay_cv")?,
            fluctuation_sd: get("fluctuation_sd")?,
            fluctuation_days: get("fluctuation_days")?,
        })
    }

    /// Whether the dose of each day is taken. Careless patients miss more, and in runs.
    pub fn taken(&self, keyed: &Keyed, patient: u64, days: usize) -> Vec<bool> {
        let uniform = |index: u64| keyed.uniform(patient, Purpose::Missed, index);
        let is_careless = uniform(0) < self.careless_share;
        let mut missed_before = false;
        (0..days)
            .map(|day| {
                let chance = match (is_careless, missed_before) {
                    (false, _) => self.missed,
                    (true, true) => self.careless_run,
                    // So that the share of days comes out as stated.
                    (true, false) => self.careless_missed * (1.0 - self.careless_run) / (1.0 - self.careless_missed),
                };
                missed_before = uniform(day as u64 + 1) < chance;
                !missed_before
            })
            .collect()
    }

    /// Days of the planned visits, some of them late, never past the next one.
    pub fn visits(&self, keyed: &Keyed, patient: u64, plan: &[usize]) -> Vec<usize> {
        plan.iter()
            .enumerate()
            .map(|(place, &day)| {
                let uniform = |index: u64| keyed.uniform(patient, Purpose::Late, 2 * place as u64 + index);
                let late = if uniform(0) < self.late_share { (uniform(1) * self.latest).ceil() as usize } else { 0 };
                let next = plan.get(place + 1).copied().unwrap_or(usize::MAX);
                (day + late).min(next - 1)
            })
            .collect()
    }

    /// Log factors on the rise of the INR above its baseline on each day: food, illness, what no model follows.
    pub fn fluctuation(&self, keyed: &Keyed, patient: u64, days: usize) -> Vec<f64> {
        let kept = (-1.0 / self.fluctuation_days).exp();
        let fresh = (1.0 - kept * kept).sqrt();
        let normal = |day: usize| self.fluctuation_sd * keyed.normal(patient, Purpose::Fluctuation, day as u64);
        let mut now = normal(0);
        let mut all = vec![now];
        for day in 1..=days {
            now = kept * now + fresh * normal(day);
            all.push(now);
        }
        all
    }

    /// What the laboratory finds: to one decimal.
    pub fn measured(&self, keyed: &Keyed, patient: u64, day: usize, inr: f64) -> f64 {
        let error = self.assay_cv * keyed.normal(patient, Purpose::Assay, day as u64);
        ((inr * error.exp() * 10.0).round() / 10.0).max(0.8)
    }
}
