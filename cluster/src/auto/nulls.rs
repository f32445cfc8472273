//! Cohorts without groups, simulated from the cohort and cut as it is.

use rayon::prelude::*;

use super::views::{self, Null, Tidied};
use super::{AutoError, Settings, evaluate};
use crate::methods::Method;

/// Resamples of each view where cohorts are compared: few, since many cohorts are simulated.
const RESAMPLES: usize = 2;
/// Simulated cohorts at once; a fixed number, so that the end does not depend on how many threads there are.
const BATCH: usize = 5;
/// Simulation ends once this many agree at least as well (Besag and Clifford 1991, doi 10.1093/biomet/78.2.301).
const ENOUGH: usize = 5;

/// Best agreement of the cuts with their consensus over all k.
pub(super) fn best(cohort: &[Tidied], patients: usize, most: usize, settings: Settings) -> Result<f64, AutoError> {
    let (rows, _) = evaluate(&views::compared(cohort, settings.method), patients, most, RESAMPLES, settings)?;
    Ok(rows.iter().map(|r| r.agreement.mean).fold(f64::NEG_INFINITY, f64::max))
}

/// Share of simulated cohorts whose best agreement is at least `own`, this cohort counted in.
pub(super) fn share(
    cohort: &[Tidied],
    kind: Null,
    own: f64,
    patients: usize,
    most: usize,
    settings: Settings,
) -> Result<f64, AutoError> {
    let numbers: Vec<u64> = (0..settings.nulls as u64).collect();
    let (mut drawn, mut reached) = (0, 0);
    for batch in numbers.chunks(BATCH) {
        let agreements: Vec<f64> = batch
            .par_iter()
            .map(|&number| {
                let mut simulated: Vec<Tidied> = cohort.iter().map(|t| t.null(kind, settings.seed, number)).collect();
                if settings.method.is_some_and(Method::needs_non_negative) {
                    simulated.iter_mut().for_each(Tidied::raise_to_zero);
                }
                best(&simulated, patients, most, Settings { seed: settings.seed ^ (number + 1), ..settings })
            })
            .collect::<Result<_, AutoError>>()?;
        drawn += batch.len();
        reached += agreements.iter().filter(|&&a| a >= own).count();
        if reached >= ENOUGH {
            break;
        }
    }
    Ok((reached + 1) as f64 / (drawn + 1) as f64)
}
