//! `rxstrata cohort` by the binary: counts against a count of the calls made here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|l| l.split('\t').map(str::to_owned).collect()).collect()
}

/// 40 samples in two groups; called into `calls`.
fn cohort() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let (mut table, mut groups) = (String::from("sample\tgene\tdiplotype\n"), String::from("sample\tsite\n"));
    for i in 0..40 {
        let diplotype = ["*1/*1", "*1/*2", "*2/*3", "*1/*1", "*1/*1"][i % 5];
        table += &format!("S{i:03}\tCYP2C9\t{diplotype}\nS{i:03}\tCYP2C19\t*1/*2\n");
        if i < 39 {
            groups += &format!("S{i:03}\t{}\n", if i < 15 { "north" } else { "south" });
        }
    }
    std::fs::write(place.path().join("d.tsv"), table).unwrap();
    std::fs::write(place.path().join("groups.tsv"), groups).unwrap();
    for args in [
        vec!["knowledge", "encode", "d.tsv", "-o", "all.vcf"],
        vec!["call", "all.vcf", "--formats", "tsv", "-q", "-o", "calls"],
    ] {
        let output = rxstrata(place.path(), &args);
        assert!(output.status.success(), "{}", said(&output));
    }
    place
}

#[test]
fn counts_are_those_of_the_calls_in_each_group() {
    let place = cohort();
    let output = rxstrata(place.path(), &["cohort", "calls", "--groups", "groups.tsv", "-o", "out"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("40 samples, 3 groups") && said(&output).contains("1 samples are in no group"));
    let mut alleles: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut phenotypes: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows(&place.path().join("calls/calls.tsv")).iter().filter(|r| r[1] == "CYP2C9") {
        let number: usize = row[0][1..].parse().unwrap();
        let group = if number < 15 { "north" } else { "south" };
        for name in ["all", group].into_iter().take(if number == 39 { 1 } else { 2 }) {
            for allele in row[2].split('/') {
                *alleles.entry((name.to_owned(), allele.to_owned())).or_default() += 1;
            }
            *phenotypes.entry((name.to_owned(), row[3].clone())).or_default() += 1;
        }
    }
    for (file, expected) in [("alleles.tsv", alleles), ("phenotypes.tsv", phenotypes)] {
        let found: BTreeMap<(String, String), usize> = rows(&place.path().join("out").join(file))
            .into_iter()
            .filter(|r| r[1] == "CYP2C9")
            .map(|r| ((r[0].clone(), r[2].clone()), r[3].parse().unwrap()))
            .collect();
        assert_eq!(found, expected, "{file}");
    }
    let all = rows(&place.path().join("out/alleles.tsv"));
    let star2 = all.iter().find(|r| r[..3] == ["all", "CYP2C9", "*2"]).unwrap();
    // 16 of 80: Wilson's interval is 0.1268 to 0.3005.
    assert_eq!(star2[3..6], ["16", "80", "0.200000"]);
    let bound = |i: usize| star2[i].parse::<f64>().unwrap();
    assert!((bound(6) - 0.1268).abs() < 5e-4 && (bound(7) - 0.3005).abs() < 5e-4, "{star2:?}");
    let page = std::fs::read_to_string(place.path().join("out/cohort.html")).unwrap();
    assert!(page.contains("CYP2C9") && page.contains("<svg") && !page.contains("http"), "self-contained");
}

#[test]
fn every_sample_counts_once_a_drug_by_its_gravest_action() {
    let place = cohort();
    assert!(rxstrata(place.path(), &["cohort", "calls", "-o", "out"]).status.success());
    let grave =
        |action: &str| ["avoid", "adjust", "monitor", "standard", "none"].iter().position(|a| *a == action).unwrap();
    let mut gravest: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows(&place.path().join("calls/guidance.tsv")) {
        let action = gravest.entry((row[1].clone(), row[0].clone())).or_insert(4);
        *action = grave(&row[7]).min(*action);
    }
    let mut expected: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for ((drug, _), action) in gravest {
        *expected.entry((drug, action)).or_default() += 1;
    }
    let found: BTreeMap<(String, usize), usize> = rows(&place.path().join("out/drugs.tsv"))
        .into_iter()
        .map(|r| ((r[1].clone(), grave(&r[2])), r[3].parse().unwrap()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn small_counts_are_withheld_everywhere() {
    let place = cohort();
    let output =
        rxstrata(place.path(), &["cohort", "calls", "--groups", "groups.tsv", "--min-cell", "10", "-o", "out"]);
    assert!(output.status.success());
    for file in ["alleles.tsv", "phenotypes.tsv", "drugs.tsv"] {
        for row in rows(&place.path().join("out").join(file)) {
            let count = row[3].parse::<usize>().ok();
            assert!(count.is_none_or(|c| c == 0 || c >= 10), "{file}: {row:?}");
            assert!(count.is_some() || (row[3] == "<10" && row[5].is_empty()), "{file}: {row:?}");
        }
    }
}

#[test]
fn bad_input_is_named() {
    let place = cohort();
    std::fs::write(place.path().join("twice.tsv"), "sample\tg\nS001\ta\nS001\tb\n").unwrap();
    for (args, words) in [
        (vec!["cohort", "absent", "-o", "out"], "cannot read absent/calls.tsv"),
        (vec!["cohort", "calls", "--groups", "twice.tsv", "-o", "out"], "line 3: sample S001 is there already"),
        (vec!["cohort", "calls", "--groups", "groups.tsv", "--column", "x", "-o", "out"], "no column 'x'"),
    ] {
        let output = rxstrata(place.path(), &args);
        assert_eq!(output.status.code(), Some(4), "{}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
    assert!(!place.path().join("out").exists());
}
