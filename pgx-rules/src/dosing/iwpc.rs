//! Warfarin dose by the International Warfarin Pharmacogenetics Consortium: N Engl J Med 2009;360:753-764, PMID 19228618.
//!
//! √(mg/week) is a sum of terms; their coefficients are `knowledge/dosing/iwpc.toml`. Alleles other than CYP2C9*2 and *3 are
//! outside the model and count as *1 there. Nothing is rounded or capped.

use indexmap::IndexMap;
use serde::Serialize;
use thiserror::Error;

use crate::knowledge::schema::DosingTable;

/// Name of the table of coefficients.
pub const TABLE: &str = "iwpc";

/// What the model is about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Inputs {
    /// Years.
    pub age: Option<f64>,
    /// Centimetres.
    pub height: Option<f64>,
    /// Kilograms.
    pub weight: Option<f64>,
    /// As the model groups it.
    pub race: Option<Race>,
    /// VKORC1 -1639A alleles, 0 to 2; `None` is the model's own "unknown".
    pub vkorc1: Option<u8>,
    /// CYP2C9*2 and CYP2C9*3 alleles, together at most 2; `None` is the model's own "unknown".
    pub cyp2c9: Option<(u8, u8)>,
    /// Carbamazepine, phenytoin or rifampin.
    pub inducer: Option<bool>,
    /// Amiodarone.
    pub amiodarone: Option<bool>,
}

/// Race as the model groups it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Race {
    /// White.
    White,
    /// Asian.
    Asian,
    /// Black or African American.
    Black,
    /// Mixed, or withheld: the model has one term for both.
    Mixed,
}

impl Race {
    /// Reads `white`, `asian`, `black`, `mixed`.
    pub fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "white" => Some(Self::White),
            "asian" => Some(Self::Asian),
            "black" => Some(Self::Black),
            "mixed" => Some(Self::Mixed),
            _ => None,
        }
    }

    pub(super) fn term(self) -> Option<&'static str> {
        match self {
            Self::White => None,
            Self::Asian => Some("asian"),
            Self::Black => Some("black"),
            Self::Mixed => Some("mixed"),
        }
    }
}

/// Which equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equation {
    /// With VKORC1 and CYP2C9.
    Pharmacogenetic,
    /// Without.
    Clinical,
}

/// A dose with the terms that make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dose {
    /// mg/week.
    pub weekly: f64,
    /// Terms that are not 0 with their contribution to √(mg/week), in the order of the equation.
    pub terms: Vec<(String, f64)>,
}

/// Why there is no dose.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoDose {
    /// Facts that the equation needs.
    #[error("not stated: {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// The sum of terms is below 0, or a value is no number: the person is outside what the model can speak of.
    #[error("the values are outside the range of the model")]
    OutOfRange,
    /// The knowledge base lacks a coefficient.
    #[error("the table of coefficients has no {0}")]
    NoCoefficient(String),
}

/// The dose by one equation.
///
/// # Errors
/// When facts are missing, or the values are outside the model.
pub fn dose(table: &DosingTable, equation: Equation, inputs: &Inputs) -> Result<Dose, NoDose> {
    let known = Known::of(inputs)?;
    let mut names: Vec<(String, f64)> = vec![
        ("intercept".into(), 1.0),
        ("age_decade".into(), (known.age / 10.0).floor()),
        ("height".into(), known.height),
        ("weight".into(), known.weight),
    ];
    if equation == Equation::Pharmacogenetic {
        names.extend(vkorc1_term(inputs.vkorc1)?.map(|t| (t.to_owned(), 1.0)));
        names.extend(cyp2c9_term(inputs.cyp2c9)?.map(|t| (t.to_owned(), 1.0)));
    }
    names.extend(known.race.term().map(|t| (t.to_owned(), 1.0)));
    names.extend(known.inducer.then(|| ("inducer".to_owned(), 1.0)));
    names.extend(known.amiodarone.then(|| ("amiodarone".to_owned(), 1.0)));
    let coefficients = coefficients(table, equation)?;
    let terms = names
        .into_iter()
        .map(|(name, value)| match coefficients.get(&name) {
            Some(coefficient) => Ok((name, coefficient * value)),
            None => Err(NoDose::NoCoefficient(name)),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let root: f64 = terms.iter().map(|(_, t)| t).sum();
    if !root.is_finite() || root < 0.0 {
        return Err(NoDose::OutOfRange);
    }
    Ok(Dose { weekly: root * root, terms })
}

fn coefficients(table: &DosingTable, equation: Equation) -> Result<&IndexMap<String, f64>, NoDose> {
    let name = match equation {
        Equation::Pharmacogenetic => "pharmacogenetic",
        Equation::Clinical => "clinical",
    };
    table.equations.get(name).ok_or_else(|| NoDose::NoCoefficient(name.into()))
}

pub(super) fn vkorc1_term(alleles: Option<u8>) -> Result<Option<&'static str>, NoDose> {
    match alleles {
        None => Ok(Some("VKORC1 unknown")),
        Some(0) => Ok(None),
        Some(1) => Ok(Some("VKORC1 A/G")),
        Some(2) => Ok(Some("VKORC1 A/A")),
        Some(_) => Err(NoDose::OutOfRange),
    }
}

pub(super) fn cyp2c9_term(alleles: Option<(u8, u8)>) -> Result<Option<&'static str>, NoDose> {
    match alleles {
        None => Ok(Some("CYP2C9 unknown")),
        Some((0, 0)) => Ok(None),
        Some((1, 0)) => Ok(Some("CYP2C9 *1/*2")),
        Some((0, 1)) => Ok(Some("CYP2C9 *1/*3")),
        Some((2, 0)) => Ok(Some("CYP2C9 *2/*2")),
        Some((1, 1)) => Ok(Some("CYP2C9 *2/*3")),
        Some((0, 2)) => Ok(Some("CYP2C9 *3/*3")),
        Some(_) => Err(NoDose::OutOfRange),
    }
}

/// The facts without which there is no dose.
struct Known {
    age: f64,
    height: f64,
    weight: f64,
    race: Race,
    inducer: bool,
    amiodarone: bool,
}

impl Known {
    fn of(inputs: &Inputs) -> Result<Self, NoDose> {
        let stated = [
            (inputs.age.is_some(), "age"),
            (inputs.height.is_some(), "height"),
            (inputs.weight.is_some(), "weight"),
            (inputs.race.is_some(), "race"),
            (inputs.inducer.is_some() && inputs.amiodarone.is_some(), "medication"),
        ];
        let missing = || stated.iter().filter(|(is_there, _)| !is_there).map(|(_, name)| *name).collect();
        let (Some(age), Some(height), Some(weight), Some(race), Some(inducer), Some(amiodarone)) =
            (inputs.age, inputs.height, inputs.weight, inputs.race, inputs.inducer, inputs.amiodarone)
        else {
            return Err(NoDose::Missing(missing()));
        };
        Ok(Self { age, height, weight, race, inducer, amiodarone })
    }
}
