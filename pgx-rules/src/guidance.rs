//! From phenotypes to guidance: structured actions and the sentences rendered from them.

pub mod action;
mod answer;
mod lookup;
mod phenoconversion;
pub mod render;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::call::GeneCall;
use crate::knowledge::schema::Knowledge;
use action::Action;
use answer::Results;

pub use action::Urgency;

/// Lookup value of a gene without an answer.
pub const NO_RESULT: &str = "No Result";

/// Facts about the patient that guidance may depend on. All optional; what is absent is never assumed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patient {
    /// Age, years.
    pub age: Option<f64>,
    /// Height, cm.
    pub height: Option<f64>,
    /// Weight, kg.
    pub weight: Option<f64>,
    /// Race as the IWPC model groups it: `white`, `asian`, `black`, `mixed`.
    pub race: Option<String>,
    /// Whether the patient identifies with African ancestry: decides the branch of CPIC's warfarin flow.
    pub african_ancestry: Option<bool>,
    /// Co-medication, lower-case generic names; `None` when not stated, empty when stated to be none.
    pub medication: Option<Vec<String>>,
}

/// What one gene contributed to a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// Gene symbol.
    pub gene: String,
    /// Diplotype as in `calls.tsv`, empty when only a phenotype is known.
    pub diplotype: String,
    /// Phenotype by which the row was looked up, after phenoconversion.
    pub phenotype: String,
    /// Activity score by which it was looked up, where the gene has one.
    pub activity_score: Option<String>,
    /// The value that was compared with [`crate::knowledge::schema::GuidanceRow::when`].
    pub lookup: String,
    /// Why the phenotype differs from the genotype's, if it does (a co-medication).
    pub phenoconversion: Option<String>,
}

/// One row of guidance for a patient: drug × source × population × distinct lookup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// Lower-case generic name.
    pub drug: String,
    /// `CPIC`, `FDA`, ….
    pub source: String,
    /// Guideline identifier, as in the drug's file.
    pub guideline: String,
    /// Population label of the source.
    pub population: String,
    /// Strength as the source grades it, lower case.
    pub classification: String,
    /// What it was looked up with, in the guideline's order of genes; genes without a result left out.
    pub basis: Vec<Basis>,
    /// What the genotype means for this drug, one clause a gene.
    pub implications: Vec<String>,
    /// What to do.
    pub actions: Vec<Action>,
    /// How urgent.
    pub urgency: Urgency,
    /// The actions as sentences.
    pub text: String,
    /// The steps that led here where the guideline is a flow (warfarin), in order.
    pub steps: Vec<String>,
    /// What is uncertain about the row, for people.
    pub confidence: Option<String>,
}

/// A drug without any row whose guidance needs a gene that gave no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    /// Lower-case generic name.
    pub drug: String,
    /// Genes without a result.
    pub genes: Vec<String>,
}

/// A document on a drug and a gene with a result, without a row for that result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Uncovered {
    /// Lower-case generic name.
    pub drug: String,
    /// `CPIC`, `FDA`, ….
    pub source: String,
    /// Guideline identifier, as in the drug's file.
    pub guideline: String,
    /// Whether only some of the document is carried here, so that it may say more than is known; otherwise it gives no
    /// recommendation for these results.
    pub partial: bool,
    /// The results it was looked up with, in the guideline's order of genes; genes without a result left out.
    pub basis: Vec<Basis>,
}

/// All guidance for a patient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guidance {
    /// Rows, sorted by drug, source, population and lookup.
    pub advice: Vec<Advice>,
    /// Drugs without a row that need a gene without a result, sorted.
    pub unanswered: Vec<Unanswered>,
    /// Documents that have no row for the results there are, sorted like the rows; another document may have one.
    pub uncovered: Vec<Uncovered>,
}

/// Looks up guidance for every drug (or those named; empty for all), on the calls of one patient.
///
/// Each guideline is asked with every distinct combination of its genes' answers. A gene without an answer is looked up as
/// [`NO_RESULT`] where the guideline says what then holds, and is left out of [`Advice::basis`].
pub fn advise(knowledge: &Knowledge, calls: &[&GeneCall], patient: &Patient, drugs: &[String]) -> Guidance {
    let usual = answers(knowledge, calls, patient);
    let mut guidance = Guidance::default();
    for drug in knowledge.drugs.values().filter(|d| drugs.is_empty() || drugs.contains(&d.name)) {
        let own;
        let answers = match without(patient, &drug.name) {
            Some(patient) => {
                own = answers(knowledge, calls, &patient);
                &own
            }
            None => &usual,
        };
        let (mut advice, mut uncovered) = lookup::of_drug(drug, answers);
        advice.extend(crate::dosing::advice(knowledge, drug, calls, patient));
        if advice.is_empty() {
            guidance.unanswered.extend(lookup::unanswered(drug, answers));
        }
        guidance.advice.append(&mut advice);
        guidance.uncovered.append(&mut uncovered);
    }
    guidance.advice.sort_by(|a, b| order(a).cmp(&order(b)));
    guidance.unanswered.sort_by(|a, b| a.drug.cmp(&b.drug));
    let place = |u: &Uncovered| (u.drug.clone(), u.source.clone(), u.guideline.clone(), lookups(&u.basis));
    guidance.uncovered.sort_by_cached_key(place);
    guidance
}

fn answers<'c>(knowledge: &Knowledge, calls: &[&'c GeneCall], patient: &Patient) -> BTreeMap<&'c str, Results> {
    calls.iter().map(|call| (call.gene.as_str(), answer::of_call(knowledge, call, patient))).collect()
}

/// The patient without a drug that is taken already: a drug's own inhibition is part of what its guideline was made from.
fn without(patient: &Patient, drug: &str) -> Option<Patient> {
    let taken = patient.medication.as_ref().filter(|taken| taken.iter().any(|t| t.eq_ignore_ascii_case(drug)))?;
    let others = taken.iter().filter(|t| !t.eq_ignore_ascii_case(drug)).cloned().collect();
    Some(Patient { medication: Some(others), ..patient.clone() })
}

/// Sorting key: drug, source, guideline, population, lookup.
fn order(advice: &Advice) -> (&str, &str, &str, &str, Vec<&str>) {
    let lookup = advice.basis.iter().flat_map(|b| [b.gene.as_str(), b.lookup.as_str()]).collect();
    (&advice.drug, &advice.source, &advice.guideline, &advice.population, lookup)
}

fn lookups(basis: &[Basis]) -> Vec<(String, String)> {
    basis.iter().map(|b| (b.gene.clone(), b.lookup.clone())).collect()
}

#[cfg(test)]
mod tests;
