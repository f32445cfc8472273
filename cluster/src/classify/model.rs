//! A saved model: what was learnt from each combination of modalities, so that a patient who lacks some is placed by
//! what was learnt without them, rather than by guessed values.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::cohort::{Aligned, Cohort, Schema, named};
use super::selection::{self, Candidate};
use super::standard::Standard;
use super::temperature::softmax;
use super::{ClassifyError, FEWEST, Fitted, Labelled, Method};
use crate::auto::Modality;

/// Version of the format.
pub const VERSION: u32 = 1;

/// What may be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Seed of every random choice.
    pub seed: u64,
    /// Methods to choose from.
    pub methods: Vec<Method>,
    /// Parts in cross-validation; fewer where a class has fewer patients.
    pub folds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, methods: Method::ALL.to_vec(), folds: 5 }
    }
}

/// A classifier of patients, ready to be saved. Reading it back refuses other versions and damaged files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Model {
    version: u32,
    classes: Vec<String>,
    modalities: Vec<Schema>,
    /// Largest combination first.
    fits: Vec<Fit>,
}

/// A model as a file holds it, unchecked.
#[derive(Deserialize)]
struct Stored {
    version: u32,
    #[serde(default)]
    classes: Vec<String>,
    #[serde(default)]
    modalities: Vec<Schema>,
    #[serde(default)]
    fits: Vec<Fit>,
}

/// What was learnt from one combination of modalities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fit {
    /// Numbers of the modalities, rising.
    modalities: Vec<usize>,
    /// Patients learnt from.
    patients: usize,
    /// What was chosen, and how it did on patients held out.
    chosen: Candidate,
    standard: Standard,
    fitted: Fitted,
}

/// Where a patient belongs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placement {
    /// The patient.
    pub patient: String,
    /// The class; none where the model abstains, or the patient has none of its modalities.
    pub class: Option<String>,
    /// Probability of each class, in the order of [`Model::classes`]; empty where there is no data.
    pub probabilities: Vec<f64>,
    /// The likeliest class, even where the model abstains.
    pub likeliest: Option<String>,
    /// The next.
    pub runner_up: Option<String>,
    /// Probability of the likeliest class; 0 where there is no data.
    pub confidence: f64,
    /// Modalities that were used.
    pub modalities: Vec<String>,
}

/// Modalities up to which every combination is learnt. With more: all, all but one, and each alone.
const COMBINED: usize = 4;

impl Model {
    /// Learns from labelled patients: `labels` are patient and class. Patients without any modality are left out;
    /// each combination of modalities is learnt from the patients that have all of it.
    ///
    /// # Errors
    /// With fewer than two classes, a class of fewer than three patients in every combination, a patient with two
    /// labels, or nothing that varies.
    pub fn fit(
        modalities: &[Modality],
        labels: &[(String, String)],
        settings: &Settings,
    ) -> Result<Self, ClassifyError> {
        let cohort = Cohort::new(modalities, labels)?;
        let rows: Vec<usize> = (0..cohort.classes.len()).collect();
        let fits = learn(&cohort, &rows, &combinations(cohort.schemas.len()), FEWEST, settings)?;
        Ok(Self { version: VERSION, classes: cohort.names, modalities: cohort.schemas, fits })
    }

    /// Names of the classes, sorted.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Each combination of modalities learnt: their names, patients learnt from, and what was chosen.
    pub fn combinations(&self) -> impl Iterator<Item = (Vec<&str>, usize, Candidate)> {
        let names = |fit: &Fit| {
            fit.modalities.iter().filter_map(|&m| self.modalities.get(m)).map(|s| s.name.as_str()).collect()
        };
        self.fits.iter().map(move |fit| (names(fit), fit.patients, fit.chosen))
    }

    /// Places patients, each by the largest combination of modalities that it has; a modality counts as had with at
    /// least half of its features. Below the confidence `abstain_below` (0 to 1) no class is given.
    pub fn place(&self, modalities: &[Modality], abstain_below: f64) -> Vec<Placement> {
        let mut patients: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for patient in modalities.iter().flat_map(|m| m.matrix.patients()) {
            if seen.insert(patient) {
                patients.push(patient.clone());
            }
        }
        let aligned = Aligned::new(&self.modalities, modalities, patients);
        (0..aligned.patients.len())
            .into_par_iter()
            .map(|row| {
                let placed = probabilities(&self.fits, &aligned, row);
                self.placement(&aligned.patients[row], placed, abstain_below)
            })
            .collect()
    }

    fn placement(&self, patient: &str, placed: Option<(&Fit, Vec<f64>)>, abstain_below: f64) -> Placement {
        let (used, probabilities) = placed.map_or((Vec::new(), Vec::new()), |(fit, p)| (fit.modalities.clone(), p));
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        let name = |place: usize| order.get(place).and_then(|&k| self.classes.get(k)).cloned();
        let confidence = order.first().map_or(0.0, |&k| probabilities[k]);
        Placement {
            patient: patient.to_owned(),
            class: name(0).filter(|_| confidence >= abstain_below),
            likeliest: name(0),
            runner_up: name(1),
            confidence,
            modalities: used.iter().filter_map(|&m| self.modalities.get(m)).map(|s| s.name.clone()).collect(),
            probabilities,
        }
    }
}

