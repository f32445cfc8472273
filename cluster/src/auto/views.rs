//! Views: the same patients through several reasonable preparations.

use std::collections::HashMap;

use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;

use super::products::{Growing, leading};
use super::{AutoError, Modality};
use crate::methods::Method;
use crate::prepare::{self, Scale};
use crate::random::{normal, stream};

/// Numbers of most variable features looked at.
const FEATURES: [usize; 3] = [500, 1500, 5000];
/// The number looked at where a cohort is compared with simulated ones.
const COMPARED: usize = 1500;
/// Components of the coarse cuts.
const COARSE: usize = 10;

/// One view of one modality.
#[derive(Clone, Debug)]
pub struct View {
    /// Number of the modality.
    pub modality: usize,
    /// How it was prepared, for people.
    pub name: String,
    /// Patients in it, as numbers in the cohort.
    pub patients: Vec<usize>,
}

/// A view, ready to be cut.
pub(super) struct Prepared {
    pub view: View,
    pub form: Form,
}

/// What is cut.
pub(super) enum Form {
    /// Inner products of the patients, over all features and over the first components.
    Products { full: Array2<f32>, coarse: Array2<f32> },
    /// Patients × features, for a method set by the user: correlation and factorisation need them.
    Values(Array2<f64>),
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
    /// Its patients, as numbers in the cohort.
    pub fn patients(&self) -> &[usize] {
        &self.patients
    }

    /// Values below 0, which a normal distribution simulates for measurements that have none, become 0.
    pub fn raise_to_zero(&mut self) {
        self.x.mapv_inplace(|v| v.max(0.0));
    }

    /// The features that are compared with those of simulated cohorts.
    pub fn compared(&self) -> Self {
        Self {
            name: self.name.clone(),
            patients: self.patients.clone(),
            x: prepare::most_variable(&self.x, COMPARED),
            ..*self
        }
    }

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
                let weights =
                    Array2::from_shape_simple_fn((n, n), || (normal(&mut generator) / (n as f64).sqrt()) as f32);
                x = weights.dot(&x.mapv(|v| v as f32)).mapv(f64::from);
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
            let scale = modality.matrix.scale();
            let x = prepare::tidy(values, scale);
            if x.ncols() == 0 {
                return Err(AutoError::Constant { modality: modality.name.clone() });
            }
            let patients = modality.matrix.patients().iter().filter_map(|p| numbers.get(p.as_str()).copied()).collect();
            Ok(Tidied { name: modality.name.clone(), modality: number, patients, scale, x })
        })
        .collect()
}

/// Every view of every modality.
pub(super) fn views(modalities: &[Tidied], method: Option<&dyn Method>) -> Vec<Prepared> {
    modalities.iter().flat_map(|m| prepared(m, &FEATURES, method)).collect()
}

/// The views in which a cohort and simulated ones are compared: every treatment of one number of features.
pub(super) fn compared(modalities: &[Tidied], method: Option<&dyn Method>) -> Vec<Prepared> {
    modalities.iter().flat_map(|m| prepared(m, &[COMPARED], method)).collect()
}

/// For a method set by the user there is the one usual preparation.
fn prepared(modality: &Tidied, features: &[usize], method: Option<&dyn Method>) -> Vec<Prepared> {
    let ready = |name: String, form: Form| Prepared {
        view: View {
            modality: modality.modality,
            name: format!("{}: {name}", modality.name),
            patients: modality.patients.clone(),
        },
        form,
    };
    if let Some(method) = method {
        let (name, x) = usual(modality, method.needs_non_negative());
        return vec![ready(name, Form::Values(x))];
    }
    let mut counts: Vec<usize> = features.iter().map(|&f| f.min(modality.x.ncols())).collect();
    counts.dedup();
    // States are not centred by patient: the median state means nothing. Shares are on one scale already.
    let centrings: &[bool] =
        if matches!(modality.scale, Scale::Discrete | Scale::Proportion) { &[false] } else { &[false, true] };
    let units: &[bool] = if modality.scale == Scale::Proportion { &[false] } else { &[false, true] };
    let mut found = Vec::new();
    for &centred in centrings {
        let mut x = std::borrow::Cow::Borrowed(&modality.x);
        if centred {
            prepare::centre_patients(x.to_mut());
        }
        let order = by_variance(&x);
        for &unit in units {
            let mut products = Growing::new(x.nrows());
            let mut from = 0;
            for &count in &counts {
                products.add(block(&x, &order[from..count], unit).view());
                from = count;
                let name = format!(
                    "{count} features{}{}",
                    if centred { ", patient medians removed" } else { "" },
                    if unit { ", z-scored" } else { "" }
                );
                for (geometry, full) in [("Euclidean", products.euclidean()), ("correlation", products.correlation())] {
                    let coarse = leading(&full, COARSE);
                    found.push(ready(format!("{name}, {geometry}"), Form::Products { full, coarse }));
                }
            }
        }
    }
    found
}

/// A feature with its mean and variance (divisor n).
#[derive(Clone, Copy)]
struct Feature {
    number: usize,
    mean: f64,
    variance: f64,
}

/// The features by falling variance; ties keep the earlier feature.
fn by_variance(x: &Array2<f64>) -> Vec<Feature> {
    let means = x.mean_axis(Axis(0)).unwrap_or_default();
    let variances = x.var_axis(Axis(0), 0.0);
    let features = means.iter().zip(&variances).enumerate();
    let mut order: Vec<Feature> =
        features.map(|(number, (&mean, &variance))| Feature { number, mean, variance }).collect();
    order.sort_by(|a, b| b.variance.total_cmp(&a.variance));
    order
}

/// These features, centred and where `unit` of variance 1: patients × features.
fn block(x: &Array2<f64>, features: &[Feature], unit: bool) -> Array2<f32> {
    let scales: Vec<f64> =
        features.iter().map(|f| if unit && f.variance > 0.0 { f.variance.sqrt().recip() } else { 1.0 }).collect();
    let mut block = Array2::zeros((x.nrows(), features.len()));
    for (mut target, row) in block.rows_mut().into_iter().zip(x.rows()) {
        for ((value, feature), scale) in target.iter_mut().zip(features).zip(&scales) {
            *value = ((row[feature.number] - feature.mean) * scale) as f32;
        }
    }
    block
}

/// Features of the usual preparation.
const USUAL: usize = 1500;

/// The most variable features: z-scored, shares and values that may not be negative as they are.
pub(super) fn usual(modality: &Tidied, non_negative: bool) -> (String, Array2<f64>) {
    let mut x = prepare::most_variable(&modality.x, USUAL);
    let raw = non_negative || modality.scale == Scale::Proportion;
    if !raw {
        prepare::standardise_features(&mut x, true);
    }
    (format!("{} features{}", x.ncols(), if raw { "" } else { ", z-scored" }), x)
}
