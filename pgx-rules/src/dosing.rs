//! Doses from models, for drugs whose guideline is a flow and not a table.
//!
//! A drug's file names its model; a model is one file here and one line in [`MODELS`]. Its coefficients are data
//! (`knowledge/dosing/`). Facts about the patient that a model needs and does not get are named, never assumed.

pub mod called;
pub mod cpic2017;
pub mod first;
pub mod genotype;
pub mod iwpc;
pub mod nomogram;
pub mod policy;
pub mod rails;
pub mod record;
pub mod trial;
pub mod ttr;
pub mod twin;
mod warfarin;

use crate::call::GeneCall;
use crate::guidance::{Advice, Patient};
use crate::knowledge::schema::{Drug, Knowledge};

/// A way from calls to advice.
pub struct Model {
    /// Name by which a drug's file asks for it.
    pub name: &'static str,
    /// Advice for one patient; none when no gene of the drug has a result.
    pub advise: fn(&Knowledge, &Drug, &[&GeneCall], &Patient) -> Vec<Advice>,
}

/// Every model.
pub const MODELS: [Model; 1] = [warfarin::MODEL];

/// Advice by the drug's model; none for a drug without one.
pub fn advice(knowledge: &Knowledge, drug: &Drug, calls: &[&GeneCall], patient: &Patient) -> Vec<Advice> {
    let model = drug.model.as_deref().and_then(|name| MODELS.iter().find(|m| m.name == name));
    model.map_or_else(Vec::new, |m| (m.advise)(knowledge, drug, calls, patient))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::knowledge::embedded;

    #[test]
    fn every_model_that_a_drug_names_exists_with_its_coefficients() {
        let knowledge = embedded().unwrap();
        for drug in knowledge.drugs.values() {
            let Some(name) = &drug.model else { continue };
            assert!(MODELS.iter().any(|m| m.name == name), "{}: no model '{name}'", drug.name);
        }
        for table in [cpic2017::TABLE, iwpc::TABLE] {
            assert!(knowledge.dosing.contains_key(table), "no coefficients of {table}");
        }
    }
}
