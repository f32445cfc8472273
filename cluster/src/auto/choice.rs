//! How many groups: the k on which the cuts agree.

use ndarray::Array2;
use serde::Serialize;

use super::cuts::Cuts;
use crate::agreement::adjusted_rand;
use crate::consensus::{ambiguous_share, area, dispersion};
use crate::partition::Partition;
use crate::stability::STABLE;

/// Agreement above which a finer cut is preferred to a better one: the threshold of prediction strength
/// (Tibshirani and Walther 2005, doi 10.1198/106186005X59243) for well-separated groups.
const REPRODUCED: f64 = 0.9;

/// Fewest patients of a group that can be told from outliers and ties.
pub(crate) const SMALLEST: usize = 3;

/// What is known of one k.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Number of groups.
    pub k: usize,
    /// Mean adjusted Rand index of the cuts with their consensus; modalities count equally, views within them as well.
    pub agreement: f64,
    /// Standard error of that mean over the resamples.
    pub standard_error: f64,
    /// The agreement of each resample.
    #[serde(skip)]
    pub by_resample: Vec<f64>,
    /// The same for each modality.
    pub by_modality: Vec<f64>,
    /// Share of pairs with a consensus between 0.1 and 0.9.
    pub ambiguous: f64,
    /// Area under the cumulative distribution of the consensus.
    pub area: f64,
    /// Dispersion coefficient of the consensus.
    pub dispersion: f64,
    /// Patients in each group.
    pub sizes: Vec<usize>,
    /// Mean Jaccard similarity of the least stable group with what the resamples find, where it takes part in the choice:
    /// agreement is a mean, and one group split at random hides in it among many others.
    pub weakest: Option<f64>,
}

/// The choice and the reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The k chosen.
    pub k: usize,
    /// Other k that another cohort of this size could well prefer (95 % interval of the lead), when the choice was by agreement.
    pub also: Vec<usize>,
    /// Whether the cuts agree more than where features vary independently, or the number was set. Without it there are
    /// no subtypes.
    pub structure: bool,
    /// Share of cohorts with independent features that agree at least as well at their best k, this one counted in.
    pub p_independent: f64,
    /// The same share of cohorts on a continuum with this one's covariances. Where it is large, the subtypes are
    /// reproducible regions of a gradient rather than separate groups.
    pub p_continuum: f64,
    /// The rule that decided, for people.
    pub reason: String,
}

/// Largest p at which the cohort counts as having groups.
const LEVEL: f64 = 0.05;

/// How well the cuts into k groups agree with their consensus.
pub(crate) struct Agreement {
    /// See [`Candidate::agreement`].
    pub mean: f64,
    standard_error: f64,
    by_resample: Vec<f64>,
    by_modality: Vec<f64>,
}

/// Describes one k.
pub(crate) fn candidate(k: usize, agreement: &Agreement, partition: &Partition, consensus: &Array2<f64>) -> Candidate {
    Candidate {
        k,
        agreement: agreement.mean,
        standard_error: agreement.standard_error,
        by_resample: agreement.by_resample.clone(),
        by_modality: agreement.by_modality.clone(),
        ambiguous: ambiguous_share(consensus, 0.1, 0.9),
        area: area(consensus),
        dispersion: dispersion(consensus),
        sizes: partition.sizes(),
        weakest: None,
    }
}

pub(super) fn agreement(k: usize, partition: &Partition, cuts: &[Cuts], modalities: usize) -> Agreement {
    let resamples = cuts.iter().map(|c| c.resample).max().map_or(0, |r| r + 1);
    let mut sums = Array2::<f64>::zeros((resamples, modalities));
    let mut counts = Array2::<f64>::zeros((resamples, modalities));
    for cut in cuts {
        let labels = partition.labels();
        let own = Partition::ranked(cut.patients.iter().map(|&p| labels[p]).collect(), partition.groups());
        for found in cut.of(k) {
            let at = [cut.resample, cut.modality];
            sums[at] += adjusted_rand(&found.partition, &own);
            counts[at] += 1.0;
        }
    }
    Agreement::of(&(sums / &counts))
}

