//! `rxstrata dose`, by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/dose.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
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

/// A folder with one table in it.
fn with_table(text: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("patients.tsv"), text).unwrap();
    place
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn shared(relative: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|f| f.join("shared").join(relative)).find(|p| p.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: shared/{relative} is not here");
    }
    found
}

#[test]
fn a_table_gives_every_model_that_its_columns_allow() {
    let place = with_table(
        "id\tage\theight_cm\tweight_kg\trace\tvkorc1\tcyp2c9\tnote\n\
         A\t62\t165\t72\tWhite\tAG\t*1/*3\tany\n\
         B\t62\t165\t72\tWhite\tunknown\t\t\n",
    );
    let output = rxstrata(place.path(), &["dose", "warfarin", "--table", "patients.tsv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let rows = rows(&place.path().join("out/doses.tsv"));
    let [a, b] = rows.as_slice() else { panic!("{rows:?}") };
    // 5.6044 - 6 × 0.2614 + 165 × 0.0087 + 72 × 0.0128 - 0.8677 - 0.9357 = 4.5897; its square is 21.07
    assert!(a["iwpc_pgx_weekly"].starts_with("21.06"), "{}", a["iwpc_pgx_weekly"]);
    assert_eq!((a["fda_low_daily"].as_str(), a["fda_high_daily"].as_str()), ("3", "4"));
    assert_eq!((a["cpic_route"].as_str(), a["cpic_low"].as_str()), ("pharmacogenetic", "1"));
    // Gage asks for facts that are not there
    assert_eq!(a["gage_pgx_daily"], "");
    assert!(a["notes"].contains("gage_pgx: missing target INR, amiodarone, smoker, dvt_pe"), "{}", a["notes"]);
    // only IWPC has a term for unknown genotypes
    assert!(!b["iwpc_pgx_weekly"].is_empty() && b["eupact_weekly"].is_empty() && b["fda_low_daily"].is_empty());
    assert!(b["notes"].contains("iwpc_pgx: VKORC1 is not known"), "{}", b["notes"]);
    assert_eq!(b["cpic_route"], "clinical");
}

#[test]
fn a_row_that_cannot_be_does_not_lose_the_others() {
    let place = with_table(
        "id\tage\theight_cm\tweight_kg\trace\tcyp2c9\trs1799853\n\
         INCH\t62\t70\t72\tWhite\t\t\n\
         AGE\t430\t170\t72\tWhite\t\t\n\
         GENE\t62\t170\t72\tWhite\t*1/*1\tC/T\n\
         CHILD\t12\t150\t45\tWhite\t\t\n\
         FINE\t62\t170\t72\tWhite\t\t\n",
    );
    let output = rxstrata(place.path(), &["dose", "warfarin", "--table", "patients.tsv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let doses = rows(&place.path().join("out/doses.tsv"));
    let failures = rows(&place.path().join("out/failures.tsv"));
    let failed: Vec<&str> = failures.iter().map(|r| r["id"].as_str()).collect();
    assert_eq!(failed, ["INCH", "AGE", "GENE", "CHILD"]);
    for (failure, said) in failures.iter().zip(["is it in inches", "age 430", "which one holds", "under 18 years"]) {
        assert!(failure["reason"].contains(said), "{}", failure["reason"]);
    }
    for row in &doses {
        assert_eq!(row["iwpc_clinical_weekly"].is_empty(), row["id"] != "FINE", "{row:?}");
    }
    assert!(doses[0]["notes"].contains("patients.tsv, line 2, patient INCH: height_cm: height 70"), "{:?}", doses[0]);
}

#[test]
fn a_table_that_says_nothing_or_the_same_twice_is_refused_whole() {
    for (text, said) in [
        ("id\tcolour\nA\tred\n", "no column that a dose could be computed from"),
        ("id\theight\theight_cm\nA\t170\t171\n", "two columns are read as height_cm"),
        ("id\tage\nA\t50\nA\t51\n", "patient A is there twice"),
        ("", "the file is empty"),
    ] {
        let place = with_table(text);
        let output = rxstrata(place.path(), &["dose", "warfarin", "--table", "patients.tsv", "-o", "out"]);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert!(!place.path().join("out/doses.tsv").exists());
    }
}

#[test]
fn ancestry_that_is_not_stated_leaves_open_what_the_branches_disagree_on() {
    let place = with_table(
        "id\tvkorc1\tcyp2c9\tafrican_ancestry\nOPEN\tAG\t*1/*1\t\nYES\tAG\t*1/*1\t1\nNO\tAG\t*1/*1\t0\nNONE\t\t\t\n",
    );
    let output = rxstrata(place.path(), &["dose", "warfarin", "--table", "patients.tsv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let rows = rows(&place.path().join("out/doses.tsv"));
    let routes: Vec<&str> = rows.iter().map(|r| r["cpic_route"].as_str()).collect();
    assert_eq!(routes, ["", "clinical", "pharmacogenetic", "clinical"]);
    assert!(rows[0]["cpic_reasons"].contains("if African ancestry: CYP2C9 *5, *6, *8, *11 were not tested"));
}

#[test]
fn time_in_range_takes_other_ranges_and_gaps_and_names_bad_histories() {
    let place = with_table(
        "id\tdays\tinr\nA\t0,8\t1.5,3.5\nB\t0,60\t2.5,2.5\nC\t7,3\t2.0,2.0\nD\t0,7\t2.0,45\nE\t0,7\t2.0\nF\t0,0\t2.0,2.1\n",
    );
    let output = rxstrata(place.path(), &["dose", "ttr", "--table", "patients.tsv", "-o", "ttr.tsv"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let found = rows(&place.path().join("ttr.tsv"));
    let percents: Vec<&str> = found.iter().map(|r| r["percent_in"].as_str()).collect();
    assert_eq!(percents, ["50", "", "", "", "", ""]);
    assert_eq!(found[1]["days_left_out"], "60");
    for said in ["out of order", "the INR of day 7 is 45", "2 days, but 1 INRs", "has two INRs"] {
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
    }
    let args =
        ["dose", "ttr", "--table", "patients.tsv", "-o", "ttr.tsv", "--range", "2.5-3.5", "--longest-gap", "none"];
    assert_eq!(rxstrata(place.path(), &args).status.code(), Some(3));
    let found = rows(&place.path().join("ttr.tsv"));
    assert_eq!((found[0]["percent_in"].as_str(), found[1]["percent_in"].as_str()), ("50", "100"));
    let output = rxstrata(place.path(), &["dose", "ttr", "--table", "patients.tsv", "-o", "x", "--range", "3-2"]);
    assert_eq!(output.status.code(), Some(2));
}

/// Compares the binary's answer with a published vector, cell by cell.
fn compare(file: &str, id_of: impl Fn(usize, &BTreeMap<String, String>) -> String, prefix: &str, inputs: &[&str]) {
    let Some(path) = shared(&format!("conformance/warfarin/{file}")) else { return };
    let vectors = rows(&path);
    assert!(!vectors.is_empty());
    let mut table = format!("id\t{}\n", inputs.join("\t"));
    for (i, row) in vectors.iter().enumerate() {
        let cells: Vec<&str> = inputs.iter().map(|c| row[*c].as_str()).collect();
        table += &format!("{}\t{}\n", id_of(i, row), cells.join("\t"));
    }
    let place = with_table(&table);
    let output = rxstrata(place.path(), &["dose", "warfarin", "--table", "patients.tsv", "-o", "out", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let answers = rows(&place.path().join("out/doses.tsv"));
    for (i, (vector, answer)) in vectors.iter().zip(&answers).enumerate() {
        assert_eq!(answer["id"], id_of(i, vector));
        let outputs = vector.iter().filter(|(c, _)| c.as_str() != "id" && !inputs.contains(&c.as_str()));
        for (column, expected) in outputs.filter(|(c, _)| *c != "reasons") {
            let got = &answer[&format!("{prefix}{column}")];
            match (expected.parse::<f64>(), got.parse::<f64>()) {
                (Ok(want), Ok(have)) => {
                    assert!(
                        (have - want).abs() <= 1e-6 * want.abs(),
                        "{} {column}: {have}, expected {want}",
                        answer["id"]
                    );
                }
                _ => assert_eq!(got, expected, "{} {column}", answer["id"]),
            }
        }
    }
}

#[test]
fn doses_agree_with_an_independent_program_to_one_in_a_million() {
    let inputs = [
        "age",
        "sex",
        "height_cm",
        "weight_kg",
        "race",
        "vkorc1",
        "cyp2c9",
        "enzyme_inducer",
        "amiodarone",
        "smoker",
        "dvt_pe",
        "stroke",
        "diabetes",
        "fluvastatin",
        "target_inr",
        "inr",
        "dose_2",
        "dose_3",
        "dose_4",
    ];
    compare("vectors.tsv", |_, row| row["id"].clone(), "", &inputs);
}

#[test]
fn the_flow_agrees_with_an_independent_program() {
    let inputs = ["african_ancestry", "vkorc1", "cyp2c9", "african_alleles_tested", "rs12777823", "cyp4f2_star3_count"];
    compare("cpic.tsv", |i, _| format!("C{i}"), "cpic_", &inputs);
}

/// A woman of 62 with *1/*3 and AG, by options.
const WOMAN: [&str; 20] = [
    "--age",
    "62",
    "--sex",
    "female",
    "--height",
    "165",
    "--weight",
    "72",
    "--race",
    "White",
    "--vkorc1",
    "AG",
    "--cyp2c9",
    "*1/*3",
    "--medication",
    "none",
    "--target-range",
    "2.0-3.0",
    "--baseline-inr",
    "1.0",
];

/// Text on the terminal, exit status, and `dose.json` where there is one.
fn asked(place: &Path, more: &[&str]) -> (String, Option<i32>, serde_json::Value) {
    let _ = std::fs::remove_dir_all(place.join("out"));
    let mut args = vec!["dose", "warfarin", "-o", "out"];
    args.extend(more);
    let output = rxstrata(place, &args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    let json =
        std::fs::read(place.join("out/dose.json")).map_or(serde_json::Value::Null, |bytes| support::dose_json(&bytes));
    (text, output.status.code(), json)
}

fn with(more: &[&'static str]) -> Vec<&'static str> {
    let mut args = WOMAN.to_vec();
    for pair in more.chunks(2) {
        match args.iter().position(|a| *a == pair[0]) {
            Some(at) => args[at + 1] = pair[1],
            None => args.extend(pair),
        }
    }
    args
}

fn estimate<'a>(json: &'a serde_json::Value, model: &str) -> &'a serde_json::Value {
    json["estimates"].as_array().unwrap().iter().find(|e| e["model"] == model).unwrap()
}

#[test]
fn one_patient_is_answered_in_text_json_table_and_page() {
    let place = tempfile::tempdir().unwrap();
    let (text, status, json) = asked(place.path(), &with(&[]));
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("IWPC, pharmacogenetic     21.1 mg/week (3.0 mg/day)"), "{text}");
    assert!(text.contains("no African ancestry: 3.0 mg"), "{text}");
    let iwpc = estimate(&json, "iwpc_pgx");
    let weekly = iwpc["dose"]["weekly"].as_f64().unwrap();
    let terms = iwpc["terms"].as_array().unwrap();
    let sum: f64 = terms.iter().map(|t| t["weekly"].as_f64().unwrap()).sum();
    assert!((sum - weekly).abs() < 1e-9 && (weekly - 21.0654).abs() < 1e-3, "{weekly} {sum}");
    assert!(iwpc["interval"]["source"].as_str().unwrap().contains("19228618"));
    assert_eq!(
        (&json["record"]["flags"]["amiodarone"], &json["record"]["flags"]["smoker"]),
        (&false.into(), &serde_json::Value::Null)
    );
    let gage = estimate(&json, "gage_pgx");
    assert_eq!(gage["missing"], serde_json::json!(["smoker", "dvt_pe"]));
    assert!(gage["dose"].is_null() && gage["depending_on_missing"].is_array());
    let page = std::fs::read_to_string(place.path().join("out/dose.html")).unwrap();
    for said in
        ["<svg", "CPIC 2017: which way, and why", "What this input could not show", "PMID 19228618", "VKORC1 A/G"]
    {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("http://") && !page.contains("<script"), "the page needs no network");
    assert_eq!(rows(&place.path().join("out/doses.tsv")).len(), 1);
}

#[test]
fn the_same_patient_as_json_and_as_a_row_gives_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let record = r#"{"age": 62, "sex": "female", "height": 165, "weight_kg": 72, "race": "White", "vkorc1": "AG",
        "cyp2c9": "*1/*3", "medication": ["none"], "target_range": "2.0-3.0", "baseline_inr": "1.0", "smoker": null}"#;
    std::fs::write(place.path().join("p.json"), record).unwrap();
    let table = "id\tage\tsex\theight\tweight\trace\tvkorc1\tcyp2c9\tmedication\ttarget_range\tbaseline_inr\n\
                 patient\t62\tfemale\t165\t72\tWhite\tAG\t*1/*3\tnone\t2.0-3.0\t1.0\n";
    std::fs::write(place.path().join("p.tsv"), table).unwrap();
    let read = || std::fs::read_to_string(place.path().join("out/dose.json")).unwrap();
    asked(place.path(), &with(&[]));
    let by_options = read();
    asked(place.path(), &["--record", "p.json"]);
    assert_eq!(read(), by_options);
    asked(place.path(), &["--table", "p.tsv", "--patient", "patient"]);
    assert_eq!(read(), by_options);
    let (text, status, _) = asked(place.path(), &["--record", "p.json", "--age", "63"]);
    assert_eq!(status, Some(4));
    assert!(text.contains("age is '62' by p.json, age and '63' by --age: which one holds?"), "{text}");
    std::fs::write(place.path().join("p.json"), r#"{"heigth": 165}"#).unwrap();
    let (text, status, _) = asked(place.path(), &["--record", "p.json"]);
    assert!(status == Some(4) && text.contains("heigth: no fact that is read here"), "{text}");
}

#[test]
fn without_ancestry_both_branches_are_on_every_output() {
    let place = tempfile::tempdir().unwrap();
    let (text, _, json) = asked(place.path(), &with(&["--race", "unknown"]));
    let branches: Vec<_> = json["cpic"].as_array().unwrap().iter().map(|b| &b["outcome"]["route"]).collect();
    assert_eq!(branches, ["pharmacogenetic", "clinical"]);
    assert!(text.contains("if African ancestry: clinical route"), "{text}");
    let page = std::fs::read_to_string(place.path().join("out/dose.html")).unwrap();
    assert!(page.contains("If African ancestry: clinical") && page.contains("If no African ancestry: pharmacogenetic"));
    let untested = json["untested"].to_string();
    assert!(untested.contains("*8") && untested.contains("AFR"), "{untested}");
}

#[test]
fn who_must_not_be_dosed_by_a_program_is_refused_with_the_reason() {
    let place = tempfile::tempdir().unwrap();
    for (more, reason) in [
        (vec!["--age", "17"], "under 18 years"),
        (vec!["--pregnant", "yes"], "warfarin harms the embryo"),
        (vec!["--baseline-inr", "1.5"], "INR of 1.5 or more before the first dose"),
        (vec!["--bleeding", "yes"], "bleeding: no dose"),
        (vec!["--mechanical-valve", "yes", "--target-range", "unknown", "--target-inr", "2.5"], "depends on the valve"),
    ] {
        let (text, status, json) = asked(place.path(), &with(&more));
        assert_eq!(status, Some(4), "{text}");
        assert!(text.contains(reason) && !text.contains("mg/week"), "{text}");
        assert_eq!(json["estimates"], serde_json::json!([]));
        assert_eq!(json["start"], serde_json::json!([]));
    }
    let (text, status, json) = asked(place.path(), &with(&["--target-range", "unknown"]));
    assert_eq!((status, &json["start"]), (Some(0), &serde_json::json!([])));
    assert!(text.contains("No first dose is suggested\n  no therapeutic range is known"), "{text}");
}

#[test]
fn the_rails_limit_what_is_suggested_and_the_computed_dose_stays_in_sight() {
    let place = tempfile::tempdir().unwrap();
    let high = with(&["--age", "76", "--weight", "110", "--height", "190", "--vkorc1", "GG", "--cyp2c9", "*1/*1"]);
    let (text, _, json) = asked(place.path(), &high);
    let start = &json["start"][0];
    assert_eq!(start["high"], 5.0);
    assert!(start["computed_high"].as_f64().unwrap() > 5.0);
    assert!(text.contains("first dose limited to 5 mg: 75 years or older"), "{text}");
    let load = &json["loading"];
    assert_eq!(load["limited"], serde_json::json!([5.0, 5.0, 5.0]));
    assert!(load["computed"][0].as_f64().unwrap() > 7.0);
}

#[test]
fn a_poor_metabolizer_whom_the_equations_do_not_know_is_warned_about_and_starts_low() {
    let place = tempfile::tempdir().unwrap();
    let (text, _, json) = asked(place.path(), &with(&["--cyp2c9", "*3/*6", "--vkorc1", "GG", "--height", "190"]));
    assert!(text.contains("CYP2C9 *3/*6 is a poor metabolizer"), "{text}");
    assert!(json["loading"].is_null(), "no rate of elimination is published for it");
    let (_, _, json) =
        asked(place.path(), &with(&["--cyp2c9", "*3/*6", "--vkorc1", "GG", "--age", "20", "--weight", "140"]));
    assert_eq!(json["start"][0]["high"], 5.0);
}

#[test]
fn what_cannot_be_is_an_error_that_names_the_suspicion() {
    let place = tempfile::tempdir().unwrap();
    for (more, said) in [
        (vec!["--height", "65"], "--height: height 65 is no adult's height in centimetres; is it in inches"),
        (vec!["--age", "430"], "age 430"),
        (vec!["--baseline-inr", "45"], "INR 45 is outside"),
        (vec!["--inr", "0"], "INR 0 is outside"),
        (vec!["--dose-2", "35"], "is it the dose of a week?"),
        (vec!["--cyp2c9", "*1/*1", "--rs1799853", "C/T"], "which one holds?"),
        (vec!["--vkorc1", "GT"], "no genotype of VKORC1 -1639"),
        (vec!["--target-range", "3-2"], "no range of INR"),
    ] {
        let (text, status, json) = asked(place.path(), &with(&more));
        assert_eq!(status, Some(4), "{text}");
        assert!(text.contains(said), "{text}");
        assert!(json.is_null(), "nothing is written");
    }
    let (text, status, _) = asked(place.path(), &with(&["--weight", "190"]));
    assert!(status == Some(0) && text.contains("is the weight in pounds? That would be 86 kg"), "{text}");
}

#[test]
fn genotypes_of_calls_are_used_and_must_not_contradict_what_is_stated() {
    let place = tempfile::tempdir().unwrap();
    let diplotypes = "sample\tgene\tdiplotype\nS1\tCYP2C9\t*1/*3\n\
        S1\tVKORC1\trs9923231 reference (C)/rs9923231 variant (T)\nS1\tCYP4F2\t*1/*4\n";
    std::fs::write(place.path().join("d.tsv"), diplotypes).unwrap();
    for args in [
        vec!["knowledge", "encode", "d.tsv", "-o", "s.vcf"],
        vec!["call", "s.vcf", "-o", "called", "--quiet", "--formats", "json,tsv"],
    ] {
        let output = rxstrata(place.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let body = ["--age", "62", "--height", "165", "--weight", "72", "--race", "White", "--target-inr", "2.5"];
    for calls in ["called/calls.json", "called/calls.tsv"] {
        let mut args = vec!["--calls", calls];
        args.extend(body);
        let (text, status, json) = asked(place.path(), &args);
        assert_eq!(status, Some(0), "{text}");
        assert_eq!(json["id"], "patient");
        let genotypes = &json["record"]["genotypes"];
        assert_eq!((&genotypes["vkorc1"], &genotypes["cyp4f2"]), (&serde_json::json!(1), &serde_json::json!(1)));
        assert_eq!(genotypes["cyp2c9"]["star3"], 1);
        assert_eq!(genotypes["further_tested"], true);
        args.extend(["--cyp2c9", "*1/*1"]);
        let (text, status, _) = asked(place.path(), &args);
        assert_eq!(status, Some(4));
        assert!(text.contains("CYP2C9 is stated as *1/*1, but called as *1/*3"), "{text}");
    }
    let (text, status, _) = asked(place.path(), &["--calls", "called/calls.json", "--sample", "S2"]);
    assert!(status == Some(4) && text.contains("no sample S2; there are S1"), "{text}");
}

#[test]
fn a_history_is_revised_by_lenzini_on_day_4_or_5_and_by_nomograms() {
    let place = tempfile::tempdir().unwrap();
    let history = "day\tinr\tdose_mg\n0\t1.0\t5\n1\t\t5\n2\t\t2.5\n3\t1.9\t\n";
    std::fs::write(place.path().join("h.tsv"), history).unwrap();
    let facts = with(&["--inr-history", "h.tsv", "--stroke", "no", "--diabetes", "no"]);
    let (text, status, json) = asked(place.path(), &facts);
    assert_eq!(status, Some(0), "{text}");
    let response = &json["record"]["response"];
    // day 4: two days before is day 2, three is day 1, four is before the first dose
    assert_eq!(
        (&response["inr"], &response["dose_2"], &response["dose_3"], &response["dose_4"]),
        (&serde_json::json!(1.9), &serde_json::json!(5.0), &serde_json::json!(5.0), &serde_json::json!(0.0))
    );
    let area = (165.0_f64 * 72.0 / 3600.0).sqrt();
    let expected = (3.10894 - 0.00767 * 62.0 - 0.51611 * 1.9_f64.ln() - 0.23032 - 0.30770
        + 0.24597 * area
        + 0.26729 * 2.5
        + (0.01690 + 0.02018) * 5.0)
        .exp();
    let got = estimate(&json, "lenzini_pgx")["dose"]["weekly"].as_f64().unwrap();
    assert!((got / expected - 1.0).abs() < 1e-9, "{got}, expected {expected}");
    assert_eq!(json["start"], serde_json::json!([]), "the first dose is past");
    let aurora = &json["revision"]["nomograms"][0];
    assert_eq!((aurora["nomogram"].as_str(), aurora["change"].as_f64()), (Some("aurora"), Some(0.075)));
    assert_eq!(aurora["within_rails"]["next_visit"], 3.0);
    assert!(std::fs::read_to_string(place.path().join("out/dose.html")).unwrap().contains("After these INRs"));

    let later = "day\tinr\tweekly_mg\n0\t1.0\t35\n7\t2.2\t35\n14\t2.6\t\n21\t4.6\t\n";
    std::fs::write(place.path().join("h.tsv"), later).unwrap();
    let (text, _, json) = asked(place.path(), &facts);
    assert!(text.contains("Lenzini: made for day 4 or 5 of therapy; the last INR is of day 22"), "{text}");
    assert!(text.contains("INR above 4: hold one dose, test again within 3 days"), "{text}");
    assert!(json["revision"]["percent"][0].as_f64().unwrap() > 30.0);
    std::fs::write(place.path().join("h.tsv"), later.replace("4.6", "10.5")).unwrap();
    let (text, ..) = asked(place.path(), &facts);
    assert!(text.contains("within the rails: no dose from a program"), "{text}");
}

#[test]
fn an_empty_history_and_a_patient_of_whom_nothing_is_stated_are_named() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("h.tsv"), "day\tinr\tdose_mg\n0\t\t5\n").unwrap();
    let (text, status, json) = asked(place.path(), &with(&["--inr-history", "h.tsv"]));
    assert_eq!((status, &json["revision"]), (Some(0), &serde_json::Value::Null));
    assert!(text.contains("no revision: the history has no INR"), "{text}");
    let (text, status, _) = asked(place.path(), &[]);
    assert!(status == Some(2) && text.contains("nothing is stated about the patient"), "{text}");
}

#[test]
fn a_history_that_cannot_be_is_refused_by_its_line() {
    let place = tempfile::tempdir().unwrap();
    for (rows, said) in [
        ("0\t1.0\t5\n4\t1.2\t5\n2\t1.1\t5\n", "h.tsv, line 4: day 2 stands after day 4"),
        ("0\t1.0\t5\n0\t\t2.5\n", "h.tsv, line 3: two doses on day 0"),
        ("0\t1.0\t5\n3\t45\t5\n", "the INR of day 3 is 45"),
        ("0\t1.0\t40\n", "is it the dose of a week?"),
    ] {
        std::fs::write(place.path().join("h.tsv"), format!("day\tinr\tdose_mg\n{rows}")).unwrap();
        let (text, status, json) = asked(place.path(), &with(&["--inr-history", "h.tsv"]));
        assert_eq!(status, Some(4), "{text}");
        assert!(text.contains(said) && json.is_null(), "{text}");
    }
}

#[test]
fn the_schema_of_an_answer_refuses_what_it_does_not_know() {
    let place = with_table("");
    let (_, _, mut found) = asked(place.path(), &WOMAN);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/dose.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    assert!(validator.is_valid(&found));
    found["estimates"][0]["dose"] = serde_json::json!({ "weekly": 30.0, "daily": 5.0 });
    assert!(!validator.is_valid(&found), "a dose is said in one unit");
}
