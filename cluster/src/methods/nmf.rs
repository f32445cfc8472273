//! Non-negative matrix factorisation, x ≈ w·h, by multiplicative updates (Lee and Seung 2001, "Algorithms for
//! non-negative matrix factorization"); patients fall to the component that explains most of them (Brunet et al. 2004,
//! doi 10.1073/pnas.0308531101).

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use rayon::prelude::*;

use super::{Method, MethodError, check};
use crate::partition::Partition;
use crate::random::{normal, stream};

const NAME: &str = "nmf";
/// When a descent ends: after so many rounds, once ten rounds improve the objective by less than a share of its first
/// value, or once no patient has changed its component for so many rounds.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    pub rounds: usize,
    pub share: f64,
    pub settled: usize,
}

/// Each start.
const SEARCH: Rest = Rest { rounds: 500, share: 1e-5, settled: usize::MAX };
/// The best start, carried on: the updates crawl near an optimum.
const POLISH: Rest = Rest { rounds: 20_000, share: 1e-9, settled: usize::MAX };
/// A partition asks only who belongs to which component, and that comes to rest early (the criterion of Brunet et al.,
/// who wait for 40 rounds).
pub(super) const GROUPS: Rest = Rest { rounds: 150, share: 1e-5, settled: 20 };
/// Keeps quotients finite where a product of factors vanishes.
pub(super) const TINY: f64 = 1e-16;

/// NMF under one objective.
#[derive(Clone, Copy, Debug)]
pub struct Nmf {
    name: &'static str,
    about: &'static str,
    objective: Objective,
}

/// NMF under the Kullback–Leibler divergence.
pub const KULLBACK_LEIBLER: Nmf = Nmf {
    name: "nmf",
    about: "non-negative matrix factorisation by Kullback-Leibler divergence",
    objective: Objective::KullbackLeibler,
};
/// NMF under the Frobenius norm.
pub const FROBENIUS: Nmf = Nmf {
    name: "nmf-frobenius",
    about: "non-negative matrix factorisation by least squares",
    objective: Objective::Frobenius,
};

impl Method for Nmf {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn needs_non_negative(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        refuse(x, k, self.name)?;
        // One start: a consensus averages over starts as it does over resamples.
        Ok(descend(x, random_factors(x, k, seed, 0), self.objective, GROUPS).partition())
    }
}

/// Refuses what cannot be factorised.
pub(super) fn refuse(x: ArrayView2<'_, f64>, k: usize, method: &'static str) -> Result<(), MethodError> {
    check(x, k, method)?;
    match x.indexed_iter().find(|(_, v)| **v < 0.0) {
        Some(((row, column), &value)) => Err(MethodError::Negative { row, column, value, method }),
        None => Ok(()),
    }
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The Frobenius norm of x − w·h.
    Frobenius,
    /// Σ x·ln(x / wh) − x + wh.
    KullbackLeibler,
}

/// A factorisation x ≈ w·h.
#[derive(Clone, Debug)]
pub struct Factors {
    /// How much of each component a patient has, patients × k.
    pub w: Array2<f64>,
    /// What each component is made of, k × features.
    pub h: Array2<f64>,
    /// The objective reached, see [`Objective::of`].
    pub objective: f64,
    /// Rounds run.
    pub rounds: usize,
}

impl Factors {
    /// The component that explains most of each patient. Components are weighed by their sum over the features, since
    /// w alone depends on how scale is split between the factors.
    pub fn partition(&self) -> Partition {
        Partition::new(components(self.w.view(), &self.h.sum_axis(Axis(1))))
    }
}

/// The component that explains most of each patient; `weights` are the sums of the components' features.
pub(super) fn components(w: ArrayView2<'_, f64>, weights: &Array1<f64>) -> Vec<usize> {
    let larger =
        |best: (usize, f64), (c, (&w, &h)): (usize, (&f64, &f64))| if w * h > best.1 { (c, w * h) } else { best };
    w.rows().into_iter().map(|row| row.iter().zip(weights).enumerate().fold((0, f64::NEG_INFINITY), larger).0).collect()
}

impl Objective {
    /// The objective of factors w and h for x.
    pub fn of(self, x: ArrayView2<'_, f64>, w: &Array2<f64>, h: &Array2<f64>) -> f64 {
        let product = w.dot(h);
        let pairs = x.iter().zip(&product);
        match self {
            Self::Frobenius => pairs.map(|(x, p)| (x - p) * (x - p)).sum::<f64>().sqrt(),
            Self::KullbackLeibler => {
                pairs.map(|(&x, &p)| if x > 0.0 { x * (x / p.max(TINY)).ln() - x + p } else { p }).sum()
            }
        }
    }

