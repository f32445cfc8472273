//! Survival curves, comparisons and regression against independently computed answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use cluster::partition::Partition;
use cluster::survival::FollowUp;
use cluster::survival::cox::cox;
use cluster::survival::kaplan_meier::kaplan_meier;
use cluster::survival::log_rank::{Weight, log_rank};
use cluster::survival::proportional::{Clock, proportional};
use common::{assert_near, fixture, numbers};
use ndarray::Array2;
use serde_json::Value;

/// The README of the fixtures allows 1e-6.
const TOLERANCE: f64 = 1e-6;

fn follow_up(data: &Value) -> FollowUp {
    let events: Vec<Option<bool>> = numbers(&data["input"]["event"]).iter().map(|e| Some(*e == 1.0)).collect();
    FollowUp::new(numbers(&data["input"]["time"]), &events).unwrap()
}

fn groups(data: &Value) -> Vec<usize> {
    numbers(&data["input"]["group"]).iter().map(|g| *g as usize).collect()
}

fn covariates(data: &Value) -> (Array2<f64>, Vec<String>) {
    let (groups, age) = (groups(data), numbers(&data["input"]["age"]));
    let x = Array2::from_shape_fn((age.len(), 3), |(i, j)| match j {
        0 | 1 => f64::from(u8::from(groups[i] == j + 1)),
        _ => age[i],
    });
    (x, ["g1", "g2", "age"].map(str::to_owned).to_vec())
}

#[test]
fn kaplan_meier_curves() {
    let Some(data) = fixture("survival.json") else { return };
    let (all, groups) = (follow_up(&data), groups(&data));
    for (group, expected) in data["expected"]["kaplan_meier"].as_object().unwrap() {
        let kept: Vec<bool> = groups.iter().map(|g| g.to_string() == *group).collect();
        let curve = kaplan_meier(&all.filtered(&kept), 0.95);
        let column = |name: &str, value: fn(&cluster::survival::kaplan_meier::Step) -> f64| {
            let wanted = numbers(&expected[name]);
            assert_eq!(curve.steps.len(), wanted.len(), "group {group}, {name}");
            for (step, wanted) in curve.steps.iter().zip(wanted) {
                assert_near(value(step), wanted, TOLERANCE, &format!("group {group}, {name} at {}", step.time));
            }
        };
        column("time", |s| s.time);
        column("survival", |s| s.survival);
        column("at_risk", |s| s.at_risk as f64);
        column("events", |s| s.events as f64);
        column("censored", |s| s.censored as f64);
        column("greenwood_variance_sum", |s| s.greenwood);
        column("ci95_log_log_lower", |s| s.lower);
        column("ci95_log_log_upper", |s| s.upper);
        assert_eq!(curve.median().time, expected["median"].as_f64(), "group {group}");
        assert_near(curve.restricted_mean(10.0).0, expected["rmst_10"].as_f64().unwrap(), TOLERANCE, "restricted mean");
    }
}

#[test]
fn log_rank_and_its_weighted_variants() {
    let Some(data) = fixture("survival.json") else { return };
    let (all, groups, expected) = (follow_up(&data), groups(&data), &data["expected"]);
    let check = |weight: Weight, expected: &Value, what: &str| {
        let found = log_rank(&all, &Partition::new(groups.clone()), weight).unwrap();
        assert_eq!(found.degrees, 2);
        assert_near(found.chi_square, expected["chi2"].as_f64().unwrap(), TOLERANCE, what);
        if let Some(p) = expected["p"].as_f64() {
            assert_near(found.p, p, TOLERANCE, what);
        }
    };
    check(Weight::Equal, &expected["logrank"], "log-rank");
    check(Weight::AtRisk, &expected["weighted"]["wilcoxon"], "Wilcoxon");
    check(Weight::RootAtRisk, &expected["weighted"]["tarone-ware"], "Tarone-Ware");
    check(Weight::PetoPeto, &expected["weighted"]["peto"], "Peto");
    check(Weight::Survival { rho: 1.0 }, &expected["r_survival"]["g_rho_1"], "G-rho");
    check(Weight::Survival { rho: 0.0 }, &expected["r_survival"]["logrank"], "G-rho 0");
}

#[test]
fn log_rank_of_pairs_of_groups() {
    let Some(data) = fixture("survival.json") else { return };
    let (all, groups) = (follow_up(&data), groups(&data));
    for (pair, expected) in data["expected"]["pairwise"].as_object().unwrap() {
        let kept: Vec<bool> = groups.iter().map(|g| pair.split('-').any(|p| p == g.to_string())).collect();
        let labels = groups.iter().zip(&kept).filter(|(_, k)| **k).map(|(g, _)| *g);
        let found = log_rank(&all.filtered(&kept), &Partition::new(labels), Weight::Equal).unwrap();
        assert_near(found.chi_square, expected["chi2"].as_f64().unwrap(), TOLERANCE, pair);
        assert_near(found.p, expected["p"].as_f64().unwrap(), TOLERANCE, pair);
    }
}

#[test]
fn cox_regression_with_efron_ties() {
    let Some(data) = fixture("survival.json") else { return };
    let (x, names) = covariates(&data);
    let found = cox(&follow_up(&data), x.view(), &names).unwrap();
    let expected = &data["expected"]["cox"];
    for (name, value) in [
        ("coef", found.coefficients.iter().map(|c| c.coefficient).collect::<Vec<_>>()),
        ("hazard_ratio", found.coefficients.iter().map(|c| c.hazard_ratio).collect()),
        ("se", found.coefficients.iter().map(|c| c.standard_error).collect()),
        ("z", found.coefficients.iter().map(|c| c.z).collect()),
        ("p", found.coefficients.iter().map(|c| c.p).collect()),
    ] {
        for (a, b) in value.iter().zip(numbers(&expected[name])) {
            assert_near(*a, b, TOLERANCE, name);
        }
    }
    assert_near(found.log_likelihood, expected["log_likelihood"].as_f64().unwrap(), TOLERANCE, "likelihood");
    assert_near(found.likelihood_ratio.chi_square, expected["lr_test"].as_f64().unwrap(), TOLERANCE, "ratio test");
    assert_near(found.concordance, expected["concordance"].as_f64().unwrap(), TOLERANCE, "concordance");
    let r = &data["expected"]["r_survival"]["cox_efron"];
    assert_near(found.null_log_likelihood, numbers(&r["loglik"])[0], TOLERANCE, "null likelihood");
    assert_near(found.score.chi_square, r["score_test"].as_f64().unwrap(), TOLERANCE, "score");
    // R prints Wald's statistic to two decimals.
    assert!((found.wald.chi_square - r["wald_test"].as_f64().unwrap()).abs() < 0.005 + 1e-9, "{:?}", found.wald);
    for (a, b) in found.coefficients.iter().zip(numbers(&r["coef"])) {
        assert_near(a.coefficient, b, 1e-8, "coefficient in R");
    }
}

#[test]
fn proportional_hazards() {
    let Some(data) = fixture("survival.json") else { return };
    let (x, names) = covariates(&data);
    let found = proportional(&follow_up(&data), x.view(), &names, Clock::Rank).unwrap();
    let expected = &data["expected"]["r_survival"]["cox_zph_rank"];
    assert_eq!(found.len(), 4);
    for (i, test) in found.iter().enumerate() {
        assert_near(test.chi_square, numbers(&expected["chisq"])[i], TOLERANCE, "statistic");
        assert_near(test.p, numbers(&expected["p"])[i], TOLERANCE, "p");
    }
}
