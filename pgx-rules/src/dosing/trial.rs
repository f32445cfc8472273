//! A simulated trial of dosing policies, in the way that makes one worth believing.
//!
//! Doses are chosen on one model and judged on others; virtual patients are calibrated to a real cohort before any policy is
//! run; every policy meets the same patients with the same noise, keyed by patient and day; visits are planned alike; patients
//! for training, tuning and testing never overlap. True time in range comes from the simulated INRs themselves.

pub mod compare;
pub mod covariates;
pub mod keyed;
pub mod life;
pub mod measure;
pub mod population;
pub mod protocol;
pub mod search;
pub mod simulator;
pub mod treat;

use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use self::covariates::Covariates;
use self::keyed::{Cohort, Keyed, Purpose};
use self::life::Life;
use self::measure::{Happened, Outcome};
use self::population::{Group, VirtualPatient, draw, groups};
use self::simulator::{Simulator, Truth};
use self::treat::{Doser, Fate, treat};
use super::first::highly_sensitive;
use super::nomogram::{BadNomogram, Nomogram};
use super::policy::Policy;
use super::policy::predictive::{Predictive, Search};
use super::ttr::Range;
use super::twin::CannotModel;
use crate::knowledge::schema::Knowledge;

/// Nomogram of usual care.
pub const NOMOGRAM: &str = "aurora";
/// Name of the ceiling.
pub const ORACLE: &str = "oracle";

/// What a trial is made of.
#[derive(Clone, Debug)]
pub struct Design {
    /// Virtual patients; the groups take turns.
    pub patients: usize,
    /// Length, days.
    pub days: usize,
    /// Seed of everything that is random.
    pub seed: u64,
    /// Which patients.
    pub cohort: Cohort,
    /// Days of the planned visits.
    pub visits: Vec<usize>,
    /// People whose covariates the patients take, in place of the summaries that ship.
    pub covariates: Option<Arc<Covariates>>,
    /// Factor on the day-to-day change of the INR.
    pub unrest: f64,
}

/// Why a trial cannot be run.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CannotTry {
    /// A model or table.
    #[error(transparent)]
    Model(#[from] CannotModel),
    /// The nomogram.
    #[error(transparent)]
    Nomogram(#[from] BadNomogram),
}

/// The patients of a trial.
pub struct Cast {
    /// Groups by ancestry.
    pub groups: Vec<Group>,
    /// The patients, in order of their numbers.
    pub patients: Vec<VirtualPatient>,
    keyed: Keyed,
}

impl Cast {
    /// Draws the patients.
    ///
    /// # Errors
    /// When a table lacks a number.
    pub fn new(knowledge: &Knowledge, design: &Design) -> Result<Self, CannotTry> {
        let groups = groups(knowledge)?;
        let keyed = Keyed::new(design.seed, design.cohort);
        let mut patients: Vec<VirtualPatient> =
            (0..design.patients as u64).filter_map(|number| draw(&groups, &keyed, number)).collect();
        if let Some(covariates) = &design.covariates {
            patients.iter_mut().for_each(|p| covariates.give(&mut p.record, &keyed, p.number));
        }
        Ok(Self { groups, patients, keyed })
    }

    /// The truth about every patient in a simulator.
    ///
    /// # Errors
    /// When the model lacks a parameter.
    pub fn truths(&self, simulator: &Simulator, days: usize) -> Result<Vec<Truth>, CannotTry> {
        let truths: Result<Vec<Truth>, CannotModel> =
            self.patients.par_iter().map(|p| simulator.truth(&self.keyed, p, days)).collect();
        Ok(truths?)
    }

    /// The same patients, each with the visible genotypes of another, whoever that is: the negative control.
    #[must_use]
    pub fn permuted(&self) -> Self {
        let mut genotypes: Vec<_> = self.patients.iter().map(|p| p.record.genotypes.clone()).collect();
        for last in (1..genotypes.len()).rev() {
            let at = self.keyed.uniform(0, Purpose::Permutation, last as u64) * (last + 1) as f64;
            genotypes.swap(last, at as usize);
        }
        let mut patients = self.patients.clone();
        for (patient, genotypes) in patients.iter_mut().zip(genotypes) {
            patient.record.genotypes = genotypes;
        }
        Self { groups: self.groups.clone(), patients, keyed: self.keyed }
    }

    /// Random numbers.
    pub fn keyed(&self) -> &Keyed {
        &self.keyed
    }
}

/// Who doses in an arm.
pub enum Arm<'a> {
    /// A policy.
    Policy(&'a dyn Policy),
    /// The ceiling.
    Oracle(Search),
}

/// Runs one arm over all patients; the outcomes stand in the patients' order.
///
/// # Errors
/// When a table lacks a number.
pub fn run(
    knowledge: &Knowledge,
    design: &Design,
    cast: &Cast,
    simulator: &Simulator,
    truths: &[Truth],
    arm: &Arm<'_>,
) -> Result<Vec<Outcome>, CannotTry> {
    let range = |patient: &VirtualPatient| patient.record.therapeutic_range().unwrap_or(Range::USUAL);
    let courses = courses(knowledge, design, cast, simulator, truths, arm)?;
    Ok(courses.iter().zip(&cast.patients).map(|(happened, patient)| happened.measure(range(patient))).collect())
}

/// As [`run`], with the whole courses. A patient whom the policy will not dose gets none: an empty course.
///
/// # Errors
/// When a table lacks a number.
pub fn courses(
    knowledge: &Knowledge,
    design: &Design,
    cast: &Cast,
    simulator: &Simulator,
    truths: &[Truth],
    arm: &Arm<'_>,
) -> Result<Vec<Happened>, CannotTry> {
    let life = Life::of(knowledge)?;
    let usual_care = Nomogram::of(knowledge, NOMOGRAM)?;
    let pairs: Vec<(&VirtualPatient, &Truth)> = cast.patients.iter().zip(truths).collect();
    let courses = pairs.into_par_iter().map(|(patient, truth)| {
        let taken = life.taken(&cast.keyed, patient.number, design.days);
        let mut fluctuation = life.fluctuation(&cast.keyed, patient.number, design.days);
        fluctuation.iter_mut().for_each(|log| *log *= design.unrest);
        let visits = life.visits(&cast.keyed, patient.number, &design.visits);
        let situation = patient.record.situation(highly_sensitive(knowledge, &patient.record));
        let range = patient.record.therapeutic_range().unwrap_or(Range::USUAL);
        let fate = Fate {
            simulator,
            patient,
            truth,
            taken: &taken,
            fluctuation: &fluctuation,
            visits: &visits,
            life: &life,
            keyed: &cast.keyed,
            situation: &situation,
            usual_care: &usual_care,
            range,
            days: design.days,
        };
        let doser = match arm {
            Arm::Policy(policy) => policy.begin(&patient.record, range).map(Doser::Policy).ok(),
            Arm::Oracle(search) => Some(Doser::Oracle(*search)),
        };
        doser.map_or_else(Happened::default, |mut doser| treat(&fate, &mut doser))
    });
    Ok(courses.collect())
}

/// The oracle's search: the predictive policy's, without its doubt.
///
/// # Errors
/// When a table lacks a number.
pub fn oracle(knowledge: &Knowledge) -> Result<Search, CannotTry> {
    let policy = Predictive::of(knowledge)?;
    Ok(Search { cost: policy.cost, range: Range::USUAL, carry_days: policy.carry.days })
}

#[cfg(test)]
mod tests;
