//! Exact, rank and variance tests and their correction against independently computed answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use cluster::association::adjust::{benjamini_hochberg, benjamini_yekutieli};
use cluster::association::anova::anova;
use cluster::association::chi_square::chi_square;
use cluster::association::fisher::{TwoByTwo, hypergeometric_tail};
use cluster::association::ranks::{kruskal_wallis, mann_whitney};
use common::{assert_near, fixture, numbers};
use ndarray::Array2;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn groups(data: &Value) -> Vec<Vec<f64>> {
    let mut groups = vec![Vec::new(); 3];
    for (label, value) in numbers(&data["input"]["subtype"]).iter().zip(numbers(&data["input"]["value"])) {
        groups[*label as usize].push(value);
    }
    groups
}

fn near(found: f64, expected: &Value, what: &str) {
    assert_near(found, expected.as_f64().unwrap(), TOLERANCE, what);
}

#[test]
fn counts_of_mutations_by_subtype() {
    let Some(data) = fixture("enrichment.json") else { return };
    let (subtype, mutated) = (numbers(&data["input"]["subtype"]), numbers(&data["input"]["mutated"]));
    let mut table = Array2::zeros((3, 2));
    for (s, m) in subtype.iter().zip(&mutated) {
        table[[*s as usize, *m as usize]] += 1;
    }
    let found = chi_square(table.view());
    near(found.statistic, &data["expected"]["chi2"]["stat"], "chi-square");
    near(found.p, &data["expected"]["chi2"]["p"], "p of chi-square");
    let own: Vec<bool> = subtype.iter().map(|s| *s == 0.0).collect();
    let spared: Vec<bool> = mutated.iter().map(|m| *m == 0.0).collect();
    let exact = TwoByTwo::count(&own, &spared).exact();
    near(exact.odds_ratio, &data["expected"]["fisher_2x2"]["odds_ratio"], "odds ratio");
    near(exact.p, &data["expected"]["fisher_2x2"]["p"], "p of Fisher");
}

#[test]
fn values_by_subtype() {
    let Some(data) = fixture("enrichment.json") else { return };
    let (groups, expected) = (groups(&data), &data["expected"]);
    for (found, name) in [
        (kruskal_wallis(&groups), "kruskal"),
        (anova(&groups), "anova"),
        (mann_whitney(&groups[0], &groups[2]), "mann_whitney_0_vs_2"),
    ] {
        near(found.statistic, &expected[name]["stat"], name);
        near(found.p, &expected[name]["p"], name);
    }
}

#[test]
fn false_discovery_rates() {
    let Some(data) = fixture("enrichment.json") else { return };
    let p = numbers(&data["input"]["p_values"]);
    for (found, name) in [(benjamini_hochberg(&p), "bh"), (benjamini_yekutieli(&p), "by")] {
        for (a, b) in found.iter().zip(numbers(&data["expected"][name])) {
            assert_near(*a, b, TOLERANCE, name);
        }
    }
}

#[test]
fn tail_of_the_hypergeometric_distribution() {
    let Some(data) = fixture("enrichment.json") else { return };
    let count = |name: &str| data["input"]["hypergeom"][name].as_u64().unwrap();
    let found = hypergeometric_tail(count("population"), count("marked"), count("drawn"), count("seen"));
    near(found, &data["expected"]["hypergeom_upper_tail"], "tail");
}

#[test]
fn pairs_of_mutated_genes() {
    let Some(data) = fixture("cohort_mutation_summary.json") else { return };
    for pair in data["expected"]["pairwise_fisher"].as_array().unwrap() {
        let count = |name: &str| pair[name].as_u64().unwrap();
        let table = TwoByTwo {
            both: count("both"),
            first: count("only_a"),
            second: count("only_b"),
            neither: count("neither"),
        };
        let found = table.exact();
        // Chances of one in a million and less are held to their size, not to 1.
        let p = pair["p"].as_f64().unwrap();
        assert!((found.p - p).abs() <= TOLERANCE * p, "{pair}: {found:?}");
        if let Some(odds_ratio) = pair["odds_ratio"].as_f64() {
            assert_near(found.odds_ratio, odds_ratio, TOLERANCE, "odds ratio");
        }
    }
}