/// Probabilities of one patient by the first of `fits` whose modalities it has.
pub(super) fn probabilities<'a>(fits: &'a [Fit], aligned: &Aligned, row: usize) -> Option<(&'a Fit, Vec<f64>)> {
    let fit = fits.iter().find(|f| f.modalities.iter().all(|m| aligned.present[row].contains(m)))?;
    let values = aligned.values(&[row], &fit.modalities);
    let scores = fit.fitted.scores(fit.standard.row(values.row(0)).as_slice().into());
    Some((fit, softmax(&scores, fit.chosen.sharpness)))
}

impl Fit {
    /// What was chosen.
    pub(super) fn chosen(&self) -> Candidate {
        self.chosen
    }
}

/// Combinations of `count` modalities, the largest first, then in their order.
pub(super) fn combinations(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = if count <= COMBINED {
        (1_usize..1 << count).map(|bits| (0..count).filter(|m| bits >> m & 1 == 1).collect()).collect()
    } else {
        let without = |left: usize| (0..count).filter(|m| *m != left).collect();
        std::iter::once((0..count).collect())
            .chain((0..count).map(without))
            .chain((0..count).map(|m| vec![m]))
            .collect()
    };
    all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    all
}

/// Learns each of the combinations that has at least `fewest` patients of each class among `rows`.
pub(super) fn learn(
    cohort: &Cohort,
    rows: &[usize],
    combinations: &[Vec<usize>],
    fewest: usize,
    settings: &Settings,
) -> Result<Vec<Fit>, ClassifyError> {
    let tried: Vec<Result<Fit, ClassifyError>> =
        combinations.iter().map(|c| learn_one(cohort, &cohort.complete(rows, c), c, fewest, settings)).collect();
    // One combination that cannot be learnt is no reason to refuse the others; none that can is.
    if tried.iter().all(Result::is_err) {
        return tried.into_iter().collect();
    }
    Ok(tried.into_iter().filter_map(Result::ok).collect())
}

fn learn_one(
    cohort: &Cohort,
    rows: &[usize],
    modalities: &[usize],
    fewest: usize,
    settings: &Settings,
) -> Result<Fit, ClassifyError> {
    let names = || named(&cohort.schemas, modalities);
    let classes: Vec<usize> = rows.iter().map(|&i| cohort.classes[i]).collect();
    let count = cohort.names.len();
    for (k, class) in cohort.names.iter().enumerate() {
        let found = classes.iter().filter(|c| **c == k).count();
        if found < fewest {
            return Err(ClassifyError::TooFew { class: class.clone(), found, modalities: names() });
        }
    }
    let x = cohort.aligned.values(rows, modalities);
    let standard = Standard::learn(x.view(), &classes, count);
    let candidates = selection::candidates(x.view(), &classes, count, &settings.methods, settings.folds, settings.seed);
    let constant = || ClassifyError::Constant { modalities: names() };
    let chosen = selection::best(&candidates).filter(|_| standard.features() > 0).ok_or_else(constant)?;
    let filled = standard.filled(x.view());
    let train = Labelled { x: filled.view(), classes: &classes, count };
    // Methods that follow a path start from the simplest model, so they are given all of it up to the chosen strength.
    let path: Vec<f64> = candidates.iter().filter(|c| c.method == chosen.method).map(|c| c.strength).collect();
    let upto = path.iter().position(|s| *s == chosen.strength).map_or(path.len(), |i| i + 1);
    let fitted = chosen.method.fit(train, &path[..upto], settings.seed).pop().ok_or_else(constant)?;
    Ok(Fit { modalities: modalities.to_vec(), patients: rows.len(), chosen, standard, fitted })
}

impl TryFrom<Stored> for Model {
    type Error = ClassifyError;

    fn try_from(stored: Stored) -> Result<Self, ClassifyError> {
        if stored.version != VERSION {
            return Err(ClassifyError::Version { found: stored.version, expected: VERSION });
        }
        for fit in &stored.fits {
            let part = named(&stored.modalities, &fit.modalities);
            let widths: Option<Vec<usize>> =
                fit.modalities.iter().map(|&m| stored.modalities.get(m).map(|s| s.features.len())).collect();
            let sound = widths.is_some_and(|w| fit.standard.is_sound(w.iter().sum()))
                && fit.fitted.is_sound(fit.standard.features(), stored.classes.len());
            if !sound {
                return Err(ClassifyError::Damaged(format!("the part for '{part}' contradicts its feature list")));
            }
        }
        if stored.fits.is_empty() {
            return Err(ClassifyError::Damaged("it holds nothing learnt".to_owned()));
        }
        let Stored { version, classes, modalities, fits } = stored;
        Ok(Self { version, classes, modalities, fits })
    }
}

#[cfg(test)]
#[path = "model/tests.rs"]
pub(super) mod tests;
