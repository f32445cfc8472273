//! One-way analysis of variance (Fisher 1925).

use super::Tested;
use crate::tails;

/// F of the means of groups, each a list of values without NaN; groups without values do not count.
pub fn anova(groups: &[Vec<f64>]) -> Tested {
    let groups: Vec<&Vec<f64>> = groups.iter().filter(|g| !g.is_empty()).collect();
    let n: usize = groups.iter().map(|g| g.len()).sum();
    if groups.len() < 2 || n <= groups.len() {
        return Tested::NONE;
    }
    let grand = groups.iter().flat_map(|g| g.iter()).sum::<f64>() / n as f64;
    let (mut between, mut within) = (0.0, 0.0);
    for group in &groups {
        let mean = group.iter().sum::<f64>() / group.len() as f64;
        between += group.len() as f64 * (mean - grand).powi(2);
        within += group.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    }
    let (above, below) = ((groups.len() - 1) as f64, (n - groups.len()) as f64);
    let statistic = (between / above) / (within / below);
    Tested { statistic, p: tails::fisher_snedecor(statistic, above, below) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_give_the_square_of_student_s_t() {
        // Means 2 and 5, pooled variance 1, three each: t² = 9 / (2/3) = 13.5.
        let found = anova(&[vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]]);
        assert!((found.statistic - 13.5).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn constant_values_are_no_test() {
        assert!(anova(&[vec![1.0, 1.0], vec![1.0, 1.0]]).p.is_nan());
        assert!(anova(&[vec![1.0]]).p.is_nan());
    }
}
