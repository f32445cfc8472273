//! Correction for many tests: the false discovery rate at which each would be taken.

/// Benjamini and Hochberg 1995 (doi 10.1111/j.2517-6161.1995.tb02031.x): holds for independent or positively dependent
/// tests. NaN is not a test: it stays NaN and does not count.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, 1.0)
}

/// Benjamini and Yekutieli 2001 (doi 10.1214/aos/1013699998): holds under any dependence. NaN as above.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    let tests = p.iter().filter(|v| !v.is_nan()).count();
    step_up(p, (1..=tests).map(|i| 1.0 / i as f64).sum())
}

fn step_up(p: &[f64], penalty: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let tests = order.len() as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least: f64 = 1.0;
    for (place, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * tests * penalty / (place + 1) as f64);
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_test_does_not_count() {
        let found = benjamini_hochberg(&[0.01, f64::NAN, 0.04]);
        assert!((found[0] - 0.02).abs() < 1e-15 && found[1].is_nan() && (found[2] - 0.04).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn rates_rise_with_p_and_stop_at_one() {
        assert_eq!(benjamini_yekutieli(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
    }
}