    /// One round: h is updated first, then w with the new h.
    pub fn update(self, x: ArrayView2<'_, f64>, w: &mut Array2<f64>, h: &mut Array2<f64>) {
        match self {
            Self::Frobenius => {
                multiply(h, &w.t().dot(&x), &w.t().dot(w).dot(h));
                multiply(w, &x.dot(&h.t()), &w.dot(&h.dot(&h.t())));
            }
            Self::KullbackLeibler => {
                let part = w.t().dot(&quotient(x, w, h));
                let sums = w.sum_axis(Axis(0)).insert_axis(Axis(1));
                Zip::from(&mut *h).and(&part).and_broadcast(&sums).for_each(|h, &a, &s| *h *= a / s.max(TINY));
                let part = quotient(x, w, h).dot(&h.t());
                let sums = h.sum_axis(Axis(1)).insert_axis(Axis(0));
                Zip::from(&mut *w).and(&part).and_broadcast(&sums).for_each(|w, &a, &s| *w *= a / s.max(TINY));
            }
        }
    }
}

pub(super) fn multiply(factor: &mut Array2<f64>, numerator: &Array2<f64>, denominator: &Array2<f64>) {
    Zip::from(factor).and(numerator).and(denominator).for_each(|f, &a, &b| *f *= a / b.max(TINY));
}

/// x / wh, element by element.
pub(super) fn quotient(x: ArrayView2<'_, f64>, w: &Array2<f64>, h: &Array2<f64>) -> Array2<f64> {
    let mut product = w.dot(h);
    Zip::from(&mut product).and(x).for_each(|p, &x| *p = x / p.max(TINY));
    product
}

/// The best factorisation into `k` components from `starts` random starts; `x` is patients × features.
///
/// # Errors
/// When k does not fit the number of patients, or a value is negative or not finite.
pub fn best(
    x: ArrayView2<'_, f64>,
    k: usize,
    objective: Objective,
    starts: u64,
    seed: u64,
) -> Result<Factors, MethodError> {
    refuse(x, k, NAME)?;
    let run = |start| descend(x, random_factors(x, k, seed, start), objective, SEARCH);
    // The earlier start wins a tie, so that the answer does not depend on which thread ends first.
    let found = (1..starts.max(1)).into_par_iter().map(run).collect::<Vec<_>>();
    let best = found.into_iter().fold(run(0), |best, next| if next.objective < best.objective { next } else { best });
    let polished = descend(x, (best.w, best.h), objective, POLISH);
    Ok(Factors { rounds: best.rounds + polished.rounds, ..polished })
}

fn random_factors(x: ArrayView2<'_, f64>, k: usize, seed: u64, start: u64) -> (Array2<f64>, Array2<f64>) {
    let mut generator = stream(seed, &[start]);
    // The product of factors of this size has the mean of x.
    let scale = (x.mean().unwrap_or(0.0) / k as f64).sqrt().max(TINY);
    let mut draw =
        |rows, columns| Array2::from_shape_simple_fn((rows, columns), || normal(&mut generator).abs() * scale);
    (draw(x.nrows(), k), draw(k, x.ncols()))
}

fn descend(
    x: ArrayView2<'_, f64>,
    (mut w, mut h): (Array2<f64>, Array2<f64>),
    objective: Objective,
    rest: Rest,
) -> Factors {
    let first = objective.of(x, &w, &h);
    let mut reached = first;
    let (mut rounds, mut groups, mut settled) = (0, Vec::new(), 0);
    while rounds < rest.rounds && settled < rest.settled {
        for _ in 0..10 {
            objective.update(x, &mut w, &mut h);
        }
        rounds += 10;
        let before = std::mem::replace(&mut reached, objective.of(x, &w, &h));
        if before - reached <= rest.share * first {
            break;
        }
        if rest.settled < usize::MAX {
            let now = components(w.view(), &h.sum_axis(Axis(1)));
            settled = if now == groups { settled + 10 } else { 0 };
            groups = now;
        }
    }
    Factors { w, h, objective: reached, rounds }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn both_objectives_find_two_blocks() {
        let x = array![[4.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 3.0], [2.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]];
        for objective in [Objective::Frobenius, Objective::KullbackLeibler] {
            let found = best(x.view(), 2, objective, 3, 1).unwrap();
            assert!(found.objective < 1e-3, "{objective:?}: {}", found.objective);
            assert_eq!(found.partition().labels(), [0, 1, 0, 1]);
        }
    }

    #[test]
    fn a_negative_value_is_named() {
        let x = array![[1.0, 0.5], [2.0, -3.0]];
        let found = best(x.view(), 2, Objective::Frobenius, 1, 1).err();
        assert_eq!(found, Some(MethodError::Negative { row: 1, column: 1, value: -3.0, method: NAME }));
    }

    #[test]
    fn updates_never_raise_the_objective() {
        let x = Array2::from_shape_fn((6, 5), |(i, j)| ((i * 7 + j * 3) % 11) as f64);
        for objective in [Objective::Frobenius, Objective::KullbackLeibler] {
            let (mut w, mut h) = random_factors(x.view(), 2, 3, 0);
            let mut last = objective.of(x.view(), &w, &h);
            for _ in 0..30 {
                objective.update(x.view(), &mut w, &mut h);
                let next = objective.of(x.view(), &w, &h);
                assert!(next <= last * (1.0 + 1e-12), "{objective:?}: {last} to {next}");
                last = next;
            }
        }
    }
}
