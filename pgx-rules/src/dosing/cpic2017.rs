//! CPIC's flow for warfarin, adults: Johnson et al., Clin Pharmacol Ther 2017;102:397-404, PMID 28198005.
//!
//! The flow asks for genotypes, not phenotypes. It gives ranges, and the result is a range. Unknown facts skip their step,
//! except that a person of African ancestry without a test of CYP2C9*5, *6, *8 and *11 is dosed clinically: a *1/*1 from a
//! test of *2 and *3 alone is no *1/*1 there.

use serde::Serialize;
use thiserror::Error;

use crate::knowledge::schema::DosingTable;

/// Name of the table of factors.
pub const TABLE: &str = "cpic2017";

/// Alleles beyond *2 and *3 that the flow asks about.
pub const FURTHER_ALLELES: [&str; 4] = ["*5", "*6", "*8", "*11"];

/// What the flow asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Self-identified African ancestry.
    pub african_ancestry: bool,
    /// VKORC1 -1639A alleles, 0 to 2.
    pub vkorc1: Option<u8>,
    /// CYP2C9, when at least *2 and *3 are known.
    pub cyp2c9: Option<Cyp2c9>,
    /// Whether *5, *6, *8 and *11 were assayed.
    pub further_alleles_tested: bool,
    /// rs12777823 A alleles, 0 to 2.
    pub rs12777823: Option<u8>,
    /// Copies that carry the change of CYP4F2*3, 0 to 2.
    pub cyp4f2: Option<u8>,
}

/// CYP2C9 as the flow sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cyp2c9 {
    /// Copies that carry the change of *2.
    pub star2: u8,
    /// Copies that carry the change of *3.
    pub star3: u8,
    /// Those of [`FURTHER_ALLELES`] that are carried, one entry a copy.
    pub further: Vec<String>,
}

/// How the dose is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// By a pharmacogenetic algorithm (IWPC or Gage).
    Pharmacogenetic,
    /// By a clinical algorithm, or the usual dose.
    Clinical,
}

impl Route {
    /// `pharmacogenetic`, `clinical`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pharmacogenetic => "pharmacogenetic",
            Self::Clinical => "clinical",
        }
    }
}

/// Result of the flow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// How the dose is found.
    pub route: Route,
    /// Lowest factor on the dose of the route.
    pub low: f64,
    /// Highest factor on the dose of the route.
    pub high: f64,
    /// Whether another anticoagulant is to be considered (*2/*3, *3/*3).
    pub consider_alternative: bool,
    /// What changed the result or decided the route, in order.
    pub reasons: Vec<String>,
    /// Every step with its finding, in order.
    pub steps: Vec<String>,
}

/// The knowledge base lacks a factor.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the table of factors has no {0}")]
pub struct NoFactor(&'static str);

/// Follows the flow.
///
/// # Errors
/// When the table lacks a factor.
pub fn follow(table: &DosingTable, inputs: &Inputs) -> Result<Outcome, NoFactor> {
    let mut outcome = Outcome {
        route: Route::Clinical,
        low: 1.0,
        high: 1.0,
        consider_alternative: false,
        reasons: Vec::new(),
        steps: Vec::new(),
    };
    let (Some(_), Some(cyp2c9)) = (inputs.vkorc1, &inputs.cyp2c9) else {
        let unknown = match (inputs.vkorc1, &inputs.cyp2c9) {
            (None, None) => "VKORC1 -1639 and CYP2C9 are unknown",
            (None, Some(_)) => "VKORC1 -1639 is unknown",
            _ => "CYP2C9 is unknown",
        };
        outcome.decide(format!("{unknown}: dose without genetics"));
        return Ok(outcome);
    };
    outcome.steps.push("VKORC1 -1639 and CYP2C9 *2, *3 are known".into());
    if inputs.african_ancestry {
        outcome.steps.push("self-identified African ancestry".into());
        if !inputs.further_alleles_tested {
            outcome.decide("CYP2C9 *5, *6, *8, *11 were not tested: dose without genetics".into());
            return Ok(outcome);
        }
    } else {
        outcome.steps.push("no self-identified African ancestry".into());
    }
    outcome.route = Route::Pharmacogenetic;
    outcome.steps.push("calculate the dose by a pharmacogenetic algorithm (IWPC or Gage), target INR 2-3".into());
    further_alleles(table, inputs, cyp2c9, &mut outcome)?;
    match inputs.african_ancestry {
        true => rs12777823(table, inputs, &mut outcome)?,
        false => cyp4f2(table, inputs, &mut outcome)?,
    }
    if cyp2c9.star3 >= 2 || (cyp2c9.star2 >= 1 && cyp2c9.star3 >= 1) {
        outcome.consider_alternative = true;
        outcome.steps.push("CYP2C9 *2/*3 or *3/*3: consider another oral anticoagulant".into());
    }
    Ok(outcome)
}

fn further_alleles(
    table: &DosingTable,
    inputs: &Inputs,
    cyp2c9: &Cyp2c9,
    outcome: &mut Outcome,
) -> Result<(), NoFactor> {
    let strength = if inputs.african_ancestry { "moderate" } else { "optional" };
    let key = match cyp2c9.further.len() {
        0 if inputs.further_alleles_tested => {
            outcome.steps.push("none of CYP2C9 *5, *6, *8, *11 is carried".into());
            return Ok(());
        }
        0 => {
            outcome.steps.push("CYP2C9 *5, *6, *8, *11 were not all tested: no step for them".into());
            return Ok(());
        }
        1 => "one_further_allele",
        _ => "two_further_alleles",
    };
    outcome.multiply(table, key, &format!("CYP2C9 {}", cyp2c9.further.join(" and ")), strength)
}

fn rs12777823(table: &DosingTable, inputs: &Inputs, outcome: &mut Outcome) -> Result<(), NoFactor> {
    match inputs.rs12777823 {
        None => outcome.steps.push("rs12777823 is unknown: no step for it".into()),
        Some(0) => outcome.steps.push("rs12777823 G/G: no change".into()),
        Some(n) => {
            let genotype = if n == 1 { "rs12777823 A/G" } else { "rs12777823 A/A" };
            outcome.multiply(table, "rs12777823", genotype, "moderate")?;
        }
    }
    Ok(())
}

fn cyp4f2(table: &DosingTable, inputs: &Inputs, outcome: &mut Outcome) -> Result<(), NoFactor> {
    match inputs.cyp4f2 {
        None => outcome.steps.push("CYP4F2*3 is unknown: no step for it".into()),
        Some(0) => outcome.steps.push("CYP4F2*3 is not carried: no change".into()),
        Some(n) => {
            let copies = if n == 1 { "one copy" } else { "two copies" };
            outcome.multiply(table, "cyp4f2", &format!("CYP4F2*3, {copies}"), "optional")?;
        }
    }
    Ok(())
}

impl Outcome {
    /// A step that decides the route.
    fn decide(&mut self, reason: String) {
        self.reasons.push(reason.clone());
        self.steps.push(reason);
    }

    /// A step that changes the dose.
    fn multiply(&mut self, table: &DosingTable, key: &'static str, what: &str, strength: &str) -> Result<(), NoFactor> {
        let range = table.equations.get(key).ok_or(NoFactor(key))?;
        let low = range.get("low").ok_or(NoFactor(key))?;
        let high = range.get("high").ok_or(NoFactor(key))?;
        self.low *= low;
        self.high *= high;
        let reason = format!("{what}: times {low:.2} to {high:.2} ({strength})");
        self.reasons.push(reason.clone());
        self.steps.push(reason);
        Ok(())
    }
}
