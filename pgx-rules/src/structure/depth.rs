//! Likelihood of the depth of segments, given the copies of each.
//!
//! The depth of one copy is half of what two copies have: by a region beside the genes, and by control genes where the file has them. A mean depth over a segment varies by the sampling of reads, by the
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
/// How far the fragments are believed: they also vary together in ways that are not described here. Judged by simulated people at 15-fold
/// depth, of whom wrong pairs otherwise had more than 0.99 of the posterior.
const TRUST: f64 = 0.75;
/// Reads that lie where there is no copy, in copies.
const BACKGROUND: f64 = 0.02;

/// Depth of two copies, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Reads a base.
    pub depth: f64,
    /// Variance of its error, relative to its square.
    pub variance: f64,
}

/// Deviations, of two measures of one scale, beyond which they contradict each other.
const CONTRADICTION: f64 = 4.0;

impl Scale {
    /// By a region of two copies, whose sequence is another than that of the segments.
    pub fn of_region(region: Depth, fragment_bases: f64, variation: f64) -> Self {
        let sampling = sampling(region.mean, region.length, fragment_bases) / region.mean.powi(2).max(1e-9);
        let variance = sampling + local(variation, 2.0, region.length) + SEQUENCE_EFFECT.powi(2);
        Self { depth: region.mean, variance }
    }

    /// Both measures, each as far as it is known; `None` when they contradict each other.
    pub fn with(self, other: Self) -> Option<Self> {
        let off = (self.depth / other.depth).ln().abs();
        let both = self.variance + other.variance;
        if other.depth <= 0.0 || self.depth <= 0.0 || off > CONTRADICTION * both.sqrt() {
            return None;
        }
        let weight = other.variance / both;
        let depth = (weight * self.depth.ln() + (1.0 - weight) * other.depth.ln()).exp();
        Some(Self { depth, variance: self.variance * other.variance / both })
    }
}

/// Variance of a mean depth by the sampling of fragments.
fn sampling(mean: f64, length: f64, fragment_bases: f64) -> f64 {
    mean * fragment_bases / (fragment_bases + length.max(1.0))
}

/// Variance by the local variation of each copy, relative to the square of the depth.
fn local(variation: f64, copies: f64, length: f64) -> f64 {
    variation * STRETCH / length.max(STRETCH) / copies.max(1.0)
}

/// Log density of a segment's depth when it has `copies`. `fragment_bases` come together: mates are no two draws.
pub fn log_density(depth: Depth, copies: f64, scale: Scale, fragment_bases: f64, variation: f64) -> f64 {
    let copies = copies.max(BACKGROUND);
    let expected = copies * scale.depth / 2.0;
    let relative = local(variation, copies, depth.length) + SEQUENCE_EFFECT.powi(2) + scale.variance;
    let deviation = (sampling(expected, depth.length, fragment_bases) + relative * expected.powi(2)).sqrt().max(1e-6);
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
pub fn temper(scale: Scale, fragment_bases: f64, variation: f64) -> f64 {
    let of_one_copy = scale.depth / 2.0 * (STRETCH / fragment_bases.max(1.0)).max(1.0);
    TRUST / (1.0 + variation * of_one_copy)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale::of_region(Depth { mean: 30.0, length: 10_000.0 }, 300.0, LOCAL_VARIATION)
    }

    #[test]
    fn the_copies_that_made_a_depth_are_the_likeliest() {
        for copies in 0..8_u32 {
            let depth = Depth { mean: f64::from(copies) * 15.0, length: 3_000.0 };
            let best = (0..10_u32)
                .max_by(|a, b| {
                    let density = |n: u32| log_density(depth, f64::from(n), scale(), 300.0, LOCAL_VARIATION);
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
        assert!(temper(scale(), 300.0, uneven) < temper(scale(), 300.0, even));
    }

    #[test]
    fn two_measures_of_a_scale_are_better_known_than_each_and_contradicting_ones_are_none() {
        let (region, genome) = (scale(), Scale { depth: 32.0, variance: 0.002 });
        let both = region.with(genome).unwrap();
        assert!((30.0..32.0).contains(&both.depth), "{both:?}");
        assert!(both.variance < region.variance && both.variance < genome.variance, "{both:?}");
        assert_eq!(region.with(Scale { depth: 45.0, ..genome }), None);
        assert_eq!(region.with(Scale { depth: 0.0, ..genome }), None);
    }
}
