//! One default for every cohort: many views of the same patients, cut in several ways, and the k on which they agree.
//!
//! Each modality is looked at through several *views* (number of features, centring, scaling, Euclidean or correlation
//! geometry). Each view is resampled and cut into 2 … `most` groups by three methods. Pairs of patients that fall
//! together in most of these cuts belong together (evidence accumulation, Fred and Jain 2005,
//! doi 10.1109/TPAMI.2005.113); modalities and views count equally. The number of groups is that on which the cuts
//! agree best with their own consensus, by an index corrected for chance; finer cuts are preferred while they agree
//! almost perfectly. Cohorts without structure are told by the same procedure on simulated ones.

mod choice;
mod cuts;
mod evidence;
mod kernel;
mod nulls;
pub(crate) mod place;
mod products;
mod views;

use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

pub use choice::{Candidate, Verdict};
pub use views::View;

pub(crate) use choice::{Agreement, SMALLEST, candidate, choose};
use views::{Null, Prepared, Tidied};

use crate::consensus::{consensus_tree, item_consensus};
use crate::matrix::FeatureMatrix;
use crate::methods::{Method, MethodError};
use crate::partition::Partition;
use crate::stability::{self, AtK, Background};

/// What may be set.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    /// Seed of every random choice.
    pub seed: u64,
    /// Largest number of groups tried.
    pub most: usize,
    /// Resamples of each view.
    pub resamples: usize,
    /// Simulated cohorts without groups, of each kind.
    pub nulls: usize,
    /// One method on one preparation of each modality, instead of three methods on many views.
    #[serde(serialize_with = "method_name")]
    pub method: Option<&'static dyn Method>,
    /// A number of groups set by the user; none to choose it.
    pub groups: Option<usize>,
    /// Patients above which a random choice of that many, the landmarks, makes the subtypes, and the others are placed.
    pub landmarks: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, most: 8, resamples: 100, nulls: 20, method: None, groups: None, landmarks: 500 }
    }
}

fn method_name<S: serde::Serializer>(method: &Option<&'static dyn Method>, to: S) -> Result<S::Ok, S::Error> {
    method.map(Method::name).serialize(to)
}

/// Fewest patients that can be cut and judged.
pub(crate) const FEWEST: usize = 6;

/// Why there are no subtypes.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum AutoError {
    /// Too few patients.
    #[error("{found} patients; at least {FEWEST} are needed to look for subtypes")]
    TooFew {
        /// Patients given.
        found: usize,
    },
    /// Nothing varies in any modality.
    #[error("no feature of modality '{modality}' varies between patients")]
    Constant {
        /// The modality.
        modality: String,
    },
    /// More groups than a resample can hold.
    #[error(
        "{k} subtypes of {patients} patients: a resample holds {held}, so ask for at most {held}, or for a larger share"
    )]
    TooManyGroups {
        /// Groups asked for.
        k: usize,
        /// Patients.
        patients: usize,
        /// Patients in a resample.
        held: usize,
    },
    /// A negative value where parts add up to a whole.
    #[error(
        "modality '{modality}', patient '{patient}', feature '{feature}' holds {value}: {method} needs values of at least 0; give counts or other raw values, or choose another method"
    )]
    Negative {
        /// The modality.
        modality: String,
        /// The patient.
        patient: String,
        /// The feature.
        feature: String,
        /// What stands there.
        value: f64,
        /// The method asked.
        method: &'static str,
    },
    /// A method failed.
    #[error(transparent)]
    Method(#[from] MethodError),
}

/// One kind of measurement on some of the patients.
#[derive(Clone, Debug)]
pub struct Modality {
    /// Its name, for reports.
    pub name: String,
    /// Patients × features.
    pub matrix: FeatureMatrix,
}

/// The subtypes and everything that says how far to trust them.
#[derive(Clone, Debug)]
pub struct Answer {
    /// All patients, in the order in which they first appear over the modalities.
    pub patients: Vec<String>,
    /// Their subtypes; group numbers fall with size.
    pub partition: Partition,
    /// Share of the cuts that put each patient with its own group rather than with any other, 0 to 1.
    pub confidence: Vec<f64>,
    /// The next best group of each patient; its own where there is one group only.
    pub runner_up: Vec<usize>,
    /// Each k tried.
    pub candidates: Vec<Candidate>,
    /// What the candidates say.
    pub verdict: Verdict,
    /// The views used.
    pub views: Vec<View>,
    /// The consensus at every k tried, with all that is measured on it.
    pub per_k: Vec<AtK>,
    /// Consensus matrix at the chosen k, landmarks × landmarks.
    pub consensus: Array2<f64>,
    /// The patients in the consensus matrix, as places in `patients`: all of them in cohorts below the limit.
    pub landmarks: Vec<usize>,
    /// Patients without a subtype, which are not among `patients`.
    pub without: Vec<Without>,
}

