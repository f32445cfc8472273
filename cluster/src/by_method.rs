//! Consensus around one method: the subtypes that it finds again and again in resamples of the patients, of the features,
//! or of both (Monti et al. 2003, doi 10.1023/A:1023949509487).
//!
//! Each modality is prepared in the one usual way. A method that joins modalities cuts all of them at once; any other
//! cuts each, and modalities count equally in the consensus. The number of groups is chosen as in [`auto`](crate::auto):
//! where the resamples agree best with their consensus, corrected for chance, against cohorts without groups. A method
//! that finds the number itself keeps its own, and is judged by how often the resamples find its groups again.
//!
//! Memory: one n × n matrix a number of groups and a few more, where n is at most [`Settings::landmarks`].

mod counted;
mod density;
mod resample;
mod tables;

use serde::Serialize;

use crate::auto::{Answer, AutoError, Modality, on_landmarks};
use crate::methods::{Method, MethodError, density as searches};

/// What a resample draws from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resample {
    /// Some of the patients.
    Patients,
    /// All patients, some of the features of each modality.
    Features,
    /// Some of both.
    Both,
}

/// What may be set.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    /// The method.
    #[serde(serialize_with = "name")]
    pub method: &'static dyn Method,
    /// Seed of every random choice.
    pub seed: u64,
    /// Largest number of groups tried.
    pub most: usize,
    /// A number of groups set by the user; none to choose it.
    pub groups: Option<usize>,
    /// What is drawn.
    pub resample: Resample,
    /// Share of it that a resample holds, above 0 and below 1. Default 0.8.
    pub share: f64,
    /// Resamples of each modality.
    pub resamples: usize,
    /// Bootstraps for the stability of each group (drawn with replacement); 0 to judge it by the resamples.
    pub bootstraps: usize,
    /// Simulated cohorts without groups, of each kind.
    pub nulls: usize,
    /// Patients above which a random choice of that many makes the subtypes, and the others are placed.
    pub landmarks: usize,
    /// For methods that find the number of groups.
    pub density: searches::Settings,
}

impl Settings {
    /// The defaults for a method.
    pub fn new(method: &'static dyn Method) -> Self {
        Self {
            method,
            seed: 1,
            most: 8,
            groups: None,
            resample: Resample::Patients,
            share: 0.8,
            resamples: 30,
            bootstraps: 30,
            nulls: 20,
            landmarks: LANDMARKS,
            density: searches::Settings::default(),
        }
    }
}

/// The consensus matrices of so many patients at seven numbers of groups are 56 MB.
const LANDMARKS: usize = 1_000;

fn name<S: serde::Serializer>(method: &&'static dyn Method, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(method.name())
}

/// Finds subtypes by one method.
///
/// # Errors
/// With too few patients, a modality in which nothing varies, more groups than a resample can hold, more patients than the
/// method takes, a negative value for a method that needs none, or whatever the method itself refuses.
pub fn by_method(modalities: &[Modality], settings: &Settings) -> Result<Answer, AutoError> {
    if let (Some(finder), groups) = (settings.method.by_density(), settings.groups) {
        if let Some(k) = groups {
            return Err(MethodError::FindsNumber { k, method: settings.method.name() }.into());
        }
        return density::search(modalities, finder, settings);
    }
    on_landmarks(modalities, settings.landmarks, settings.seed, |part, patients| {
        counted::search(part, patients, settings)
    })
}

#[cfg(test)]
mod tests;
