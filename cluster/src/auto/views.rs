//! Views: the same patients through several reasonable preparations.

use std::collections::HashMap;

use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;

use super::{AutoError, Modality};
use crate::methods::Method;
use crate::prepare::{self, Scale};
use crate::principal::principal;
use crate::random::{normal, stream};

/// Numbers of most variable features looked at.
const FEATURES: [usize; 3] = [500, 1500, 5000];
/// Components kept of a view: distances in them are those of the view but for noise.
const COMPONENTS: usize = 100;

/// One view of one modality.
#[derive(Clone, Debug)]
pub struct View {
    /// Number of the modality.
    pub modality: usize,
    /// How it was prepared, for people.
    pub name: String,
    /// Patients in it, as numbers in the cohort.
    pub patients: Vec<usize>,
    /// Patients × components.
    pub scores: Array2<f64>,
}

/// One modality on one scale, before it is looked at in any particular way.
pub(super) struct Tidied {
    name: String,
    modality: usize,
    patients: Vec<usize>,
    scale: Scale,
    x: Array2<f64>,
}

impl Tidied {
    /// A cohort without groups, made from this one.
    pub fn null(&self, null: Null, seed: u64, number: u64) -> Self {
        let mut generator = stream(seed, &[1, null as u64, number, self.modality as u64]);
        let mut x = self.x.clone();
        match null {
            Null::Independent => {
                for mut column in x.axis_iter_mut(Axis(1)) {
                    let mut values = column.to_vec();
                    values.shuffle(&mut generator);
                    column.assign(&Array1::from(values));
                }
            }
            Null::Continuum => {
                let n = x.nrows();
                prepare::standardise_features(&mut x, false);
                let weights = Array2::from_shape_simple_fn((n, n), || normal(&mut generator) / (n as f64).sqrt());
                x = weights.dot(&x);
                if let Some(mean) = self.x.mean_axis(Axis(0)) {
                    x += &mean;
                }
            }
        }
        Self { name: self.name.clone(), patients: self.patients.clone(), x, ..*self }
    }
}

/// A kind of cohort without groups.
#[derive(Clone, Copy, Debug)]
pub(super) enum Null {
    /// Each feature shuffled over the patients: no two features vary together.
    Independent,
    /// One multivariate normal with the cohort's means and covariances: features vary together, but patients lie on a
    /// continuum (the reference of John et al. 2020, doi 10.1038/s41598-020-58766-1).
    Continuum,
}

/// Every modality on one scale. Patients get the numbers that they have in `patients`.
pub(super) fn tidied(modalities: &[Modality], patients: &[String]) -> Result<Vec<Tidied>, AutoError> {
    let numbers: HashMap<&str, usize> = patients.iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
    modalities
        .iter()
        .enumerate()
        .map(|(number, modality)| {
            let values = modality.matrix.values().view();
            let scale = prepare::scale(values);
            let x = prepare::tidy(values, scale);
            if x.ncols() == 0 {
                return Err(AutoError::Constant { modality: modality.name.clone() });
            }
            let patients = modality.matrix.patients().iter().filter_map(|p| numbers.get(p.as_str()).copied()).collect();
            Ok(Tidied { name: modality.name.clone(), modality: number, patients, scale, x })
        })
        .collect()
}

/// Every view of every modality; for a method set by the user the one usual preparation, not reduced to components, since
/// correlation and factorisation would not survive that.
pub(super) fn views(modalities: &[Tidied], method: Option<&dyn Method>) -> Vec<View> {
    if let Some(method) = method {
        return modalities.iter().map(|m| usual(m, method.needs_non_negative())).collect();
    }
    let mut views = Vec::new();
    for modality in modalities {
        for (name, x) in preparations(&modality.x, modality.scale) {
            for (geometry, x) in geometries(x) {
                let scores = principal(x.view(), COMPONENTS).scores;
                let name = format!("{}: {name}, {geometry}", modality.name);
                views.push(View { modality: modality.modality, name, patients: modality.patients.clone(), scores });
            }
        }
    }
    views
}

/// Features of the usual preparation.
const USUAL: usize = 1500;

/// The most variable features: z-scored, shares and values that may not be negative as they are.
fn usual(modality: &Tidied, non_negative: bool) -> View {
    let mut x = prepare::most_variable(&modality.x, USUAL);
    let raw = non_negative || modality.scale == Scale::Proportion;
    if !raw {
        prepare::standardise_features(&mut x, true);
    }
    let name = format!("{}: {} features{}", modality.name, x.ncols(), if raw { "" } else { ", z-scored" });
    View { modality: modality.modality, name, patients: modality.patients.clone(), scores: x }
}

fn preparations(tidy: &Array2<f64>, scale: Scale) -> Vec<(String, Array2<f64>)> {
    let mut counts: Vec<usize> = FEATURES.iter().map(|&f| f.min(tidy.ncols())).collect();
    counts.dedup();
    // States are not centred by patient: the median state means nothing. Shares are on one scale already.
    let centrings: &[bool] =
        if matches!(scale, Scale::Discrete | Scale::Proportion) { &[false] } else { &[false, true] };
    let units: &[bool] = if scale == Scale::Proportion { &[false] } else { &[false, true] };
    let mut found = Vec::new();
    for &count in &counts {
        for &centred in centrings {
            for &unit in units {
                let mut x = tidy.clone();
                if centred {
                    prepare::centre_patients(&mut x);
                }
                let mut x = prepare::most_variable(&x, count);
                prepare::standardise_features(&mut x, unit);
                let name = format!(
                    "{count} features{}{}",
                    if centred { ", patient medians removed" } else { "" },
                    if unit { ", z-scored" } else { "" }
                );
                found.push((name, x));
            }
        }
    }
    found
}

fn geometries(x: Array2<f64>) -> [(&'static str, Array2<f64>); 2] {
    let mut profile = x.clone();
    prepare::standardise_patients(&mut profile);
    [("Euclidean", x), ("correlation", profile)]
}
