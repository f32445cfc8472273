//! Means of the measures by stratum, with bootstrap intervals over patients, and differences of arms, paired by patient.
//!
//! Every arm met the same patients, so one resample of patients serves all arms and all differences. The groups by ancestry are
//! of equal size, and count the same in the overall figure.

use rayon::prelude::*;
use serde::Serialize;

use super::Cast;
use super::keyed::{Keyed, Purpose};
use super::measure::{MEASURES, Outcome};
use super::population::{GROUP_NAMES, VirtualPatient};
use crate::dosing::first::{DOSE_MODELS, Dose};
use crate::knowledge::schema::Knowledge;

/// Resamples of patients.
const RESAMPLES: usize = 500;
/// Name of the stratum of everyone.
pub const EVERYONE: &str = "everyone";
/// Age from which a patient is old, years.
const OLD: f64 = 65.0;
/// Highest end of the label's lowest and middle band, mg/day.
const BANDS: [(f64, &str); 2] = [(2.0, "highly sensitive"), (4.0, "sensitive")];

/// Patients who have something in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stratum {
    /// What they are divided by: `all`, `ancestry`, `genotype`, `age`.
    pub by: &'static str,
    /// Their name.
    pub name: String,
    /// Places of the patients.
    #[serde(skip)]
    pub members: Vec<usize>,
}

/// An arm of a scenario.
#[derive(Clone, Debug)]
pub struct ArmOutcomes {
    /// Scenario.
    pub scenario: String,
    /// Policy.
    pub policy: String,
    /// In the patients' order.
    pub outcomes: Vec<Outcome>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Scenario.
    pub scenario: String,
    /// Policy.
    pub policy: String,
    /// Policy that it is compared with; empty for a plain mean.
    pub against: String,
    /// What the stratum divides by.
    pub by: &'static str,
    /// Stratum.
    pub stratum: String,
    /// Patients.
    pub patients: usize,
    /// Measure.
    pub measure: &'static str,
    /// Mean, or mean paired difference.
    pub mean: f64,
    /// 95 % interval.
    pub low: f64,
    /// 95 % interval.
    pub high: f64,
}

/// The gap between the best and the worst group by ancestry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Scenario.
    pub scenario: String,
    /// Policy.
    pub policy: String,
    /// Group with the shortest true time in range.
    pub worst: String,
    /// Group with the longest.
    pub best: String,
    /// Difference of their means.
    pub gap: f64,
    /// 95 % interval.
    pub low: f64,
    /// 95 % interval.
    pub high: f64,
}

/// Divides the patients.
pub fn strata(knowledge: &Knowledge, cast: &Cast) -> Vec<Stratum> {
    let mut strata =
        vec![Stratum { by: "all", name: EVERYONE.to_owned(), members: (0..cast.patients.len()).collect() }];
    let divide = |by: &'static str, names: &[&str], of: &dyn Fn(&VirtualPatient) -> usize| -> Vec<Stratum> {
        let members = |wanted: usize| {
            let found = cast.patients.iter().enumerate().filter(|(_, p)| of(p) == wanted);
            found.map(|(place, _)| place).collect::<Vec<usize>>()
        };
        let all = names.iter().enumerate().map(|(i, n)| Stratum { by, name: (*n).to_owned(), members: members(i) });
        all.filter(|s| !s.members.is_empty()).collect()
    };
    strata.extend(divide("ancestry", &GROUP_NAMES, &|p| p.group));
    let bands = ["highly sensitive", "sensitive", "normal", "not in the label's table"];
    strata.extend(divide("genotype", &bands, &|p| band(knowledge, p)));
    strata
        .extend(divide("age", &["under 65", "65 and over"], &|p| usize::from(p.record.age.is_some_and(|a| a >= OLD))));
    strata
}

/// Place of the label's band among the strata's names.
fn band(knowledge: &Knowledge, patient: &VirtualPatient) -> usize {
    let label = DOSE_MODELS.iter().find(|m| m.name() == "fda_label").map(|m| m.estimate(knowledge, &patient.record));
    match label.and_then(|e| e.dose) {
        Some(Dose::Range([_, weekly])) => {
            BANDS.iter().position(|(most, _)| weekly / 7.0 <= most + 1e-9).unwrap_or(BANDS.len())
        }
        _ => BANDS.len() + 1,
    }
}

/// Means of every arm, and differences to `against` of every other arm of its scenario.
pub fn figures(arms: &[ArmOutcomes], strata: &[Stratum], keyed: &Keyed, against: &str) -> Vec<Figure> {
    let tasks: Vec<(usize, &Stratum, usize)> = strata
        .iter()
        .enumerate()
        .flat_map(|(place, stratum)| (0..MEASURES.len()).map(move |measure| (place, stratum, measure)))
        .collect();
    let found = tasks.into_par_iter().map(|(place, stratum, measure)| {
        let resamples = resamples(keyed, place as u64, stratum.members.len());
        of_stratum(arms, stratum, measure, against, &resamples)
    });
    found.flatten().collect()
}

