//! The log-rank test and its weighted variants for two or more groups (Mantel 1966; Tarone and Ware 1977,
//! doi 10.1093/biomet/64.1.156; Harrington and Fleming 1982, doi 10.1093/biomet/69.3.553).

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::{FollowUp, FollowUpError};
use crate::partition::Partition;
use crate::tails;

/// How much a moment with events counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// All alike: the log-rank test.
    Equal,
    /// Patients at risk: Gehan's Wilcoxon test. Early events count more.
    AtRisk,
    /// Square root of the patients at risk (Tarone and Ware).
    RootAtRisk,
    /// Modified survival, with 1 added to the patients at risk (Peto and Peto in Andersen's form).
    PetoPeto,
    /// Survival just before the moment, to the power `rho` (Harrington and Fleming's G-rho).
    Survival {
        /// The power; 0 is the log-rank test.
        rho: f64,
    },
}

/// Whether groups differ in survival.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Test statistic, chi-square under equal survival.
    pub chi_square: f64,
    /// Its degrees of freedom: groups that were at risk of an event, less 1.
    pub degrees: usize,
    /// Chance of a greater statistic under equal survival; NaN where no two groups can be compared.
    pub p: f64,
    /// Events seen in each group.
    pub observed: Vec<f64>,
    /// Events expected in each group under equal survival.
    pub expected: Vec<f64>,
}

/// Compares the groups of `partition`, which gives the group of each patient in the order of `follow_up`.
///
/// # Errors
/// When the partition is of another number of patients.
pub fn log_rank(follow_up: &FollowUp, partition: &Partition, weight: Weight) -> Result<Comparison, FollowUpError> {
    let (groups, labels) = (partition.groups(), partition.labels());
    if labels.len() != follow_up.len() {
        return Err(FollowUpError::Patients { patients: follow_up.len(), given: labels.len() });
    }
    let mut at_risk = vec![0.0; groups];
    for &label in labels {
        at_risk[label] += 1.0;
    }
    let (mut observed, mut expected) = (vec![0.0; groups], vec![0.0; groups]);
    let mut difference = DVector::zeros(groups);
    let mut covariance = DMatrix::zeros(groups, groups);
    let (mut survival, mut modified) = (1.0, 1.0);
    for patients in follow_up.moments() {
        let n: f64 = at_risk.iter().sum();
        let mut events = vec![0.0; groups];
        for &i in patients.iter().filter(|&&i| follow_up.events()[i]) {
            events[labels[i]] += 1.0;
        }
        let d: f64 = events.iter().sum();
        if d > 0.0 {
            modified *= 1.0 - d / (n + 1.0);
            let w = weight.at(n, survival, modified);
            survival *= 1.0 - d / n;
            let spread = if n > 1.0 { w * w * d * (n - d) / (n - 1.0) } else { 0.0 };
            for g in 0..groups {
                let share = at_risk[g] / n;
                observed[g] += events[g];
                expected[g] += d * share;
                difference[g] += w * (events[g] - d * share);
                for h in 0..groups {
                    let own = if g == h { share } else { 0.0 };
                    covariance[(g, h)] += spread * (own - share * at_risk[h] / n);
                }
            }
        }
        for &i in &patients {
            at_risk[labels[i]] -= 1.0;
        }
    }
    let (chi_square, degrees) = quadratic(&difference, &covariance);
    let p = if degrees == 0 { f64::NAN } else { tails::chi_square(chi_square, degrees as f64) };
    Ok(Comparison { chi_square, degrees, p, observed, expected })
}

impl Weight {
    fn at(self, n: f64, survival: f64, modified: f64) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::AtRisk => n,
            Self::RootAtRisk => n.sqrt(),
            Self::PetoPeto => modified,
            Self::Survival { rho } => f64::powf(survival, rho),
        }
    }
}

/// Statistic and degrees of freedom. Differences of groups sum to 0, so the last of those that vary is left out.
fn quadratic(difference: &DVector<f64>, covariance: &DMatrix<f64>) -> (f64, usize) {
    let mut varying: Vec<usize> = (0..difference.len()).filter(|&g| covariance[(g, g)] > 0.0).collect();
    varying.pop();
    let (u, v) = (difference.select_rows(&varying), covariance.select_rows(&varying).select_columns(&varying));
    match v.cholesky() {
        Some(factor) if !varying.is_empty() => (u.dot(&factor.solve(&u)), varying.len()),
        _ => (0.0, 0),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn compared(times: &[f64], groups: &[usize]) -> Comparison {
        let follow_up = FollowUp::new(times.to_vec(), &vec![Some(true); times.len()]).unwrap();
        log_rank(&follow_up, &Partition::new(groups.iter().copied()), Weight::Equal).unwrap()
    }

    #[test]
    fn the_same_times_in_both_groups_do_not_differ() {
        let found = compared(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0], &[0, 0, 0, 1, 1, 1]);
        assert!(found.chi_square.abs() < 1e-12 && (found.p - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn observed_and_expected_events_have_one_sum() {
        let found = compared(&[1.0, 4.0, 3.0, 2.0, 6.0], &[0, 0, 1, 1, 2]);
        assert!((found.expected.iter().sum::<f64>() - 5.0).abs() < 1e-12);
        assert_eq!(found.degrees, 2);
    }

    #[test]
    fn one_group_cannot_be_compared() {
        assert!(compared(&[1.0, 2.0], &[0, 0]).p.is_nan());
    }
}
