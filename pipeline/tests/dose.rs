//! `rxstrata dose`, by the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
