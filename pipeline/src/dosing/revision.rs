//! From INRs and doses so far to a revised dose: nomograms within the rails, and what Lenzini's equations need.

use pgx_rules::dosing::nomogram::{NOMOGRAMS, Nomogram, RANGE, Step};
use pgx_rules::dosing::rails::{self, Now, Suggestion};
use pgx_rules::dosing::record::{Flag, Record, Response};
use pgx_rules::dosing::ttr::{LONGEST_GAP_DAYS, Range, TimeInRange, rosendaal};
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use super::answer::Reason;
use super::history::History;

/// What a history leads to.
#[derive(Clone, Debug, Serialize)]
pub struct Revision {
    /// INRs and doses.
    pub history: History,
    /// Day of therapy of the last INR; the day of the first dose is 1.
    pub therapy_day: f64,
    /// The last INR.
    pub inr: f64,
    /// The range to hold.
    pub range: Range,
    /// Time in range so far, Rosendaal, gaps over 56 days left out.
    pub time_in_range: TimeInRange,
    /// Percent inside, below, above; `None` before a second INR.
    pub percent: Option<[f64; 3]>,
    /// mg/week by the doses of the last seven days.
    pub weekly: Option<f64>,
    /// Days of these seven without a stated dose.
    pub days_without_dose: usize,
    /// What each nomogram says; empty when the range is not the one they are made for.
    pub nomograms: Vec<Nomogrammed>,
    /// Why there is none.
    pub no_nomogram: String,
    /// Why Lenzini's equations do not apply; empty when they do.
    pub no_lenzini: String,
}

/// What a nomogram says, and what the rails leave of it.
#[derive(Clone, Debug, Serialize)]
pub struct Nomogrammed {
    /// Name of its table.
    pub nomogram: String,
    /// Authors, title, journal.
    pub source: String,
    /// What is uncertain about it.
    pub confidence: String,
    /// The band that decided.
    pub band: String,
    /// Change of the weekly dose, as a share of it.
    pub change: f64,
    /// mg/week after the change.
    pub weekly: f64,
    /// mg on the next two days.
    pub next_doses: [f64; 2],
    /// Whether doses are held until the next test.
    pub held: bool,
    /// Days to the next test.
    pub next_test: f64,
    /// Within the rails; `None` when no program may say.
    pub within_rails: Option<Suggestion>,
    /// Rails that were touched.
    pub rails: Vec<Reason>,
}

/// Fills what Lenzini's equations need from a history, on day 4 or 5, unless it is stated. Of an earlier INR the baseline.
pub fn respond(history: &History, record: &mut Record) {
    if record.baseline_inr.is_none() {
        record.baseline_inr = history.visits.iter().rfind(|v| v.day <= 0.0).map(|v| v.inr);
    }
    let Some(last) = history.visits.last().filter(|v| is_day_4_or_5(v.day)) else { return };
    let today = last.day.floor();
    let before = |days: f64| match today - days {
        day if day < 0.0 => Some(0.0), // before the first dose
        day => history.dose_on(day),
    };
    let stated = record.response;
    record.response = Response {
        inr: stated.inr.or(Some(last.inr)),
        dose_2: stated.dose_2.or_else(|| before(2.0)),
        dose_3: stated.dose_3.or_else(|| before(3.0)),
        dose_4: stated.dose_4.or_else(|| before(4.0)),
    };
}

/// Day of therapy 4 or 5, where the first dose is on day 1 (and on day 0 of a history).
fn is_day_4_or_5(day: f64) -> bool {
    (3.0..5.0).contains(&day)
}

/// What the history leads to; `None` without an INR after the first dose, or without a range.
pub fn revise(knowledge: &Knowledge, record: &Record, history: History) -> Option<Revision> {
    let last = *history.visits.last()?;
    let range = record.therapeutic_range()?;
    let time_in_range = rosendaal(&history.visits, range, Some(LONGEST_GAP_DAYS)).ok()?;
    let before = history.daily_before(last.day);
    let no_nomogram = if range != RANGE {
        format!("the nomograms are made for the range {RANGE}, not {range}")
    } else if before.is_none() {
        "no dose before the last INR is stated".to_owned()
    } else {
        String::new()
    };
    let nomograms = match before {
        Some((daily, _)) if no_nomogram.is_empty() => {
            NOMOGRAMS.iter().filter_map(|name| nomogram(knowledge, name, record, &history, daily)).collect()
        }
        _ => Vec::new(),
    };
    let no_lenzini = match is_day_4_or_5(last.day) {
        true => String::new(),
        false => format!("made for day 4 or 5 of therapy; the last INR is of day {}", last.day.floor() + 1.0),
    };
    Some(Revision {
        therapy_day: last.day.floor() + 1.0,
        inr: last.inr,
        range,
        percent: time_in_range.percent(),
        time_in_range,
        weekly: before.map(|(daily, _)| 7.0 * daily),
        days_without_dose: before.map_or(0, |(_, days)| days),
        nomograms,
        no_nomogram,
        no_lenzini,
        history,
    })
}

fn nomogram(knowledge: &Knowledge, name: &str, record: &Record, history: &History, daily: f64) -> Option<Nomogrammed> {
    let table = knowledge.dosing.get(name)?;
    let nomogram = Nomogram::of(knowledge, name).ok()?;
    let step = nomogram.step(&history.visits)?;
    let today = history.visits.last()?.day;
    let changed = daily * (1.0 + step.change);
    let now = Now {
        day: today,
        visits: &history.visits,
        daily: (today >= 7.0).then_some(daily),
        since_change: history.since_change(today),
        range: record.therapeutic_range()?,
        bleeding: record.flag(Flag::Bleeding) == Some(true),
    };
    let asked = Suggestion { daily: changed, hold: held(&step), next_visit: step.retest };
    let reviewed = rails::review(&now, asked);
    Some(Nomogrammed {
        nomogram: name.to_owned(),
        source: table.title.clone(),
        confidence: table.confidence.clone(),
        band: step.band.to_owned(),
        change: step.change,
        weekly: 7.0 * changed,
        next_doses: step.next_doses.map(|factor| factor * changed),
        held: step.held,
        next_test: step.retest,
        within_rails: reviewed.suggestion,
        rails: reviewed.rails.into_iter().map(Reason::from).collect(),
    })
}

/// Doses left out first.
fn held(step: &Step<'_>) -> u8 {
    step.next_doses.iter().take_while(|factor| **factor == 0.0).count() as u8
}
