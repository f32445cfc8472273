//! Likelihood of the depth of segments, given the copies of each.
//!
//! The depth of one copy is half of the control's. A mean depth over a segment varies by the sampling of reads, by the
//! local variation of each copy, and by what the sequence does to all copies alike; heavy tails keep a single odd
//! segment from deciding.

use statrs::function::gamma::ln_gamma;
use variants::model::Depth;

/// Variance of the depth of one copy over 500 bases beyond sampling, relative to its square: between short-read
/// genomes of good quality and poor ones (0.01 to 0.08).
const LOCAL_VARIATION: f64 = 0.02;
/// Bases over which local variation is alike.
const STRETCH: f64 = 500.0;
/// What a sequence does to all its copies alike, relative to the depth.
const SEQUENCE_EFFECT: f64 = 0.04;
/// Degrees of freedom of the t distribution of deviations.
const FREEDOM: f64 = 30.0;
/// Reads that lie where there is no copy, in copies.
const BACKGROUND: f64 = 0.02;

/// Log density of a segment's depth when it has `copies`. `fragment_bases` come together: mates are no two draws.
pub fn log_density(depth: Depth, copies: f64, control: Depth, fragment_bases: f64, variation: f64) -> f64 {
    let one = control.mean / 2.0;
    let copies = copies.max(BACKGROUND);
    let expected = copies * one;
    let sampling = |mean: f64, length: f64| mean * fragment_bases / (fragment_bases + length.max(1.0));
    let local = |copies: f64, length: f64| variation * STRETCH / length.max(STRETCH) / copies.max(1.0);
    let of_control =
        sampling(control.mean, control.length) / control.mean.powi(2).max(1e-9) + local(2.0, control.length);
    let relative = local(copies, depth.length) + SEQUENCE_EFFECT.powi(2) + of_control;
    let deviation = (sampling(expected, depth.length) + relative * expected.powi(2)).sqrt().max(1e-6);
    let t = (depth.mean - expected) / deviation;
    let constant =
        ln_gamma(f64::midpoint(FREEDOM, 1.0)) - ln_gamma(FREEDOM / 2.0) - 0.5 * (FREEDOM * std::f64::consts::PI).ln();
    constant - f64::midpoint(FREEDOM, 1.0) * (t * t / FREEDOM).ln_1p() - deviation.ln()
}

/// Variance of the depth of one copy over 500 bases, relative to its square: as the windows of the control show
/// it, two copies each, beyond sampling; not below what good genomes have.
pub fn local_variation(windows: &[f64], window: f64, read_length: f64) -> f64 {
    let n = windows.len() as f64;
    let mean = windows.iter().sum::<f64>() / n.max(1.0);
    if n < 2.0 || mean <= 0.0 {
        return LOCAL_VARIATION;
    }
    let variance = windows.iter().map(|depth| (depth - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let sampling = mean * read_length / (read_length + window);
    let beyond = (variance - sampling) / (mean * mean);
    (2.0 * beyond).clamp(LOCAL_VARIATION, 0.5)
}

/// What the fragments' likelihood is raised to: their counts vary more than those of a fair draw, as the copies' depths
/// vary locally.
pub fn temper(control: Depth, fragment_bases: f64, variation: f64) -> f64 {
    let of_one_copy = control.mean / 2.0 * (STRETCH / fragment_bases.max(1.0)).max(1.0);
    1.0 / (1.0 + variation * of_one_copy)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CONTROL: Depth = Depth { mean: 30.0, length: 10_000.0 };

    #[test]
    fn the_copies_that_made_a_depth_are_the_likeliest() {
        for copies in 0..8_u32 {
            let depth = Depth { mean: f64::from(copies) * 15.0, length: 3_000.0 };
            let best = (0..10_u32)
                .max_by(|a, b| {
                    let density = |n: u32| log_density(depth, f64::from(n), CONTROL, 300.0, LOCAL_VARIATION);
                    density(*a).total_cmp(&density(*b))
                })
                .unwrap();
            assert_eq!(best, copies);
        }
    }

    #[test]
    fn uneven_controls_make_counts_say_less() {
        let even = local_variation(&[30.0, 31.0, 29.0, 30.0], 250.0, 150.0);
        let uneven = local_variation(&[15.0, 45.0, 20.0, 40.0], 250.0, 150.0);
        assert!(even < uneven, "{even} {uneven}");
        assert!(temper(CONTROL, 300.0, uneven) < temper(CONTROL, 300.0, even));
    }
}
