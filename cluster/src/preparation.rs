//! Preparation that a user asks for, before subtypes are looked for: normalisation, missing values, batches, selection.
//!
//! Without it every modality is prepared as its numbers ask ([`crate::prepare`]). A modality that a user has normalised is
//! taken as it then is: no further logs.

mod missing;
mod normalise;

use std::collections::{BTreeMap, HashMap};

use ndarray::{Array2, ArrayView1, Axis};
use serde::Serialize;
use thiserror::Error;

use crate::auto::Modality;
use crate::matrix::FeatureMatrix;
use crate::prepare::median;

/// How values are brought onto one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// Taken as they are.
    None,
    /// log2(value + 1); a value below 0 is an error.
    Log,
    /// Each feature to mean 0 and standard deviation 1 (divisor n − 1).
    ZScore,
    /// Each patient to the mean distribution over the patients (Bolstad et al. 2003, doi 10.1093/bioinformatics/19.2.185);
    /// a patient with missing values by linear interpolation between its known values.
    Quantile,
    /// Each feature to the ranks of its patients, (rank − 0.5) / n; ties share the mean rank.
    Rank,
}

/// What becomes of a missing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The feature's median.
    Median,
    /// The feature's mean: it adds nothing to a product of two patients once features are centred.
    Mask,
    /// The mean of the ten nearest patients that have a value, by the mean squared difference over the features that both
    /// have (after Troyanskaya et al. 2001, doi 10.1093/bioinformatics/17.6.520); the median where there is none.
    Neighbours,
    /// Features with a missing value are left out.
    LeaveOut,
    /// An error that names the first.
    Error,
}

/// By what features are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Median absolute deviation from the median.
    Mad,
    /// Variance.
    Variance,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preparation {
    /// Normalisation, of the modality of that name or of all; of several the last that fits.
    pub normalise: Vec<(Option<String>, Normalisation)>,
    /// What becomes of missing values; the feature's median unless said.
    pub missing: Option<Missing>,
    /// Keep that many features of each modality, those of greatest spread.
    pub select: Option<(Spread, usize)>,
}

/// Why a modality cannot be prepared as asked.
#[derive(Debug, Error, PartialEq)]
pub enum PreparationError {
    /// A value below 0 has no logarithm.
    #[error(
        "modality '{modality}', patient '{patient}', feature '{feature}': {value} is negative and has no logarithm; choose another normalisation, or none where the values are logs already"
    )]
    Negative {
        /// The modality.
        modality: String,
        /// The patient.
        patient: String,
        /// The feature.
        feature: String,
        /// The value.
        value: f64,
    },
    /// Values are missing, and that was to be an error.
    #[error(
        "modality '{modality}', patient '{patient}', feature '{feature}': the value is missing, as are {others} others; fill them in, or choose what is to become of them"
    )]
    Missing {
        /// The modality.
        modality: String,
        /// The patient.
        patient: String,
        /// The feature.
        feature: String,
        /// Further missing values.
        others: usize,
    },
    /// Nothing is left.
    #[error(
        "modality '{modality}': every feature has a missing value, so none is left; choose another way with missing values"
    )]
    Nothing {
        /// The modality.
        modality: String,
    },
    /// A normalisation of a modality that is not there.
    #[error("there is no modality '{modality}' to normalise; there are: {known}")]
    Unknown {
        /// The modality asked for.
        modality: String,
        /// Those that are there.
        known: String,
    },
    /// A patient whose batch is not known, where batches are to be regressed out.
    #[error(
        "patient '{patient}' has no value in the column of batches, so its batch cannot be regressed out; fill it in, or leave the patient out"
    )]
    NoBatch {
        /// The patient.
        patient: String,
    },
    /// A batch of one patient: nothing of the patient would be left.
    #[error(
        "modality '{modality}': batch '{batch}' has one patient, '{patient}', of whom nothing would be left; join it with another batch, or leave the patient out"
    )]
    Alone {
        /// The modality.
        modality: String,
        /// The batch.
        batch: String,
        /// Its patient.
        patient: String,
    },
}

impl Preparation {
    /// Prepares modalities, batches regressed out where `batch` has the batch of each patient. In this order: normalisation,
    /// batches, missing values, selection. The sentences say what was done.
    ///
    /// # Errors
    /// When a modality cannot be prepared as asked.
    pub fn apply(
        &self,
        modalities: &[Modality],
        batch: Option<&HashMap<String, String>>,
    ) -> Result<(Vec<Modality>, Vec<String>), PreparationError> {
        let known: Vec<&str> = modalities.iter().map(|m| m.name.as_str()).collect();
        for name in self.normalise.iter().filter_map(|(name, _)| name.as_ref()) {
            if !known.contains(&name.as_str()) {
                return Err(PreparationError::Unknown { modality: name.clone(), known: known.join(", ") });
            }
        }
        let mut notes = Vec::new();
        let prepared = modalities.iter().map(|m| self.one(m, batch, &mut notes)).collect::<Result<_, _>>()?;
        Ok((prepared, notes))
    }

