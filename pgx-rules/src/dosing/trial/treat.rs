//! One virtual patient under one policy, day by day, within the rails.

use std::sync::Arc;

use super::keyed::Keyed;
use super::life::Life;
use super::measure::Happened;
use super::population::VirtualPatient;
use super::simulator::{Simulator, Truth};
use crate::dosing::nomogram::Nomogram;
use crate::dosing::policy::predictive::{Asked, Search};
use crate::dosing::policy::twin_state::Possible;
use crate::dosing::policy::{Chart, Conduct, Start, tablets};
use crate::dosing::rails::{self, Now, Rail, Situation, Suggestion};
use crate::dosing::ttr::{Range, Visit};
use crate::dosing::twin::Course;
use crate::dosing::twin::course::DAY;
use crate::dosing::twin::rule::{Mesh, Rule};

/// Days of the first week, in which there is no weekly dose to compare with.
const FIRST_WEEK: usize = 7;
/// Days until the next test where no program may give a dose.
const STOPPED: usize = 1;

/// Who chooses the doses.
pub enum Doser<'p> {
    /// A policy, which sees the chart only.
    Policy(Box<dyn Conduct + 'p>),
    /// One who knows the patient's true parameters and state, and not the future: the ceiling.
    Oracle(Search),
}

/// A patient's life in one simulator.
pub struct Fate<'a> {
    /// The simulator.
    pub simulator: &'a Simulator,
    /// The patient.
    pub patient: &'a VirtualPatient,
    /// The truth.
    pub truth: &'a Truth,
    /// Whether each day's dose is taken.
    pub taken: &'a [bool],
    /// Log factors on the rise of the INR, by day.
    pub fluctuation: &'a [f64],
    /// Days of the planned visits.
    pub visits: &'a [usize],
    /// What else happens.
    pub life: &'a Life,
    /// Random numbers.
    pub keyed: &'a Keyed,
    /// For the rails on the first dose.
    pub situation: &'a Situation,
    /// Usual care, where a policy will not speak.
    pub usual_care: &'a Nomogram,
    /// Therapeutic range.
    pub range: Range,
    /// Length, days.
    pub days: usize,
}

/// Doses as prescribed.
struct Prescription {
    /// Mean mg/day.
    daily: f64,
    week: [f64; 7],
    since: usize,
    held: usize,
    loading: Vec<f64>,
}

impl Prescription {
    fn new(daily: f64, since: usize, held: usize) -> Self {
        Self { daily, week: tablets::pattern(daily), since, held, loading: Vec::new() }
    }

    fn on(&self, day: usize) -> f64 {
        let place = day - self.since;
        match self.loading.get(place) {
            _ if place < self.held => 0.0,
            Some(mg) => *mg,
            None => self.week.get(place % 7).copied().unwrap_or(self.daily),
        }
    }
}

/// Treats the patient to the end.
pub fn treat(fate: &Fate<'_>, doser: &mut Doser<'_>) -> Happened {
    let mechanism = fate.simulator.mechanism(fate.truth, 0);
    let rule = Arc::new(Rule::new(mechanism.chains, DAY, Mesh::Coarse));
    let mut course = Course::with_day(mechanism, Mesh::Coarse, rule);
    let mut happened = Happened::default();
    let mut visits = fate.visits.iter().copied().filter(|d| *d < fate.days).peekable();
    let mut extra: Option<usize> = None;
    let first_visit = visits.peek().copied().unwrap_or(fate.days);
    let mut prescription = fate.begin(doser, &course, first_visit);
    let mut changed = 0;
    for day in 0..fate.days {
        if day > 0 && !fate.truth.change.is_empty() {
            course.replace(fate.simulator.mechanism(fate.truth, day));
        }
        let true_inr = fate.inr(&course, day);
        happened.inr.push(true_inr);
        let is_planned = visits.next_if(|v| *v <= day).is_some();
        if is_planned || extra.is_some_and(|e| e <= day) {
            let inr = fate.life.measured(fate.keyed, fate.patient.number, day, true_inr);
            happened.visits.push(Visit { day: day as f64, inr });
            let next_visit = visits.peek().map_or(fate.days - day, |v| v - day);
            let chart =
                Chart { day, doses: &happened.doses, visits: &happened.visits, daily: prescription.daily, next_visit };
            let asked = fate.ask(doser, &course, &chart).unwrap_or_else(|_| {
                happened.abstentions += 1;
                fate.usual_care(&chart)
            });
            let (next, referred, retest) = fate.within_rails(&chart, asked, changed);
            if (next.daily - prescription.daily).abs() > 1e-9 {
                changed = day;
                happened.changes += 1;
            }
            happened.held += next.held;
            happened.referrals += usize::from(referred);
            extra = retest.filter(|r| *r < next_visit).map(|r| day + r);
            prescription = next;
        }
        let mg = prescription.on(day);
        happened.doses.push(mg);
        course.day(if fate.taken.get(day) == Some(&false) { 0.0 } else { mg });
    }
    happened.inr.push(fate.inr(&course, fate.days));
    happened
}

