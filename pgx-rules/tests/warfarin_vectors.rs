//! Warfarin dosing against vectors written by an independent program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use pgx_rules::dosing::cpic2017::{self, Cyp2c9, FURTHER_ALLELES, Route};
use pgx_rules::dosing::iwpc::{self, Equation, Race};
use pgx_rules::knowledge::embedded;

type Row = BTreeMap<String, String>;

/// -1639A alleles of `GG`, `AG`, `AA`, `unknown`.
fn vkorc1(row: &Row) -> Option<u8> {
    match row["vkorc1"].as_str() {
        "GG" => Some(0),
        "AG" => Some(1),
        "AA" => Some(2),
        _ => None,
    }
}

/// Alleles of `*1/*2`; none for `unknown`.
fn cyp2c9(row: &Row) -> Option<Vec<&str>> {
    row["cyp2c9"].contains('/').then(|| row["cyp2c9"].split('/').collect())
}

fn count(alleles: &[&str], wanted: &str) -> u8 {
    u8::try_from(alleles.iter().filter(|a| **a == wanted).count()).unwrap()
}

#[test]
fn iwpc_doses_agree_to_one_in_a_million() {
    let Some(path) = common::shared("conformance/warfarin/vectors.tsv") else { return };
    let rows = common::rows(&std::fs::read_to_string(path).unwrap());
    assert!(!rows.is_empty());
    let table = &embedded().unwrap().dosing[iwpc::TABLE];
    for row in &rows {
        let number = |column: &str| row[column].parse::<f64>().ok();
        let inputs = iwpc::Inputs {
            age: number("age"),
            height: number("height_cm"),
            weight: number("weight_kg"),
            race: Race::read(&row["race"]).or(Some(Race::Mixed)),
            vkorc1: vkorc1(row),
            cyp2c9: cyp2c9(row).map(|a| (count(&a, "*2"), count(&a, "*3"))),
            inducer: Some(row["enzyme_inducer"] == "1"),
            amiodarone: Some(row["amiodarone"] == "1"),
        };
        for (equation, column) in
            [(Equation::Pharmacogenetic, "iwpc_pgx_weekly"), (Equation::Clinical, "iwpc_clinical_weekly")]
        {
            let Some(expected) = number(column) else { continue };
            let got = iwpc::dose(table, equation, &inputs).unwrap().weekly;
            assert!((got / expected - 1.0).abs() < 1e-6, "{} {column}: {got}, expected {expected}", row["id"]);
        }
    }
}

#[test]
fn the_flow_of_cpic_agrees_exactly() {
    let Some(path) = common::shared("conformance/warfarin/cpic.tsv") else { return };
    let rows = common::rows(&std::fs::read_to_string(path).unwrap());
    assert!(!rows.is_empty());
    let table = &embedded().unwrap().dosing[cpic2017::TABLE];
    for row in &rows {
        let inputs = cpic2017::Inputs {
            african_ancestry: row["african_ancestry"] == "1",
            vkorc1: vkorc1(row),
            cyp2c9: cyp2c9(row).map(|a| Cyp2c9 {
                star2: count(&a, "*2"),
                star3: count(&a, "*3"),
                further: a.iter().filter(|x| FURTHER_ALLELES.contains(x)).map(|x| (*x).to_owned()).collect(),
            }),
            further_alleles_tested: row["african_alleles_tested"] == "1",
            rs12777823: match row["rs12777823"].as_str() {
                "GG" => Some(0),
                "AG" => Some(1),
                "AA" => Some(2),
                _ => None,
            },
            cyp4f2: row["cyp4f2_star3_count"].parse().ok(),
        };
        let outcome = cpic2017::follow(table, &inputs).unwrap();
        let route = if outcome.route == Route::Clinical { "clinical" } else { "pharmacogenetic" };
        assert_eq!(route, row["route"], "{row:?}");
        assert_eq!(outcome.low, row["low"].parse::<f64>().unwrap(), "{row:?}");
        assert_eq!(outcome.high, row["high"].parse::<f64>().unwrap(), "{row:?}");
        assert_eq!(outcome.consider_alternative, row["consider_alternative"] == "1", "{row:?}");
        let said = outcome.reasons.join("; ");
        for (word, ours) in
            [("rs12777823", "rs12777823"), ("CYP4F2", "CYP4F2"), ("not tested", "not tested"), ("missing", "unknown")]
        {
            assert_eq!(row["reasons"].contains(word), said.contains(ours), "{said} | {row:?}");
        }
    }
}
