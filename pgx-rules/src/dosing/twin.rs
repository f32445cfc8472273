//! A patient's digital twin: dose to drug to INR over time, made the patient's own by what was measured.
//!
//! A model ([`TwinModel`]) turns a person's facts into [`Parameters`] and these into a [`Mechanism`]; everything after that
//! ([`course`], [`fit`], [`forecast`]) is common. The drug's part is linear and solved exactly; the chains behind the
//! nonlinear inhibition are linear as well, so that a step is an exact transfer plus one integral, by Gauss-Legendre
//! quadrature ([`rule`]). One file a model; its numbers are `knowledge/dosing/NAME.toml`.

pub mod calibration;
pub mod course;
pub mod fit;
pub mod forecast;
mod hamberg2007;
mod hamberg2010;
mod kpd2010;
pub mod mechanism;
pub mod parameters;
pub mod person;
pub mod rule;

use indexmap::IndexMap;
use thiserror::Error;

use crate::knowledge::schema::{DosingTable, Knowledge};
pub use course::Course;
pub use hamberg2007::Hamberg2007;
pub use hamberg2010::Hamberg2010;
pub use kpd2010::Kpd2010;
pub use mechanism::Mechanism;
pub use parameters::{Deviation, Parameters};
pub use person::Person;

/// A published model of a course of INRs.
pub trait TwinModel: Send + Sync {
    /// Name by which it is asked for.
    fn name(&self) -> &'static str;

    /// Parameters of the typical person with these facts.
    ///
    /// # Errors
    /// When a fact is missing, or lies outside what the model was made for.
    fn parameters(&self, person: &Person) -> Result<Parameters, CannotModel>;

    /// The equations with these parameters.
    fn mechanism(&self, parameters: &Parameters) -> Mechanism;
}

/// Why there is no twin.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CannotModel {
    /// A fact that the model needs.
    #[error("{0} is not stated")]
    Missing(&'static str),
    /// An allele without a parameter.
    #[error("the model has no parameter for {0}")]
    Allele(String),
    /// A number that no patient has, or that the model does not reach.
    #[error("{what} {value} is outside {low} to {high}")]
    Range {
        /// What it is.
        what: &'static str,
        /// As given.
        value: f64,
        /// Lowest that is accepted.
        low: f64,
        /// Highest that is accepted.
        high: f64,
    },
    /// The knowledge base lacks a number.
    #[error("the table of {table} has no {name}")]
    NoCoefficient {
        /// The table.
        table: String,
        /// The number.
        name: String,
    },
    /// No model has this name.
    #[error("no model is called '{0}': expected one of hamberg2010, kpd2010, hamberg2007")]
    NoModel(String),
}

/// Names of the models.
pub const MODELS: [&str; 3] = [hamberg2010::NAME, kpd2010::NAME, hamberg2007::NAME];

/// The model of a name.
///
/// # Errors
/// When there is none, or its table lacks a number.
pub fn model(knowledge: &Knowledge, name: &str) -> Result<Box<dyn TwinModel>, CannotModel> {
    match name {
        hamberg2010::NAME => Ok(Box::new(Hamberg2010::of(knowledge)?)),
        kpd2010::NAME => Ok(Box::new(Kpd2010::of(knowledge)?)),
        hamberg2007::NAME => Ok(Box::new(Hamberg2007::of(knowledge)?)),
        _ => Err(CannotModel::NoModel(name.to_owned())),
    }
}

/// Numbers of one table, asked for by name.
pub(crate) struct Numbers<'a> {
    table: &'a DosingTable,
}

impl<'a> Numbers<'a> {
    /// The table of a name.
    pub(crate) fn of(knowledge: &'a Knowledge, name: &str) -> Result<Self, CannotModel> {
        let missing =
            || CannotModel::NoCoefficient { table: name.to_owned(), name: "entry in the knowledge base".to_owned() };
        knowledge.dosing.get(name).map(|table| Self { table }).ok_or_else(missing)
    }

    /// All numbers of a group.
    pub(crate) fn group(&self, group: &str) -> Result<&'a IndexMap<String, f64>, CannotModel> {
        self.table.equations.get(group).ok_or_else(|| self.missing(group))
    }

    /// One number.
    pub(crate) fn get(&self, group: &str, name: &str) -> Result<f64, CannotModel> {
        self.group(group)?.get(name).copied().ok_or_else(|| self.missing(&format!("{group}.{name}")))
    }

    fn missing(&self, name: &str) -> CannotModel {
        CannotModel::NoCoefficient { table: self.table.name.clone(), name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests;
