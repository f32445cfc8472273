//! `rxstrata run` by the binary: sheets, checkpoints, kills.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

fn rxstrata(place: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"));
    command.current_dir(place).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Two samples in one file, and `alone` more in a file each.
fn cohort(alone: usize) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let encode = |table: &str, name: &str| {
        std::fs::write(place.path().join("d.tsv"), table).unwrap();
        let output = rxstrata(place.path(), &["knowledge", "encode", "d.tsv", "-o", name]);
        assert!(output.status.success(), "{}", said(&output));
    };
    encode("sample\tgene\tdiplotype\nP1\tCYP2C19\t*2/*17\nP1\tCYP2C9\t*2/*3\nP2\tTPMT\t*1/*3A\n", "p.vcf");
    let mut sheet = String::from("sample,vcf,sex,age,height_cm,weight_kg,race,medication\n");
    sheet += "P1,p.vcf,female,63,171,78,white,none\nP2,p.vcf,male,,,,,\n";
    for i in 0..alone {
        encode(&format!("sample\tgene\tdiplotype\nQ{i}\tCYP2C9\t*1/*2\n"), &format!("q{i}.vcf"));
        sheet += &format!("Q{i},q{i}.vcf,,{},170,70,,\n", 40 + i);
    }
    std::fs::write(place.path().join("sheet.csv"), sheet).unwrap();
    place
}

/// Files of results by name; `work/` and the times differ from run to run.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in [folder.to_owned(), folder.join("reports")] {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && name != "times.tsv" {
                found.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

fn text(results: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(results[name].clone()).unwrap()
}

#[test]
fn all_samples_are_in_every_table_in_the_order_of_the_sheet() {
    let place = cohort(2);
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("4 of 4 samples complete; 3 pieces of work done, 0 kept"), "{}", said(&output));
    let found = results(&place.path().join("out"));
    let mut samples: Vec<String> =
        text(&found, "calls.tsv").lines().skip(1).map(|l| l.split('\t').next().unwrap().to_owned()).collect();
    samples.dedup();
    assert_eq!(samples, ["P1", "P2", "Q0", "Q1"]);
    assert!(text(&found, "calls.tsv").contains("P1\tCYP2C9\t*2/*3\t"));
    let dosed: Vec<String> =
        text(&found, "doses.tsv").lines().map(|l| l.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(dosed, ["id", "P1", "Q0", "Q1"], "P2 has no age");
    assert!(["P1.html", "P2.html", "Q0.html", "run.json"].iter().all(|name| found.contains_key(*name)));
    assert_eq!(text(&found, "failures.tsv"), "sample\tstage\treason\n");
}

#[test]
fn the_same_bytes_at_any_number_of_threads_and_in_a_second_run() {
    let place = cohort(5);
    let mut answers = Vec::new();
    for (threads, folder) in [("1", "a"), ("5", "b"), ("2", "b")] {
        let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", folder, "--threads", threads]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        answers.push(results(&place.path().join(folder)));
    }
    assert!(answers[0] == answers[1] && answers[1] == answers[2]);
    let again = rxstrata(place.path(), &["run", "sheet.csv", "-o", "b"]);
    assert!(said(&again).contains("0 pieces of work done, 6 kept"), "{}", said(&again));
}

#[test]
fn a_run_killed_at_twenty_points_ends_with_the_bytes_of_one_that_was_not() {
    let place = cohort(16);
    let started = std::time::Instant::now();
    let whole = rxstrata(place.path(), &["run", "sheet.csv", "-o", "whole", "--threads", "2"]);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    // four runs share the work before one is let through: each is killed within the first third of what all of it takes
    let most = started.elapsed().as_millis() as u64 / 3;
    let expected = results(&place.path().join("whole"));
    let mut state = 11_u64;
    let mut killed = 0;
    for point in 0..20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = Duration::from_millis(2 + (state >> 33) % most.max(1));
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
            .current_dir(place.path())
            .args(["run", "sheet.csv", "-o", "out", "--threads", "2", "--quiet"])
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        if point % 4 == 3 {
            let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out", "--threads", "2"]);
            assert_eq!(output.status.code(), Some(0), "after {wait:?}: {}", said(&output));
            assert!(results(&place.path().join("out")) == expected, "after {wait:?}");
            std::fs::remove_dir_all(place.path().join("out")).unwrap();
        }
    }
    assert!(killed >= 10, "only {killed} of 20 were killed while they ran");
}

