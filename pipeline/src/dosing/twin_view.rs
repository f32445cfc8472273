//! The twin's answer in words, for the page and the terminal.

use pgx_rules::dosing::policy::advice::{Advice, Held, Predicted, Taught};
use pgx_rules::dosing::ttr::{Range, Visit};
use serde::Serialize;

use super::text::short;
use super::twin_answer::TwinAnswer;
use super::twin_svg::forecast;

/// A section of the page.
#[derive(Serialize)]
pub struct TwinView {
    /// The suggestion, or why there is none.
    pub lead: String,
    /// Doses of the next seven days; empty without a suggestion.
    pub week: String,
    /// Drawing.
    pub svg: String,
    /// What each INR taught: day, INR, forecast, dose for the range, change, change if left out.
    pub lessons: Vec<[String; 6]>,
    /// Further sentences.
    pub notes: Vec<String>,
}

/// The section.
pub fn view(answer: &TwinAnswer, visits: &[Visit], range: Range) -> TwinView {
    let Some(advice) = &answer.advice else {
        let lead = format!("The twin says nothing: {}.", answer.no_advice);
        return TwinView {
            lead,
            week: String::new(),
            svg: String::new(),
            lessons: Vec::new(),
            notes: answer.notes.clone(),
        };
    };
    TwinView {
        lead: lead(advice),
        week: week(advice),
        svg: forecast(advice, visits, range),
        lessons: advice.lessons.iter().map(lesson).collect(),
        notes: notes(answer, advice),
    }
}

/// Lines for the terminal.
pub fn lines(answer: &TwinAnswer) -> Vec<String> {
    match &answer.advice {
        None => vec![format!("twin: no suggestion, {}", answer.no_advice)],
        Some(advice) => {
            [lead(advice), week(advice)].into_iter().filter(|l| !l.is_empty()).chain(notes(answer, advice)).collect()
        }
    }
}

fn lead(advice: &Advice) -> String {
    let kept = format!("With the dose as it is: INR {} on day {:.0}.", span(&advice.kept), advice.kept.day);
    let Some((suggestion, with)) = advice.suggestion.as_ref().zip(advice.with.as_ref()) else {
        let why = advice.abstains.iter().chain(&advice.rails).map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return format!("The twin abstains: {why}. {kept}");
    };
    let hold = match suggestion.hold {
        0 => String::new(),
        1 => "leave out one dose, then ".to_owned(),
        n => format!("leave out {n} doses, then "),
    };
    format!(
        "Twin's suggestion: {hold}{} mg/day ({} mg/week), next test in {} days. Then INR {} on day {:.0}. {kept}",
        short(suggestion.daily),
        short(7.0 * suggestion.daily),
        short(suggestion.next_visit),
        span(with),
        with.day
    )
}

fn week(advice: &Advice) -> String {
    match advice.week.is_empty() {
        true => String::new(),
        false => {
            format!("Next seven days: {} mg.", advice.week.iter().map(|mg| short(*mg)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn span(p: &Predicted) -> String {
    format!("{:.1} ({:.1} to {:.1})", p.inr, p.low, p.high)
}

fn dose(held: Option<Held>) -> String {
    held.map_or_else(|| "none".to_owned(), |h| format!("{:.1} ({:.1} to {:.1})", h.daily, h.low, h.high))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(String::new, |s| format!("{:+.0} %", 100.0 * s))
}

fn lesson(taught: &Taught) -> [String; 6] {
    [
        taught.day.map_or_else(|| "before".to_owned(), short),
        taught.inr.map_or_else(String::new, |inr| format!("{inr:.1}")),
        taught.forecast.as_ref().map_or_else(String::new, span),
        dose(taught.maintenance),
        percent(taught.moved),
        percent(taught.left_out),
    ]
}

fn notes(answer: &TwinAnswer, advice: &Advice) -> Vec<String> {
    let [[clearance, clearance_sd], [ec50, ec50_sd]] = advice.deviations;
    let mut notes = answer.notes.clone();
    notes.extend(advice.assumed.iter().cloned());
    notes.push(format!(
        "dose that would hold the range: {} mg/day, 90 % band; clearance {} and EC50 {} of the typical person's (spreads of the logarithms {clearance_sd:.2} and {ec50_sd:.2})",
        dose(advice.maintenance),
        factor(clearance),
        factor(ec50)
    ));
    if !advice.facts.is_empty() {
        let facts = advice.facts.iter().map(|(name, share)| format!("{name} {:+.0} %", 100.0 * share));
        notes.push(format!(
            "expected before any INR, against the model's typical dose: {}",
            facts.collect::<Vec<_>>().join(", ")
        ));
    }
    if advice.suggestion.is_some() {
        notes.extend(advice.rails.iter().map(ToString::to_string));
    }
    notes.push(format!("model {}, policy {}; bands are of the person's true INR", advice.model, advice.policy));
    notes
}

fn factor(log: f64) -> String {
    format!("{:.2} times", log.exp())
}
