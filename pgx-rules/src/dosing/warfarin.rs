//! Warfarin: CPIC's flow on a patient's calls, with the IWPC dose where everything that it needs was stated.
//!
//! The flow branches on self-identified ancestry. Where that is not stated, both branches are shown; it is never guessed.

pub(super) mod carried;
mod inputs;
mod row;

use super::Model;
use crate::call::GeneCall;
use crate::guidance::{Advice, Patient};
use crate::knowledge::schema::{Drug, Knowledge};

/// The flow of 2017.
pub(super) const MODEL: Model = Model { name: super::cpic2017::TABLE, advise };

/// Genes that the flow needs.
pub(super) const CYP2C9: &str = "CYP2C9";
pub(super) const VKORC1: &str = "VKORC1";
/// Gene of an optional step.
pub(super) const CYP4F2: &str = "CYP4F2";

fn advise(knowledge: &Knowledge, drug: &Drug, calls: &[&GeneCall], patient: &Patient) -> Vec<Advice> {
    let Some(factors) = knowledge.dosing.get(super::cpic2017::TABLE) else { return Vec::new() };
    let branches = match patient.african_ancestry {
        Some(stated) => vec![stated],
        None => vec![false, true],
    };
    let mut advice: Vec<Advice> = Vec::new();
    for genotype in inputs::genotypes(knowledge, calls) {
        for &african_ancestry in &branches {
            let Ok(outcome) = super::cpic2017::follow(factors, &genotype.flow(african_ancestry)) else { continue };
            let row = row::advice(knowledge, drug, patient, &genotype, african_ancestry, &outcome);
            if !advice.contains(&row) {
                advice.push(row);
            }
        }
    }
    advice
}

#[cfg(test)]
mod tests;