#[test]
fn a_corrupt_file_and_a_sample_that_is_not_there_cost_only_themselves() {
    let place = cohort(3);
    let truncated: String = std::fs::read_to_string(place.path().join("q1.vcf")).unwrap().chars().take(80).collect();
    std::fs::write(place.path().join("q1.vcf"), truncated).unwrap();
    let sheet = std::fs::read_to_string(place.path().join("sheet.csv")).unwrap() + "P9,p.vcf,,,,,,\n";
    std::fs::write(place.path().join("sheet.csv"), sheet).unwrap();
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let found = results(&place.path().join("out"));
    let failures = text(&found, "failures.tsv");
    let failed: Vec<&str> = failures.lines().skip(1).map(|l| l.split('\t').next().unwrap()).collect();
    assert_eq!(failed, ["Q1", "P9"], "{failures}");
    for sample in ["P1", "P2", "Q0", "Q2"] {
        assert!(text(&found, "calls.tsv").contains(&format!("\n{sample}\t")), "{sample}");
    }
    // Mended, the run goes on with what is missing.
    std::fs::copy(place.path().join("q0.vcf"), place.path().join("q1.vcf")).unwrap();
    let repaired = std::fs::read_to_string(place.path().join("q1.vcf")).unwrap().replace("\tQ0", "\tQ1");
    std::fs::write(place.path().join("q1.vcf"), repaired).unwrap();
    let sheet = std::fs::read_to_string(place.path().join("sheet.csv")).unwrap().replace("P9,p.vcf,,,,,,\n", "");
    std::fs::write(place.path().join("sheet.csv"), sheet).unwrap();
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn too_many_failures_end_the_run() {
    let place = cohort(3);
    for i in 0..3 {
        std::fs::write(place.path().join(format!("q{i}.vcf")), "").unwrap();
    }
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out", "--max-failures", "1", "--threads", "1"]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("more than 1 samples failed"), "{}", said(&output));
    assert!(!place.path().join("out/calls.tsv").exists());
}

#[test]
fn every_fault_of_a_sheet_is_named_at_once_and_nothing_is_started() {
    let place = cohort(0);
    let sheet = "sample,vcf,sex,age,vfc\nP1,p.vcf,F,430,\nP1,absent.vcf,male,,\n,p.vcf,,\n";
    std::fs::write(place.path().join("bad.csv"), sheet).unwrap();
    let output = rxstrata(place.path(), &["run", "bad.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(2));
    for fault in [
        "header: unknown column 'vfc'",
        "line 2, sex: expected female, male, found 'F'",
        "line 2, age: expected 0 to 120, found 430",
        "line 3, sample: 'P1' is there already, in line 2",
        "line 3, vcf: no file 'absent.vcf'",
        "line 4: expected 5 cells, found 4",
        "6 faults, nothing was started",
    ] {
        assert!(said(&output).contains(fault), "{fault}\n{}", said(&output));
    }
    assert!(!place.path().join("out").exists());
    std::fs::write(place.path().join("empty.csv"), "").unwrap();
    let output = rxstrata(place.path(), &["run", "empty.csv", "--check"]);
    assert!(said(&output).contains("empty; expected a header"), "{}", said(&output));
}

#[test]
fn options_of_the_stages_come_from_the_configuration() {
    let place = cohort(0);
    std::fs::write(place.path().join("run.toml"), "[call]\ngenes = [\"CYP2C9\"]\n").unwrap();
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out", "--config", "run.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(text(&results(&place.path().join("out")), "calls.tsv").lines().count(), 3, "one gene, two samples");
    std::fs::write(place.path().join("run.toml"), "[call]\nmin-dept = 3\n").unwrap();
    let output = rxstrata(place.path(), &["run", "sheet.csv", "-o", "out", "--config", "run.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("--min-dept"), "{}", said(&output));
}

#[test]
fn tumours_of_the_sheet_are_matched_to_evidence() {
    let place = cohort(0);
    let maf = "Hugo_Symbol\tTumor_Sample_Barcode\tVariant_Classification\tHGVSp_Short\nBRAF\tT1\tMissense_Mutation\tp.V600E\n";
    std::fs::write(place.path().join("t.maf"), maf).unwrap();
    std::fs::write(place.path().join("t.csv"), "sample,tumour_maf,tumour_type\nT1,t.maf,melanoma\n").unwrap();
    let output = rxstrata(place.path(), &["run", "t.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let table = text(&results(&place.path().join("out")), "therapies.tsv");
    assert!(table.lines().any(|l| l.starts_with("T1\t") && l.contains("BRAF")), "{table}");
}

#[test]
fn a_tumour_is_read_beside_the_patients_own_genome() {
    let place = cohort(0);
    let maf = "Hugo_Symbol\tTumor_Sample_Barcode\tVariant_Classification\tHGVSp_Short\nBRAF\tP2\tMissense_Mutation\tp.V600E\n";
    std::fs::write(place.path().join("t.maf"), maf).unwrap();
    let sheet = "sample,vcf,tumour_maf,tumour_type\nP1,p.vcf,,\nP2,p.vcf,t.maf,melanoma\n";
    std::fs::write(place.path().join("t.csv"), sheet).unwrap();
    let output = rxstrata(place.path(), &["run", "t.csv", "-o", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let therapies = std::fs::read_dir(place.path().join("out/work/therapies")).unwrap().next().unwrap().unwrap().path();
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(therapies.join("therapies.json")).unwrap()).unwrap();
    // TPMT *1/*3A of the patient: mercaptopurine is among the therapies of the evidence
    assert!(json.to_string().contains("TPMT"), "{json:#}");
    let again = rxstrata(place.path(), &["run", "t.csv", "-o", "out"]);
    assert!(said(&again).contains("0 pieces of work done"), "{}", said(&again));
}

#[test]
fn enough_tumours_are_stratified() {
    let place = tempfile::tempdir().unwrap();
    let mut sheet = String::from("sample,tumour_maf,tumour_type\n");
    for tumour in 0..36 {
        let mut maf = String::from("Hugo_Symbol\tTumor_Sample_Barcode\tVariant_Classification\n");
        for gene in 0..12 {
            // three groups of four genes, each with a gene that does not fit
            if gene % 3 == tumour % 3 || gene == tumour % 12 {
                maf += &format!("GENE{gene}\tT{tumour}\tMissense_Mutation\n");
            }
        }
        std::fs::write(place.path().join(format!("t{tumour}.maf")), maf).unwrap();
        sheet += &format!("T{tumour},t{tumour}.maf,melanoma\n");
    }
    std::fs::write(place.path().join("t.csv"), sheet).unwrap();
    std::fs::write(place.path().join("run.toml"), "[stratify]\nsubtypes = 3\nresamples = 20\n").unwrap();
    let mut answers = Vec::new();
    for folder in ["a", "b"] {
        let output = rxstrata(place.path(), &["run", "t.csv", "-o", folder, "--config", "run.toml"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        answers.push(std::fs::read_to_string(place.path().join(folder).join("subtypes/subtypes.tsv")).unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    let of: BTreeMap<&str, &str> = answers[0]
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once('\t').map(|(t, s)| (t, s.split('\t').next().unwrap())))
        .collect();
    assert_eq!(of.len(), 36);
    let agree = (0..36).filter(|t| of[format!("T{t}").as_str()] == of[format!("T{}", t % 3).as_str()]).count();
    assert!(agree >= 34, "{agree} of 36 with their group");
    assert!(place.path().join("a/subtypes/stratify.html").is_file());
}
