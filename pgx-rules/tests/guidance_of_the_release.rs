//! Every row of the published CPIC and FDA tables is answered, with the same strength, in our own words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use pgx_rules::guidance::action::{Urgency, urgency};
use pgx_rules::guidance::render;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::schema::{Drug, GuidanceRow, Knowledge};

/// A published row by column.
type Source = BTreeMap<String, String>;

/// A run of this many characters that stands in the source and in ours was copied, not written.
const COPIED: usize = 40;

/// An input hint of the tables that no call produces (`xN combinations` of open copy numbers).
const HINT: &str = "xN comb";

/// Recorded lookups that the text itself contradicts, and the genotype that the text names (`docs/conformance.md`).
/// A row stands for the text's genotype, and none for the recorded one.
const CONTRADICTED: [(&str, &str, &str); 7] = [
    ("PA166104833", "HLA-B=*15:02 positive", "HLA-B=*57:01 positive"),
    ("PA166329541", "HLA-B=*15:02 positive", "HLA-B=*57:01 positive"),
    ("PA166329617", "HLA-B=*15:02 positive", "HLA-B=*57:01 positive"),
    ("PA166129515", UNCERTAIN, SUSCEPTIBLE),
    ("PA166129517", UNCERTAIN, SUSCEPTIBLE),
    ("PA166129519", UNCERTAIN, SUSCEPTIBLE),
    ("PA166122970", UNCERTAIN, SUSCEPTIBLE),
];
const UNCERTAIN: &str = "CACNA1S=Uncertain Susceptibility;RYR1=Uncertain Susceptibility";
const SUSCEPTIBLE: &str = "CACNA1S=Uncertain Susceptibility;RYR1=Malignant Hyperthermia Susceptibility";

/// Rows of a guideline and population that stand for exactly this lookup.
fn standing_for<'d>(drug: &'d Drug, guideline: &str, population: &str, lookup: &str) -> Vec<&'d GuidanceRow> {
    let wanted: Vec<(&str, &str)> =
        lookup.split(';').map(|pair| pair.split_once('=').expect("gene and value")).collect();
    drug.rows
        .iter()
        .filter(|r| r.guideline == guideline && r.population == population)
        .filter(|r| r.when.len() == wanted.len())
        .filter(|r| wanted.iter().all(|(g, v)| r.when.get(*g).is_some_and(|values| values.iter().any(|w| w == v))))
        .collect()
}

fn published() -> Option<String> {
    let path = common::shared("knowledge/cpic/recommendations.tsv.gz")?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    Some(text)
}

/// The published rows of CPIC that a call can ask for.
fn patients_rows(text: &str) -> Vec<Source> {
    common::rows(text).into_iter().filter(|r| r["source"] == "CPIC" && !r["lookup_key"].contains(HINT)).collect()
}

/// Our rows for the drug, population and lookup of a published row.
fn fitting<'k>(knowledge: &'k Knowledge, source: &Source) -> Vec<&'k GuidanceRow> {
    let population = if source["population"].is_empty() { "general" } else { source["population"].as_str() };
    standing_for(&knowledge.drugs[&source["drug"]], &source["guideline_id"], population, &source["lookup_key"])
}

#[test]
fn each_published_row_has_exactly_one_row_here_with_its_classification() {
    let Some(text) = published() else { return };
    let knowledge = embedded().unwrap();
    let mut compared = 0;
    for source in patients_rows(&text) {
        let what = format!("{} {} {}", source["drug"], source["population"], source["lookup_key"]);
        let fitting = fitting(knowledge, &source);
        assert_eq!(fitting.len(), 1, "{what}");
        let expected = match source["classification"].to_lowercase() {
            none if none.is_empty() || none == "n/a" => "unspecified".to_owned(),
            given => given,
        };
        assert_eq!(fitting[0].classification, expected, "{what}");
        compared += 1;
    }
    assert!(compared > 1900, "only {compared} rows were compared");
}

/// The tables say of each row whether it changes the dose and whether it offers another drug: facts that the reader of
/// the sentences did not use, hence a check of the urgency that the reading leads to.
#[test]
fn urgency_agrees_with_the_published_flags() {
    let Some(text) = published() else { return };
    let knowledge = embedded().unwrap();
    let mut compared = 0;
    for source in patients_rows(&text) {
        let what = format!("{} {} {}", source["drug"], source["population"], source["lookup_key"]);
        let (dose, other_drug) = (source["dosing_information"] == "1", source["alternate_drug_available"] == "1");
        let row = fitting(knowledge, &source)[0];
        match urgency(&row.actions) {
            Urgency::Avoid => assert!(other_drug, "{what}: to avoid, but the source offers no other drug"),
            Urgency::Adjust => assert!(dose, "{what}: another dose, but the source changes none"),
            Urgency::Standard | Urgency::None => assert!(!dose && !other_drug, "{what}: the source changes something"),
            Urgency::Monitor => {}
        }
        compared += 1;
    }
    assert!(compared > 1900, "only {compared} rows were compared");
}

#[test]
fn each_published_row_of_the_fda_has_exactly_one_row_here_and_says_how_little_it_covers() {
    let Some(text) = published() else { return };
    let knowledge = embedded().unwrap();
    let mut compared = 0;
    for source in common::rows(&text).iter().filter(|r| r["source"] == "FDA") {
        let (id, lookup) = (source["guideline_id"].as_str(), source["lookup_key"].as_str());
        let drug = &knowledge.drugs[&source["drug"]];
        let what = format!("{} {id} {lookup}", source["drug"]);
        let corrected = CONTRADICTED.iter().find(|c| c.0 == id && c.1 == lookup);
        if corrected.is_some() {
            assert!(standing_for(drug, id, "general", lookup).is_empty(), "{what}: the text is about something else");
        }
        let rows = standing_for(drug, id, "general", corrected.map_or(lookup, |c| c.2));
        assert_eq!(rows.len(), 1, "{what}");
        assert_eq!(rows[0].classification, "unspecified", "{what}");
        assert!(rows[0].confidence.as_deref().is_some_and(|c| c.contains("example reports")), "{what}");
        compared += 1;
    }
    assert_eq!(compared, 63);
}

#[test]
fn no_sentence_or_implication_is_the_sources() {
    let Some(text) = published() else { return };
    let windows = |s: &str| -> Vec<String> {
        let letters: Vec<char> = s.to_lowercase().chars().collect();
        letters.windows(COPIED).map(|w| w.iter().collect()).collect()
    };
    let mut theirs = BTreeSet::new();
    for source in common::rows(&text).iter().filter(|r| ["CPIC", "FDA"].contains(&r["source"].as_str())) {
        theirs.extend(windows(&source["recommendation"]));
        theirs.extend(windows(&source["implications"]));
        theirs.extend(windows(&source["population"]));
    }
    let mut copied = BTreeSet::new();
    for drug in embedded().unwrap().drugs.values() {
        for row in &drug.rows {
            let ours = std::iter::once(render::text(&row.actions, &drug.name)).chain(row.implications.iter().cloned());
            for sentence in ours {
                copied.extend(windows(&sentence).into_iter().filter(|w| theirs.contains(w)));
            }
        }
    }
    assert!(copied.is_empty(), "{copied:#?}");
}