/// A patient that belongs to no subtype: noise, to a method that knows noise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Without {
    /// Its name.
    pub patient: String,
    /// Its place among all patients, with and without a subtype.
    pub place: usize,
    /// Share of the resamples in which it was noise again, 0 to 1.
    pub confidence: f64,
}

/// Finds subtypes. Above [`Settings::landmarks`] patients the memory and time of the search no longer grow: landmarks
/// make the subtypes, and every other patient joins the one whose mean profile is nearest.
///
/// # Errors
/// With too few patients, or a modality in which nothing varies.
pub fn auto(modalities: &[Modality], settings: Settings) -> Result<Answer, AutoError> {
    on_landmarks(modalities, settings.landmarks, settings.seed, |part, patients| search(part, patients, settings))
}

/// Finds subtypes among at most `most` patients drawn at random, and places the others.
pub(crate) fn on_landmarks(
    modalities: &[Modality],
    most: usize,
    seed: u64,
    search: impl FnOnce(&[Modality], Vec<String>) -> Result<Answer, AutoError>,
) -> Result<Answer, AutoError> {
    let patients = union(modalities);
    if patients.len() <= most.max(FEWEST) {
        return search(modalities, patients);
    }
    let chosen = place::landmarks(patients.len(), most.max(FEWEST), seed);
    let names: Vec<&str> = chosen.iter().map(|&i| patients[i].as_str()).collect();
    let part = place::restrict(modalities, &names);
    let mut answer = search(&part, union(&part))?;
    let places: std::collections::HashMap<&str, usize> =
        patients.iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
    let landmarks: Vec<usize> = answer.patients.iter().filter_map(|p| places.get(p.as_str()).copied()).collect();
    let placed = place::place(modalities, &patients, &answer.patients, &answer.partition);
    let mut labels = Vec::with_capacity(patients.len());
    let (mut confidence, mut runner_up) = (Vec::new(), Vec::new());
    for found in placed {
        let found = found.unwrap_or(place::Placed { group: 0, confidence: 0.0, runner_up: 0 });
        labels.push(found.group);
        confidence.push(found.confidence);
        runner_up.push(found.runner_up);
    }
    // Landmarks keep what the consensus said of them.
    for (own, &at) in landmarks.iter().enumerate() {
        labels[at] = answer.partition.labels()[own];
        confidence[at] = answer.confidence[own];
        runner_up[at] = answer.runner_up[own];
    }
    answer.partition = Partition::ranked(labels, answer.partition.groups());
    Ok(Answer { patients, confidence, runner_up, landmarks, ..answer })
}

/// Finds subtypes by cutting all patients.
fn search(modalities: &[Modality], patients: Vec<String>, settings: Settings) -> Result<Answer, AutoError> {
    if patients.len() < FEWEST {
        return Err(AutoError::TooFew { found: patients.len() });
    }
    let tidied = views::tidied(modalities, &patients)?;
    let views = views::views(&tidied, settings.method);
    let most = settings.groups.map_or(settings.most.clamp(2, patients.len() / 3), |k| k.max(settings.most));
    let most = most.min((0.8 * patients.len() as f64) as usize);
    let (found, cuts) = evaluate(&views, patients.len(), most, settings.resamples, settings)?;
    let views: Vec<View> = views.into_iter().map(|p| p.view).collect();
    let per_k = per_k(&found, &cuts, &tidied, most, settings.seed)?;
    let compared: Vec<_> = tidied.iter().map(Tidied::compared).collect();
    let own = nulls::best(&compared, patients.len(), most, settings)?;
    let share = |kind| nulls::share(&compared, kind, own, patients.len(), most, settings);
    let (independent, continuum) = (share(Null::Independent)?, share(Null::Continuum)?);
    let candidates: Vec<Candidate> =
        found.par_iter().map(|r| candidate(r.k, &r.agreement, &r.partition, &r.consensus)).collect();
    let verdict = choose(&candidates, settings.groups, independent, continuum);
    let chosen = found.into_iter().find(|r| r.k == verdict.k);
    let (partition, consensus) = match chosen {
        Some(row) if verdict.structure => (row.partition.by_size(), row.consensus),
        Some(row) => (Partition::new(vec![0; patients.len()]), row.consensus),
        None => (Partition::new(vec![0; patients.len()]), Array2::zeros((patients.len(), patients.len()))),
    };
    let (confidence, runner_up) = certainty(&consensus, &partition);
    let landmarks = (0..patients.len()).collect();
    Ok(Answer {
        patients,
        partition,
        confidence,
        runner_up,
        candidates,
        verdict,
        views,
        per_k,
        consensus,
        landmarks,
        without: Vec::new(),
    })
}