fn of_stratum(
    arms: &[ArmOutcomes],
    stratum: &Stratum,
    measure: usize,
    against: &str,
    resamples: &[Vec<u32>],
) -> Vec<Figure> {
    let values = |arm: &ArmOutcomes| -> Vec<f64> {
        let of = |i: &usize| arm.outcomes.get(*i).and_then(|o| o.values.get(measure)).copied().unwrap_or(f64::NAN);
        stratum.members.iter().map(of).collect()
    };
    let figure = |arm: &ArmOutcomes, against: &str, values: &[f64]| {
        let (low, high) = interval(values, resamples);
        Figure {
            scenario: arm.scenario.clone(),
            policy: arm.policy.clone(),
            against: against.to_owned(),
            by: stratum.by,
            stratum: stratum.name.clone(),
            patients: values.len(),
            measure: MEASURES.get(measure).copied().unwrap_or_default(),
            mean: mean(values),
            low,
            high,
        }
    };
    let mut figures = Vec::new();
    for arm in arms {
        let own = values(arm);
        figures.push(figure(arm, "", &own));
        let other = arms.iter().find(|a| a.policy == against && a.scenario == arm.scenario && a.policy != arm.policy);
        if let Some(other) = other {
            let differences: Vec<f64> = own.iter().zip(values(other)).map(|(a, b)| a - b).collect();
            figures.push(figure(arm, against, &differences));
        }
    }
    figures
}

/// The gap between groups by ancestry in true time in range, for every arm.
pub fn gaps(arms: &[ArmOutcomes], strata: &[Stratum], keyed: &Keyed) -> Vec<Gap> {
    let groups: Vec<(&Stratum, Vec<Vec<u32>>)> = (0..)
        .zip(strata.iter().filter(|s| s.by == "ancestry"))
        .map(|(place, s)| (s, resamples(keyed, 1000 + place, s.members.len())))
        .collect();
    let gap = |arm: &ArmOutcomes| -> Option<Gap> {
        let values: Vec<Vec<f64>> = groups
            .iter()
            .map(|(s, _)| s.members.iter().filter_map(|i| arm.outcomes.get(*i)).map(|o| o.value("ttr")).collect())
            .collect();
        let means: Vec<f64> = values.iter().map(|v| mean(v)).collect();
        let (worst, best) = extremes(&means)?;
        let mut again: Vec<f64> = (0..RESAMPLES)
            .map(|r| {
                let resampled =
                    values.iter().zip(&groups).map(|(v, (_, rs))| rs.get(r).map_or(f64::NAN, |r| resampled(v, r)));
                let means: Vec<f64> = resampled.collect();
                extremes(&means).map_or(f64::NAN, |(w, b)| means[b] - means[w])
            })
            .collect();
        let (low, high) = percentiles(&mut again);
        let name = |i: usize| groups.get(i).map_or_else(String::new, |(s, _)| s.name.clone());
        Some(Gap {
            scenario: arm.scenario.clone(),
            policy: arm.policy.clone(),
            worst: name(worst),
            best: name(best),
            gap: means[best] - means[worst],
            low,
            high,
        })
    };
    arms.par_iter().filter_map(gap).collect()
}

/// Places of the least and the greatest.
fn extremes(values: &[f64]) -> Option<(usize, usize)> {
    let by = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
    Some((values.iter().enumerate().min_by(by)?.0, values.iter().enumerate().max_by(by)?.0))
}

fn resamples(keyed: &Keyed, stratum: u64, size: usize) -> Vec<Vec<u32>> {
    (0..RESAMPLES as u64)
        .map(|r| {
            let pick = |i: u64| (keyed.uniform(stratum, Purpose::Bootstrap, (r << 32) | i) * size as f64) as u32;
            (0..size as u64).map(pick).collect()
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn resampled(values: &[f64], places: &[u32]) -> f64 {
    places.iter().filter_map(|i| values.get(*i as usize)).sum::<f64>() / places.len().max(1) as f64
}

/// 95 % percentile interval of the mean.
fn interval(values: &[f64], resamples: &[Vec<u32>]) -> (f64, f64) {
    let mut means: Vec<f64> = resamples.iter().map(|places| resampled(values, places)).collect();
    percentiles(&mut means)
}

fn percentiles(means: &mut [f64]) -> (f64, f64) {
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means.get((share * (means.len() - 1) as f64).round() as usize).copied().unwrap_or(f64::NAN);
    if means.is_empty() { (f64::NAN, f64::NAN) } else { (at(0.025), at(0.975)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dosing::trial::keyed::Cohort;

    #[test]
    fn an_interval_covers_the_mean_at_the_width_of_its_standard_error() {
        let keyed = Keyed::new(5, Cohort::Test);
        let values: Vec<f64> = (0..400).map(|i| keyed.normal(i, Purpose::Person, 0)).collect();
        let (low, high) = interval(&values, &resamples(&keyed, 0, values.len()));
        // Twice 1.96 standard errors of 0.05.
        assert!(low < mean(&values) && mean(&values) < high);
        assert!(((high - low) / 0.196 - 1.0).abs() < 0.2, "{low} to {high}");
    }
}
