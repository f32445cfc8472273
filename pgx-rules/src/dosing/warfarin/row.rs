//! The flow's outcome as a row of guidance.

use super::inputs::Genotype;
use crate::dosing::cpic2017::{Outcome, Route};
use crate::dosing::iwpc::{self, Dose, Equation, NoDose, Race};
use crate::guidance::action::{Action, Amount, Emphasis, Stage, urgency};
use crate::guidance::{Advice, Patient};
use crate::knowledge::schema::{Drug, Guideline, Knowledge};

/// Youngest age that the flow and the equations speak of, years.
const ADULT: f64 = 18.0;

/// Said of poor metabolizers of CYP2C9 whom the flow does not lead to another anticoagulant.
const POOR: &str = "in a CYP2C9 poor metabolizer: another oral anticoagulant may be the better choice";

const INDUCERS: [&str; 4] = ["carbamazepine", "phenytoin", "rifampin", "rifampicin"];

/// One row: what to do, and every step that led there.
pub(super) fn advice(
    knowledge: &Knowledge,
    drug: &Drug,
    patient: &Patient,
    genotype: &Genotype,
    african_ancestry: bool,
    outcome: &Outcome,
) -> Advice {
    let guideline = drug.guidelines.iter().find(|g| g.source == "CPIC");
    let mut steps = outcome.steps.clone();
    if patient.african_ancestry.is_none() {
        steps.insert(0, "ancestry was not stated: this branch holds if it is as the row says".into());
    }
    let poor_otherwise = genotype.poor_cyp2c9 && !outcome.consider_alternative;
    if poor_otherwise {
        steps.push(match outcome.route {
            Route::Pharmacogenetic => "CYP2C9 is a poor metabolizer by alleles other than those that the guideline names for another \
                anticoagulant: the same may hold"
                .into(),
            Route::Clinical => "CYP2C9 is a poor metabolizer, which a dose without genetics leaves out: caution, added here, not a step of the guideline"
                .into(),
        });
    }
    let dose = calculate(knowledge, patient, genotype, outcome, &mut steps);
    let actions = actions(outcome, poor_otherwise, dose.as_ref());
    Advice {
        drug: drug.name.clone(),
        source: guideline.map_or_else(|| "CPIC".into(), |g| g.source.clone()),
        guideline: guideline.map_or_else(|| "PMID:28198005".into(), |g: &Guideline| g.id.clone()),
        population: match african_ancestry {
            true => "adults, African ancestry".into(),
            false => "adults, no African ancestry".into(),
        },
        classification: "unspecified".into(),
        basis: genotype.basis.clone(),
        implications: implications(genotype),
        urgency: urgency(&actions),
        actions,
        text: sentence(outcome, poor_otherwise, dose.as_ref()),
        steps,
        confidence: Some(
            "the guideline is a flow chart for adults; its percentages were read in one source that cites the full text"
                .into(),
        ),
    }
}

fn actions(outcome: &Outcome, poor_otherwise: bool, dose: Option<&Dose>) -> Vec<Action> {
    let weekly = |factor: f64| dose.map(|d| d.weekly * factor);
    let mut actions = Vec::new();
    if outcome.consider_alternative {
        actions.push(Action::UseAlternative {
            what: "another oral anticoagulant".into(),
            examples: Vec::new(),
            emphasis: Some(Emphasis::Consider),
        });
    }
    let example = dose.map(|_| Amount::Value {
        from: weekly(outcome.low),
        to: weekly(outcome.high),
        unit: "mg/week".into(),
        strict: false,
    });
    match outcome.route {
        Route::Clinical => actions.push(Action::StandardDosing {
            doses: example.into_iter().collect(),
            starting: true,
            by: Some("a clinical dosing algorithm or the usual starting dose, without genetics".into()),
        }),
        Route::Pharmacogenetic => actions.push(Action::Dose {
            stage: Stage::Starting,
            amount: Amount::Percent {
                from: Some(percent(outcome.low)),
                to: Some(percent(outcome.high)),
                strict: false,
            },
            of: Some("the dose that a pharmacogenetic algorithm gives (IWPC or Gage)".into()),
            examples: example.into_iter().collect(),
            schedule: None,
            emphasis: None,
        }),
    }
    if poor_otherwise {
        actions.push(Action::UseWithCaution { how: Some(POOR.into()), emphasis: None });
    }
    actions
}

