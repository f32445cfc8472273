#![allow(clippy::unwrap_used)]

use ndarray::{Array1, Array2};

use super::*;
use crate::random;

/// Patients with five features; the outcome is a line in the first, a step in the second, and an interaction of both
/// with the third.
fn cohort(n: usize) -> (Array2<f64>, Vec<f64>) {
    let mut generator = random::stream(11, &[]);
    let x = Array2::from_shape_fn((n, 5), |(_, j)| match j {
        1 => f64::from(u8::from(random::normal(&mut generator) > 0.0)),
        _ => random::normal(&mut generator),
    });
    let y = x.rows().into_iter().map(|r| r[0] + 2.0 * r[1] + if r[1] > 0.5 && r[2] > 0.0 { 1.5 } else { 0.0 });
    (x.clone(), y.collect())
}

fn error(predicted: impl Iterator<Item = f64>, y: &[f64]) -> f64 {
    predicted.zip(y).map(|(p, v)| (p - v).abs()).sum::<f64>() / y.len() as f64
}

#[test]
fn ridge_without_penalty_finds_a_line_and_a_penalty_shrinks_it() {
    let (x, _) = cohort(200);
    let y: Vec<f64> = x.rows().into_iter().map(|r| 3.0 + 2.0 * r[0] - r[3]).collect();
    let exact = Ridge::fit(x.view(), &y, 0.0).unwrap();
    assert!((exact.coefficients[0] - 2.0).abs() < 1e-6 && (exact.coefficients[3] + 1.0).abs() < 1e-6);
    let shrunk = Ridge::fit(x.view(), &y, 200.0).unwrap();
    assert!(shrunk.coefficients[0] < 1.5 && shrunk.coefficients[0] > 0.5);
}

#[test]
fn trees_find_what_a_line_cannot() {
    let (x, y) = cohort(600);
    let (fresh, truth) = {
        let (x, y) = cohort(900);
        (x.slice(ndarray::s![600.., ..]).to_owned(), y[600..].to_vec())
    };
    let ridge = Ridge::fit(x.view(), &y, 1.0).unwrap();
    let trees = Boosted::fit(x.view(), &y, &Growth::default(), 1).unwrap();
    let of_line = error(fresh.rows().into_iter().map(|r| ridge.predict(r)), &truth);
    let of_trees = error(fresh.rows().into_iter().map(|r| trees.predict(r)), &truth);
    assert!(of_trees < 0.8 * of_line, "{of_trees} {of_line}");
}

#[test]
fn the_same_seed_gives_the_same_model_and_constant_features_do_no_harm() {
    let (mut x, y) = cohort(120);
    x.column_mut(4).fill(7.0);
    let settings = Settings { penalty: 10.0, growth: Growth::default(), share: 0.5 };
    let model = Mixture::fit(x.view(), &y, &settings, 3).unwrap();
    assert_eq!(model, Mixture::fit(x.view(), &y, &settings, 3).unwrap());
    assert!(model.is_sound(5) && !model.is_sound(4));
    assert_eq!(model.ridge.coefficients[4], 0.0);
    assert_eq!(Mixture::fit(x.slice(ndarray::s![..0, ..]), &[], &settings, 3), None);
}

#[test]
fn contributions_and_base_sum_up_to_the_prediction() {
    let (x, y) = cohort(300);
    let settings = Settings { penalty: 10.0, growth: Growth::default(), share: 0.5 };
    let model = Mixture::fit(x.view(), &y, &settings, 3).unwrap();
    for patient in x.rows().into_iter().take(20) {
        let explained = model.explain(patient);
        assert!((explained.total() - model.predict(patient)).abs() < 1e-9);
    }
}

/// What the trees answer when only the features of a set are known: splits on others are answered by shares of patients.
fn answer_knowing(nodes: &serde_json::Value, at: usize, patient: &Array1<f64>, known: u32) -> f64 {
    let node = &nodes[at];
    if let Some(leaf) = node.get("leaf") {
        return leaf["value"].as_f64().unwrap();
    }
    let split = &node["split"];
    let child = |i: usize| split["children"][i].as_u64().unwrap() as usize;
    let feature = split["feature"].as_u64().unwrap() as usize;
    if known >> feature & 1 == 1 {
        let low = patient[feature] <= split["threshold"].as_f64().unwrap();
        return answer_knowing(nodes, child(usize::from(!low)), patient, known);
    }
    let patients = |at: usize| {
        let node = &nodes[at];
        node.get("leaf").or_else(|| node.get("split")).unwrap()["patients"].as_f64().unwrap()
    };
    let total = split["patients"].as_f64().unwrap();
    (0..2).map(|i| patients(child(i)) / total * answer_knowing(nodes, child(i), patient, known)).sum()
}

#[test]
fn shapley_values_are_those_of_the_definition() {
    let (x, y) = cohort(300);
    let growth = Growth { rounds: 3, features: 1.0, ..Growth::default() };
    let trees = Boosted::fit(x.view(), &y, &growth, 5).unwrap();
    let written = serde_json::to_value(&trees).unwrap();
    let rate = written["rate"].as_f64().unwrap();
    for patient in x.rows().into_iter().take(5).map(|r| r.to_owned()) {
        let value = |known: u32| -> f64 {
            let all = written["trees"].as_array().unwrap();
            rate * all.iter().map(|tree| answer_knowing(tree, 0, &patient, known)).sum::<f64>()
        };
        let explained = trees.explain(patient.view());
        for feature in 0..5_usize {
            // the mean over all orders in which features become known
            let mut expected = 0.0;
            for known in (0..32_u32).filter(|known| known >> feature & 1 == 0) {
                let s = known.count_ones() as usize;
                let factorial = |n: usize| (1..=n).product::<usize>() as f64;
                let weight = factorial(s) * factorial(4 - s) / factorial(5);
                expected += weight * (value(known | 1 << feature) - value(known));
            }
            let got = explained.contributions[feature];
            assert!((got - expected).abs() < 1e-9, "{feature}: {got}, expected {expected}");
        }
    }
}
