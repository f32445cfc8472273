//! `rxstrata dose fit`, and its model in `rxstrata dose warfarin`, by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/dose.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|l| l.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), header.len(), "{cells:?}");
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

/// Patients made by a fixed recurrence: the dose falls with age and VKORC1 A, and with aspirin, which no published
/// equation knows; it rises with weight.
fn clinic(patients: usize) -> String {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let mut text =
        String::from("id\tage\theight_cm\tweight_kg\trace\tvkorc1\tcyp2c9\taspirin\tstable_since\tdose_mg_week\n");
    for i in 0..patients {
        let (age, weight) = (30.0 + (draw() * 55.0).floor(), 50.0 + (draw() * 50.0).floor());
        let alleles = (draw() * 3.0).floor();
        let aspirin = draw() < 0.5;
        let race = if i % 12 == 0 { "Black" } else { "White" };
        let root = 7.0 - 0.03 * age + 0.02 * weight - 0.9 * alleles - if aspirin { 1.0 } else { 0.0 } + draw() - 0.5;
        let vkorc1 = ["GG", "AG", "AA"][alleles as usize];
        let cell = if i % 9 == 0 {
            ""
        } else if aspirin {
            "yes"
        } else {
            "no"
        };
        let dose = root * root;
        let _ = writeln!(text, "P{i}\t{age}\t170\t{weight}\t{race}\t{vkorc1}\t*1/*1\t{cell}\t2020\t{dose:.2}");
    }
    text
}

fn fitted(more: &[&str]) -> (tempfile::TempDir, Output) {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("clinic.tsv"), clinic(240)).unwrap();
    let mut args = vec!["dose", "fit", "--table", "clinic.tsv", "--folds", "4", "-o", "fit"];
    args.extend(more);
    let output = rxstrata(place.path(), &args);
    (place, output)
}

