//! Patients beyond the landmarks: each joins the subtype whose mean profile it is nearest to.

use std::collections::HashMap;

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::Modality;
use crate::partition::Partition;
use crate::random::{sample, stream};
use crate::transform::Transform;

/// Where a patient was placed.
pub(crate) struct Placed {
    /// Its subtype.
    pub group: usize,
    /// Distance to the next best as a share of both, 0.5 to 1.
    pub confidence: f64,
    /// The next best; its own where there is one only.
    pub runner_up: usize,
}

/// `count` patients drawn from `n`, rising.
pub(super) fn landmarks(n: usize, count: usize, seed: u64) -> Vec<usize> {
    sample(n, count, &mut stream(seed, &[3]))
}

/// The rows of these patients.
pub(super) fn restrict(modalities: &[Modality], kept: &[&str]) -> Vec<Modality> {
    let kept: std::collections::HashSet<&str> = kept.iter().copied().collect();
    modalities
        .iter()
        .map(|modality| {
            let names = modality.matrix.patients();
            let rows: Vec<usize> = (0..names.len()).filter(|&i| kept.contains(names[i].as_str())).collect();
            Modality { name: modality.name.clone(), matrix: modality.matrix.rows(&rows) }
        })
        .collect()
}

/// Mean profiles of one modality, on the scale on which distances are taken.
struct Profiles {
    transform: Transform,
    centre: Array1<f64>,
    spread: Array1<f64>,
    /// Groups × features.
    means: Array2<f64>,
}

impl Profiles {
    fn learn(modality: &Modality, groups: &HashMap<&str, usize>, count: usize) -> Self {
        let values = modality.matrix.values();
        let transform = Transform::learn(&modality.matrix);
        let p = values.ncols();
        let mut profiles =
            Self { transform, centre: Array1::zeros(p), spread: Array1::ones(p), means: Array2::zeros((count, p)) };
        let (mut sums, mut squares, mut known) =
            (Array1::<f64>::zeros(p), Array1::<f64>::zeros(p), Array1::<f64>::zeros(p));
        let mut members = Array2::<f64>::zeros((count, p));
        for (patient, row) in modality.matrix.patients().iter().zip(values.rows()) {
            let Some(&group) = groups.get(patient.as_str()) else { continue };
            for (j, &raw) in row.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let value = transform.apply(raw);
                sums[j] += value;
                squares[j] += value * value;
                known[j] += 1.0;
                profiles.means[[group, j]] += value;
                members[[group, j]] += 1.0;
            }
        }
        for j in 0..p {
            let mean = sums[j] / known[j];
            let variance = squares[j] / known[j] - mean * mean;
            profiles.centre[j] = mean;
            profiles.spread[j] = if variance > 1e-18 { variance.sqrt() } else { f64::INFINITY };
        }
        for ((group, j), value) in profiles.means.indexed_iter_mut() {
            let mean = if members[[group, j]] > 0.0 { *value / members[[group, j]] } else { profiles.centre[j] };
            *value = (mean - profiles.centre[j]) / profiles.spread[j];
        }
        profiles
    }

    /// Mean squared standardised distance to each group over the features that the patient has.
    fn distances(&self, row: ndarray::ArrayView1<'_, f64>) -> Option<Vec<f64>> {
        let mut sums = vec![0.0; self.means.nrows()];
        let mut known = 0.0;
        for (j, &raw) in row.iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let value = (self.transform.apply(raw) - self.centre[j]) / self.spread[j];
            known += 1.0;
            for (group, sum) in sums.iter_mut().enumerate() {
                *sum += (value - self.means[[group, j]]).powi(2);
            }
        }
        (known > 0.0).then(|| sums.iter().map(|s| s / known).collect())
    }
}

/// Places every patient of `patients`; `None` for one without a single value. `partition` is that of the `landmarks`,
/// which are names. Modalities count equally.
pub(crate) fn place(
    modalities: &[Modality],
    patients: &[String],
    landmarks: &[String],
    partition: &Partition,
) -> Vec<Option<Placed>> {
    let groups: HashMap<&str, usize> =
        landmarks.iter().map(String::as_str).zip(partition.labels().iter().copied()).collect();
    let count = partition.groups();
    let learnt: Vec<(Profiles, HashMap<&str, usize>)> = modalities
        .iter()
        .map(|m| {
            let rows = m.matrix.patients().iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
            (Profiles::learn(m, &groups, count), rows)
        })
        .collect();
    patients
        .par_iter()
        .map(|patient| {
            let mut total = vec![0.0; count];
            let mut seen = 0;
            for (modality, (profiles, rows)) in modalities.iter().zip(&learnt) {
                let row = rows.get(patient.as_str()).map(|&i| modality.matrix.values().row(i));
                if let Some(distances) = row.and_then(|r| profiles.distances(r)) {
                    seen += 1;
                    total.iter_mut().zip(distances).for_each(|(t, d)| *t += d);
                }
            }
            if seen == 0 {
                return None;
            }
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by(|&a, &b| total[a].total_cmp(&total[b]));
            let group = *order.first()?;
            let runner_up = order.get(1).copied().unwrap_or(group);
            let both = total[group] + total[runner_up];
            let confidence = if runner_up == group || both <= 0.0 { 1.0 } else { total[runner_up] / both };
            Some(Placed { group, confidence, runner_up })
        })
        .collect()
}
