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

/// Fits the model of both modalities.
fn fitted(place: &Path, folder: &str, more: &[&str]) -> Output {
    let matrices = ["--matrix", "mrna=a.tsv", "--matrix", "protein=b.tsv"];
    let labels = ["--labels", "labels.tsv", "--target", "subtype", "-o", folder, "--quiet"];
    let output = run(place, &[&["classify", "fit"], &matrices[..], &labels[..], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
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
    fitted(place.path(), "model", &["--by", "sex"]);
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

/// Strict: a field that the schema does not name is a fault.
fn keeps_to_schema(path: &Path) {
    let schema = include_str!("../../docs/schema/stratify.schema.json");
    let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    document["verdict"]["surplus"] = true.into();
    assert!(!validator.is_valid(&document));
}

#[test]
fn the_model_of_found_subtypes_places_the_next_patient() {
    let place = cohort();
    succeeds(place.path(), &["stratify", "--matrix", "mrna=a.tsv", "-o", "found", "--resamples", "4", "--quiet"]);
    keeps_to_schema(&place.path().join("found/stratify.json"));
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

    let refused = |model: &str, matrix: &str| {
        std::fs::write(place.path().join("model.json"), model).unwrap();
        let output = run(place.path(), &["classify", "place", "model.json", "--matrix", matrix, "-o", "placed.tsv"]);
        assert_eq!(output.status.code(), Some(4));
        assert!(!place.path().join("placed.tsv").exists());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    let other = refused("{\"version\": 99, \"trees\": \"of another form\"}", "mrna=a.tsv");
    assert!(
        other.contains("model.json") && other.contains("version 99") && other.contains("fit the model again"),
        "{other}"
    );
    assert!(refused("patient\tsubtype\n", "mrna=a.tsv").contains("not a model.json of `classify fit` or `stratify`"));
    fitted(place.path(), "model", &[]);
    let whole = std::fs::read_to_string(place.path().join("model/model.json")).unwrap();
    assert!(refused(&whole.replace("\"g23\"", "7"), "mrna=a.tsv").contains("damaged"));
    let unknown = refused(&whole, "lipids=a.tsv");
    assert!(unknown.contains("it learnt from: mrna, protein"), "{unknown}");
}

#[test]
fn the_same_input_gives_the_same_bytes_at_any_number_of_threads() {
    let place = cohort();
    let bytes = |threads: &str| {
        fitted(place.path(), threads, &["--by", "sex", "--threads", threads]);
        let files = ["model.json", "performance.tsv", "performance.json", "fairness.tsv", "held-out.tsv"];
        let model = format!("{threads}/model.json");
        let table = format!("{threads}.tsv");
        succeeds(
            place.path(),
            &["classify", "place", &model, "--matrix", "mrna=new.tsv", "-o", &table, "--threads", threads, "--quiet"],
        );
        let read = |name: &str| std::fs::read(place.path().join(name)).unwrap();
        let mut all: Vec<Vec<u8>> = files.iter().map(|f| read(&format!("{threads}/{f}"))).collect();
        all.push(read(&table));
        all
    };
    let one = bytes("1");
    assert!(one == bytes("2") && one == bytes("5"));
}

#[test]
fn a_model_abstains_below_the_confidence_asked_for() {
    let place = cohort();
    fitted(place.path(), "model", &[]);
    let at = |level: &str| {
        let base = ["classify", "place", "model/model.json", "--matrix", "mrna=new.tsv", "-o", "placed.tsv"];
        let output = run(place.path(), &[&base[..], &["--abstain-below", level]].concat());
        assert!(output.status.success());
        let text = std::fs::read_to_string(place.path().join("placed.tsv")).unwrap();
        let rows: Vec<Vec<String>> = text.lines().skip(1).map(|l| l.split('\t').map(str::to_owned).collect()).collect();
        (rows, String::from_utf8(output.stdout).unwrap())
    };
    let (rows, _) = at("0");
    assert!(rows.iter().all(|r| !r[1].is_empty()));
    let mut confidence: Vec<f64> = rows.iter().map(|r| r[2].parse().unwrap()).collect();
    confidence.sort_by(f64::total_cmp);
    let level = f64::midpoint(confidence[5], confidence[6]);
    let (rows, said) = at(&level.to_string());
    for row in &rows {
        assert_eq!(row[1].is_empty(), row[2].parse::<f64>().unwrap() < level, "{row:?}");
        assert!(row[5..].iter().all(|p| !p.is_empty()), "the probabilities stay");
    }
    assert!(said.contains("6 patients placed, 6 below the confidence"), "{said}");
    let output = run(
        place.path(),
        &["classify", "place", "model/model.json", "--matrix", "mrna=new.tsv", "-o", "x.tsv", "--abstain-below", "1.5"],
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn patients_with_too_few_features_are_not_placed_and_are_counted() {
    let place = cohort();
    fitted(place.path(), "model", &[]);
    let text = std::fs::read_to_string(place.path().join("new.tsv")).unwrap();
    let few: String = text.lines().take(8).map(|l| format!("{l}\n")).collect();
    std::fs::write(place.path().join("few.tsv"), few).unwrap();
    let output =
        run(place.path(), &["classify", "place", "model/model.json", "--matrix", "mrna=few.tsv", "-o", "placed.tsv"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("12 patients were not placed"));
    let placed = std::fs::read_to_string(place.path().join("placed.tsv")).unwrap();
    assert!(placed.lines().skip(1).all(|l| l.split('\t').nth(1) == Some("")), "{placed}");
}

#[test]
fn a_subgroup_that_the_model_fails_and_one_too_small_to_tell_are_named() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.tsv"), matrix(1, 90, 24, 2.0)).unwrap();
    // At site B the labels say something else than the measurements; site C has four patients.
    let mut labels = "patient\tsubtype\tsite\n".to_owned();
    for p in 0..90 {
        let site = if p >= 86 {
            "C"
        } else if p < 24 {
            "B"
        } else {
            "A"
        };
        let class = if site == "B" { (p + 1) % 3 } else { p % 3 };
        let _ = writeln!(labels, "P{p:02}\t{}\t{site}", ["x", "y", "z"][class]);
    }
    std::fs::write(place.path().join("labels.tsv"), labels).unwrap();
    let output = run(
        place.path(),
        &[
            "classify",
            "fit",
            "--matrix",
            "mrna=a.tsv",
            "--labels",
            "labels.tsv",
            "--target",
            "subtype",
            "--by",
            "site",
            "-o",
            "model",
            "--quiet",
        ],
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("the model is worse for site = B: accuracy 0.") && said.contains("of 24 patients against"),
        "{said}"
    );
    assert!(said.contains("site = C has 4 patients: too few to tell"), "{said}");
    assert!(!said.contains("worse for site = A"), "{said}");
    let table = std::fs::read_to_string(place.path().join("model/fairness.tsv")).unwrap();
    let row = |start: &str| table.lines().find(|l| l.starts_with(start)).unwrap().split('\t').collect::<Vec<_>>();
    let b = row("site\tB\taccuracy");
    assert_eq!((b[4], b[12]), ("24", "worse"));
    assert!(b[8].parse::<f64>().unwrap() < -0.4 && b[10].parse::<f64>().unwrap() < 0.0, "gap and upper end: {b:?}");
}