impl Fate<'_> {
    /// The INR of a day.
    fn inr(&self, course: &Course, day: usize) -> f64 {
        let baseline = course.mechanism().baseline;
        let factor = self.fluctuation.get(day).copied().unwrap_or(0.0).exp();
        baseline + (course.inr() - baseline) * factor
    }

    fn begin(&self, doser: &mut Doser<'_>, course: &Course, first_visit: usize) -> Prescription {
        let Start { loading, daily } = match doser {
            Doser::Policy(conduct) => conduct.start(first_visit),
            Doser::Oracle(search) => {
                let asked =
                    Asked { days: first_visit, lowest: 0.0, highest: rails::HIGHEST_FIRST_WEEK, kept: None, inr: None };
                Start { loading: Vec::new(), daily: search.best(&self.known(course, search, 0), &asked).daily }
            }
        };
        let limited = |mg: f64| rails::first_dose(self.situation, mg).mg;
        let mut prescription = Prescription::new(tablets::nearest(limited(daily)), 0, 0);
        prescription.loading = loading.into_iter().map(limited).collect();
        prescription
    }

    /// What the nomogram says, where the policy abstains.
    fn usual_care(&self, chart: &Chart<'_>) -> Suggestion {
        let kept = chart.unchanged();
        let Some(step) = self.usual_care.step(chart.visits) else { return kept };
        let skipped = step.next_doses.iter().take_while(|factor| **factor == 0.0).count();
        Suggestion { daily: kept.daily * (1.0 + step.change), hold: skipped as u8, ..kept }
    }

    fn ask(&self, doser: &mut Doser<'_>, course: &Course, chart: &Chart<'_>) -> Result<Suggestion, Rail> {
        match doser {
            Doser::Policy(conduct) => conduct.revise(chart),
            Doser::Oracle(search) => {
                let best = search.best(&self.known(course, search, chart.day), &Asked::at(chart));
                Ok(Suggestion { daily: best.daily, hold: best.hold as u8, ..chart.unchanged() })
            }
        }
    }

    /// The patient as the oracle knows it.
    fn known(&self, course: &Course, search: &Search, day: usize) -> Vec<Possible> {
        let change = self.truth.change.get(day).copied().unwrap_or_default();
        let parameters = self.truth.parameters.deviate(change);
        let maintenance = course.mechanism().maintenance(&parameters, search.middle());
        let lift = (self.inr(course, day) / course.inr()).ln();
        vec![Possible { weight: 1.0, course: course.clone(), maintenance, lift }]
    }

    /// What may be done of what was asked; whether a physician is called; days to a test before the planned one.
    fn within_rails(
        &self,
        chart: &Chart<'_>,
        asked: Suggestion,
        changed: usize,
    ) -> (Prescription, bool, Option<usize>) {
        let now = Now {
            day: chart.day as f64,
            visits: chart.visits,
            daily: (chart.day >= FIRST_WEEK).then_some(chart.daily),
            since_change: (chart.day - changed) as f64,
            range: self.range,
            bleeding: false,
        };
        let reviewed = rails::review(&now, asked);
        let referred = reviewed.rails.iter().any(|r| r.effect() != rails::Effect::Limit);
        let Some(allowed) = reviewed.suggestion else {
            // The physician's own rule is not simulated: nothing is given, and the INR is measured again.
            return (Prescription::new(chart.daily, chart.day, STOPPED), referred, Some(STOPPED));
        };
        // The plan of visits is everyone's; only an INR above 4 brings a test forward.
        let is_high = chart.inr().is_some_and(|inr| inr > rails::HOLD_INR);
        let retest = is_high.then_some(allowed.next_visit.max(1.0) as usize);
        let mut next = Prescription::new(within(allowed.daily, &now), chart.day, usize::from(allowed.hold));
        if next.daily == chart.daily && next.held == 0 {
            next.week = tablets::pattern(chart.daily);
        }
        (next, referred, retest)
    }
}

/// The nearest weekly total of tablets that does not leave the rails on changes.
fn within(daily: f64, now: &Now<'_>) -> f64 {
    let step = tablets::STEP / 7.0;
    let nearest = tablets::nearest(daily);
    match now.daily {
        Some(before) if nearest > before && nearest > daily => (nearest - step).max(before),
        Some(before) if nearest < before && nearest < daily => (nearest + step).min(before),
        _ => nearest,
    }
}
