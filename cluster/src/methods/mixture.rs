//! Gaussian mixtures by expectation and maximisation (Dempster, Laird and Rubin 1977), with four shapes of covariance.
//!
//! One round costs n·k·p for diagonal and spherical components and n·k·p² for full and tied ones.

mod covariance;

use ndarray::{Array1, Array2, ArrayView2, Axis};

pub use covariance::{Covariances, Shape};

use super::{Method, MethodError, check, kmeans};
use crate::partition::Partition;

const NAME: &str = "mixture";
/// k-means starts, each refined by its own run of EM; the likeliest is kept.
const STARTS: u64 = 5;

/// A mixture of Gaussians with diagonal covariances.
#[derive(Clone, Copy, Debug)]
pub struct DiagonalMixture;

impl Method for DiagonalMixture {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Gaussian mixture with diagonal covariances, likeliest of five k-means starts"
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        Ok(best(x, k, STARTS, seed, &Settings::default())?.partition())
    }
}

/// How a mixture is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Shape of the covariances.
    pub shape: Shape,
    /// Added to every variance so that none collapses to 0; in squared units of the features. Default 1e-6.
    pub floor: f64,
    /// A run ends once the mean log-likelihood of a patient moves by less. Default 1e-6.
    pub tolerance: f64,
    /// A run ends after that many rounds. Default 500.
    pub rounds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { shape: Shape::Diagonal, floor: 1e-6, tolerance: 1e-6, rounds: 500 }
    }
}

/// A fitted mixture of k components.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// Share of each component; they sum to 1.
    pub weights: Array1<f64>,
    /// Means, k × features.
    pub means: Array2<f64>,
    /// Covariances.
    pub covariances: Covariances,
    /// Probability of each component given the patient, patients × k; rows sum to 1.
    pub responsibilities: Array2<f64>,
    /// Natural logarithm of the likelihood of all patients.
    pub log_likelihood: f64,
    /// Rounds run.
    pub rounds: usize,
    /// Whether the likelihood came to rest before the limit of rounds.
    pub converged: bool,
}

impl Mixture {
    /// The likeliest component of each patient.
    pub fn partition(&self) -> Partition {
        Partition::new(self.responsibilities.axis_iter(Axis(0)).map(|row| {
            let likeliest = |best: (usize, f64), (c, &p): (usize, &f64)| if p > best.1 { (c, p) } else { best };
            row.iter().enumerate().fold((0, f64::NEG_INFINITY), likeliest).0
        }))
    }

    /// Free parameters: weights, means and covariances.
    pub fn parameters(&self) -> usize {
        let (k, p) = self.means.dim();
        k.saturating_sub(1) + k * p + self.covariances.parameters(k, p)
    }

    /// Akaike's information criterion (1974); lower is better.
    pub fn aic(&self) -> f64 {
        2.0 * self.parameters() as f64 - 2.0 * self.log_likelihood
    }

    /// Schwarz's Bayesian information criterion (1978); lower is better.
    pub fn bic(&self) -> f64 {
        let n = self.responsibilities.nrows() as f64;
        self.parameters() as f64 * n.ln() - 2.0 * self.log_likelihood
    }
}

/// The likeliest mixture of `k` components from `starts` k-means solutions, `x` being patients × features.
///
/// # Errors
/// When k does not fit the number of patients, a value is not finite, or every start ends in a covariance that cannot
/// be inverted.
pub fn best(
    x: ArrayView2<'_, f64>,
    k: usize,
    starts: u64,
    seed: u64,
    settings: &Settings,
) -> Result<Mixture, MethodError> {
    check(x, k, NAME)?;
    let mut found: Result<Mixture, MethodError> = Err(MethodError::Singular { method: NAME });
    for start in 0..starts.max(1) {
        let labels = kmeans::best(x, k, 1, seed.wrapping_add(start))?.labels;
        let one_hot = Array2::from_shape_fn((x.nrows(), k), |(i, c)| f64::from(labels[i] == c));
        let Ok(next) = parameters(x, &one_hot, settings).and_then(|start| run(x, start, settings)) else { continue };
        if found.as_ref().map_or(true, |f| next.log_likelihood > f.log_likelihood) {
            found = Ok(next);
        }
    }
    found
}

/// The mixture reached from the given means (k × features), equal weights and unit covariances.
///
/// # Errors
/// When k does not fit the number of patients, a value is not finite, or a covariance cannot be inverted.
pub fn from_means(x: ArrayView2<'_, f64>, means: Array2<f64>, settings: &Settings) -> Result<Mixture, MethodError> {
    let k = means.nrows();
    check(x, k, NAME)?;
    let covariances = Covariances::unit(settings.shape, k, x.ncols());
    run(x, Parameters { weights: Array1::from_elem(k, 1.0 / k as f64), means, covariances }, settings)
}

