//! Hamberg et al. 2007: two compartments, chains of six and of one, a power of the product of their ends.

use indexmap::IndexMap;

use super::mechanism::{Chain, Mechanism, Response, two_compartments};
use super::{CannotModel, Numbers, Parameters, Person, TwinModel};
use crate::knowledge::schema::Knowledge;

/// Name of the model and of its table.
pub(super) const NAME: &str = "hamberg2007";
/// Compartments of the first chain.
const FIRST_CHAIN: usize = 6;

/// The model of 2007.
pub struct Hamberg2007 {
    clearance_left: IndexMap<String, f64>,
    ec50: [f64; 3],
    age_center: f64,
    clearance_per_year: f64,
    /// What every person shares; clearance holds that of *1/*1 at the center age.
    common: Parameters,
}

impl Hamberg2007 {
    /// Reads its table.
    ///
    /// # Errors
    /// When the table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        let numbers = Numbers::of(knowledge, NAME)?;
        let structure = |name: &str| numbers.get("structure", name);
        Ok(Self {
            clearance_left: numbers.group("clearance_left")?.clone(),
            ec50: [numbers.get("ec50", "GG")?, numbers.get("ec50", "AG")?, numbers.get("ec50", "AA")?],
            age_center: structure("age_center")?,
            clearance_per_year: structure("clearance_per_year")?,
            common: Parameters {
                clearance: structure("clearance")?,
                volume: structure("volume")?,
                exchange: structure("exchange")?,
                peripheral_volume: structure("peripheral_volume")?,
                absorption: structure("absorption")?,
                share_of_dose: structure("share_of_dose")?,
                ec50: 0.0,
                hill: structure("hill")?,
                mean_transit: [structure("mean_transit_1")?, structure("mean_transit_2")?],
                baseline: 1.0,
                inr_scale: structure("inr_scale")?,
                inr_power: structure("inr_power")?,
            },
        })
    }
}

impl TwinModel for Hamberg2007 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self, person: &Person) -> Result<Parameters, CannotModel> {
        let [first, second] = person.known_cyp2c9()?;
        let left = self.clearance_left.get(&format!("{first}/{second}"));
        let left = left.or_else(|| self.clearance_left.get(&format!("{second}/{first}")));
        let left = left.copied().ok_or_else(|| CannotModel::Allele(format!("CYP2C9 {first}/{second}")))?;
        let by_age = 1.0 + self.clearance_per_year * (person.known_age()? - self.age_center);
        let [gg, ag, aa] = self.ec50;
        let ec50 = match person.known_vkorc1()? {
            0 => gg,
            1 => ag,
            _ => aa,
        };
        Ok(Parameters {
            clearance: self.common.clearance * left * by_age * person.clearance_factor,
            ec50: ec50 * person.ec50_factor,
            baseline: person.known_baseline()?,
            ..self.common
        })
    }

    fn mechanism(&self, parameters: &Parameters) -> Mechanism {
        let [first, second] = parameters.mean_transit;
        Mechanism {
            modes: two_compartments(parameters),
            half: parameters.ec50,
            hill: parameters.hill,
            chains: [
                Chain { compartments: FIRST_CHAIN, rate: 1.0 / first },
                Chain { compartments: 1, rate: 1.0 / second },
            ],
            response: Response::ProductPower(parameters.inr_power),
            baseline: parameters.baseline,
            scale: parameters.inr_scale,
        }
    }
}
