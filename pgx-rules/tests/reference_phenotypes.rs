//! Phenotypes and activity scores against those that the reference tool looked guidance up with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use pgx_rules::knowledge::embedded;
use pgx_rules::outside;

const CORPORA: [&str; 4] = ["pipeline", "repository-vcfs", "synthetic", "population"];

fn read_gzip(path: &std::path::Path) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// The diplotypes that the reference looked up, as outside calls: one line an alternative, or nothing without alleles.
fn lines(row: &BTreeMap<String, String>) -> String {
    let has_alleles =
        |text: &&str| !text.contains("Unknown") && !row["lookup_phenotype"].split(';').any(|p| text.starts_with(p));
    let alternatives = row["lookup_diplotypes"].split(';').filter(|d| !d.is_empty());
    alternatives.filter(has_alleles).map(|d| format!("{}\t{d}\n", row["gene"])).collect()
}

/// Values of a column; whatever word says "none" is empty.
fn values(text: &str) -> Vec<&str> {
    text.split(';').map(|v| if ["n/a", "No Result"].contains(&v) { "" } else { v }).collect()
}

#[test]
fn every_diplotype_of_the_corpora_has_the_phenotype_and_score_of_the_reference() {
    let mut seen = BTreeSet::new();
    for corpus in CORPORA {
        let Some(path) = common::shared(&format!("conformance/pharmcat/{corpus}/expected_calls.tsv.gz")) else {
            return;
        };
        for row in common::rows(&read_gzip(&path)) {
            let lines = lines(&row);
            let wanted = (values(&row["lookup_phenotype"]), values(&row["lookup_activity_score"]));
            if lines.is_empty() || !seen.insert((lines.clone(), format!("{wanted:?}"))) {
                continue;
            }
            let calls = outside::calls(embedded().unwrap(), &[(corpus.into(), lines.clone())]).unwrap();
            let phenotypes = calls[0].candidates.iter().map(|c| c.phenotype.as_ref());
            let names: Vec<&str> = phenotypes.clone().map(|p| p.map_or("", |p| p.name.as_str())).collect();
            let scores: Vec<&str> =
                phenotypes.map(|p| p.and_then(|p| p.activity_score.as_deref()).unwrap_or("")).collect();
            assert_eq!(names, wanted.0, "{corpus}: {lines}");
            let has_scores = scores.iter().chain(&wanted.1).any(|s| !s.is_empty());
            assert!(!has_scores || scores == wanted.1, "{corpus}: {lines}: {scores:?}, expected {:?}", wanted.1);
        }
    }
    assert!(seen.len() > 1000, "only {} distinct diplotypes compared", seen.len());
}