#[test]
fn a_refit_is_judged_on_patients_held_out_beside_the_published_equation() {
    let (place, output) = fitted(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let performance = rows(&place.path().join("fit/performance.tsv"));
    let of = |group: &str, value: &str, model: &str| {
        let found = performance.iter().find(|r| r["group"] == group && r["value"] == value && r["model"] == model);
        found.unwrap_or_else(|| panic!("{group} {value} {model}")).clone()
    };
    let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    let (refit, iwpc) = (of("all", "", "refit"), of("all", "", "iwpc_pgx"));
    assert_eq!(refit["patients"], "240");
    assert!(number(&refit, "mae") < 0.6 * number(&iwpc, "mae"), "{refit:?} {iwpc:?}");
    assert!(number(&iwpc, "high") < 0.0, "the gain is not chance: {iwpc:?}");
    assert!(number(&refit, "mae_low") < number(&refit, "mae") && number(&refit, "mae") < number(&refit, "mae_high"));
    // 20 of 240: the group is there, and said to be too small
    assert!(of("race", "Black", "refit")["note"].contains("20 patients: too few to judge"));
    assert!(performance.iter().any(|r| r["group"] == "dose" && r["model"] == "fixed_35"));
    let fifths = rows(&place.path().join("fit/calibration.tsv"));
    let means: Vec<f64> = fifths.iter().map(|r| number(r, "mean_predicted")).collect();
    assert!(means.len() == 5 && means.is_sorted());
    assert_eq!(rows(&place.path().join("fit/held-out.tsv")).len(), 240);
    assert!(said(&output).contains("column stable_since is not learnt from"), "{}", said(&output));
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_any_number_of_threads() {
    let (one, _) = fitted(&["--threads", "1", "--quiet"]);
    let (two, output) = fitted(&["--threads", "2", "--quiet"]);
    assert_eq!(said(&output), "");
    for file in ["model.json", "performance.tsv", "calibration.tsv", "held-out.tsv"] {
        let read = |place: &tempfile::TempDir| std::fs::read(place.path().join("fit").join(file)).unwrap();
        assert_eq!(read(&one), read(&two), "{file}");
    }
}

#[test]
fn its_model_doses_one_patient_with_reasons_that_add_up_and_a_table() {
    let (place, _) = fitted(&[]);
    let asked = |more: &[&str]| {
        let mut args = vec!["dose", "warfarin", "--model", "fit/model.json", "--target-inr", "2.5", "-o", "out"];
        args.extend(more);
        let output = rxstrata(place.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let json: serde_json::Value = support::dose_json(&std::fs::read(place.path().join("out/dose.json")).unwrap());
        (said(&output), json["refit"].clone())
    };
    let patient = ["--age", "60", "--weight", "80", "--vkorc1", "AG", "--cyp2c9", "*1/*1"];
    let (text, refit) = asked(&patient);
    let weekly = refit["weekly"].as_f64().unwrap();
    let reasons: f64 = refit["reasons"].as_array().unwrap().iter().map(|r| r["weekly"].as_f64().unwrap()).sum();
    assert!((refit["base"].as_f64().unwrap() + reasons - weekly).abs() < 1e-9, "{refit}");
    assert!(refit["interval"][0].as_f64().unwrap() < weekly && weekly < refit["interval"][1].as_f64().unwrap());
    assert!(text.contains("Your own model") && text.contains("learnt from 240 patients"), "{text}");
    assert!(refit["missing"].as_array().unwrap().iter().any(|m| m == "aspirin"), "{refit}");
    assert!(std::fs::read_to_string(place.path().join("out/dose.html")).unwrap().contains("Your own model"));
    // a column that only the model knows, by a record; another word than those learnt is said
    let record = r#"{"age": 60, "weight": 80, "vkorc1": "AG", "cyp2c9": "*1/*1", "aspirin": true, "race": "Asian"}"#;
    std::fs::write(place.path().join("p.json"), record).unwrap();
    let (_, with_aspirin) = asked(&["--record", "p.json"]);
    assert!(with_aspirin["weekly"].as_f64().unwrap() < weekly - 2.0, "{with_aspirin} {weekly}");
    assert_eq!(with_aspirin["strange"], serde_json::json!([["race", "Asian"]]));
    let output = rxstrata(
        place.path(),
        &["dose", "warfarin", "--model", "fit/model.json", "--table", "clinic.tsv", "-o", "many"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let doses = rows(&place.path().join("many/doses.tsv"));
    assert!(doses.iter().all(|r| r["refit_weekly"].parse::<f64>().is_ok_and(|mg| mg > 0.0)));
}

#[test]
fn what_cannot_be_learnt_from_is_refused_with_the_suspicion() {
    let place = tempfile::tempdir().unwrap();
    let table = clinic(120);
    let daily: String = table
        .lines()
        .map(|line| match line.rsplit_once('\t').and_then(|(rest, d)| Some((rest, d.parse::<f64>().ok()?))) {
            Some((rest, dose)) => format!("{rest}\t{:.2}\n", dose / 7.0),
            None => format!("{line}\n"),
        })
        .collect();
    let few: String = table.lines().take(60).map(|l| format!("{l}\n")).collect();
    for (text, more, status, why) in [
        (daily.as_str(), vec![], 4, "are these mg a day? mg/week is asked"),
        (few.as_str(), vec![], 4, "59 patients with a dose; at least 100"),
        (table.as_str(), vec!["--target", "mg"], 4, "no column mg; there are id, age"),
        (table.as_str(), vec!["--only", "race"], 4, "write COLUMN=VALUE"),
        (table.as_str(), vec!["--folds", "1"], 2, "1 is not in 3..=20"),
    ] {
        std::fs::write(place.path().join("clinic.tsv"), text).unwrap();
        let mut args = vec!["dose", "fit", "--table", "clinic.tsv", "-o", "fit"];
        args.extend(more);
        let output = rxstrata(place.path(), &args);
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
        assert!(said(&output).contains(why), "{}", said(&output));
        assert!(!place.path().join("fit/model.json").exists());
    }
    for (text, why) in [("{}", "not the model.json"), ("no", "not the model.json")] {
        std::fs::write(place.path().join("m.json"), text).unwrap();
        let output = rxstrata(place.path(), &["dose", "warfarin", "--model", "m.json", "--age", "50"]);
        assert_eq!(output.status.code(), Some(4));
        assert!(said(&output).contains(why), "{}", said(&output));
    }
}
