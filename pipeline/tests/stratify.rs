//! `rxstrata stratify` by the binary: outputs, determinism, and what happens when something is wrong.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

/// Patients in three groups, 40 features; `shift` parts the groups.
fn matrix(shift: f64, patients: usize) -> String {
    support::matrix(12_345, patients, 40, shift)
}

fn stratify(place: &Path, arguments: &[&str]) -> Output {
    let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
    Command::new(binary).current_dir(place).arg("stratify").args(arguments).output().unwrap()
}

fn error(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn subtypes(place: &Path, folder: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(place.join(folder).join("subtypes.tsv")).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("patient\tsubtype\tconfidence\trunner_up"));
    lines
        .map(|l| {
            let mut cells = l.split('\t').map(str::to_owned);
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect()
}

#[test]
fn three_groups_are_found_the_same_bytes_at_any_thread_count() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("m.tsv"), matrix(3.0, 36)).unwrap();
    let files = ["subtypes.tsv", "choice.tsv", "stratify.json", "stratify.html", "consensus.parquet"];
    let mut seen: Vec<Vec<Vec<u8>>> = Vec::new();
    for threads in ["1", "2", "5"] {
        let folder = format!("out{threads}");
        let output = stratify(
            place.path(),
            &["--auto", "--matrix", "mrna=m.tsv", "-o", &folder, "--resamples", "4", "--threads", threads, "--quiet"],
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        seen.push(files.iter().map(|f| std::fs::read(place.path().join(&folder).join(f)).unwrap()).collect());
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    let found = subtypes(place.path(), "out1");
    assert_eq!(found.len(), 36);
    for (p, (patient, subtype)) in found.iter().enumerate() {
        assert_eq!(patient, &format!("P{p:02}"));
        assert_eq!(subtype, &found[p % 3].1, "{patient} is of the group of {}", found[p % 3].0);
    }
    assert_ne!(found[0].1, found[1].1);
}

#[test]
fn noise_alone_has_no_subtypes() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("m.tsv"), matrix(0.0, 30)).unwrap();
    let output = stratify(place.path(), &["--matrix", "mrna=m.tsv", "-o", "out", "--resamples", "4"]);
    assert!(output.status.success());
    assert!(subtypes(place.path(), "out").iter().all(|(_, s)| s == "S1"));
    let page = std::fs::read_to_string(place.path().join("out/stratify.html")).unwrap();
    assert!(page.contains("No subtypes"), "the page says so");
}