impl Agreement {
    /// From the agreement of each resample (rows) in each modality (columns); NaN where a modality has too few patients
    /// for k groups.
    pub(crate) fn of(means: &Array2<f64>) -> Self {
        let known = |values: &mut dyn Iterator<Item = f64>| {
            let (sum, count) = values.filter(|v| v.is_finite()).fold((0.0, 0.0), |(s, c), v| (s + v, c + 1.0));
            if count > 0.0 { sum / count } else { 0.0 }
        };
        let by_resample: Vec<f64> = means.rows().into_iter().map(|r| known(&mut r.iter().copied())).collect();
        let count = by_resample.len().max(1) as f64;
        let mean = by_resample.iter().sum::<f64>() / count;
        let variance = by_resample.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (count - 1.0).max(1.0);
        Self {
            mean,
            standard_error: (variance / count).sqrt(),
            by_resample,
            by_modality: means.columns().into_iter().map(|c| known(&mut c.iter().copied())).collect(),
        }
    }

    /// The same for each modality, where all were cut together.
    pub(crate) fn repeat(&mut self, modalities: usize) {
        self.by_modality = vec![self.mean; modalities];
    }
}

/// Standard normal deviate of a two-sided 95 % interval.
const TWO_SIDED: f64 = 1.96;

/// Whether another cohort of this size could well prefer `other`: the 95 % interval of the chosen one's lead, resample by
/// resample, holds 0. By their standard deviation; not the standard error, which any number of resamples of the same patients makes as small as one likes.
fn is_as_good(chosen: &Candidate, other: &Candidate) -> bool {
    let leads: Vec<f64> = chosen.by_resample.iter().zip(&other.by_resample).map(|(a, b)| a - b).collect();
    let count = leads.len() as f64;
    let mean = leads.iter().sum::<f64>() / count;
    let variance = leads.iter().map(|l| (l - mean) * (l - mean)).sum::<f64>() / (count - 1.0);
    mean <= TWO_SIDED * variance.sqrt()
}

/// `p_independent`, `p_continuum`: as in [`Verdict`].
pub(crate) fn choose(candidates: &[Candidate], asked: Option<usize>, p_independent: f64, p_continuum: f64) -> Verdict {
    let sound: Vec<&Candidate> = candidates.iter().filter(|c| c.sizes.iter().all(|&s| s >= SMALLEST)).collect();
    // Where every cut has such a group, outliers are the structure, and the best cut shows them.
    let eligible = if sound.is_empty() { candidates.iter().collect() } else { sound };
    let best = eligible.iter().copied().fold(None::<&Candidate>, |best, c| match best {
        Some(b) if b.agreement >= c.agreement => Some(b),
        _ => Some(c),
    });
    let stable = |c: &Candidate| c.weakest.is_none_or(|w| w >= STABLE);
    let finest = eligible.iter().copied().rev().find(|c| c.agreement >= REPRODUCED && stable(c));
    let asked = asked.and_then(|k| candidates.iter().find(|c| c.k == k));
    let Some(chosen) = asked.or(finest).or(best) else {
        let reason = "no cut was possible".to_owned();
        return Verdict { k: 1, also: Vec::new(), structure: false, p_independent: 1.0, p_continuum: 1.0, reason };
    };
    let close = |c: &&Candidate| c.k != chosen.k && is_as_good(chosen, c);
    let also =
        if finest.is_some() { Vec::new() } else { eligible.iter().copied().filter(close).map(|c| c.k).collect() };
    let structure = p_independent <= LEVEL || asked.is_some();
    let reason = match (structure, finest) {
        _ if asked.is_some() => "the number was set by the user".to_owned(),
        (false, _) => format!("cuts of cohorts with independent features agree as well (p = {p_independent:.3})"),
        (true, Some(_)) => format!("the finest cut that is reproduced with an agreement of at least {REPRODUCED}"),
        (true, None) => "the cuts agree best with their consensus at this k".to_owned(),
    };
    Verdict { k: chosen.k, also, structure, p_independent, p_continuum, reason }
}
