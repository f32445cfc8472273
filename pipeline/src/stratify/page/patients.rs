//! Why each patient is where it is.

use cluster::markers::Reason;
use serde::Serialize;

use crate::stratify::run::Outcome;
use crate::stratify::write::name;

/// Patients explained on the page, at most; `reasons.tsv` has all.
pub const EXPLAINED: usize = 1_000;
/// Features shown for and against.
const SHOWN: usize = 5;
/// Confidence below which a patient counts as near a border.
pub const UNCERTAIN: f64 = 0.6;

/// A patient with its reasons.
#[derive(Debug, Serialize)]
pub struct Explained<'a> {
    patient: &'a str,
    subtype: String,
    runner_up: String,
    confidence: String,
    doubtful: bool,
    reasons: Vec<Feature<'a>>,
}

#[derive(Debug, Serialize)]
struct Feature<'a> {
    feature: &'a str,
    modality: &'a str,
    contribution: String,
    value: String,
    own: String,
    other: String,
}

/// The patients shown, the least certain first; and how many of all are near a border.
pub fn explained(outcome: &Outcome) -> (Vec<Explained<'_>>, usize) {
    let answer = &outcome.answer;
    let mut order: Vec<usize> = (0..answer.patients.len()).collect();
    order.sort_by(|&a, &b| answer.confidence[a].total_cmp(&answer.confidence[b]));
    let doubtful = answer.confidence.iter().filter(|c| **c < UNCERTAIN).count();
    (order.into_iter().take(EXPLAINED).map(|i| explain(outcome, i)).collect(), doubtful)
}

fn explain(outcome: &Outcome, i: usize) -> Explained<'_> {
    let answer = &outcome.answer;
    let reasons = &outcome.meaning.reasons[i];
    // Strongest first, so what speaks against is at the end.
    let supporting = reasons.iter().filter(|r| r.1.contribution > 0.0).take(SHOWN);
    let opposing = reasons.iter().rev().filter(|r| r.1.contribution < 0.0).take(SHOWN);
    Explained {
        patient: &answer.patients[i],
        subtype: name(answer.partition.labels()[i]),
        runner_up: name(answer.runner_up[i]),
        confidence: format!("{:.2}", answer.confidence[i]),
        doubtful: answer.confidence[i] < UNCERTAIN,
        reasons: supporting.chain(opposing).map(feature).collect(),
    }
}

fn feature((modality, reason): &(String, Reason)) -> Feature<'_> {
    let number = |v: f64| format!("{v:.2}").replace('-', "−");
    Feature {
        feature: &reason.feature,
        modality,
        contribution: format!("{:+.1}", reason.contribution).replace('-', "−"),
        value: number(reason.value),
        own: number(reason.own),
        other: number(reason.other),
    }
}
