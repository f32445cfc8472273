//! Harrell's concordance in O(n log n): patients are taken by falling time into counts of the predictions seen.

use super::FollowUp;

/// Counts with prefix sums (Fenwick 1994, doi 10.1002/spe.4380240306).
struct Counts(Vec<u64>);

impl Counts {
    fn add(&mut self, place: usize) {
        let mut i = place + 1;
        while i < self.0.len() {
            self.0[i] += 1;
            i += i & i.wrapping_neg();
        }
    }

    /// How many are at places before `place`.
    fn before(&self, place: usize) -> u64 {
        let (mut i, mut sum) = (place, 0);
        while i > 0 {
            sum += self.0[i];
            i &= i - 1;
        }
        sum
    }
}

/// Share of comparable pairs in which the patient with the earlier event has the higher prediction.
pub(super) fn concordance(follow_up: &FollowUp, prediction: &[f64]) -> f64 {
    let mut levels = prediction.to_vec();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let place: Vec<usize> = prediction.iter().map(|v| levels.partition_point(|l| l < v)).collect();
    let mut later = Counts(vec![0; levels.len() + 1]);
    let (mut pairs, mut concordant, mut tied) = (0_u64, 0_u64, 0_u64);
    let mut seen = 0;
    for patients in follow_up.moments().iter().rev() {
        let (dying, leaving): (Vec<usize>, Vec<usize>) = patients.iter().partition(|&&i| follow_up.events()[i]);
        // Who is censored at this moment outlived the events of it.
        for &i in &leaving {
            later.add(place[i]);
        }
        seen += leaving.len() as u64;
        for &i in &dying {
            let below = later.before(place[i]);
            pairs += seen;
            concordant += below;
            tied += later.before(place[i] + 1) - below;
        }
        for &i in &dying {
            later.add(place[i]);
        }
        seen += dying.len() as u64;
    }
    (concordant as f64 + tied as f64 / 2.0) / pairs as f64
}
