//! `rxstrata merge` by the binary: shards by sample and by gene, and shards that do not go together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn succeeds(place: &Path, args: &[&str]) -> String {
    let output = rxstrata(place, args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

/// `all.vcf` with 60 samples, whose names rise.
fn cohort() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let mut table = String::from("sample\tgene\tdiplotype\n");
    for i in 0..60 {
        let diplotype = ["*1/*1", "*1/*2", "*2/*3"][i % 3];
        table += &format!("S{i:03}\tCYP2C9\t{diplotype}\nS{i:03}\tCYP2C19\t*1/*2\n");
    }
    std::fs::write(place.path().join("d.tsv"), table).unwrap();
    succeeds(place.path(), &["knowledge", "encode", "d.tsv", "-o", "all.vcf"]);
    place
}

fn call(place: &Path, samples: std::ops::Range<usize>, to: &str, more: &[&str]) {
    let names: Vec<String> = samples.map(|i| format!("S{i:03}")).collect();
    let names = names.join(",");
    let mut args = vec!["call", "all.vcf", "--formats", "tsv,parquet", "--samples", &names, "-q", "-o", to];
    args.extend(more);
    succeeds(place, &args);
}

fn bytes(place: &Path, name: &str) -> Vec<u8> {
    std::fs::read(place.join(name)).unwrap()
}

#[test]
fn shards_by_sample_give_the_tables_of_the_whole_in_any_order() {
    let place = cohort();
    let place = place.path();
    call(place, 0..60, "whole", &[]);
    call(place, 0..25, "a", &[]);
    call(place, 25..40, "b", &[]);
    call(place, 40..60, "c", &[]);
    let text = succeeds(place, &["merge", "b", "c", "a", "-o", "m1"]);
    assert!(text.contains("3 shards by sample, 60 samples"), "{text}");
    succeeds(place, &["merge", "a", "b", "c", "-o", "m2"]);
    for name in ["calls.tsv", "guidance.tsv", "calls.parquet", "guidance.parquet", "failures.tsv"] {
        assert!(
            bytes(place, &format!("m1/{name}")) == bytes(place, &format!("whole/{name}")),
            "{name} is that of the whole"
        );
        assert!(bytes(place, &format!("m1/{name}")) == bytes(place, &format!("m2/{name}")), "{name} in another order");
    }
    assert_eq!(bytes(place, "m1/provenance.json"), bytes(place, "m2/provenance.json"));
    // What was merged may be merged again.
    succeeds(place, &["merge", "a", "b", "-o", "ab"]);
    succeeds(place, &["merge", "c", "ab", "-o", "m3"]);
    assert!(bytes(place, "m3/calls.parquet") == bytes(place, "whole/calls.parquet"));
}

#[test]
fn shards_by_gene_give_the_calls_of_the_whole_and_no_guidance() {
    let place = cohort();
    let place = place.path();
    call(place, 0..10, "whole", &["--genes", "CYP2C9,CYP2C19"]);
    call(place, 0..10, "a", &["--genes", "CYP2C9"]);
    call(place, 0..10, "b", &["--genes", "CYP2C19"]);
    let text = succeeds(place, &["merge", "a", "b", "-o", "m"]);
    assert!(text.contains("2 shards by gene") && text.contains("guidance is not merged"), "{text}");
    assert_eq!(
        String::from_utf8(bytes(place, "m/calls.tsv")).unwrap(),
        String::from_utf8(bytes(place, "whole/calls.tsv")).unwrap()
    );
    assert!(!place.join("m/guidance.tsv").exists());
}

#[test]
fn shards_that_do_not_go_together_are_refused_and_both_are_named() {
    let place = cohort();
    let place = place.path();
    call(place, 0..10, "a", &[]);
    call(place, 9..20, "twice", &[]);
    call(place, 10..20, "otherwise", &["--require-pass"]);
    call(place, 10..20, "older", &[]);
    let about = place.join("older/provenance.json");
    let text = std::fs::read_to_string(&about).unwrap();
    let version =
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["knowledge"]["version"].as_str().unwrap().to_owned();
    std::fs::write(&about, text.replace(&version, "2020.1.0")).unwrap();
    std::fs::create_dir(place.join("empty")).unwrap();
    for (other, status, words) in [
        ("twice", 4, vec!["sample S009 is in a and in twice"]),
        ("otherwise", 5, vec!["option require_pass", "a is \"false\"", "otherwise it is \"true\""]),
        ("older", 5, vec!["knowledge version", "\"2020.1.0\""]),
        ("empty", 4, vec!["empty: no shard"]),
        ("absent", 4, vec!["absent: no shard"]),
    ] {
        let output = rxstrata(place, &["merge", "a", other, "-o", "m"]);
        assert_eq!(output.status.code(), Some(status), "{other}: {}", said(&output));
        assert!(words.iter().all(|w| said(&output).contains(w)), "{other}: {}", said(&output));
    }
    assert!(!place.join("m").exists(), "nothing is written");
}
