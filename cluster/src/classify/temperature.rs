//! From scores to probabilities that mean what they say: one number stretches or flattens all scores
//! (temperature scaling, Guo et al. 2017, arXiv 1706.04599), chosen on patients that were held out.

/// Probabilities in proportion to exp(sharpness × score).
pub(super) fn softmax(scores: &[f64], sharpness: f64) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = scores.iter().map(|s| (sharpness * (s - largest)).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.iter().map(|r| r / sum).collect()
}

/// Least and greatest logarithm of the sharpness tried.
const RANGE: (f64, f64) = (-7.0, 5.0);
/// Halvings by the golden ratio: leave 12 × 0.618⁴⁰, less than 1e-7, of the range.
const STEPS: usize = 40;

/// The sharpness under which the true classes are likeliest. The log-likelihood is concave in it, so golden-section
/// search finds its maximum. A pseudo-patient of uniform class keeps it finite where every patient is right.
pub(super) fn sharpness(scores: &[Vec<f64>], classes: &[usize]) -> f64 {
    let loss = |log: f64| -> f64 {
        let of = |scores: &Vec<f64>, class: usize| -> f64 {
            softmax(scores, log.exp()).get(class).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE).ln()
        };
        let known: f64 = scores.iter().zip(classes).map(|(s, &c)| of(s, c)).sum();
        let pseudo = |s: &Vec<f64>| (0..s.len()).map(|c| of(s, c)).sum::<f64>() / s.len() as f64;
        -known - scores.iter().map(pseudo).sum::<f64>() / scores.len() as f64
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = RANGE;
    for _ in 0..STEPS {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if loss(a) <= loss(b) { high = b } else { low = a }
    }
    f64::midpoint(low, high).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_even_for_huge_scores() {
        let found = softmax(&[-1e6, 0.0, 1e6], 1.0);
        assert_eq!(found, [0.0, 0.0, 1.0]);
    }

    #[test]
    fn scores_that_are_ten_times_too_sure_are_flattened() {
        // Right in three of four cases, at a score difference of 10: log(3) says what it should be.
        let scores = vec![vec![10.0, 0.0]; 400];
        let classes: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let found = sharpness(&scores, &classes) * 10.0;
        // The pseudo-patient is one of 401.
        assert!((found - 3.0_f64.ln()).abs() < 0.01, "{found}");
    }
}
