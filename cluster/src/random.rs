//! Random numbers that depend on the seed and on what they are for, never on the order in which threads ask.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator of one purpose: `tags` name it (which view, which resample, which k).
pub fn stream(seed: u64, tags: &[u64]) -> Xoshiro256PlusPlus {
    // SplitMix64's finaliser (Steele, Lea, Flood 2014, doi 10.1145/2714064.2660195) mixes each tag into the state.
    let mixed = tags.iter().fold(finalise(seed), |state, tag| finalise(state ^ finalise(tag.wrapping_add(1))));
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}

fn finalise(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A draw from the standard normal distribution (Marsaglia and Bray 1964, the polar method).
pub fn normal(generator: &mut impl rand::Rng) -> f64 {
    loop {
        let (a, b) = (generator.gen_range(-1.0..1.0_f64), generator.gen_range(-1.0..1.0_f64));
        let square = a * a + b * b;
        if square > 0.0 && square < 1.0 {
            return a * (-2.0 * square.ln() / square).sqrt();
        }
    }
}

/// `count` of `0..n`, without repeats, in rising order.
pub fn sample(n: usize, count: usize, generator: &mut impl rand::Rng) -> Vec<usize> {
    let mut chosen = rand::seq::index::sample(generator, n, count.min(n)).into_vec();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngCore;

    #[test]
    fn a_stream_depends_on_seed_and_tags_alone() {
        assert_eq!(stream(1, &[2, 3]).next_u64(), stream(1, &[2, 3]).next_u64());
        assert_ne!(stream(1, &[2, 3]).next_u64(), stream(1, &[3, 2]).next_u64());
        assert_ne!(stream(1, &[2]).next_u64(), stream(2, &[2]).next_u64());
    }

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut generator = stream(5, &[]);
        let draws: Vec<f64> = (0..40_000).map(|_| normal(&mut generator)).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let variance = draws.iter().map(|d| d * d).sum::<f64>() / 40_000.0;
        // Four standard errors: 4/200 for the mean, 4·sqrt(2)/200 for the variance.
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.0283, "{mean} {variance}");
    }
}
