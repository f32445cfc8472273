//! The K-PD form of Hamberg et al. 2010: no concentrations, the dose enters at once, and its rate of leaving drives the effect.
//!
//! With an amount A, the rate is KDE·A and half inhibition is at CL·EC50, that is, at the amount CL·EC50/KDE.

use super::hamberg2010::{Hamberg2010, chains};
use super::mechanism::{Mechanism, Mode, Response};
use super::{CannotModel, Parameters, Person, TwinModel};
use crate::knowledge::schema::Knowledge;

/// Name of the model.
pub(super) const NAME: &str = "kpd2010";

/// The K-PD form; its numbers are those of [`Hamberg2010`].
pub struct Kpd2010 {
    parent: Hamberg2010,
}

impl Kpd2010 {
    /// Reads the parent's table.
    ///
    /// # Errors
    /// When the table lacks a number.
    pub fn of(knowledge: &Knowledge) -> Result<Self, CannotModel> {
        Ok(Self { parent: Hamberg2010::of(knowledge)? })
    }
}

impl TwinModel for Kpd2010 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self, person: &Person) -> Result<Parameters, CannotModel> {
        self.parent.parameters(person)
    }

    fn mechanism(&self, parameters: &Parameters) -> Mechanism {
        let elimination = parameters.clearance / parameters.volume;
        let amount = Mode { rate: elimination, weight: parameters.share_of_dose };
        Mechanism {
            modes: [amount, Mode::default(), Mode::default()],
            half: parameters.clearance * parameters.ec50 / elimination,
            hill: parameters.hill,
            chains: chains(parameters),
            response: Response::Mean,
            baseline: parameters.baseline,
            scale: parameters.inr_scale,
        }
    }
}
