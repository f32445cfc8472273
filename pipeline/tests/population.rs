//! The stated population group, by the binary: whose frequencies the probabilities are of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// TPMT rs1800460 and rs1142345, heterozygous and unphased: `*1/*3A` or `*3B/*3C`.
const RECORDS: &str = "chr6\t18130687\trs1142345\tT\tC\t.\tPASS\t.\tGT\t0/1\t0/1\t0/1\n\
                       chr6\t18138997\trs1800460\tC\tT\t.\tPASS\t.\tGT\t0/1\t0/1\t0/1\n";

/// `calls.tsv` has four decimals.
const HALF_A_DIGIT: f64 = 0.000_050_1;

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let header = "##fileformat=VCFv4.2\n##contig=<ID=chr6,length=170805979,assembly=GRCh38>\n\
                  #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\tC\n";
    std::fs::write(place.path().join("p.vcf"), format!("{header}{RECORDS}")).unwrap();
    place
}

fn call(place: &Path, more: &[&str]) -> Output {
    let fixed = ["call", "p.vcf", "--genes", "TPMT", "--formats", "tsv,json,html", "-o", "out", "--quiet"];
    Command::new(assert_cmd::cargo::cargo_bin!("rxstrata")).current_dir(place).args(fixed).args(more).output().unwrap()
}

fn succeeds(place: &Path, more: &[&str]) -> Value {
    let output = call(place, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&std::fs::read_to_string(place.join("out/calls.json")).unwrap()).unwrap()
}

/// The probability of the answer in `calls.tsv`, by sample.
fn probabilities(place: &Path) -> Vec<f64> {
    let table = std::fs::read_to_string(place.join("out/calls.tsv")).unwrap();
    let mut lines = table.lines().map(|l| l.split('\t').collect::<Vec<_>>());
    let column = lines.next().unwrap().iter().position(|c| *c == "probability").unwrap();
    lines.map(|cells| cells[column].parse().unwrap()).collect()
}

/// Group and probability of the first candidate, by sample and group.
fn first_candidate(document: &Value, sample: usize) -> Vec<(String, f64)> {
    let rows = document["samples"][sample]["genes"][0]["ambiguity"]["candidates"][0]["posterior"].as_array().unwrap();
    rows.iter().map(|r| (r["group"].as_str().unwrap().to_owned(), r["probability"].as_f64().unwrap())).collect()
}

#[test]
fn a_stated_group_gives_its_own_probability_and_is_in_every_output() {
    let place = place();
    let place = place.path();
    let all = succeeds(place, &[]);
    assert_eq!(all["samples"][0]["population"], Value::Null);
    let by_group = first_candidate(&all, 0);
    assert!(by_group.len() > 1, "every group is shown where none is stated: {by_group:?}");
    let mean = by_group.iter().map(|(_, p)| p).sum::<f64>() / by_group.len() as f64;
    assert!(probabilities(place).iter().all(|p| (p - mean).abs() < HALF_A_DIGIT), "the mean of all groups");

    let (_, of_afr) = by_group.iter().find(|(group, _)| group == "AFR").unwrap().clone();
    let stated = succeeds(place, &["--population", "afr"]);
    assert_eq!(first_candidate(&stated, 0), [("AFR".to_owned(), of_afr)]);
    assert!(probabilities(place).iter().all(|p| (p - of_afr).abs() < HALF_A_DIGIT), "that of the stated group");
    assert_eq!(stated["samples"][0]["population"], "AFR");
    assert_eq!(stated["provenance"]["options"]["population"], "AFR");
    let page = std::fs::read_to_string(place.join("out/A.html")).unwrap();
    assert!(page.contains("Population group") && page.contains("African (AFR)"));
    assert!(!page.contains("East Asian"), "no other group's column");
}

#[test]
fn the_metadata_states_the_group_sample_by_sample() {
    let place = place();
    let place = place.path();
    let by_group = first_candidate(&succeeds(place, &[]), 0);
    std::fs::write(place.join("m.tsv"), "A\tpopulation\tEAS\nB\tpopulation\tunknown\n").unwrap();
    let document = succeeds(place, &["--population", "SAS", "--sample-metadata", "m.tsv"]);
    let stated: Vec<&Value> = (0..3).map(|s| &document["samples"][s]["population"]).collect();
    assert_eq!(stated, ["EAS", "SAS", "SAS"]);
    for (sample, code) in ["EAS", "SAS", "SAS"].iter().enumerate() {
        let expected: Vec<_> = by_group.iter().filter(|(group, _)| group == code).cloned().collect();
        assert_eq!(first_candidate(&document, sample), expected, "samples with one genotype are kept apart");
    }
    std::fs::write(place.join("m.tsv"), "A\tpopulation\tEAS\n").unwrap();
    let document = succeeds(place, &["--sample-metadata", "m.tsv"]);
    assert_eq!(first_candidate(&document, 0).len(), 1);
    assert_eq!(first_candidate(&document, 1), by_group, "nothing is stated for the others");
}

#[test]
fn an_unknown_group_is_wrong_usage_and_the_groups_are_named() {
    let place = place();
    let place = place.path();
    std::fs::write(place.join("m.tsv"), "A\tsex\tmale\nA\tpopulation\tFIN\n").unwrap();
    for (more, at) in [(["--population", "FIN"], "--population"), (["--sample-metadata", "m.tsv"], "m.tsv, line 2")] {
        let output = call(place, &more);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(at) && said.contains("'FIN'") && said.contains("AFR, AMR, EAS, EUR, SAS"), "{said}");
        assert!(!place.join("out").exists(), "nothing was started");
    }
}
