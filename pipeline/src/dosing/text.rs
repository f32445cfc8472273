//! An answer in words, for the terminal.

use std::fmt::Write as _;

use pgx_rules::dosing::first::{Branch, Dose, Estimate, Stage};

use super::answer::{Answer, Reason, Untested};
use super::doses_tsv::why_empty;
use super::refit::Refitted;
use super::revision::Revision;
use super::twin_view;

/// The whole answer.
pub fn render(answer: &Answer) -> String {
    let mut text = format!("Warfarin dose: {}\n", answer.id);
    let mut lines = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{title}"); // into a string: cannot fail
            for line in lines {
                let _ = writeln!(text, "  {line}"); // into a string: cannot fail
            }
        }
    };
    lines("No dose from a program", answer.refused.iter().map(|r| r.text.clone()).collect());
    lines("Warnings", answer.warnings.clone());
    lines("CPIC 2017", answer.cpic.iter().flat_map(branch).collect());
    lines("First daily dose, within the safety rails", answer.start.iter().flat_map(start).collect());
    let stage = |stage: Stage| answer.estimates.iter().filter(move |e| e.stage == stage);
    lines("No first dose is suggested", answer.withheld.iter().map(|r| r.text.clone()).collect());
    lines("Maintenance dose by model", stage(Stage::Maintenance).flat_map(estimate).collect());
    lines("Your own model", answer.refit.iter().flat_map(refit).collect());
    lines("Loading dose", loading(answer));
    if shows_lenzini(answer) {
        lines("Revision on day 4 or 5", stage(Stage::Revision).flat_map(estimate).collect());
    }
    lines("After these INRs", answer.revision.iter().flat_map(revision).collect());
    lines("The patient's twin", answer.twin.iter().flat_map(twin_view::lines).collect());
    for found in answer.estimates.iter().filter(|e| !e.terms.is_empty() && e.model != "eupact") {
        lines(&format!("Terms: {} ({})", found.title, found.scale), terms(found));
    }
    lines("What this input could not show", answer.untested.iter().map(untested).collect());
    lines("Where a model is used outside what it was made for", outside(answer));
    lines("Not stated, and the safety rails ask for it", answer.not_stated.iter().map(|n| (*n).to_owned()).collect());
    text.push_str("\nDecision support for people who know its limits; it replaces neither judgement nor INR tests.\n");
    text
}

/// Whether there is an INR of day 4 or 5 to revise by.
pub fn shows_lenzini(answer: &Answer) -> bool {
    answer.revision.as_ref().is_some_and(|r| r.no_lenzini.is_empty()) || answer.record.response.inr.is_some()
}

/// One digit after the point.
pub fn short(mg: f64) -> String {
    format!("{mg:.1}")
}

/// `4.3`, or `4.1 to 4.5`.
pub fn span(low: f64, high: f64) -> String {
    let (low, high) = (short(low), short(high));
    if low == high { low } else { format!("{low} to {high}") }
}

/// Name of a branch.
pub fn ancestry(african: bool) -> &'static str {
    if african { "African ancestry" } else { "no African ancestry" }
}

/// Name of a model, for people.
pub fn title<'a>(answer: &'a Answer, model: &'a str) -> &'a str {
    answer.estimate(model).map_or(model, |e| e.title)
}

fn branch(branch: &Branch) -> Vec<String> {
    let condition = if branch.is_stated { "" } else { "if " };
    let mut lines =
        vec![format!("{condition}{}: {} route", ancestry(branch.african_ancestry), branch.outcome.route.name())];
    lines.extend(branch.outcome.steps.iter().map(|step| format!("  - {step}")));
    lines.extend(branch.doses.iter().map(|dose| {
        format!(
            "  {}: {} mg/week ({} mg/day)",
            dose.model,
            span(dose.low, dose.high),
            span(dose.low / 7.0, dose.high / 7.0)
        )
    }));
    lines
}

fn start(start: &super::start::Start) -> Vec<String> {
    let mut lines = vec![format!("{}: {} mg", ancestry(start.african_ancestry), span(start.low, start.high))];
    if !start.rails.is_empty() {
        lines.push(format!("  computed {} mg", span(start.computed_low, start.computed_high)));
    }
    lines.extend(reasons(&start.rails));
    lines
}

fn reasons(rails: &[Reason]) -> Vec<String> {
    rails.iter().map(|r| format!("  {}", r.text)).collect()
}

fn estimate(found: &Estimate) -> Vec<String> {
    let name = format!("{:<26}", found.title);
    let dose = match &found.dose {
        Some(Dose::Weekly(mg)) => format!("{} mg/week ({} mg/day)", short(*mg), short(mg / 7.0)),
        Some(Dose::Range([low, high])) => {
            format!("{} mg/week ({} mg/day)", span(*low, *high), span(low / 7.0, high / 7.0))
        }
        Some(Dose::Days(days)) => days.map(short).join(", "),
        None => why_empty(found).unwrap_or_default(),
    };
    let mut lines = vec![format!("{name}{dose}")];
    lines.extend(
        found
            .depending_on_missing
            .map(|[low, high]| format!("  {} mg/week, depending on what is missing", span(low, high))),
    );
    lines.extend(found.interval.as_ref().map(|i| {
        format!("  stable dose within {} mg/week for {:.0} %: {}", span(i.low, i.high), 100.0 * i.share, i.source)
    }));
    lines.extend(found.unknown_terms.iter().map(|term| format!("  {term}")));
    lines
}

