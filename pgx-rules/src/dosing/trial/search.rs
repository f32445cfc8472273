//! Learning a policy: the cross-entropy method (Rubinstein 1999) on simulated training patients.
//!
//! Candidates are drawn around a mean; those under which patients stay longest in range, with little time above 4 and few
//! changes, give the next mean and spread. All candidates of all generations meet the same patients, and every draw is keyed:
//! the same seed gives the same weights at any number of threads.

use rayon::prelude::*;

use super::keyed::{Cohort, Keyed, Purpose};
use super::life::WEEKLY;
use super::measure::Outcome;
use super::simulator::{SIMULATORS, Simulator};
use super::{Arm, CannotTry, Cast, Design, run};
use crate::dosing::policy::learned::{Learned, WEIGHTS};
use crate::knowledge::schema::Knowledge;

/// Candidates of a generation, and how many of them are followed.
const CANDIDATES: usize = 32;
const FOLLOWED: usize = 8;
/// Spread of the first generation.
const FIRST_SPREAD: [f64; WEIGHTS] = [0.6, 1.0, 0.4, 0.05, 0.4, 0.4, 0.3, 0.3, 0.6, 0.1];
/// Where the search begins.
const FIRST_MEAN: [f64; WEIGHTS] = [-0.5, -3.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.2, -2.5, 0.1];
/// Least spread: the search never stops looking.
const LEAST_SPREAD: f64 = 0.02;
/// What a share of time above 4, and a change of dose, take from the time in range.
const ABOVE_FOUR: f64 = 1.0;
const CHANGE: f64 = 0.001;

/// How long to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Training {
    /// Seed of patients and candidates.
    pub seed: u64,
    /// Training patients.
    pub patients: usize,
    /// Generations.
    pub generations: usize,
}

/// A generation, for people to watch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Generation {
    /// From 1.
    pub number: usize,
    /// Score of the best candidate.
    pub best: f64,
    /// Mean score of those that are followed.
    pub followed: f64,
}

/// Learns weights on the policy's own simulator; `watch` hears of every generation.
///
/// # Errors
/// When a table lacks a number.
pub fn learn(
    knowledge: &Knowledge,
    training: &Training,
    mut watch: impl FnMut(&Generation),
) -> Result<[f64; WEIGHTS], CannotTry> {
    let design = Design {
        patients: training.patients,
        days: 90,
        seed: training.seed,
        cohort: Cohort::Train,
        visits: WEEKLY.to_vec(),
        covariates: None,
        unrest: 1.0,
    };
    let cast = Cast::new(knowledge, &design)?;
    let [own, ..] = SIMULATORS;
    let simulator = Simulator::of(knowledge, &cast.groups, own)?;
    let truths = cast.truths(&simulator, design.days)?;
    let keyed = Keyed::new(training.seed, Cohort::Train);
    let (mut mean, mut spread) = (FIRST_MEAN, FIRST_SPREAD);
    for number in 1..=training.generations {
        let candidates: Vec<[f64; WEIGHTS]> = (0..CANDIDATES)
            .map(|candidate| {
                let draw = |place: usize| {
                    let index = ((number * CANDIDATES + candidate) * WEIGHTS + place) as u64;
                    keyed.normal(0, Purpose::Search, index)
                };
                // The mean itself is the first candidate.
                std::array::from_fn(|i| if candidate == 0 { mean[i] } else { mean[i] + spread[i] * draw(i) })
            })
            .collect();
        let scores: Result<Vec<f64>, CannotTry> = candidates
            .par_iter()
            .map(|weights| {
                let policy = Learned::with_weights(knowledge, *weights)?;
                let outcomes = run(knowledge, &design, &cast, &simulator, &truths, &Arm::Policy(&policy))?;
                Ok(score(&outcomes))
            })
            .collect();
        let mut ranked: Vec<(f64, [f64; WEIGHTS])> = scores?.into_iter().zip(candidates).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.truncate(FOLLOWED);
        for i in 0..WEIGHTS {
            let values: Vec<f64> = ranked.iter().map(|(_, w)| w[i]).collect();
            mean[i] = values.iter().sum::<f64>() / FOLLOWED as f64;
            let variance = values.iter().map(|v| (v - mean[i]).powi(2)).sum::<f64>() / FOLLOWED as f64;
            spread[i] = variance.sqrt().max(LEAST_SPREAD);
        }
        let best = ranked.first().map_or(f64::NAN, |r| r.0);
        let followed = ranked.iter().map(|r| r.0).sum::<f64>() / ranked.len().max(1) as f64;
        watch(&Generation { number, best, followed });
    }
    Ok(mean)
}

fn score(outcomes: &[Outcome]) -> f64 {
    let total: f64 = outcomes
        .iter()
        .map(|o| o.value("ttr") - ABOVE_FOUR * o.value("above_4") - CHANGE * o.value("dose_changes"))
        .sum();
    total / outcomes.len().max(1) as f64
}