    fn one(
        &self,
        modality: &Modality,
        batch: Option<&HashMap<String, String>>,
        notes: &mut Vec<String>,
    ) -> Result<Modality, PreparationError> {
        let of = |name: &Option<String>| name.as_ref().is_none_or(|n| *n == modality.name);
        let normalisation = self.normalise.iter().rev().find(|(name, _)| of(name)).map(|(_, n)| *n);
        let mut values = modality.matrix.values().clone();
        let (patients, mut features) = (modality.matrix.patients(), modality.matrix.features().to_vec());
        let say = |what: String| format!("{}: {what}", modality.name);
        if let Some(normalisation) = normalisation {
            normalise::normalise(&mut values, normalisation).map_err(|(row, column, value)| {
                PreparationError::Negative {
                    modality: modality.name.clone(),
                    patient: patients[row].clone(),
                    feature: features[column].clone(),
                    value,
                }
            })?;
        }
        if let Some(batch) = batch {
            let count = regress_out(&mut values, &modality.name, patients, batch)?;
            notes.push(say(format!("the means of {count} batches were regressed out of every feature")));
        }
        if let Some(way) = self.missing {
            let absent = values.iter().filter(|v| v.is_nan()).count();
            let kept = missing::fill(&mut values, way).map_err(|(row, column)| PreparationError::Missing {
                modality: modality.name.clone(),
                patient: patients[row].clone(),
                feature: features[column].clone(),
                others: absent - 1,
            })?;
            if kept.is_empty() {
                return Err(PreparationError::Nothing { modality: modality.name.clone() });
            }
            if kept.len() < features.len() {
                notes.push(say(format!(
                    "{} features have missing values and were left out",
                    features.len() - kept.len()
                )));
                (values, features) = chosen(&values, &features, &kept);
            }
        }
        if let Some((spread, count)) = self.select {
            let kept = widest(&values, spread, count);
            let measure = if spread == Spread::Mad { "median absolute deviation" } else { "variance" };
            notes.push(say(format!("{} of {} features kept, by {measure}", kept.len(), features.len())));
            (values, features) = chosen(&values, &features, &kept);
        }
        // The names are those of a checked matrix, in its order.
        let matrix = FeatureMatrix::new(patients.to_vec(), features, values)
            .map_err(|_| PreparationError::Nothing { modality: modality.name.clone() })?;
        let matrix = if normalisation.is_some() { matrix.settled() } else { matrix };
        Ok(Modality { name: modality.name.clone(), matrix })
    }
}

fn chosen(values: &Array2<f64>, features: &[String], kept: &[usize]) -> (Array2<f64>, Vec<String>) {
    (values.select(Axis(1), kept), kept.iter().map(|&k| features[k].clone()).collect())
}

/// Takes from each value the difference between the mean of its batch and the mean over all; returns the number of batches.
fn regress_out(
    values: &mut Array2<f64>,
    modality: &str,
    patients: &[String],
    batch: &HashMap<String, String>,
) -> Result<usize, PreparationError> {
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, patient) in patients.iter().enumerate() {
        let batch =
            batch.get(patient).cloned().ok_or_else(|| PreparationError::NoBatch { patient: patient.clone() })?;
        members.entry(batch).or_default().push(row);
    }
    if let Some((batch, rows)) = members.iter().find(|(_, rows)| rows.len() == 1) {
        return Err(PreparationError::Alone {
            modality: modality.to_owned(),
            batch: batch.clone(),
            patient: patients[rows[0]].clone(),
        });
    }
    for mut column in values.axis_iter_mut(Axis(1)) {
        let all = mean(column.iter().copied());
        for rows in members.values() {
            let shift = mean(rows.iter().map(|&r| column[r])) - all;
            if shift.is_finite() {
                rows.iter().for_each(|&r| column[r] -= shift);
            }
        }
    }
    Ok(members.len())
}

/// Mean of what is known; NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.filter(|v| !v.is_nan()).fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / count
}

/// The `count` features of greatest spread, in their order; ties keep the earlier one.
fn widest(values: &Array2<f64>, spread: Spread, count: usize) -> Vec<usize> {
    let known = |column: ArrayView1<'_, f64>| column.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<f64>>();
    let measure = |column: ArrayView1<'_, f64>| -> f64 {
        let mut x = known(column);
        match spread {
            Spread::Mad => {
                let middle = median(&mut x);
                x.iter_mut().for_each(|v| *v = (*v - middle).abs());
                median(&mut x)
            }
            Spread::Variance => {
                let centre = mean(x.iter().copied());
                mean(x.iter().map(|v| (v - centre).powi(2)))
            }
        }
    };
    let measured: Vec<f64> =
        values.columns().into_iter().map(measure).map(|m| if m.is_nan() { -1.0 } else { m }).collect();
    let mut order: Vec<usize> = (0..measured.len()).collect();
    order.sort_by(|&a, &b| measured[b].total_cmp(&measured[a]));
    order.truncate(count);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests;
