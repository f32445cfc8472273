//! A first dose from an equation, then a nomogram; optionally a revision on day 4 or 5 by Lenzini's equation between them.
//!
//! The nomogram is asked at every visit. Waiting for the tests that it would order itself, which are rarer, was tried on tuning
//! patients and holds the range for a shorter time: the comparator is the better of the two. After a revision by Lenzini's
//! equation it waits until that dose had time to show.

use super::starts::{Begin, daily};
use super::{Abstains, Chart, Conduct, Policy, Start};
use crate::dosing::nomogram::{BadNomogram, Nomogram};
use crate::dosing::rails::{HOLD_INR, Rail, Suggestion};
use crate::dosing::record::{Record, Response};
use crate::dosing::ttr::Range;
use crate::knowledge::schema::Knowledge;

/// Days of therapy (from 0) that Lenzini's equation calls day 4 and 5.
const REVISION_DAYS: [usize; 2] = [3, 4];
/// Days after the revision before the nomogram acts.
const AFTER_REVISION: usize = 7;

/// Start and nomogram.
pub struct Guided<'k> {
    name: &'static str,
    knowledge: &'k Knowledge,
    nomogram: Nomogram,
    begin: Begin,
    /// Model of the revision on day 4 or 5.
    revision: Option<&'static str>,
}

impl<'k> Guided<'k> {
    /// A start, then a nomogram.
    ///
    /// # Errors
    /// When the knowledge base has no such nomogram.
    pub fn new(
        name: &'static str,
        knowledge: &'k Knowledge,
        nomogram: &str,
        begin: Begin,
    ) -> Result<Self, BadNomogram> {
        Ok(Self { name, knowledge, nomogram: Nomogram::of(knowledge, nomogram)?, begin, revision: None })
    }

    /// With a revision between them.
    #[must_use]
    pub fn with_revision(self, model: &'static str) -> Self {
        Self { revision: Some(model), ..self }
    }
}

impl Policy for Guided<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn uses_genotypes(&self) -> bool {
        self.begin == Begin::Pharmacogenetic
    }

    fn begin<'p>(&'p self, record: &'p Record, _: Range) -> Result<Box<dyn Conduct + 'p>, Abstains> {
        Ok(Box::new(Following { policy: self, record, next: 0, waiting: None }))
    }
}

struct Following<'p> {
    policy: &'p Guided<'p>,
    record: &'p Record,
    /// Day from which the nomogram acts.
    next: usize,
    /// Daily dose to return to after a hold.
    waiting: Option<f64>,
}

impl Conduct for Following<'_> {
    fn start(&mut self, _: usize) -> Start {
        Start { loading: Vec::new(), daily: self.policy.begin.daily(self.policy.knowledge, self.record) }
    }

    fn revise(&mut self, chart: &Chart<'_>) -> Result<Suggestion, Rail> {
        Ok(self.follow(chart))
    }
}

impl Following<'_> {
    fn follow(&mut self, chart: &Chart<'_>) -> Suggestion {
        let kept = chart.unchanged();
        let Some(inr) = chart.inr() else { return kept };
        if let Some(daily) = self.revision(chart, inr) {
            self.next = chart.day + AFTER_REVISION;
            return Suggestion { daily, ..kept };
        }
        if inr < HOLD_INR && chart.day < self.next {
            return kept;
        }
        let Some(step) = self.policy.nomogram.step(chart.visits) else { return kept };
        if step.held {
            self.waiting.get_or_insert(chart.daily);
            return Suggestion { hold: kept.next_visit as u8, ..kept };
        }
        let before = self.waiting.take().unwrap_or(chart.daily);
        let skipped = step.next_doses.iter().take_while(|factor| **factor == 0.0).count();
        Suggestion { daily: before * (1.0 + step.change), hold: skipped as u8, ..kept }
    }

    /// The dose of the revision, on its days.
    fn revision(&self, chart: &Chart<'_>, inr: f64) -> Option<f64> {
        let model = self.policy.revision?;
        if !REVISION_DAYS.contains(&chart.day) {
            return None;
        }
        let taken = |days_before: usize| {
            let day = chart.day.checked_sub(days_before);
            Some(day.and_then(|d| chart.doses.get(d)).copied().unwrap_or(0.0))
        };
        let mut record = self.record.clone();
        record.response = Response { inr: Some(inr), dose_2: taken(2), dose_3: taken(3), dose_4: taken(4) };
        daily(self.policy.knowledge, model, &record)
    }
}
