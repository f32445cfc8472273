//! Rank tests: Mann-Whitney for two groups, Kruskal-Wallis for more. Ties get the mean of their ranks.

use super::Tested;
use crate::tails;

/// Ranks from 1; equal values share the mean of theirs. NaN sorts last.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    tied_ranks(values).0
}

/// Ranks, and the sum over groups of equal values of t³ − t.
fn tied_ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let (mut before, mut ties) = (0, 0.0);
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let t = equal.len() as f64;
        for &i in equal {
            ranks[i] = before as f64 + (t + 1.0) / 2.0;
        }
        before += equal.len();
        ties += t * t * t - t;
    }
    (ranks, ties)
}

/// Mann and Whitney 1947 (doi 10.1214/aoms/1177730491): U of the first group, counting for each pair in which the first
/// is greater 1 and for each tie one half. p is two-sided, by the normal distribution with correction for ties and
/// continuity. U divided by the number of pairs is the chance that the first is greater.
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Tested {
    let (a, b) = (first.len() as f64, second.len() as f64);
    let n = a + b;
    if first.is_empty() || second.is_empty() {
        return Tested::NONE;
    }
    let (ranks, ties) = tied_ranks(&[first, second].concat());
    let statistic = ranks.iter().take(first.len()).sum::<f64>() - a * (a + 1.0) / 2.0;
    let variance = a * b / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    let distance = ((statistic - a * b / 2.0).abs() - 0.5).max(0.0);
    Tested { statistic, p: tails::normal_two_sided(distance / variance.sqrt()) }
}

/// Kruskal and Wallis 1952 (doi 10.1080/01621459.1952.10483441): H with correction for ties, chi-square under equal
/// groups. Groups without values do not count; values without NaN.
pub fn kruskal_wallis(groups: &[Vec<f64>]) -> Tested {
    let groups: Vec<&Vec<f64>> = groups.iter().filter(|g| !g.is_empty()).collect();
    let pooled: Vec<f64> = groups.iter().flat_map(|g| g.iter().copied()).collect();
    let n = pooled.len() as f64;
    if groups.len() < 2 || groups.len() == pooled.len() {
        return Tested::NONE;
    }
    let (ranks, ties) = tied_ranks(&pooled);
    let mut rest = ranks.as_slice();
    let mut sum = 0.0;
    for group in &groups {
        let (own, others) = rest.split_at(group.len());
        sum += own.iter().sum::<f64>().powi(2) / group.len() as f64;
        rest = others;
    }
    let raw = 12.0 / (n * (n + 1.0)) * sum - 3.0 * (n + 1.0);
    let statistic = raw / (1.0 - ties / (n * n * n - n));
    Tested { statistic, p: tails::chi_square(statistic, (groups.len() - 1) as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn u_counts_the_pairs_in_which_the_first_is_greater() {
        assert_eq!(mann_whitney(&[3.0, 5.0], &[1.0, 4.0, 5.0]).statistic, 1.0 + 2.5);
    }

    #[test]
    fn constant_values_are_no_test() {
        assert!(mann_whitney(&[1.0, 1.0], &[1.0]).p.is_nan());
        assert!(kruskal_wallis(&[vec![1.0, 1.0], vec![1.0]]).p.is_nan());
        assert!(kruskal_wallis(&[vec![1.0, 2.0], vec![]]).p.is_nan());
    }
}
