//! Hamberg et al. 2010: one compartment, two chains of three.

use indexmap::IndexMap;

use super::mechanism::{Chain, Mechanism, Response, one_compartment};
use super::{CannotModel, Numbers, Parameters, Person, TwinModel};
use crate::knowledge::schema::Knowledge;

/// Name of the model and of its table.
pub(super) const NAME: &str = "hamberg2010";
/// Compartments of each chain.
const COMPARTMENTS: usize = 3;

/// The model of 2010.
pub struct Hamberg2010 {
    clearance: IndexMap<String, f64>,
    ec50_g: f64,
    ec50_a: f64,
    age_center: f64,
    clearance_per_year: f64,
    /// What every person shares; clearance, EC50 and baseline are filled in.
    common: Parameters,
}

impl Hamberg2010 {
    /// Reads its table.
    ///
    /// # Errors
    /// When the table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, NAME)?;
        let structure = |name: &str| numbers.get("structure", name);
        Ok(Self {
            clearance: numbers.group("clearance")?.clone(),
            ec50_g: numbers.get("ec50", "G")?,
            ec50_a: numbers.get("ec50", "A")?,
            age_center: structure("age_center")?,
            clearance_per_year: structure("clearance_per_year")?,
            common: Parameters {
                clearance: 0.0,
                volume: structure("volume")?,
                exchange: 0.0,
                peripheral_volume: 0.0,
                absorption: structure("absorption")?,
                share_of_dose: structure("share_of_dose")?,
                ec50: 0.0,
                hill: structure("hill")?,
                mean_transit: [structure("mean_transit_1")?, structure("mean_transit_2")?],
                baseline: 1.0,
                inr_scale: structure("inr_scale")?,
                inr_power: 1.0,
            },
        })
    }
}

impl TwinModel for Hamberg2010 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self, person: &Person) -> Result<Parameters, CannotModel> {
        let of_allele = |allele: &String| {
            self.clearance.get(allele).copied().ok_or_else(|| CannotModel::Allele(format!("CYP2C9 {allele}")))
        };
        let [first, second] = person.known_cyp2c9()?;
        let by_age = 1.0 + self.clearance_per_year * (person.known_age()? - self.age_center);
        let a = f64::from(person.known_vkorc1()?);
        Ok(Parameters {
            clearance: (of_allele(first)? + of_allele(second)?) * by_age * person.clearance_factor,
            ec50: (a * self.ec50_a + (2.0 - a) * self.ec50_g) * person.ec50_factor,
            baseline: person.known_baseline()?,
            ..self.common
        })
    }

    fn mechanism(&self, parameters: &Parameters) -> Mechanism {
        Mechanism {
            modes: one_compartment(parameters),
            half: parameters.ec50,
            hill: parameters.hill,
            chains: chains(parameters),
            response: Response::Mean,
            baseline: parameters.baseline,
            scale: parameters.inr_scale,
        }
    }
}

/// The two chains; the mean transit time is a whole chain's.
pub(super) fn chains(parameters: &Parameters) -> [Chain; 2] {
    parameters.mean_transit.map(|mean| Chain { compartments: COMPARTMENTS, rate: COMPARTMENTS as f64 / mean })
}
