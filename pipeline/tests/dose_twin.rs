//! `rxstrata dose simulate`, `fit-twin`, `trial` and `train-policy`, by the binary.
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
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
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

fn close(found: &str, wanted: &str, absolute: f64, relative: f64) -> bool {
    let (found, wanted): (f64, f64) = (found.parse().unwrap(), wanted.parse().unwrap());
    (found - wanted).abs() <= absolute.max(relative * wanted.abs())
}

/// Doses of the schemes of the reference courses, day 0 to 28.
fn scheme(name: &str) -> Vec<f64> {
    let day = |day: usize| match name {
        "5mg" => 5.0,
        "load_10_10_5" => [10.0, 10.0].get(day).copied().unwrap_or(5.0),
        "alternate_2.5_5" => [2.5, 5.0][day % 2],
        "hold_days_10_11" => [7.5, 0.0][usize::from(day == 10 || day == 11)],
        other => panic!("{other}"),
    };
    (0..29).map(day).collect()
}

fn list(doses: &[f64]) -> String {
    doses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[test]
fn courses_agree_with_an_independent_solver() {
    let (Some(patients), Some(courses)) =
        (shared("conformance/warfarin/ode_patients.tsv"), shared("conformance/warfarin/ode_courses.tsv"))
    else {
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let mut table = String::from("id\tcyp2c9\tvkorc1\tage\tbaseline_inr\tdoses_mg\n");
    for p in rows(&patients) {
        let facts = ["id", "cyp2c9", "vkorc1", "age", "baseline_inr"].map(|c| p[c].as_str()).join("\t");
        table += &format!("{facts}\t{}\n", list(&scheme(&p["scheme"])));
    }
    std::fs::write(place.path().join("patients.tsv"), table).unwrap();
    let expected = rows(&courses);
    for model in ["hamberg2010", "kpd2010", "hamberg2007"] {
        let output =
            rxstrata(place.path(), &["dose", "simulate", "--model", model, "--table", "patients.tsv", "-o", "out.tsv"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let found: BTreeMap<(String, String), _> = rows(&place.path().join("out.tsv"))
            .into_iter()
            .map(|r| ((r["id"].clone(), r["hour"].clone()), r))
            .collect();
        let mut compared = 0;
        for want in expected.iter().filter(|r| r["model"] == model) {
            let have = &found[&(want["id"].clone(), want["hour"].clone())];
            assert!(close(&have["drug"], &want["drug"], 1e-9, 1e-6), "{model} {want:?} {have:?}");
            assert!(close(&have["inr"], &want["inr"], 1e-5, 0.0), "{model} {want:?} {have:?}");
            compared += 1;
        }
        assert!(compared > 100, "{model}: {compared}");
    }
}

#[test]
fn twins_agree_with_an_independent_optimiser() {
    let Some(path) = shared("conformance/warfarin/map.tsv") else { return };
    let place = tempfile::tempdir().unwrap();
    let mut table = String::from("id\tcyp2c9\tvkorc1\tage\tbaseline_inr\tdoses_mg\tdays\tinr\n");
    for p in rows(&path) {
        let facts = ["id", "cyp2c9", "vkorc1", "age", "baseline_inr"].map(|c| p[c].as_str()).join("\t");
        let doses = list(&[p["daily_mg"].parse().unwrap(); 43]);
        table += &format!("{facts}\t{doses}\t{}\t{}\n", p["days"], p["inr"]);
    }
    std::fs::write(place.path().join("patients.tsv"), table).unwrap();
    let command = "dose fit-twin --model hamberg2010 --sd-cl 0.30 --sd-ec50 0.34 --sd-log-inr 0.20 --forecast-day 42 \
                   --table patients.tsv -o out.tsv";
    let output = rxstrata(place.path(), &command.split_whitespace().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (have, want) in rows(&place.path().join("out.tsv")).iter().zip(rows(&path)) {
        assert!(close(&have["eta_cl"], &want["eta_cl"], 1e-4, 0.0), "{have:?}");
        assert!(close(&have["eta_ec50"], &want["eta_ec50"], 1e-4, 0.0), "{have:?}");
        assert!(close(&have["objective"], &want["objective"], 1e-6, 0.0), "{have:?}");
        assert!(close(&have["inr_day42"], &want["inr_day42"], 1e-3, 0.0), "{have:?}");
    }
}

#[test]
fn a_row_that_cannot_be_simulated_is_named_and_its_cells_are_empty() {
    let place = tempfile::tempdir().unwrap();
    let table = "id\tcyp2c9\tvkorc1\tage\tbaseline_inr\tdoses_mg\n\
                 good\t*1/*1\tAG\t60\t1.0\t5,5\n\
                 allele\t*1/*8\tAG\t60\t1.0\t5,5\n\
                 child\t*1/*1\tAG\t9\t1.0\t5,5\n\
                 unit\t*1/*1\tAG\t60\t1.0\t5,500\n\
                 gene\t*1/*1\tunknown\t60\t1.0\t5,5\n";
    std::fs::write(place.path().join("p.tsv"), table).unwrap();
    let output = rxstrata(place.path(), &["dose", "simulate", "--model", "kpd2010", "--table", "p.tsv", "-o", "o.tsv"]);
    assert_eq!(output.status.code(), Some(3));
    let said = stderr(&output);
    for words in [
        "patient allele: the model has no parameter for CYP2C9 *8",
        "patient child: age 9 is outside 18 to 110",
        "patient unit: day 1: a dose of 500 mg is outside 0 to 100; is the unit mg a day?",
        "patient gene: VKORC1 is not stated",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let rows = rows(&place.path().join("o.tsv"));
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|r| r["inr"].is_empty() != (r["id"] == "good")), "{rows:?}");
}

#[test]
fn histories_that_cannot_be_are_named_by_the_fit() {
    let place = tempfile::tempdir().unwrap();
    let table = "id\tcyp2c9\tvkorc1\tage\tbaseline_inr\tdoses_mg\tdays\tinr\n\
                 order\t*1/*1\tAG\t60\t1.0\t5,5,5,5,5\t4,2\t1.5,1.8\n\
                 high\t*1/*1\tAG\t60\t1.0\t5,5,5,5,5\t4\t45\n\
                 late\t*1/*1\tAG\t60\t1.0\t5,5\t4\t1.5\n";
    std::fs::write(place.path().join("p.tsv"), table).unwrap();
    let output = rxstrata(place.path(), &["dose", "fit-twin", "--table", "p.tsv", "-o", "o.tsv"]);
    assert_eq!(output.status.code(), Some(4));
    let said = stderr(&output);
    for words in [
        "patient order: day 2 stands after day 4",
        "patient high: the INR of day 4 is 45",
        "patient late: day 4: doses are known for 2 days only",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let bad = rxstrata(place.path(), &["dose", "fit-twin", "--sd-cl", "0", "--table", "p.tsv", "-o", "o.tsv"]);
    assert_eq!(bad.status.code(), Some(2), "{}", stderr(&bad));
}

#[test]
fn a_trial_gives_the_same_bytes_at_any_number_of_threads() {
    let place = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for (threads, folder) in [("1", "a"), ("3", "b")] {
        let command = format!(
            "dose trial --patients 15 --days 40 --simulators misspecified --threads {threads} --quiet -o {folder}"
        );
        let output = rxstrata(place.path(), &command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let file = |name: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        found.push(["trial.tsv", "trial.json", "trial.html"].map(file));
    }
    assert_eq!(found[0], found[1]);
    let rows = rows(&place.path().join("a/trial.tsv"));
    for policy in ["fixed", "nomogram", "clinical", "pgx", "pgx_lenzini", "mpc", "learned", "oracle"] {
        let ttr = rows.iter().find(|r| r["policy"] == policy && r["against"].is_empty() && r["measure"] == "ttr");
        let mean: f64 = ttr.unwrap()["mean"].parse().unwrap();
        assert!((0.0..=1.0).contains(&mean), "{policy}: {mean}");
    }
    let page = String::from_utf8(found[0][2].clone()).unwrap();
    assert!(
        page.contains("Simulator misspecified") && !page.contains("src=") && !page.contains("href="),
        "one self-contained page"
    );
}

#[test]
fn learning_a_policy_writes_a_table_that_the_knowledge_base_reads() {
    let place = tempfile::tempdir().unwrap();
    let command = "dose train-policy --seed 3 --patients 10 --generations 1 --quiet -o weights.toml";
    let output = rxstrata(place.path(), &command.split_whitespace().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = std::fs::read_to_string(place.path().join("weights.toml")).unwrap();
    for line in ["name = \"policy_learned\"", "seed = 3", "patients = 10", "generations = 1", "gain = ", "hold = "] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn one_patient_with_inrs_gets_the_twins_suggestion_on_every_output() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("h.tsv"), "day\tinr\tdaily_mg\n0\t1.0\t5\n4\t1.3\t\n8\t1.6\t\n15\t1.7\t\n")
        .unwrap();
    let command = "dose warfarin --age 58 --weight 90 --height 180 --race White --sex male --vkorc1 GG --cyp2c9 *1/*1 \
                   --target-inr 2.5 --inr-history h.tsv -o out";
    let output = rxstrata(place.path(), &command.split_whitespace().collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("Twin's suggestion: 5.9 mg/day (41.5 mg/week)"),
        "a fifth more than 5 mg is the most:\n{said}"
    );
    let json: serde_json::Value = support::dose_json(&std::fs::read(place.path().join("out/dose.json")).unwrap());
    let advice = &json["twin"]["advice"];
    assert_eq!(advice["lessons"].as_array().unwrap().len(), 4);
    assert!(advice["with"]["inr"].as_f64() > advice["kept"]["inr"].as_f64(), "{advice}");
    let page = std::fs::read_to_string(place.path().join("out/dose.html")).unwrap();
    assert!(page.contains("The patient's twin") && page.contains("on the dose as it is"));
}
