//! What guidance tells a prescriber to do, as structure. Sentences are made from it by `render`, never stored.
//!
//! The variants are what the guidelines' own texts needed: each was introduced for a recommendation that none of the
//! others could express. Numbers, units, percentages and conditions are fields, so that they can be checked and
//! compared. Free text in a field is a noun phrase in our own words, which completes the sentence of its variant.
//!
//! Serialised with the variant's name as key (`{ avoid = { reason = "…" } }`), a form that every format of ours can read
//! back, the packed one included.

use serde::{Deserialize, Serialize};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Dose as the label says.
    StandardDosing {
        /// The usual dose, where the source names it; several are the same dose in other units.
        #[serde(default)]
        doses: Vec<Amount>,
        /// Only the start is meant: later doses have advice of their own.
        #[serde(default)]
        starting: bool,
        /// What the usual dose goes by (`age or weight`).
        by: Option<String>,
    },
    /// The genotype is no reason against the drug.
    NoReasonToAvoid {},
    /// The source gives no recommendation.
    NoRecommendation {
        /// Why.
        reason: Option<String>,
    },
    /// The drug must not be given.
    Contraindicated {
        /// A relative contraindication: benefit may outweigh it.
        #[serde(default)]
        relative: bool,
        /// The exception.
        unless: Option<String>,
    },
    /// Do not use the drug.
    Avoid {
        /// What exactly, where it is not simply the drug.
        what: Option<String>,
        /// Why.
        reason: Option<String>,
        /// The exception.
        unless: Option<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Do not use *other* drugs with it or in its place.
    AvoidAlso {
        /// Which.
        what: String,
        /// Why.
        reason: Option<String>,
    },
    /// Choose another drug.
    UseAlternative {
        /// What kind.
        what: String,
        /// Drugs that the source names.
        #[serde(default)]
        examples: Vec<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Add another treatment to this drug.
    Combine {
        /// What to add.
        with: String,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Give a dose other than the standard one.
    Dose {
        /// Which dose.
        stage: Stage,
        /// How much.
        amount: Amount,
        /// What a percentage or a comparison refers to, where it is not the standard dose of that stage.
        of: Option<String>,
        /// The same in figures, as the source's examples.
        #[serde(default)]
        examples: Vec<Amount>,
        /// How it is given (`on three days a week`).
        schedule: Option<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Change the dose over time.
    Titrate {
        /// Slower than usual.
        #[serde(default)]
        slower: bool,
        /// Where to.
        to: Option<Amount>,
        /// When.
        after: Option<String>,
        /// What decides.
        by: Option<String>,
        /// Time from a change to the new steady state.
        wait: Option<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Measure the drug's concentration (therapeutic drug monitoring).
    MonitorConcentration {
        /// Range to aim at.
        range: Option<Amount>,
        /// When to take the sample.
        timing: Option<String>,
        /// What for.
        purpose: Option<String>,
        /// As for every patient: not a consequence of the genotype.
        #[serde(default)]
        as_usual: bool,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Watch the patient.
    Monitor {
        /// What for.
        what: String,
        /// Closely, or more often than usual.
        #[serde(default)]
        closely: bool,
        /// As for every patient: not a consequence of the genotype.
        #[serde(default)]
        as_usual: bool,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Get a laboratory result first.
    Test {
        /// What to measure.
        what: String,
        /// What for.
        purpose: Option<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// The drug may be used, carefully.
    UseWithCaution {
        /// How.
        how: Option<String>,
        /// How firm.
        emphasis: Option<Emphasis>,
    },
    /// Treat for as short a time as possible.
    ShortestCourse {
        /// And with the lowest dose that works.
        #[serde(default)]
        lowest_dose: bool,
    },
    /// Stop the drug at a sign.
    StopIf {
        /// The sign.
        sign: String,
    },
    /// Tell the patient.
    Counsel {
        /// What: completes "that …".
        that: String,
    },
    /// Other things decide as well.
    TakeIntoAccount {
        /// Which.
        what: String,
        /// When.
        when: Option<String>,
    },
    /// For which use the row is meant.
    Scope {
        /// Uses that it covers.
        to: String,
        /// Uses that it does not cover.
        not_to: Option<String>,
    },
    /// A fact that bears on the decision: one sentence.
    Note {
        /// The sentence, with its final stop.
        text: String,
    },
    /// Any one of several ways.
    Either {
        /// The ways, each a list of things to do together.
        of: Vec<Vec<Action>>,
    },
    /// Something to do under a condition.
    When {
        /// The condition: completes "if …".
        condition: String,
        /// What then.
        then: Vec<Action>,
    },
    /// The source's own text, unstructured: only what a user imports from sources that may not be shipped.
    SourceText {
        /// The text.
        text: String,
        /// Its licence and whom to attribute.
        licence: String,
    },
}

/// How firmly the source speaks, where it is not a plain instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Emphasis {
    /// "Consider": the prescriber's choice.
    Consider,
    /// Strongly recommended.
    Strongly,
    /// If it can be done.
    IfPossible,
}

/// Which dose of a treatment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The first dose, or the dose that treatment begins with.
    Starting,
    /// The dose of a day.
    Daily,
    /// The dose that treatment stays at.
    Maintenance,
    /// The dose that titration aims at.
    Target,
    /// The dose not to exceed.
    Maximum,
    /// The dose as such.
    Any,
}

/// How much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Amount {
    /// Percent of the standard dose, 0 to 1000; one bound may be open.
    Percent {
        /// Least.
        from: Option<f64>,
        /// Most.
        to: Option<f64>,
        /// The bound itself is excluded.
        #[serde(default)]
        strict: bool,
    },
    /// A dose or concentration in a unit; one bound may be open.
    Value {
        /// Least.
        from: Option<f64>,
        /// Most.
        to: Option<f64>,
        /// Unit, `mg/kg/day`.
        unit: String,
        /// The bound itself is excluded.
        #[serde(default)]
        strict: bool,
    },
    /// One of a few doses.
    OneOf {
        /// The doses.
        values: Vec<f64>,
        /// Their unit.
        unit: String,
    },
    /// Lower than standard, by how much is not said.
    Lower,
    /// Much lower than standard.
    MuchLower,
    /// Higher than standard.
    Higher,
}

/// How urgent a row is, the most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Do not use, or choose another drug.
    Avoid,
    /// Use at another dose or schedule.
    Adjust,
    /// Use, but watch.
    Monitor,
    /// As the label says.
    Standard,
    /// The source gives no recommendation.
    None,
}

/// How urgent a list of actions is: its most serious unconditional one.
///
/// Beside an unconditional decision (a dose, standard or not, or against the drug), a condition counts only where it
/// changes the dose, and no more than as something to watch. Where every decision stands under a condition (this disease
/// or that), the most serious counts; watching the patient decides nothing. A choice between ways is as urgent as its
/// mildest way. Unstructured text counts as something to watch, since nobody has weighed it.
pub fn urgency(actions: &[Action]) -> Urgency {
    if actions.is_empty() {
        return Urgency::None;
    }
    let own = || actions.iter().filter_map(weight);
    let conditional = if own().any(|u| u != Urgency::Monitor) {
        actions.iter().any(changes_dose_later).then_some(Urgency::Monitor)
    } else {
        actions.iter().filter_map(under_condition).min()
    };
    own().chain(conditional).min().unwrap_or(Urgency::Monitor)
}

/// The urgency of one unconditional action; `None` where it does not decide.
fn weight(action: &Action) -> Option<Urgency> {
    match action {
        Action::Contraindicated { .. } | Action::Avoid { .. } | Action::UseAlternative { .. } => Some(Urgency::Avoid),
        Action::Dose { .. } | Action::Combine { .. } => Some(Urgency::Adjust),
        Action::Titrate { slower: true, .. } => Some(Urgency::Adjust),
        Action::MonitorConcentration { as_usual: false, .. }
        | Action::Monitor { as_usual: false, .. }
        | Action::Test { .. }
        | Action::UseWithCaution { .. }
        | Action::AvoidAlso { .. }
        | Action::StopIf { .. }
        | Action::SourceText { .. } => Some(Urgency::Monitor),
        Action::StandardDosing { .. } | Action::NoReasonToAvoid {} => Some(Urgency::Standard),
        Action::NoRecommendation { .. } => Some(Urgency::None),
        Action::Either { of } => of.iter().map(|way| urgency(way)).max(),
        Action::MonitorConcentration { .. }
        | Action::Monitor { .. }
        | Action::Titrate { .. }
        | Action::ShortestCourse { .. }
        | Action::Counsel { .. }
        | Action::TakeIntoAccount { .. }
        | Action::Scope { .. }
        | Action::Note { .. }
        | Action::When { .. } => None,
    }
}

fn under_condition(action: &Action) -> Option<Urgency> {
    match action {
        Action::When { then, .. } => Some(urgency(then)),
        _ => None,
    }
}

fn changes_dose_later(action: &Action) -> bool {
    match action {
        Action::When { then, .. } => then.iter().any(holds_dose),
        _ => false,
    }
}

fn holds_dose(action: &Action) -> bool {
    match action {
        Action::Dose { .. } => true,
        Action::When { then, .. } => then.iter().any(holds_dose),
        Action::Either { of } => of.iter().flatten().any(holds_dose),
        _ => false,
    }
}

#[cfg(test)]
#[path = "action_tests.rs"]
mod tests;
