//! What a model is worth on patients it has not seen: nested cross-validation. Everything that fitting decides (scale,
//! method, strength, sharpness) is decided anew in each outer part without the patients it is judged on.

use serde::Serialize;

use super::cohort::Cohort;
use super::fairness::{self, Comparison};
use super::measures::{Measures, likeliest, measure};
use super::model::{self, Fit, Settings};
use super::{ClassifyError, FEWEST, Method, selection};
use crate::auto::Modality;

/// A property of patients by which a model might be unfair: sex, ancestry, site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Patient and value; patients without a value are in no subgroup.
    pub values: Vec<(String, String)>,
}

/// A patient as the model saw it without having learnt from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// The patient.
    pub patient: String,
    /// Its class.
    pub truth: usize,
    /// The likeliest class.
    pub likeliest: usize,
    /// Probability of each class.
    pub probabilities: Vec<f64>,
}

/// Measures of some of the patients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Subgroup {
    /// The property.
    pub property: String,
    /// Its value.
    pub value: String,
    /// Measures of the patients that have it.
    pub measures: Measures,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// Names of the classes, sorted.
    pub classes: Vec<String>,
    /// All patients.
    pub measures: Measures,
    /// Each value of each property, properties in their order, values sorted.
    pub subgroups: Vec<Subgroup>,
    /// Each of them against the rest.
    pub comparisons: Vec<Comparison>,
    /// Method chosen in each outer part.
    pub chosen: Vec<Method>,
    /// Patients, in the order of their labels.
    pub patients: Vec<HeldOut>,
}

/// Judges what [`model::Model::fit`] would learn from the same input.
///
/// # Errors
/// As fitting.
pub fn assess(
    modalities: &[Modality],
    labels: &[(String, String)],
    properties: &[Property],
    abstain_below: f64,
    settings: &Settings,
) -> Result<Assessment, ClassifyError> {
    let cohort = Cohort::new(modalities, labels)?;
    let count = cohort.names.len();
    for (k, class) in cohort.names.iter().enumerate() {
        let found = cohort.classes.iter().filter(|c| **c == k).count();
        if found < FEWEST {
            let modalities = "any modality".to_owned();
            return Err(ClassifyError::TooFew { class: class.clone(), found, modalities });
        }
    }
    let number = selection::possible_folds(&cohort.classes, count, settings.folds);
    let fold = selection::folds(&cohort.classes, count, number, settings.seed ^ OUTER);
    let mut patients: Vec<Option<HeldOut>> = vec![None; cohort.classes.len()];
    let mut chosen = Vec::new();
    for part in 0..number {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..cohort.classes.len()).partition(|&i| fold[i] == part);
        let fits = needed(&cohort, &train, &test, settings)?;
        chosen.extend(fits.first().map(|f| f.chosen().method));
        for i in test {
            patients[i] = model::probabilities(&fits, &cohort.aligned, i).map(|(_, probabilities)| HeldOut {
                patient: cohort.aligned.patients[i].clone(),
                truth: cohort.classes[i],
                likeliest: likeliest(&probabilities),
                probabilities,
            });
        }
    }
    let patients: Vec<HeldOut> = patients.into_iter().flatten().collect();
    let judged = |kept: &dyn Fn(&HeldOut) -> bool| {
        let (probabilities, truth): (Vec<_>, Vec<_>) =
            patients.iter().filter(|p| kept(p)).map(|p| (p.probabilities.clone(), p.truth)).unzip();
        measure(&probabilities, &truth, count, abstain_below)
    };
    let mut subgroups = Vec::new();
    for property in properties {
        let mut values: Vec<&String> = property.values.iter().map(|(_, v)| v).collect();
        values.sort();
        values.dedup();
        for value in values {
            let members: std::collections::HashSet<&str> =
                property.values.iter().filter(|(_, v)| v == value).map(|(p, _)| p.as_str()).collect();
            let measures = judged(&|p| members.contains(p.patient.as_str()));
            subgroups.push(Subgroup { property: property.name.clone(), value: value.clone(), measures });
        }
    }
    let comparisons = fairness::compare(&patients, properties, count, abstain_below);
    Ok(Assessment { measures: judged(&|_| true), classes: cohort.names, subgroups, comparisons, chosen, patients })
}

