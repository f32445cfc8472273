//! `rxstrata classify` by the binary: a model is learnt, judged, saved, and places patients it has not seen.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use support::matrix;

fn run(place: &Path, arguments: &[&str]) -> Output {
    let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
    Command::new(binary).current_dir(place).args(arguments).output().unwrap()
}

fn succeeds(place: &Path, arguments: &[&str]) {
    let output = run(place, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn cohort() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(place.path().join(name), text).unwrap();
    write("a.tsv", matrix(1, 30, 24, 2.0));
    write("b.tsv", matrix(2, 30, 12, 2.0));
    write("new.tsv", matrix(3, 12, 24, 2.0));
    let mut labels = "patient\tsubtype\tsex\n".to_owned();
    for p in 0..30 {
        let _ = writeln!(labels, "P{p:02}\t{}\t{}", ["x", "y", "z"][p % 3], if p % 2 == 0 { "F" } else { "M" });
    }
    write("labels.tsv", labels);
    place
}

#[test]
fn a_saved_model_places_patients_who_lack_a_modality() {
    let place = cohort();
    succeeds(
        place.path(),
        &[
            "classify",
            "fit",
            "--matrix",
            "mrna=a.tsv",
            "--matrix",
            "protein=b.tsv",
            "--labels",
            "labels.tsv",
            "--target",
            "subtype",
            "--by",
            "sex",
            "-o",
            "model",
            "--quiet",
        ],
    );
    let performance = std::fs::read_to_string(place.path().join("model/performance.tsv")).unwrap();
    let all: Vec<&str> = performance.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!((all[0], all[3]), ("all", "30"));
    assert!(all[4].parse::<f64>().unwrap() > 0.9, "{performance}");
    assert!(performance.contains("\nsex\tF\t") && performance.contains("\nsex\tM\t"), "judged by sex as well");

    succeeds(place.path(), &["classify", "place", "model/model.json", "--matrix", "mrna=new.tsv", "-o", "placed.tsv"]);
    let placed = std::fs::read_to_string(place.path().join("placed.tsv")).unwrap();
    for (p, line) in placed.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!((cells[0], cells[1]), (format!("P{p:02}").as_str(), ["x", "y", "z"][p % 3]), "{placed}");
        assert_eq!(cells[4], "mrna", "protein is absent");
    }
}

#[test]
fn the_model_of_found_subtypes_places_the_next_patient() {
    let place = cohort();
    succeeds(place.path(), &["stratify", "--matrix", "mrna=a.tsv", "-o", "found", "--resamples", "4", "--quiet"]);
    succeeds(
        place.path(),
        &["classify", "place", "found/model.json", "--matrix", "mrna=new.tsv", "-o", "placed.tsv", "--quiet"],
    );
    let column = |text: String| -> Vec<String> {
        text.lines().skip(1).map(|l| l.split('\t').nth(1).unwrap().to_owned()).collect()
    };
    let old = column(std::fs::read_to_string(place.path().join("found/subtypes.tsv")).unwrap());
    let new = column(std::fs::read_to_string(place.path().join("placed.tsv")).unwrap());
    assert_eq!(new.len(), 12);
    assert!(new.iter().enumerate().all(|(p, s)| *s == old[p % 3]), "{new:?} {old:?}");
}

#[test]
fn what_cannot_be_learnt_or_placed_is_said() {
    let place = cohort();
    let fit = ["classify", "fit", "--matrix", "mrna=a.tsv", "--labels", "labels.tsv", "-o", "model", "--target"];
    let output = run(place.path(), &[&fit[..], &["grade"]].concat());
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no column 'grade'; there are: subtype, sex"), "{said}");

    std::fs::write(place.path().join("model.json"), "{\"version\": 99}").unwrap();
    let output = run(place.path(), &["classify", "place", "model.json", "--matrix", "mrna=a.tsv", "-o", "placed.tsv"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("model.json is not a model of this program"));
    assert!(!place.path().join("placed.tsv").exists());
}
