//! What `rxstrata stratify` says of bad input: the status, one line with the place, and nothing of an earlier run is lost.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn stratify(place: &Path, arguments: &[&str]) -> Output {
    let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
    let common = ["-o", "out", "--resamples", "4", "--quiet"];
    Command::new(binary).current_dir(place).arg("stratify").args(arguments).args(common).output().unwrap()
}

fn cohort(patients: usize) -> String {
    support::matrix(77, patients, 40, 3.0)
}

/// Every output by name.
fn outputs(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(place.join("out")).unwrap().map(Result::unwrap);
    files.map(|f| (f.file_name().into_string().unwrap(), std::fs::read(f.path()).unwrap())).collect()
}

/// A folder with a good cohort `m.tsv` of twelve patients, its outputs, and its clinical table.
fn earlier() -> (tempfile::TempDir, BTreeMap<String, Vec<u8>>) {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("m.tsv"), cohort(12)).unwrap();
    let rows: String = (0..12).map(|p| format!("P{p:02}\t{}\t1\t{}\n", 100 + p, p % 2)).collect();
    std::fs::write(place.path().join("c.tsv"), format!("patient\tdays\tdead\tsite\n{rows}")).unwrap();
    let output = stratify(place.path(), &["--matrix", "mrna=m.tsv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let before = outputs(place.path());
    assert!(before.contains_key("subtypes.tsv"));
    (place, before)
}

/// Runs, and checks status, message, and that the earlier outputs are as they were.
fn refused(place: &Path, before: &BTreeMap<String, Vec<u8>>, arguments: &[&str], status: i32, expected: &[&str]) {
    let output = stratify(place, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
    for part in expected {
        assert!(message.contains(part), "{arguments:?}: '{part}' is not in: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(message.trim_end().lines().count(), 1, "one line: {message}");
    assert!(outputs(place) == *before, "{arguments:?}: the earlier outputs have changed");
}

#[test]
fn a_matrix_that_is_no_matrix_is_named_with_row_and_column() {
    let (place, before) = earlier();
    let good = cohort(12);
    let cases: [(&str, String, &[&str]); 11] = [
        ("empty.tsv", String::new(), &["empty.tsv"]),
        ("header.tsv", "feature\tP1\tP2\n".to_owned(), &["header.tsv", "holds no values"]),
        ("one.tsv", cohort(1), &["1 patient"]),
        (
            "text.tsv",
            good.replacen("\ng5\t", "\ng5\thigh", 1),
            &["text.tsv", "line 7, row 'g5', column 'P00'", "'high"],
        ),
        (
            "infinite.tsv",
            "feature\tP0\tP1\ng5\t1\tinf\n".to_owned(),
            &["infinite.tsv", "line 2, row 'g5', column 'P1'"],
        ),
        (
            "minus.tsv",
            "feature\tP0\tP1\ng5\t-Infinity\t1\n".to_owned(),
            &["minus.tsv", "line 2, row 'g5', column 'P0'"],
        ),
        ("patient.tsv", good.replacen("P01", "P00", 1), &["patient.tsv", "patient 'P00'", "more than once"]),
        ("feature.tsv", good.replacen("\ng1\t", "\ng0\t", 1), &["feature.tsv", "feature 'g0'", "more than once"]),
        ("ragged.tsv", good.replacen("\ng5\t", "\ng5\t1\t", 1), &["ragged.tsv", "line: 7", "14 fields"]),
        ("corner.tsv", good.replacen("feature", "thing", 1), &["corner.tsv", "'thing'", "call it 'feature'"]),
        (
            "constant.tsv",
            "patient\tg\nA\t1\nB\t1\nC\t1\nD\t1\nE\t1\nF\t1\n".to_owned(),
            &["no feature of modality 'mrna' varies"],
        ),
    ];
    for (name, text, expected) in cases {
        std::fs::write(place.path().join(name), text).unwrap();
        refused(place.path(), &before, &["--matrix", &format!("mrna={name}")], 4, expected);
    }
    refused(place.path(), &before, &["--matrix", "mrna=none.tsv"], 4, &["none.tsv"]);
}

#[test]
fn more_subtypes_than_patients_are_refused() {
    let (place, before) = earlier();
    for further in [[].as_slice(), &["--method", "kmeans"], &["--method", "ward"]] {
        let arguments = [&["--matrix", "mrna=m.tsv", "--subtypes", "13"], further].concat();
        refused(place.path(), &before, &arguments, 4, &["13", "12 patients"]);
    }
}

#[test]
fn a_feature_that_nobody_has_is_left_out_and_a_table_of_them_is_refused() {
    let (place, before) = earlier();
    let absent = "\tNA".repeat(12);
    std::fs::write(place.path().join("more.tsv"), format!("{}g40{absent}\n", cohort(12))).unwrap();
    let header = cohort(12).lines().next().unwrap().to_owned();
    std::fs::write(place.path().join("none.tsv"), format!("{header}\ng0{absent}\ng1{absent}\n")).unwrap();
    refused(place.path(), &before, &["--matrix", "mrna=none.tsv"], 4, &["no feature of modality 'mrna' varies"]);
    let missing = ["--matrix", "mrna=more.tsv", "--missing", "error"];
    refused(place.path(), &before, &missing, 4, &["patient 'P00', feature 'g40'", "11 others"]);
    assert!(stratify(place.path(), &["--matrix", "mrna=more.tsv"]).status.success());
    assert_eq!(outputs(place.path())["subtypes.tsv"], before["subtypes.tsv"]);
}

#[test]
fn patients_that_match_nowhere_are_an_error() {
    let (place, before) = earlier();
    std::fs::write(place.path().join("other.tsv"), cohort(12).replace("\tP", "\tQ")).unwrap();
    let both = ["--matrix", "mrna=m.tsv", "--matrix", "protein=other.tsv"];
    refused(place.path(), &before, &both, 4, &["no patient is in two modalities", "mrna (P00", "protein (Q00"]);
    std::fs::write(place.path().join("d.tsv"), "patient\tsex\nX1\tF\n").unwrap();
    refused(
        place.path(),
        &before,
        &["--matrix", "mrna=m.tsv", "--clinical", "d.tsv"],
        4,
        &["d.tsv", "none of its patients"],
    );
}

#[test]
fn a_value_that_a_method_or_a_logarithm_cannot_take_is_named() {
    let (place, before) = earlier();
    let negative = cohort(12).replace('-', "").replacen("\ng5\t", "\ng5\t-", 1);
    std::fs::write(place.path().join("n.tsv"), negative).unwrap();
    for further in [["--method", "nmf"], ["--normalise", "log"]] {
        let arguments = [&["--matrix", "mrna=n.tsv"], further.as_slice()].concat();
        refused(place.path(), &before, &arguments, 4, &["'mrna'", "patient 'P00'", "feature 'g5'", "-"]);
    }
}

#[test]
fn impossible_follow_up_and_batches_are_named() {
    let (place, before) = earlier();
    let clinical = std::fs::read_to_string(place.path().join("c.tsv")).unwrap();
    let run = |text: String, further: &[&str], expected: &[&str]| {
        std::fs::write(place.path().join("d.tsv"), text).unwrap();
        let arguments = [&["--matrix", "mrna=m.tsv", "--clinical", "d.tsv"], further].concat();
        refused(place.path(), &before, &arguments, 4, &[&["d.tsv"], expected].concat());
    };
    let follow_up = ["--time", "days", "--event", "dead"];
    let at = "patient 'P03', column 'days'";
    run(clinical.replace("\t103\t", "\t-103\t"), &follow_up, &[at, "-103", "not negative"]);
    run(clinical.replace("\t103\t", "\tinf\t"), &follow_up, &[at, "infinite"]);
    run(clinical.replace("\t103\t", "\tlong\t"), &follow_up, &[at, "'long' is not a number"]);
    run(clinical.replace("\t103\t1", "\t103\t7"), &follow_up, &["patient 'P03', column 'dead'", "'7'"]);
    run(clinical.replace("P03", "P02"), &follow_up, &["line 5", "patient 'P02'", "more than once"]);
    run(clinical.clone(), &["--time", "months", "--event", "dead"], &["no column 'months'", "days, dead, site"]);
    run(clinical, &["--batch", "plate"], &["no column 'plate'"]);
}

#[test]
fn wrong_usage_starts_nothing() {
    let (place, before) = earlier();
    for (arguments, expected) in [
        (["--matrix", "m.tsv"].as_slice(), "expected MODALITY=FILE"),
        (&["--matrix", "mrna=m.tsv", "--normalise", "log2"], "--normalise 'log2': expected none, log"),
        (&["--matrix", "mrna=m.tsv", "--select", "mad"], "--select 'mad': expected mad=N"),
        (&["--matrix", "mrna=m.tsv", "--select", "variance=0"], "--select 'variance=0'"),
    ] {
        refused(place.path(), &before, arguments, 2, &[expected]);
    }
}