/// What the clinic's own model says.
pub fn refit(found: &Refitted) -> Vec<String> {
    let (patients, error) = found.learnt_from;
    let mut lines = vec![
        format!(
            "{} mg/week ({} mg/day); 80 % of held-out patients lay within {} mg/week",
            short(found.weekly),
            short(found.weekly / 7.0),
            span(found.interval[0], found.interval[1])
        ),
        format!("learnt from {patients} patients; held-out mean absolute error {error:.1} mg/week"),
        format!("{:<18}{:>6} mg/week", "average patient", short(found.base)),
    ];
    let telling = found.reasons.iter().filter(|r| r.weekly.abs() >= 0.05);
    lines.extend(telling.map(|r| {
        let value = if r.value.is_empty() { "missing" } else { &r.value };
        format!("{:<18}{:>+6.1} mg/week  ({value})", r.column, r.weekly)
    }));
    lines.extend(found.strange.iter().map(|(column, value)| format!("{column} '{value}' was not learnt")));
    lines
}

fn loading(answer: &Answer) -> Vec<String> {
    let Some(loading) = &answer.loading else { return Vec::new() };
    let days = |days: [f64; 3]| days.map(short).join(", ");
    let mut lines = vec![format!("days 1 to 3: {} mg (optional; by Avery, as in EU-PACT)", days(loading.limited))];
    if loading.limited != loading.computed {
        lines.push(format!("computed: {} mg", days(loading.computed)));
        lines.extend(reasons(&loading.rails));
    }
    lines
}

fn revision(found: &Revision) -> Vec<String> {
    let mut lines = vec![format!(
        "day {} of therapy, INR {}, range {}{}",
        found.therapy_day,
        found.inr,
        found.range,
        found.weekly.map_or_else(String::new, |mg| format!(", {} mg/week so far", short(mg)))
    )];
    if found.days_without_dose > 0 {
        lines.push(format!(
            "{} of the last 7 days have no stated dose: the mean is of the others, not of none",
            found.days_without_dose
        ));
    }
    if let Some([inside, below, above]) = found.percent {
        lines.push(format!(
            "time in range so far (Rosendaal): {inside:.0} %, below {below:.0} %, above {above:.0} %, over {:.0} days",
            found.time_in_range.counted()
        ));
    }
    lines.extend(Some(&found.no_lenzini).filter(|t| !t.is_empty()).map(|why| format!("Lenzini: {why}")));
    lines.extend(Some(&found.no_nomogram).filter(|t| !t.is_empty()).cloned());
    for step in &found.nomograms {
        let next = step.next_doses.map(short).join(", then ");
        lines.push(format!(
            "{} ({}): {:+.1} % of the weekly dose, {} mg/week; next doses {next} mg; test in {} days",
            step.nomogram,
            step.band,
            100.0 * step.change,
            short(step.weekly),
            step.next_test
        ));
        match step.within_rails {
            Some(allowed) if !step.rails.is_empty() => lines.push(format!(
                "  within the rails: {} mg/week, {} doses left out first, test within {} days",
                short(7.0 * allowed.daily),
                allowed.hold,
                allowed.next_visit
            )),
            Some(_) => {}
            None => lines.push("  within the rails: no dose from a program".into()),
        }
        lines.extend(reasons(&step.rails));
    }
    lines
}

fn terms(found: &Estimate) -> Vec<String> {
    let term = |t: &pgx_rules::dosing::first::Term| {
        format!(
            "{:<18}{:>9} x {:>9}  = {:>8.4}  {:>+6.1} mg/week",
            t.name,
            round(t.value),
            t.coefficient,
            t.contribution,
            t.weekly
        )
    };
    found.terms.iter().filter(|t| t.contribution != 0.0).map(term).collect()
}

/// A number without the last binary digits.
pub fn round(value: f64) -> String {
    ((value * 1e4).round() / 1e4).to_string()
}

/// One line on what could not be seen.
pub fn untested(found: &Untested) -> String {
    let alleles = if found.alleles.is_empty() { String::new() } else { format!(" {}", found.alleles.join(", ")) };
    let carriers: Vec<String> =
        found.carriers.iter().map(|(group, share)| format!("{group} {:.1} %", 100.0 * share)).collect();
    let carriers = if carriers.is_empty() { String::new() } else { format!("; carriers: {}", carriers.join(", ")) };
    format!("{}{alleles}: {}{carriers}", found.what, found.matters)
}

/// Limits that were crossed, one line each, with the models that share it.
pub fn outside(answer: &Answer) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for found in answer.estimates.iter().filter(|e| e.dose.is_some()) {
        for limit in &found.outside {
            match lines.iter_mut().find(|(said, _)| said == limit) {
                Some((_, models)) => models.push(found.title),
                None => lines.push((limit.clone(), vec![found.title])),
            }
        }
    }
    lines.into_iter().map(|(limit, models)| format!("{limit} ({})", models.join("; "))).collect()
}
