//! What a twin is made from.

use super::CannotModel;

/// Adults only: the models' children's forms rest on factors that were not sourced.
const AGE: (f64, f64) = (18.0, 110.0);
/// INR before the first dose.
const BASELINE: (f64, f64) = (0.5, 2.0);

/// Facts about one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The two CYP2C9 alleles, each by its name (`*1`).
    pub cyp2c9: Option<[String; 2]>,
    /// VKORC1 -1639A alleles, 0 to 2.
    pub vkorc1: Option<u8>,
    /// Years.
    pub age: Option<f64>,
    /// INR before the first dose.
    pub baseline: f64,
    /// What facts outside the published model do to clearance: 1 for nothing.
    pub clearance_factor: f64,
    /// What facts outside the published model do to EC50: 1 for nothing.
    pub ec50_factor: f64,
}

impl Person {
    /// A person by genotypes and age.
    pub fn new(cyp2c9: Option<[String; 2]>, vkorc1: Option<u8>, age: Option<f64>, baseline: f64) -> Self {
        Self { cyp2c9, vkorc1, age, baseline, clearance_factor: 1.0, ec50_factor: 1.0 }
    }

    /// Age in years, if the models speak of it.
    pub(super) fn known_age(&self) -> Result<f64, CannotModel> {
        within("age", self.age.ok_or(CannotModel::Missing("age"))?, AGE)
    }

    /// Baseline INR, if there can be one.
    pub(super) fn known_baseline(&self) -> Result<f64, CannotModel> {
        within("baseline INR", self.baseline, BASELINE)
    }

    /// CYP2C9 alleles.
    pub(super) fn known_cyp2c9(&self) -> Result<&[String; 2], CannotModel> {
        self.cyp2c9.as_ref().ok_or(CannotModel::Missing("CYP2C9"))
    }

    /// VKORC1 A alleles.
    pub(super) fn known_vkorc1(&self) -> Result<u8, CannotModel> {
        let alleles = self.vkorc1.ok_or(CannotModel::Missing("VKORC1"))?;
        within("VKORC1 A alleles", f64::from(alleles), (0.0, 2.0)).map(|_| alleles)
    }
}

fn within(what: &'static str, value: f64, (low, high): (f64, f64)) -> Result<f64, CannotModel> {
    if value >= low && value <= high { Ok(value) } else { Err(CannotModel::Range { what, value, low, high }) }
}

/// The two alleles of a diplotype (`*1/*2`).
pub fn alleles(diplotype: &str) -> Option<[String; 2]> {
    let (first, second) = diplotype.split_once('/')?;
    let name = |text: &str| {
        let text = text.trim();
        let digits = text.strip_prefix('*')?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| text.to_owned())
    };
    Some([name(first)?, name(second)?])
}

/// VKORC1 -1639A alleles of a genotype written as on the gene's strand (`GG`, `AG`, `G/A`).
pub fn vkorc1(genotype: &str) -> Option<u8> {
    match genotype.trim().to_ascii_uppercase().replace('/', "").as_str() {
        "GG" => Some(0),
        "AG" | "GA" => Some(1),
        "AA" => Some(2),
        _ => None,
    }
}
