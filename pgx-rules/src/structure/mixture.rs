//! Likelihood of fragments that come from several units.
//!
//! A fragment comes from each unit that covers it with equal probability, and from none of them (contamination, wrong
//! mapping, a conversion that nobody described) with a small probability; it shows the code that its unit carries,
//! but for the error of the base.

use variants::model::{OTHER, Seen};

use super::unit::UNKNOWN;

/// Share of fragments that no unit explains.
const STRAY: f64 = 0.01;

/// Least probability that a code is read wrongly: errors that base qualities do not know of.
const LEAST_ERROR: f64 = 0.004;

/// Probability of what a fragment shows if it comes from a unit with these states, and if it comes from none.
pub fn probability(fragment: &[Seen], states: &[u8], used: &[bool]) -> f64 {
    let mut product = 1.0;
    for seen in fragment.iter().filter(|seen| counts(seen, used)) {
        let error = f64::from(seen.error).max(LEAST_ERROR);
        product *= match states.get(usize::from(seen.site)) {
            Some(&UNKNOWN) | None => 0.5,
            Some(&state) if state == seen.code => 1.0 - error,
            Some(_) => error / 3.0,
        };
    }
    product
}

/// Probability of what a fragment shows if no unit explains it.
pub fn stray(fragment: &[Seen], used: &[bool]) -> f64 {
    0.5_f64.powi(fragment.iter().filter(|seen| counts(seen, used)).count() as i32)
}

/// Whether a site counts and what is seen there is one of its codes.
pub fn counts(seen: &Seen, used: &[bool]) -> bool {
    seen.code != OTHER && used.get(usize::from(seen.site)).copied().unwrap_or(false)
}

/// Sum over fragments of the log probability under a mixture of units.
///
/// `units` has, for each distinct unit, its number of copies and the probability of every fragment.
pub fn log_likelihood(units: &[(f64, &[f64])], stray: &[f64]) -> f64 {
    let total: f64 = units.iter().map(|(copies, _)| copies).sum();
    let scale = (1.0 - STRAY) / total.max(1.0);
    let mut sum = 0.0;
    // logarithms are dear: multiply a few probabilities first
    let mut product = 1.0_f64;
    for (index, stray) in stray.iter().enumerate() {
        let mut mixed = 0.0;
        for (copies, probabilities) in units {
            mixed += copies * probabilities.get(index).copied().unwrap_or(0.0);
        }
        product *= scale * mixed + STRAY * stray;
        if product < 1e-200 {
            sum += product.ln();
            product = 1.0;
        }
    }
    sum + product.ln()
}