/// One k, evaluated.
struct Row {
    k: usize,
    agreement: Agreement,
    partition: Partition,
    consensus: Array2<f64>,
}

/// Cuts all views into 2 … `most` groups, joins the cuts, and measures how well they agree with what they join to.
fn evaluate(
    views: &[Prepared],
    patients: usize,
    most: usize,
    resamples: usize,
    settings: Settings,
) -> Result<(Vec<Row>, Vec<cuts::Cuts>), AutoError> {
    let jobs: Vec<(usize, usize)> = (0..views.len()).flat_map(|v| (0..resamples).map(move |r| (v, r))).collect();
    let cuts: Vec<cuts::Cuts> = jobs
        .into_par_iter()
        .map(|(view, resample)| cuts::cut(&views[view], view, resample, most, settings))
        .collect::<Result<_, MethodError>>()?;
    let modalities = views.iter().map(|v| v.view.modality).max().map_or(0, |m| m + 1);
    let rows = (2..=most)
        .into_par_iter()
        .map(|k| {
            let consensus = evidence::consensus(&cuts, k, patients, modalities);
            let partition = consensus_tree(&consensus).cut(k);
            let agreement = choice::agreement(k, &partition, &cuts, modalities);
            Row { k, agreement, partition, consensus }
        })
        .collect();
    Ok((rows, cuts))
}

/// Measures the consensus at each k, against the usual preparation of each modality.
fn per_k(
    rows: &[Row],
    cuts: &[cuts::Cuts],
    tidied: &[Tidied],
    most: usize,
    seed: u64,
) -> Result<Vec<AtK>, MethodError> {
    let usual: Vec<_> = tidied.iter().map(|t| (t.patients(), views::usual(t, false).1)).collect();
    let tables: Vec<_> = usual.iter().map(|(patients, x)| (*patients, x.view())).collect();
    let background = Background::new(&tables, most, seed)?;
    let measure = |r: &Row| {
        let draws = cuts.iter().flat_map(|c| c.of(r.k)).map(|d| (d.patients.as_slice(), &d.partition));
        stability::at_k(r.consensus.clone(), &r.partition, draws, &background)
    };
    let mut found: Vec<AtK> = rows.par_iter().map(measure).collect();
    stability::set_gains(&mut found);
    Ok(found)
}

/// The modalities with these patients only.
pub fn restricted(modalities: &[Modality], patients: &[String]) -> Vec<Modality> {
    place::restrict(modalities, &patients.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Confidence and runner-up of each patient.
pub(crate) fn certainty(consensus: &Array2<f64>, partition: &Partition) -> (Vec<f64>, Vec<usize>) {
    let items = item_consensus(consensus, partition);
    partition
        .labels()
        .iter()
        .enumerate()
        .map(|(i, &own)| {
            let next = (0..partition.groups())
                .filter(|&g| g != own)
                .max_by(|&a, &b| items[[i, a]].total_cmp(&items[[i, b]]).then(b.cmp(&a)));
            let Some(next) = next else { return (1.0, own) };
            // A patient alone in its group has no partner to agree with.
            let (mine, other) = (if items[[i, own]].is_nan() { 0.0 } else { items[[i, own]] }, items[[i, next]]);
            (if mine + other > 0.0 { mine / (mine + other) } else { 0.0 }, next)
        })
        .unzip()
}

/// All patients, in the order in which they first appear.
pub(crate) fn union(modalities: &[Modality]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    modalities.iter().flat_map(|m| m.matrix.patients()).filter(|p| seen.insert(p.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests;
