//! Ways to dose a patient from visit to visit, behind one trait. The safety rails ([`super::rails`]) stand around each; a policy
//! proposes, they dispose.

pub mod advice;
pub mod fixed;
pub mod guided;
pub mod learned;
pub mod predictive;
pub mod starts;
pub mod tablets;
pub mod twin_state;

use thiserror::Error;

use super::rails::{Rail, Suggestion};
use super::record::Record;
use super::ttr::{Range, Visit};

/// A way to dose.
pub trait Policy: Send + Sync {
    /// Name in tables.
    fn name(&self) -> &str;

    /// Whether it looks at genotypes.
    fn uses_genotypes(&self) -> bool;

    /// Takes a patient on.
    ///
    /// # Errors
    /// When the policy cannot dose this patient.
    fn begin<'p>(&'p self, record: &'p Record, range: Range) -> Result<Box<dyn Conduct + 'p>, Abstains>;
}

/// A policy at work on one patient.
pub trait Conduct {
    /// Doses until the first visit, which comes after `first_visit` days.
    fn start(&mut self, first_visit: usize) -> Start;

    /// What to do at a visit.
    ///
    /// # Errors
    /// The rail by which the policy abstains: usual care takes over until the next visit.
    fn revise(&mut self, chart: &Chart<'_>) -> Result<Suggestion, Rail>;
}

/// The first days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// mg on the first days, where they differ.
    pub loading: Vec<f64>,
    /// mg a day after these.
    pub daily: f64,
}

/// What is on a patient's chart at a visit.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// Day of the visit; the first dose was on day 0.
    pub day: usize,
    /// mg that were prescribed for day 0, 1, … up to the day before.
    pub doses: &'a [f64],
    /// INRs by day; the last is today's.
    pub visits: &'a [Visit],
    /// Mean mg a day as prescribed now.
    pub daily: f64,
    /// Days to the next planned visit.
    pub next_visit: usize,
}

/// A policy that will not dose a patient.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{policy}: {why}")]
pub struct Abstains {
    /// The policy.
    pub policy: String,
    /// Why.
    pub why: String,
}

impl Chart<'_> {
    /// Today's INR.
    pub fn inr(&self) -> Option<f64> {
        self.visits.last().map(|v| v.inr)
    }

    /// The dose as it is, until the next planned visit.
    pub fn unchanged(&self) -> Suggestion {
        Suggestion { daily: self.daily, hold: 0, next_visit: self.next_visit as f64 }
    }
}
