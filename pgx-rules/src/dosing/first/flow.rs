//! CPIC's flow on one patient's record, with the doses of its route.

use serde::Serialize;

use super::{DOSE_MODELS, Dose};
use crate::dosing::cpic2017::{self, Cyp2c9, Inputs, Outcome, Route};
use crate::dosing::record::Record;
use crate::knowledge::schema::Knowledge;

/// One branch of the flow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Branch {
    /// Ancestry of the branch.
    pub african_ancestry: bool,
    /// Whether the patient's ancestry is stated; otherwise both branches are there.
    pub is_stated: bool,
    /// What the flow says.
    pub outcome: Outcome,
    /// The route's equations, as far as they can be computed, with the flow's factors.
    pub doses: Vec<RouteDose>,
}

/// A dose of the flow's route; a range stays a range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteDose {
    /// Name of the model.
    pub model: &'static str,
    /// mg/week.
    pub low: f64,
    /// mg/week.
    pub high: f64,
}

/// The branches that hold for a patient: one where ancestry is stated, else both. None when the table is not there.
pub fn branches(knowledge: &Knowledge, record: &Record) -> Vec<Branch> {
    let Some(table) = knowledge.dosing.get(cpic2017::TABLE) else { return Vec::new() };
    let stated = record.african();
    let ancestries = stated.map_or_else(|| vec![false, true], |african| vec![african]);
    let follow = |african_ancestry| {
        let outcome = cpic2017::follow(table, &inputs(record, african_ancestry)).ok()?;
        let doses = doses(knowledge, record, &outcome);
        Some(Branch { african_ancestry, is_stated: stated.is_some(), outcome, doses })
    };
    ancestries.into_iter().filter_map(follow).collect()
}

fn inputs(record: &Record, african_ancestry: bool) -> Inputs {
    let genotypes = &record.genotypes;
    let cyp2c9 = genotypes.cyp2c9.as_ref();
    let is_any_found = cyp2c9.is_some_and(|found| !found.further.is_empty());
    Inputs {
        african_ancestry,
        vkorc1: genotypes.vkorc1,
        cyp2c9: cyp2c9.map(|found| Cyp2c9 { star2: found.star2, star3: found.star3, further: found.further.clone() }),
        // an allele that was found was looked for
        further_alleles_tested: genotypes.further_tested.unwrap_or(is_any_found),
        rs12777823: genotypes.rs12777823,
        cyp4f2: genotypes.cyp4f2,
    }
}

fn doses(knowledge: &Knowledge, record: &Record, outcome: &Outcome) -> Vec<RouteDose> {
    let with_genotypes = outcome.route == Route::Pharmacogenetic;
    let is_published = |name: &str| name.starts_with("iwpc") || name.starts_with("gage");
    let models = DOSE_MODELS.iter().filter(|m| is_published(m.name()) && m.uses_genotypes() == with_genotypes);
    models
        .filter_map(|model| match model.estimate(knowledge, record).dose? {
            Dose::Weekly(weekly) => {
                Some(RouteDose { model: model.name(), low: weekly * outcome.low, high: weekly * outcome.high })
            }
            Dose::Range(_) | Dose::Days(_) => None,
        })
        .collect()
}