/// Keeps the outer parts apart from the inner ones, which use the seed as it is.
const OUTER: u64 = 0x006f_7574_6572;

/// Learns the combinations of modalities that the patients to be judged have; all, where one of those cannot be learnt.
fn needed(cohort: &Cohort, train: &[usize], test: &[usize], settings: &Settings) -> Result<Vec<Fit>, ClassifyError> {
    let mut wanted: Vec<Vec<usize>> = test.iter().map(|&i| cohort.aligned.present[i].clone()).collect();
    wanted.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    wanted.dedup();
    // Holding out takes patients from the smallest class: two of it still allow a choice.
    let fewest = FEWEST - 1;
    match model::learn(cohort, train, &wanted, fewest, settings) {
        Ok(fits) if fits.len() == wanted.len() => Ok(fits),
        _ => model::learn(cohort, train, &model::combinations(cohort.schemas.len()), fewest, settings),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::model::tests::cohort;
    use super::*;

    fn quick() -> Settings {
        Settings { methods: vec![Method::NearestCentroid], folds: 4, seed: 1 }
    }

    #[test]
    fn every_patient_is_judged_once_and_classes_that_differ_are_told_apart() {
        let (modalities, labels) = cohort(1);
        let found = assess(&modalities, &labels, &[], 0.5, &quick()).unwrap();
        assert_eq!((found.patients.len(), found.chosen.len()), (60, 4));
        assert!(found.measures.accuracy > 0.9 && found.measures.classes.iter().all(|c| c.area > 0.95), "{found:?}");
    }

    #[test]
    fn labels_dealt_at_random_are_not_learnt() {
        let (modalities, mut labels) = cohort(1);
        for (i, label) in labels.iter_mut().enumerate() {
            label.1 = ["a", "b", "c"][(i / 3 * 7 + i * i / 5) % 3].to_owned();
        }
        let found = assess(&modalities, &labels, &[], 0.0, &quick()).unwrap();
        // Four standard errors above one third in 60 patients.
        assert!(found.measures.accuracy < 0.58, "{}", found.measures.accuracy);
        // The model knows that it does not know: confidence stays near chance.
        assert!(found.measures.calibration_error < 0.25, "{}", found.measures.calibration_error);
    }

    #[test]
    fn a_subgroup_in_which_labels_are_wrong_shows() {
        let (modalities, mut labels) = cohort(1);
        let property = Property {
            name: "site".to_owned(),
            values: labels
                .iter()
                .enumerate()
                .map(|(i, l)| (l.0.clone(), if i < 12 { "B" } else { "A" }.to_owned()))
                .collect(),
        };
        for (i, label) in labels.iter_mut().take(12).enumerate() {
            label.1 = ["b", "c", "a"][i % 3].to_owned();
        }
        let found = assess(&modalities, &labels, &[property], 0.0, &quick()).unwrap();
        let accuracy: Vec<f64> = found.subgroups.iter().map(|s| s.measures.accuracy).collect();
        assert_eq!(found.subgroups[1].value, "B");
        assert!(accuracy[0] > 0.85 && accuracy[1] < 0.3, "{accuracy:?}");
    }

    #[test]
    fn patients_without_a_modality_are_judged_by_the_rest() {
        let (mut modalities, labels) = cohort(1);
        let whole = &modalities[1].matrix;
        let rows: Vec<usize> = (0..30).collect();
        let part = crate::matrix::FeatureMatrix::new(
            whole.patients()[..30].to_vec(),
            whole.features().to_vec(),
            whole.values().select(ndarray::Axis(0), &rows),
        );
        modalities[1].matrix = part.unwrap();
        let found = assess(&modalities, &labels, &[], 0.0, &quick()).unwrap();
        assert_eq!(found.patients.len(), 60);
        assert!(found.measures.accuracy > 0.85, "{}", found.measures.accuracy);
    }
}
