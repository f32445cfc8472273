//! Modalities as a method takes them: the most variable features on one scale.

use std::collections::HashMap;

use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;

use super::{Resample, Settings};
use crate::auto::{AutoError, Modality, View};
use crate::prepare::{self, Scale};
use crate::principal::principal;
use crate::random::{normal, stream};

/// Features that are cut.
const FEATURES: usize = 1500;

/// One modality, prepared.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// How, for people.
    pub name: String,
    /// Its patients, as numbers in the cohort.
    pub patients: Vec<usize>,
    /// Patients × features.
    pub x: Array2<f64>,
}

impl Prepared {
    /// Its description in an answer.
    pub fn view(&self, modality: usize) -> View {
        View { modality, name: self.name.clone(), patients: self.patients.clone() }
    }
}

/// Prepares all modalities: logs of what is skewed, the most variable features, z-scored; shares, and what a method needs
/// not to be negative, are not z-scored.
pub(super) fn prepared(
    modalities: &[Modality],
    patients: &[String],
    settings: &Settings,
) -> Result<Vec<Prepared>, AutoError> {
    let numbers: HashMap<&str, usize> = patients.iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
    let raw = settings.method.needs_non_negative();
    modalities
        .iter()
        .map(|modality| {
            if raw {
                refuse_negative(modality, settings)?;
            }
            let values = modality.matrix.values().view();
            let scale = modality.matrix.scale();
            let mut x = prepare::most_variable(&prepare::tidy(values, scale), FEATURES);
            if x.ncols() == 0 {
                return Err(AutoError::Constant { modality: modality.name.clone() });
            }
            let unit = !raw && scale != Scale::Proportion;
            if unit {
                prepare::standardise_features(&mut x, true);
            } else if raw {
                // Logs of what is below 1 are negative; the smallest value becomes 0.
                let least = x.iter().copied().fold(f64::INFINITY, f64::min).min(0.0);
                x.mapv_inplace(|v| v - least);
            }
            let name = format!("{}: {} features{}", modality.name, x.ncols(), if unit { ", z-scored" } else { "" });
            let patients = modality.matrix.patients().iter().filter_map(|p| numbers.get(p.as_str()).copied()).collect();
            Ok(Prepared { name, patients, x })
        })
        .collect()
}

fn refuse_negative(modality: &Modality, settings: &Settings) -> Result<(), AutoError> {
    match modality.matrix.values().indexed_iter().find(|(_, v)| **v < 0.0) {
        Some(((row, column), &value)) => Err(AutoError::Negative {
            modality: modality.name.clone(),
            patient: modality.matrix.patients()[row].clone(),
            feature: modality.matrix.features()[column].clone(),
            value,
            method: settings.method.name(),
        }),
        None => Ok(()),
    }
}

/// Tables with fewer columns and the same distances, where the method asks for no more than these.
pub(super) fn turned(tables: Vec<Prepared>, settings: &Settings) -> Vec<Prepared> {
    let few = |x: &Array2<f64>| 2 * x.nrows() < x.ncols();
    let free = settings.method.turns_freely() && settings.resample == Resample::Patients;
    let turn = |table: Prepared| {
        if free && few(&table.x) {
            Prepared { x: principal(table.x.view(), table.x.nrows()).scores, ..table }
        } else {
            table
        }
    };
    tables.into_iter().map(turn).collect()
}

/// A kind of cohort without groups, as in [`auto`](crate::auto).
#[derive(Clone, Copy, Debug)]
pub(super) enum Null {
    /// Each feature shuffled over the patients.
    Independent,
    /// One multivariate normal with the means and covariances of the cohort.
    Continuum,
}

/// A cohort without groups made from a table; one that may not be negative stays so.
pub(super) fn null(table: &Prepared, kind: Null, settings: &Settings, number: u64, modality: usize) -> Prepared {
    let mut generator = stream(settings.seed, &[11, kind as u64, number, modality as u64]);
    let mut x = table.x.clone();
    match kind {
        Null::Independent => {
            for mut column in x.axis_iter_mut(Axis(1)) {
                let mut values = column.to_vec();
                values.shuffle(&mut generator);
                column.assign(&Array1::from(values));
            }
        }
        Null::Continuum => {
            let n = x.nrows();
            let mean = x.mean_axis(Axis(0)).unwrap_or_default();
            x -= &mean;
            let weights = Array2::from_shape_simple_fn((n, n), || normal(&mut generator) / (n as f64).sqrt());
            x = weights.dot(&x) + &mean;
            if settings.method.needs_non_negative() {
                x.mapv_inplace(|v| v.max(0.0));
            }
        }
    }
    Prepared { x, ..table.clone() }
}
