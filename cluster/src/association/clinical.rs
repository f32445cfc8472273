//! A table of clinical variables against a partition: one test a variable, and the false discovery rate over all.

use ndarray::Array2;
use serde::Serialize;

use super::{Tested, adjust, chi_square, fisher, ranks};
use crate::partition::Partition;

/// Values of one variable, one a patient.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; NaN is missing.
    Numeric(Vec<f64>),
    /// Categories; none is missing.
    Categorical(Vec<Option<String>>),
}

/// A named variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its values, in the order of the partition's patients.
    pub values: Values,
}

/// The test that fits a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Numbers: ranks of the groups.
    KruskalWallis,
    /// Two categories in two groups: exact.
    Fisher,
    /// Counts large enough for the chi-square distribution.
    ChiSquare,
    /// Larger tables with small counts: Fisher's test by simulation.
    FisherSimulated,
    /// No test: fewer than two groups or two distinct values are left.
    None,
}

/// What is known of one variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Association {
    /// Its name.
    pub variable: String,
    /// The test made.
    pub test: Test,
    /// Its statistic: H, chi-square, or for the exact test the odds ratio; NaN for the simulated one.
    pub statistic: f64,
    /// Strength, 0 to 1: epsilon squared (share of the rank variance between groups) of numbers, Cramér's V of
    /// categories.
    pub effect: f64,
    /// Chance of it under no association; NaN without a test.
    pub p: f64,
    /// False discovery rate over all variables given (Benjamini and Hochberg).
    pub q: f64,
    /// Patients with a value.
    pub known: usize,
    /// Patients without.
    pub missing: usize,
}

/// Random tables drawn where neither the exact nor the chi-square test serves.
const DRAWS: usize = 20_000;

/// Tests each variable against the partition. Patients without a value are left out of that variable's test, and
/// counted. The seed serves the simulated tests only.
pub fn associations(variables: &[Variable], partition: &Partition, seed: u64) -> Vec<Association> {
    let mut found: Vec<Association> = variables.iter().map(|v| associate(v, partition, seed)).collect();
    let q = adjust::benjamini_hochberg(&found.iter().map(|a| a.p).collect::<Vec<_>>());
    for (association, q) in found.iter_mut().zip(q) {
        association.q = q;
    }
    found
}

fn associate(variable: &Variable, partition: &Partition, seed: u64) -> Association {
    let (test, tested, effect, known) = match &variable.values {
        Values::Numeric(values) => numeric(values, partition),
        Values::Categorical(values) => categorical(values, partition, seed),
    };
    Association {
        variable: variable.name.clone(),
        test: if tested.p.is_nan() { Test::None } else { test },
        statistic: tested.statistic,
        effect,
        p: tested.p,
        q: f64::NAN,
        known,
        missing: partition.len() - known,
    }
}

fn numeric(values: &[f64], partition: &Partition) -> (Test, Tested, f64, usize) {
    let mut groups = vec![Vec::new(); partition.groups()];
    for (&value, &label) in values.iter().zip(partition.labels()).filter(|(v, _)| !v.is_nan()) {
        groups[label].push(value);
    }
    let known: usize = groups.iter().map(Vec::len).sum();
    let tested = ranks::kruskal_wallis(&groups);
    // Epsilon squared (Kelley 1935): H as a share of the greatest it can be, n − 1.
    (Test::KruskalWallis, tested, tested.statistic / (known as f64 - 1.0), known)
}

fn categorical(values: &[Option<String>], partition: &Partition, seed: u64) -> (Test, Tested, f64, usize) {
    let mut categories: Vec<&String> = values.iter().flatten().collect();
    categories.sort();
    categories.dedup();
    let mut table = Array2::zeros((partition.groups(), categories.len()));
    for (value, &label) in values.iter().zip(partition.labels()) {
        if let Some(column) = value.as_ref().and_then(|v| categories.binary_search(&v).ok()) {
            table[[label, column]] += 1;
        }
    }
    let known = usize::try_from(table.sum()).unwrap_or(usize::MAX);
    let asymptotic = chi_square::chi_square(table.view());
    let effect = chi_square::cramers_v(table.view(), asymptotic.statistic);
    let (test, tested) = if asymptotic.p.is_nan() {
        (Test::None, Tested::NONE)
    } else if table.dim() == (2, 2) {
        let counts = fisher::TwoByTwo {
            both: table[[0, 0]],
            first: table[[0, 1]],
            second: table[[1, 0]],
            neither: table[[1, 1]],
        };
        let exact = counts.exact();
        (Test::Fisher, Tested { statistic: exact.odds_ratio, p: exact.p })
    } else if chi_square::large_enough(table.view()) {
        (Test::ChiSquare, asymptotic)
    } else {
        let p = fisher::simulated(table.view(), DRAWS, seed);
        (Test::FisherSimulated, Tested { statistic: f64::NAN, p })
    };
    (test, tested, effect, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(list: &[&str]) -> Values {
        Values::Categorical(list.iter().map(|v| (!v.is_empty()).then(|| (*v).to_owned())).collect())
    }

    fn tested(values: Values, labels: &[usize]) -> Association {
        let variable = Variable { name: "v".to_owned(), values };
        associations(&[variable], &Partition::new(labels.iter().copied()), 1).remove(0)
    }

    #[test]
    fn the_test_fits_the_variable() {
        let labels: Vec<usize> = (0..60).map(|i| i % 2).collect();
        let alternating: Vec<&str> = (0..60).map(|i| if i % 2 == 0 { "m" } else { "f" }).collect();
        assert_eq!(tested(categories(&alternating), &labels).test, Test::Fisher);
        let stages: Vec<&str> = (0..60).map(|i| ["I", "II", "III"][i % 3]).collect();
        assert_eq!(tested(categories(&stages), &labels).test, Test::ChiSquare);
        let sites: Vec<&str> = (0..8).map(|i| ["a", "b", "c", "d"][i % 4]).collect();
        assert_eq!(tested(categories(&sites), &labels[..8]).test, Test::FisherSimulated);
        assert_eq!(tested(Values::Numeric((0..60).map(f64::from).collect()), &labels).test, Test::KruskalWallis);
    }

    #[test]
    fn a_missing_value_is_left_out_and_counted() {
        let found = tested(categories(&["a", "", "b", "a", "b", ""]), &[0, 0, 1, 0, 1, 1]);
        assert_eq!((found.known, found.missing), (4, 2));
        assert!((found.effect - 1.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_constant_variable_is_no_test() {
        let found = tested(categories(&["a", "a", "a"]), &[0, 1, 1]);
        assert_eq!(found.test, Test::None);
        assert!(found.p.is_nan() && found.q.is_nan());
        assert_eq!(tested(Values::Numeric(vec![f64::NAN; 3]), &[0, 1, 1]).test, Test::None);
    }
}
