//! `doses.tsv`: one row a patient, full precision, nothing rounded or capped; what a model cannot give is empty.

use pgx_rules::dosing::first::{Branch, Dose, Estimate};
use pgx_rules::dosing::record::BsaFormula;

use super::answer::Answer;

/// Names of the columns, in order.
const COLUMNS: [&str; 21] = [
    "id",
    "bsa_mosteller_m2",
    "bsa_dubois_m2",
    "iwpc_pgx_weekly",
    "iwpc_clinical_weekly",
    "gage_pgx_daily",
    "gage_clinical_daily",
    "fda_low_daily",
    "fda_high_daily",
    "eupact_weekly",
    "load_day1",
    "load_day2",
    "load_day3",
    "lenzini_pgx_weekly",
    "lenzini_clinical_weekly",
    "cpic_route",
    "cpic_low",
    "cpic_high",
    "cpic_consider_alternative",
    "cpic_reasons",
    "notes",
];

/// Column of a model of the clinic's own, where one is given: after all others.
const REFIT: &str = "refit_weekly";

/// The header; `with_model` where a model of the clinic's own is given.
pub fn header(with_model: bool) -> String {
    let mut columns = COLUMNS.to_vec();
    columns.extend(with_model.then_some(REFIT));
    columns.join("\t")
}

/// The row of a patient.
pub fn row(answer: &Answer, with_model: bool) -> String {
    let record = &answer.record;
    let area = |formula: BsaFormula| Some(formula.area(record.height?, record.weight?));
    let weekly = |model: &str| match answer.estimate(model).and_then(|e| e.dose.as_ref()) {
        Some(Dose::Weekly(weekly)) => Some(*weekly),
        _ => None,
    };
    let daily = |model: &str| weekly(model).map(|weekly| weekly / 7.0);
    let label = match answer.estimate("fda_label").and_then(|e| e.dose.as_ref()) {
        Some(Dose::Range(weekly)) => weekly.map(|mg| Some(mg / 7.0)),
        _ => [None; 2],
    };
    let load = match answer.estimate("load").and_then(|e| e.dose.as_ref()) {
        Some(Dose::Days(days)) => days.map(Some),
        _ => [None; 3],
    };
    let numbers = [
        area(BsaFormula::Mosteller),
        area(BsaFormula::DuBois),
        weekly("iwpc_pgx"),
        weekly("iwpc_clinical"),
        daily("gage_pgx"),
        daily("gage_clinical"),
        label[0],
        label[1],
        weekly("eupact"),
        load[0],
        load[1],
        load[2],
        weekly("lenzini_pgx"),
        weekly("lenzini_clinical"),
    ];
    let mut cells = vec![answer.id.clone()];
    cells.extend(numbers.map(|number| number.map_or_else(String::new, |v| v.to_string())));
    cells.extend(cpic(&answer.cpic));
    cells.push(notes(answer));
    cells.extend(with_model.then(|| answer.refit.as_ref().map_or_else(String::new, |r| r.weekly.to_string())));
    cells.iter().map(|cell| cell.replace(['\t', '\n', '\r'], " ")).collect::<Vec<_>>().join("\t")
}

/// The row of a patient who could not be read.
pub fn unread(id: &str, reason: &str, with_model: bool) -> String {
    format!("{id}{}{reason}{}", "\t".repeat(COLUMNS.len() - 1), if with_model { "\t" } else { "" })
}

/// The flow's columns. Where ancestry is not stated they are filled only as far as both branches agree.
fn cpic(branches: &[Branch]) -> [String; 5] {
    let agreed = |read: &dyn Fn(&Branch) -> String| {
        let mut values = branches.iter().map(read);
        let first = values.next().unwrap_or_default();
        if values.all(|value| value == first) { first } else { String::new() }
    };
    let route = agreed(&|b| b.outcome.route.name().to_owned());
    let reasons = match branches {
        [one] => one.outcome.reasons.join("; "),
        several => several
            .iter()
            .map(|b| {
                let ancestry = if b.african_ancestry { "African ancestry" } else { "no African ancestry" };
                let said = match b.outcome.reasons.as_slice() {
                    [] => b.outcome.route.name().to_owned(),
                    some => some.join("; "),
                };
                format!("if {ancestry}: {said}")
            })
            .collect::<Vec<_>>()
            .join(" | "),
    };
    [
        route,
        agreed(&|b| b.outcome.low.to_string()),
        agreed(&|b| b.outcome.high.to_string()),
        agreed(&|b| u8::from(b.outcome.consider_alternative).to_string()),
        reasons,
    ]
}

/// What a reader of the row must know: refusals, warnings, missing inputs by model, terms for unknowns.
fn notes(answer: &Answer) -> String {
    let mut notes: Vec<String> = answer.refused.iter().map(|r| format!("no dose: {}", r.text)).collect();
    if let Some(refit) = &answer.refit {
        let missing = (!refit.missing.is_empty()).then(|| format!("refit: missing {}", refit.missing.join(", ")));
        notes.extend(missing);
        notes.extend(refit.strange.iter().map(|(column, value)| format!("refit: {column} '{value}' was not learnt")));
    }
    notes.extend(answer.warnings.iter().map(|w| format!("warning: {w}")));
    for estimate in &answer.estimates {
        if let Some(why) = why_empty(estimate) {
            notes.push(format!("{}: {why}", estimate.model));
        }
        notes.extend(estimate.unknown_terms.iter().map(|term| format!("{}: {term}", estimate.model)));
    }
    notes.join(" | ")
}

/// Why a model gives no dose.
pub fn why_empty(estimate: &Estimate) -> Option<String> {
    match (&estimate.dose, estimate.missing.as_slice()) {
        (Some(_), _) => None,
        (None, []) => Some(estimate.no_dose.clone()),
        (None, missing) => Some(format!("missing {}", missing.join(", "))),
    }
}