/// The actions in words.
fn sentence(outcome: &Outcome, poor_otherwise: bool, dose: Option<&Dose>) -> String {
    let mut text = match outcome.route {
        Route::Clinical => "Dose by a clinical algorithm or the usual starting dose, without genetics.".to_owned(),
        Route::Pharmacogenetic if outcome.low == 1.0 && outcome.high == 1.0 => {
            "Start with the dose that a pharmacogenetic algorithm (IWPC or Gage) gives.".to_owned()
        }
        Route::Pharmacogenetic => format!(
            "Start with {} to {} % of the dose that a pharmacogenetic algorithm (IWPC or Gage) gives.",
            percent(outcome.low),
            percent(outcome.high)
        ),
    };
    if let Some(dose) = dose {
        let (low, high) = (dose.weekly * outcome.low, dose.weekly * outcome.high);
        let range = if low == high { format!("{low:.1}") } else { format!("{low:.1} to {high:.1}") };
        text.push_str(&format!(" By the IWPC equation: {range} mg/week."));
    }
    if outcome.consider_alternative {
        text.push_str(" Consider another oral anticoagulant.");
    }
    if poor_otherwise {
        text.push_str(&format!(" Use warfarin with caution, {POOR}."));
    }
    text
}

/// A factor in percent, free of the last binary digits of a product.
fn percent(factor: f64) -> f64 {
    (factor * 1e6).round() / 1e4
}

/// The IWPC dose of the route, or a step that says what is missing for it.
fn calculate(
    knowledge: &Knowledge,
    patient: &Patient,
    genotype: &Genotype,
    outcome: &Outcome,
    steps: &mut Vec<String>,
) -> Option<Dose> {
    let table = knowledge.dosing.get(iwpc::TABLE)?;
    if patient.age.is_some_and(|age| age < ADULT) {
        steps.push("under 18 years: no dose is calculated, the equations are for adults".into());
        return None;
    }
    let (equation, name) = match outcome.route {
        Route::Pharmacogenetic => (Equation::Pharmacogenetic, "IWPC pharmacogenetic dose"),
        Route::Clinical => (Equation::Clinical, "IWPC clinical dose"),
    };
    match iwpc::dose(table, equation, &inputs(patient, genotype)) {
        Ok(dose) => {
            let terms: Vec<String> = dose.terms.iter().map(|(term, value)| format!("{term} {value:+.4}")).collect();
            steps.push(format!(
                "{name}: {:.1} mg/week, the square of {} (PMID {})",
                dose.weekly,
                terms.join(" "),
                table.pmid
            ));
            if outcome.low != 1.0 || outcome.high != 1.0 {
                steps.push(format!(
                    "with the changes above: {:.1} to {:.1} mg/week",
                    dose.weekly * outcome.low,
                    dose.weekly * outcome.high
                ));
            }
            Some(dose)
        }
        Err(NoDose::Missing(facts)) => {
            steps.push(format!("{name} not calculated; not stated: {}", facts.join(", ")));
            None
        }
        Err(error) => {
            steps.push(format!("{name} not calculated: {error}"));
            None
        }
    }
}

fn inputs(patient: &Patient, genotype: &Genotype) -> iwpc::Inputs {
    let taken = patient.medication.as_ref();
    let takes = |names: &[&str]| {
        taken.map(|list| list.iter().any(|drug| names.iter().any(|name| drug.eq_ignore_ascii_case(name))))
    };
    iwpc::Inputs {
        age: patient.age,
        height: patient.height,
        weight: patient.weight,
        race: patient.race.as_deref().and_then(Race::read),
        vkorc1: genotype.vkorc1,
        cyp2c9: genotype.cyp2c9.as_ref().map(|c| (c.star2, c.star3)),
        inducer: takes(&INDUCERS),
        amiodarone: takes(&["amiodarone"]),
    }
}

/// What the genotypes mean for the dose, one clause a gene.
fn implications(genotype: &Genotype) -> Vec<String> {
    let mut implications = Vec::new();
    if let Some(cyp2c9) = &genotype.cyp2c9 {
        let carried = cyp2c9.star2 + cyp2c9.star3 > 0 || !cyp2c9.further.is_empty();
        let meaning =
            if carried { "slower clearance of S-warfarin, a lower dose" } else { "no allele that lowers the dose" };
        implications.push(format!("CYP2C9: {meaning}"));
    }
    if let Some(alleles) = genotype.vkorc1 {
        let meaning = match alleles {
            0 => "usual sensitivity",
            1 => "higher sensitivity, a lower dose",
            _ => "highest sensitivity, a much lower dose",
        };
        implications.push(format!("VKORC1: {meaning}"));
    }
    implications
}
