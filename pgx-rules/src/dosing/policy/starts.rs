//! First doses for policies, from the published models.

use crate::dosing::first::{DOSE_MODELS, Dose};
use crate::dosing::record::Record;
use crate::knowledge::schema::Knowledge;

/// Where a policy's first dose comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Begin {
    /// The same for everyone, mg/day.
    Fixed(f64),
    /// IWPC's clinical equation.
    Clinical,
    /// IWPC's pharmacogenetic equation; the clinical one where CPIC's flow leads there.
    Pharmacogenetic,
}

/// Dose of everyone where no equation has one, mg/day.
pub const USUAL_DAILY: f64 = 5.0;

/// mg/day by a published model; `None` where it has no answer.
pub fn daily(knowledge: &Knowledge, model: &str, record: &Record) -> Option<f64> {
    let model = DOSE_MODELS.iter().find(|m| m.name() == model)?;
    match model.estimate(knowledge, record).dose? {
        Dose::Weekly(weekly) => Some(weekly / 7.0),
        Dose::Range(_) | Dose::Days(_) => None,
    }
}

impl Begin {
    /// mg/day for a patient.
    pub fn daily(self, knowledge: &Knowledge, record: &Record) -> f64 {
        let by = |model: &str| daily(knowledge, model, record);
        match self {
            Self::Fixed(mg) => Some(mg),
            Self::Clinical => by("iwpc_clinical"),
            Self::Pharmacogenetic => by("iwpc_pgx").or_else(|| by("iwpc_clinical")),
        }
        .unwrap_or(USUAL_DAILY)
    }
}
