//! How real patients differ from the models' typical ones: `knowledge/dosing/twin_calibration.toml`.

use indexmap::IndexMap;

use super::fit::Spreads;
use super::{CannotModel, Numbers, Person};
use crate::dosing::iwpc::Race;
use crate::dosing::record::{Flag, Record};
use crate::knowledge::schema::Knowledge;

/// Name of the table.
pub(crate) const TABLE: &str = "twin_calibration";
/// Baseline INR where none was measured: the models' own.
pub const USUAL_BASELINE: f64 = 1.0;

/// What the cohort says beyond the published model.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// Spreads between patients and of INRs.
    pub spreads: Spreads,
    ancestry: [f64; 5],
    weight_center: f64,
    log_weight: f64,
    amiodarone: f64,
    inducer: f64,
    stand_in: IndexMap<String, f64>,
}

/// A person for the twin, with what was assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibrated {
    /// The person.
    pub person: Person,
    /// Logarithms of factors on the dose by what they stand for, those of 0 left out.
    pub moved: Vec<(&'static str, f64)>,
    /// Sentences on what was assumed.
    pub assumed: Vec<String>,
}

impl Calibration {
    /// Reads the table.
    ///
    /// # Errors
    /// When the table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, TABLE)?;
        let ancestry = |name: &str| numbers.get("ancestry", name);
        let clearance = |name: &str| numbers.get("clearance", name);
        Ok(Self {
            spreads: Spreads {
                clearance: numbers.get("spread", "clearance")?,
                ec50: numbers.get("spread", "ec50")?,
                inr: numbers.get("spread", "inr")?,
            },
            ancestry: [
                ancestry("white")?,
                ancestry("asian")?,
                ancestry("black")?,
                ancestry("mixed")?,
                ancestry("not_stated")?,
            ],
            weight_center: clearance("weight_center")?,
            log_weight: clearance("log_weight")?,
            amiodarone: clearance("amiodarone")?,
            inducer: clearance("inducer")?,
            stand_in: numbers.group("stand_in")?.clone(),
        })
    }

    /// The person of a record. Facts that are not stated move nothing.
    pub fn person(&self, record: &Record) -> Calibrated {
        let mut assumed = Vec::new();
        let cyp2c9 = record.genotypes.cyp2c9.as_ref().map(|stars| {
            stars.alleles.clone().map(|allele| match self.stand_in(&allele) {
                Some(other) => {
                    assumed.push(format!("CYP2C9 {allele} is taken as {other}, an allele of the same function"));
                    other
                }
                None => allele,
            })
        });
        let [white, asian, black, mixed, not_stated] = self.ancestry;
        let ancestry = match record.race {
            Some(Race::White) => white,
            Some(Race::Asian) => asian,
            Some(Race::Black) => black,
            Some(Race::Mixed) => mixed,
            None => not_stated,
        };
        let weight =
            record.weight.filter(|w| *w > 0.0).map_or(0.0, |w| self.log_weight * (w / self.weight_center).ln());
        let taken = |flag: Flag, effect: f64| if record.flag(flag) == Some(true) { effect } else { 0.0 };
        let amiodarone = taken(Flag::Amiodarone, self.amiodarone);
        let inducer = taken(Flag::EnzymeInducer, self.inducer);
        let baseline = record.baseline_inr.unwrap_or_else(|| {
            assumed.push("the baseline INR is taken as 1.0, the model's own: none was given".into());
            USUAL_BASELINE
        });
        let mut person = Person::new(cyp2c9, record.genotypes.vkorc1, record.age, baseline);
        person.clearance_factor = (weight + amiodarone + inducer).exp();
        person.ec50_factor = ancestry.exp();
        let moved =
            [("ancestry", ancestry), ("weight", weight), ("amiodarone", amiodarone), ("enzyme inducer", inducer)];
        Calibrated { person, moved: moved.into_iter().filter(|(_, effect)| *effect != 0.0).collect(), assumed }
    }

    /// The allele that stands for one that the model does not have.
    pub fn stand_in(&self, allele: &str) -> Option<String> {
        self.stand_in.get(allele).map(|number| format!("*{number}"))
    }
}