struct Parameters {
    weights: Array1<f64>,
    means: Array2<f64>,
    covariances: Covariances,
}

fn run(x: ArrayView2<'_, f64>, mut now: Parameters, settings: &Settings) -> Result<Mixture, MethodError> {
    let n = x.nrows() as f64;
    let mut reached = f64::NEG_INFINITY;
    let (mut rounds, mut converged) = (0, false);
    while !converged && rounds < settings.rounds {
        rounds += 1;
        let (responsibilities, log_likelihood) = expect(x, &now)?;
        now = parameters(x, &responsibilities, settings)?;
        converged = (log_likelihood / n - reached).abs() < settings.tolerance;
        reached = log_likelihood / n;
    }
    let (responsibilities, log_likelihood) = expect(x, &now)?;
    let Parameters { weights, means, covariances } = now;
    Ok(Mixture { weights, means, covariances, responsibilities, log_likelihood, rounds, converged })
}

/// Responsibilities, and the log-likelihood of all patients.
fn expect(x: ArrayView2<'_, f64>, now: &Parameters) -> Result<(Array2<f64>, f64), MethodError> {
    let mut joint = now.covariances.log_densities(x, &now.means).ok_or(MethodError::Singular { method: NAME })?;
    joint += &now.weights.mapv(f64::ln);
    let mut log_likelihood = 0.0;
    for mut row in joint.axis_iter_mut(Axis(0)) {
        // The largest is taken out first: densities far from every mean underflow, their ratios do not.
        let most = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        row.mapv_inplace(|v| (v - most).exp());
        let total = row.sum();
        row /= total;
        log_likelihood += most + total.ln();
    }
    Ok((joint, log_likelihood))
}

/// The parameters of greatest likelihood given the responsibilities.
fn parameters(
    x: ArrayView2<'_, f64>,
    responsibilities: &Array2<f64>,
    settings: &Settings,
) -> Result<Parameters, MethodError> {
    // A component that no patient belongs to keeps a trace of weight, so that its mean stays a number.
    let sizes = responsibilities.sum_axis(Axis(0)) + 10.0 * f64::EPSILON;
    let means = responsibilities.t().dot(&x) / sizes.view().insert_axis(Axis(1));
    let covariances = Covariances::estimate(settings.shape, x, responsibilities, &sizes, &means, settings.floor);
    let weights = &sizes / sizes.sum();
    Ok(Parameters { weights, means, covariances })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_component_has_the_moments_of_the_sample() {
        let x = array![[0.0, 1.0], [2.0, 5.0], [4.0, 3.0]];
        let settings = Settings { shape: Shape::Full, floor: 0.0, ..Settings::default() };
        let found = best(x.view(), 1, 1, 1, &settings).unwrap();
        assert!((found.means[[0, 0]] - 2.0).abs() < 1e-12 && (found.means[[0, 1]] - 3.0).abs() < 1e-12);
        let Covariances::Full(full) = &found.covariances else { unreachable!() };
        for (a, b) in full[0].iter().zip(&array![[8.0 / 3.0, 4.0 / 3.0], [4.0 / 3.0, 8.0 / 3.0]]) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
        assert_eq!(found.parameters(), 5);
        assert!((found.bic() - (5.0 * 3.0_f64.ln() - 2.0 * found.log_likelihood)).abs() < 1e-12);
    }

    #[test]
    fn a_flat_cloud_without_a_floor_is_said_to_be_singular() {
        let x = array![[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]];
        let settings = Settings { shape: Shape::Full, floor: 0.0, ..Settings::default() };
        assert_eq!(best(x.view(), 1, 1, 1, &settings).err(), Some(MethodError::Singular { method: NAME }));
    }

    #[test]
    fn spread_tells_apart_two_clouds_of_one_centre() {
        // Means alone cannot: the inner cloud lies amid the outer one.
        let x = Array2::from_shape_fn((40, 1), |(i, _)| {
            let step = (i % 20) as f64 - 9.5;
            if i < 20 { 0.01 * step } else { 10.0 * step }
        });
        let start = array![[0.0], [1.0]];
        let found = from_means(x.view(), start, &Settings { rounds: 2000, ..Settings::default() }).unwrap();
        let labels = found.partition();
        assert!(labels.labels()[..20].iter().all(|&l| l == labels.labels()[0]));
        assert!(labels.labels()[20..].iter().all(|&l| l != labels.labels()[0]), "{labels:?}");
    }
}