#[test]
fn a_maf_is_enough() {
    let place = tempfile::tempdir().unwrap();
    let mut maf = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\n".to_owned();
    for t in 0..30 {
        for gene in if t % 2 == 0 { ["IDH1", "TP53", "ATRX"] } else { ["EGFR", "PTEN", "NF1"] } {
            let _ = writeln!(maf, "{gene}\tMissense_Mutation\tT{t}");
        }
    }
    std::fs::write(place.path().join("m.maf"), maf).unwrap();
    let output = stratify(place.path(), &["--maf", "m.maf", "-o", "out", "--resamples", "4", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = subtypes(place.path(), "out");
    assert!(found.iter().enumerate().all(|(t, (_, s))| s == &found[t % 2].1) && found[0].1 != found[1].1, "{found:?}");
}

#[test]
fn bad_input_is_named_and_nothing_is_written() {
    let place = tempfile::tempdir().unwrap();
    let cases = [
        ("text.tsv", matrix(1.0, 12).replacen("\ng5\t", "\ng5\thigh", 1), "row 'g5', column 'P00'"),
        ("infinite.tsv", "feature\tP0\tP1\ng5\t1\tinf\n".to_owned(), "row 'g5', column 'P1'"),
        ("twice.tsv", matrix(1.0, 12).replacen("P01", "P00", 1), "patient 'P00' is there more than once"),
        ("empty.tsv", String::new(), "empty.tsv"),
        ("header.tsv", "feature\tP1\tP2\n".to_owned(), "holds no values"),
        ("one.tsv", matrix(1.0, 1), "1 patients"),
        (
            "constant.tsv",
            "feature\tA\tB\tC\tD\tE\tF\ng\t1\t1\t1\t1\t1\t1\n".to_owned(),
            "no feature of modality 'mrna' varies",
        ),
    ];
    for (name, text, expected) in cases {
        std::fs::write(place.path().join(name), text).unwrap();
        let output = stratify(place.path(), &["--matrix", &format!("mrna={name}"), "-o", "out", "--quiet"]);
        assert_eq!(output.status.code(), Some(4), "{name}");
        let message = error(&output);
        assert!(message.contains(expected), "{name}: {message}");
        assert!(std::fs::read_dir(place.path().join("out")).unwrap().next().is_none(), "{name}: nothing is written");
    }
    let output = stratify(place.path(), &["--matrix", "m.tsv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(2));
    let message = error(&output);
    assert!(message.contains("expected MODALITY=FILE"), "{message}");
}

#[test]
fn markers_reasons_association_and_survival_say_what_the_subtypes_mean() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("m.tsv"), matrix(3.0, 36)).unwrap();
    let mut clinical = "patient\tdays\tdead\tsex\n".to_owned();
    for p in 0..36 {
        let _ = writeln!(clinical, "P{p:02}\t{}\t1\t{}", 100 * (1 + p % 3) + p, if p % 2 == 0 { "F" } else { "M" });
    }
    std::fs::write(place.path().join("c.tsv"), &clinical).unwrap();
    let arguments =
        ["--matrix", "mrna=m.tsv", "--clinical", "c.tsv", "--time", "days", "--event", "dead", "-o", "out", "--quiet"];
    let output = stratify(place.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(place.path().join("out").join(name)).unwrap();

    // g0 is raised in the group of P00 and nowhere else.
    let first = subtypes(place.path(), "out")[0].1.clone();
    let markers = read("markers.tsv");
    let raised = markers.lines().find(|l| l.starts_with(&format!("mrna\t{first}\tg0\t"))).unwrap();
    let difference: f64 = raised.split('\t').nth(4).unwrap().parse().unwrap();
    assert!((2.0..4.0).contains(&difference), "{raised}");

    let reasons = read("reasons.tsv");
    let why: Vec<(usize, f64)> = reasons
        .lines()
        .filter(|l| l.starts_with("P00\t"))
        .map(|l| {
            let cells: Vec<&str> = l.split('\t').collect();
            (cells[4][1..].parse().unwrap(), cells[5].parse().unwrap())
        })
        .collect();
    assert_eq!(why.len(), 10, "five features for, five against");
    // What speaks for P00's group is raised in it, or in the runner-up; features of the third group say nothing.
    let kinds: std::collections::BTreeSet<usize> = why.iter().take(5).map(|(f, _)| f % 3).collect();
    assert!(why[4].1 > 0.0 && why[9].1 < 0.0 && kinds.len() <= 2, "{why:?}");

    // Every patient of the first group dies before anybody of the next.
    let survival = read("survival.tsv");
    let log_rank = survival.lines().find(|l| l.ends_with("log-rank")).unwrap();
    assert!(log_rank.split('\t').nth(9).unwrap().parse::<f64>().unwrap() < 1e-6, "{log_rank}");
    let clinical_table = read("clinical.tsv");
    let sex = clinical_table.lines().find(|l| l.starts_with("sex\t")).unwrap();
    assert!(sex.split('\t').nth(4).unwrap().parse::<f64>().unwrap() > 0.5, "sexes are balanced: {sex}");
    assert!(read("stratify.html").contains("At risk"));

    std::fs::write(place.path().join("c.tsv"), clinical.replacen("\t100\t", "\t-100\t", 1)).unwrap();
    let output = stratify(place.path(), &arguments);
    assert_eq!(output.status.code(), Some(4));
    assert!(error(&output).contains("patient 'P00', column 'days': -100"), "{}", error(&output));
}

#[test]
fn every_method_finds_the_three_groups_when_asked_for_three() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("m.tsv"), matrix(3.0, 36).replace('-', "")).unwrap();
    let help = String::from_utf8(stratify(place.path(), &["--help"]).stdout).unwrap();
    for method in ["kmeans", "ward", "average", "complete", "mixture", "spectral", "nmf"] {
        assert!(help.contains(&format!("- {method}")), "{method} is in the help");
        let arguments = [
            "--matrix",
            "mrna=m.tsv",
            "--method",
            method,
            "--subtypes",
            "3",
            "--resamples",
            "4",
            "-o",
            "out",
            "--quiet",
        ];
        let output = stratify(place.path(), &arguments);
        assert!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr));
        let found = subtypes(place.path(), "out");
        assert!(found.iter().enumerate().all(|(p, (_, s))| s == &found[p % 3].1), "{method}: {found:?}");
        assert!(found[0].1 != found[1].1 && found[1].1 != found[2].1, "{method}");
    }
}
