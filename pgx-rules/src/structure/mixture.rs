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

/// Fragments that are taken at once.
const LANES: usize = 8;
/// Product below which its logarithm is taken: one more fragment, a stray of a long read with three hundred sites, has 1e-92.
const SMALL: f64 = 1e-200;

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
    // in lanes, which the processor takes at once
    let (lanes, rest) = stray.as_chunks::<LANES>();
    let by_lanes: Vec<(f64, &[[f64; LANES]])> =
        units.iter().map(|(copies, probabilities)| (scale * copies, probabilities.as_chunks::<LANES>().0)).collect();
    let mut sum = 0.0;
    // logarithms are dear: a few probabilities are multiplied first
    let mut products = [1.0_f64; LANES];
    for (number, stray) in lanes.iter().enumerate() {
        let mut mixed = stray.map(|stray| STRAY * stray);
        for (weight, probabilities) in &by_lanes {
            if let Some(lane) = probabilities.get(number) {
                for i in 0..LANES {
                    mixed[i] += weight * lane[i];
                }
            }
        }
        for i in 0..LANES {
            products[i] *= mixed[i];
        }
        if products.iter().any(|product| *product < SMALL) {
            sum += logarithms(&mut products);
        }
    }
    sum += logarithms(&mut products);
    let first = lanes.len() * LANES;
    for (index, stray) in rest.iter().enumerate() {
        let of =
            |(copies, probabilities): &(f64, &[f64])| copies * probabilities.get(first + index).copied().unwrap_or(0.0);
        sum += (scale * units.iter().map(of).sum::<f64>() + STRAY * stray).ln();
    }
    sum
}

/// Sum of the logarithms of some products, which start again from one.
fn logarithms(products: &mut [f64; LANES]) -> f64 {
    let sum = products.iter().map(|product| product.ln()).sum();
    *products = [1.0; LANES];
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelihood_is_the_sum_of_the_logarithms_of_the_mixture() {
        for fragments in [0_u32, 1, 7, 8, 9, 200, 1_003] {
            let of = |shift: f64| -> Vec<f64> {
                (0..fragments).map(|i| 1e-6 + ((f64::from(i) + shift).sin()).powi(2)).collect()
            };
            let (one, two, stray) = (of(0.0), of(1.0), vec![0.25; fragments as usize]);
            let summed: f64 = (0..fragments as usize)
                .map(|i| ((1.0 - STRAY) / 3.0 * (one[i] + 2.0 * two[i]) + STRAY * stray[i]).ln())
                .sum();
            let found = log_likelihood(&[(1.0, &one), (2.0, &two)], &stray);
            assert!((found - summed).abs() < 1e-8 * f64::from(fragments + 1), "{fragments}: {found} {summed}");
        }
    }

    #[test]
    fn long_reads_that_no_unit_explains_leave_the_likelihood_finite() {
        let (none, stray) = ([0.0; 1_000], [0.5_f64.powi(300); 1_000]);
        let found = log_likelihood(&[(1.0, &none)], &stray);
        let expected = 1_000.0 * (STRAY.ln() + 300.0 * 0.5_f64.ln());
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
    }
}
