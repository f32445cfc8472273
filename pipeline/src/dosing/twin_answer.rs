//! The twin's suggestion for one patient, from the record and the history.

use pgx_rules::dosing::policy::advice::{Advice, NoAdvice, Treatment};
use pgx_rules::dosing::policy::predictive::Predictive;
use pgx_rules::dosing::record::Record;
use pgx_rules::dosing::twin::CannotModel;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use super::history::History;

/// What the twin says, or why it says nothing.
#[derive(Clone, Debug, Serialize)]
pub struct TwinAnswer {
    /// Its suggestion with what it rests on.
    pub advice: Option<Advice>,
    /// Why there is none.
    pub no_advice: String,
    /// What was assumed of the doses.
    pub notes: Vec<String>,
}

/// Asks the twin; `None` without an INR after the first dose.
pub fn ask(knowledge: &Knowledge, record: &Record, history: &History) -> Option<TwinAnswer> {
    let mut notes = Vec::new();
    let treatment = treatment(history, &mut notes)?;
    let policy = Predictive::of(knowledge).map_err(NoAdvice::from);
    let advice = policy.and_then(|policy| policy.advise(record, &treatment));
    let no_advice = advice.as_ref().err().map_or_else(String::new, why);
    Some(TwinAnswer { advice: advice.ok(), no_advice, notes })
}

fn why(error: &NoAdvice) -> String {
    match error {
        NoAdvice::Model(CannotModel::Range { what: "baseline INR", .. }) => {
            format!("{error}; the twin has to know every dose from the first one: does the history begin later?")
        }
        _ => error.to_string(),
    }
}

fn treatment(history: &History, notes: &mut Vec<String>) -> Option<Treatment> {
    let visits: Vec<_> = history.visits.iter().copied().filter(|v| v.day > 0.0).collect();
    let today = visits.last()?.day;
    let (daily, _) = history.daily_before(today)?;
    let mut missing = 0;
    let days = today.floor().max(0.0) as usize;
    let doses = (0..days).map(|day| {
        let stated = history.dose_on(day as f64);
        missing += usize::from(stated.is_none());
        stated.unwrap_or(daily)
    });
    let doses: Vec<f64> = doses.collect();
    if missing > 0 {
        notes.push(format!(
            "{missing} of {days} days are without a stated dose: taken as {daily:.1} mg, the mean of the last week"
        ));
    }
    Some(Treatment { doses, visits, daily, since_change: history.since_change(today) })
}
