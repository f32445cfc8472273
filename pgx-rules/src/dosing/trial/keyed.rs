//! Random numbers that belong to a patient, a purpose and a day, whatever was drawn before: every policy meets the same life.

use rand::{Rng, SeedableRng};
use rand_xoshiro::SplitMix64;
use statrs::distribution::{ContinuousCDF, Normal};

/// What a number is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Genotypes.
    Genotype = 1,
    /// Age, size, drugs.
    Covariates,
    /// How the patient differs from the typical one.
    Person,
    /// Doses not taken.
    Missed,
    /// Late visits.
    Late,
    /// The assay.
    Assay,
    /// Change over time.
    Drift,
    /// Day-to-day change of the INR.
    Fluctuation,
    /// Interacting drugs.
    Interaction,
    /// Order of permuted genotypes.
    Permutation,
    /// Resamples for intervals.
    Bootstrap,
    /// Candidates of a policy search.
    Search,
}

/// Patients that are never the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Cohort {
    /// For learning a policy.
    Train = 1,
    /// For choosing settings.
    Tune,
    /// For results.
    Test,
}

/// Random numbers of one seed and cohort.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    seed: u64,
}

impl Keyed {
    /// The numbers of a seed and cohort.
    pub fn new(seed: u64, cohort: Cohort) -> Self {
        Self { seed: mix(mix(seed) ^ cohort as u64) }
    }

    /// Uniform on 0 … 1, ends excluded.
    pub fn uniform(&self, patient: u64, purpose: Purpose, index: u64) -> f64 {
        let key = mix(mix(mix(self.seed ^ patient) ^ purpose as u64) ^ index);
        // 53 bits, in the middle of their cell: never 0 or 1.
        ((key >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal.
    pub fn normal(&self, patient: u64, purpose: Purpose, index: u64) -> f64 {
        Normal::standard().inverse_cdf(self.uniform(patient, purpose, index))
    }
}

/// One output of SplitMix64 from a state: a good mix of all bits.
fn mix(state: u64) -> u64 {
    SplitMix64::seed_from_u64(state).r#gen()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_depend_on_every_part_of_their_key_and_on_nothing_else() {
        let keyed = Keyed::new(7, Cohort::Test);
        let here = keyed.uniform(3, Purpose::Assay, 5);
        assert_eq!(here, keyed.uniform(3, Purpose::Assay, 5));
        for other in [
            keyed.uniform(4, Purpose::Assay, 5),
            keyed.uniform(3, Purpose::Missed, 5),
            keyed.uniform(3, Purpose::Assay, 6),
            Keyed::new(8, Cohort::Test).uniform(3, Purpose::Assay, 5),
            Keyed::new(7, Cohort::Tune).uniform(3, Purpose::Assay, 5),
        ] {
            assert_ne!(here, other);
        }
    }

    #[test]
    fn normals_have_mean_0_and_spread_1() {
        let keyed = Keyed::new(1, Cohort::Train);
        let drawn: Vec<f64> = (0..20_000).map(|i| keyed.normal(i, Purpose::Person, i % 7)).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        // Standard errors are 0.007 and 0.010.
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }
}
