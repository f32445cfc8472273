//! Bad input by the binary: one clear line, a non-zero status, nothing half-written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Output;

use assert_cmd::Command;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422,assembly=GRCh38>\n";
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n";
const RECORD: &str = "chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT\t0/1\n";

/// Runs on one input; gives the output and the folder.
fn call(bytes: impl AsRef<[u8]>, more: &[&str]) -> (Output, tempfile::TempDir) {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("in.vcf"), bytes).unwrap();
    let binary = assert_cmd::cargo::cargo_bin!("rxstrata");
    let mut command = Command::new(binary);
    command.current_dir(place.path()).args(["call", "in.vcf", "-o", "out"]).args(more);
    (command.output().unwrap(), place)
}

/// Statuses of the user guide.
const USAGE: i32 = 2;
const INPUT: i32 = 4;
const MISMATCH: i32 = 5;
const OUTPUT: i32 = 6;

fn refused(bytes: impl AsRef<[u8]>, more: &[&str], words: &[&str]) {
    refused_with(INPUT, bytes, more, words);
}

fn refused_with(status: i32, bytes: impl AsRef<[u8]>, more: &[&str], words: &[&str]) {
    let (output, place) = call(bytes, more);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert_eq!(said.lines().count(), 1, "one line: {said}");
    for word in words {
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "'{word}' in: {said}");
    }
    if let Ok(entries) = std::fs::read_dir(place.path().join("out")) {
        for entry in entries {
            assert_eq!(entry.unwrap().file_name(), "failures.tsv", "nothing half-written");
        }
    }
}

fn answered(bytes: impl AsRef<[u8]>, more: &[&str]) -> String {
    let (output, place) = call(bytes, more);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(place.path().join("out/calls.tsv")).unwrap()
}

#[test]
fn an_empty_file_is_named() {
    refused("", &[], &["in.vcf", "empty"]);
}

#[test]
fn a_missing_file_is_named() {
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .current_dir(place.path())
        .args(["call", "none.vcf", "-o", "out"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(INPUT));
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.vcf"));
}

#[test]
fn a_file_without_a_header_is_refused() {
    refused(RECORD, &[], &["in.vcf", "header"]);
}

#[test]
fn a_line_with_too_few_columns_is_named() {
    refused(format!("{HEADER}{COLUMNS}chr10\t94781859\trs4244285\tG\n"), &[], &["in.vcf"]);
}

#[test]
fn text_that_is_not_utf_8_where_it_is_read_is_refused() {
    let mut bytes = format!("{HEADER}{COLUMNS}").into_bytes();
    bytes.extend(b"chr10\t94781859\trs4244285\tG\t\xff\t.\tPASS\t.\tGT\t0/1\n");
    refused(bytes, &[], &["in.vcf, line 4", "not UTF-8"]);
}

#[test]
fn an_assembly_that_nothing_tells_is_asked_for() {
    let text = format!("##fileformat=VCFv4.2\n{COLUMNS}chr10\t5\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n");
    refused_with(MISMATCH, text, &[], &["in.vcf", "--assembly"]);
}

#[test]
fn an_assembly_that_the_header_contradicts_is_refused() {
    refused_with(MISMATCH, format!("{HEADER}{COLUMNS}{RECORD}"), &["--assembly", "GRCh37"], &["in.vcf", "GRCh38"]);
}

#[test]
fn an_absent_sample_is_named() {
    refused(format!("{HEADER}{COLUMNS}{RECORD}"), &["--samples", "NOBODY"], &["NOBODY", "in.vcf"]);
}

#[test]
fn duplicate_samples_in_a_header_are_refused() {
    let columns = COLUMNS.replace("\tS\n", "\tS\tS\n");
    let record = RECORD.replace("0/1\n", "0/1\t0/1\n");
    refused(format!("{HEADER}{columns}{record}"), &[], &["in.vcf", "S"]);
}

#[test]
fn a_disagreeing_reference_allele_is_not_used() {
    let text = format!("{HEADER}{COLUMNS}{}", RECORD.replace("\tG\tA\t", "\tC\tA\t"));
    let calls = answered(text, &["--assembly", "GRCh38", "--genes", "CYP2C19", "--quiet"]);
    let row = calls.lines().nth(1).unwrap();
    assert_eq!(row.split('\t').nth(2), Some(""), "{row}");
}

#[test]
fn three_chromosome_copies_fail_the_sample() {
    let text = format!("{HEADER}{COLUMNS}{}", RECORD.replace("0/1", "0/1/1"));
    refused(text, &[], &["in.vcf", "chr10:94781859", "sample S", "3 copies"]);
}

#[test]
fn dos_line_ends_change_nothing() {
    let text = format!("{HEADER}{COLUMNS}{RECORD}");
    let plain = answered(&text, &["--quiet"]);
    assert_eq!(answered(text.replace('\n', "\r\n"), &["--quiet"]), plain);
}

#[test]
fn a_line_of_ten_megabytes_is_read() {
    let long = RECORD.replace("\t.\tGT", &format!("\tX={}\tGT", "A".repeat(10_000_000)));
    let plain = answered(format!("{HEADER}{COLUMNS}{RECORD}"), &["--quiet"]);
    assert_eq!(answered(format!("{HEADER}{COLUMNS}{long}"), &["--quiet"]), plain);
}

#[test]
fn a_truncated_bgzip_is_refused() {
    use std::io::Write;
    let mut writer = noodles_bgzf::io::Writer::new(Vec::new());
    writer.write_all(format!("{HEADER}{COLUMNS}{RECORD}").as_bytes()).unwrap();
    let bytes = writer.finish().unwrap();
    refused(&bytes[..bytes.len() / 2], &[], &["in.vcf"]);
}

#[test]
fn an_unknown_gene_in_an_outside_call_is_named() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("o.tsv"), "NOGENE\t*1/*2\n").unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .current_dir(place.path())
        .args(["call", "--outside-calls", "o.tsv", "-o", "out"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(INPUT), "{said}");
    assert!(said.contains("o.tsv, line 1") && said.contains("NOGENE"), "{said}");
}

#[test]
fn unknown_genes_and_drugs_on_the_command_line_are_named() {
    let text = format!("{HEADER}{COLUMNS}{RECORD}");
    refused_with(USAGE, &text, &["--genes", "CYP2C8"], &["unknown gene 'CYP2C8'", "CYP2C19"]);
    refused_with(USAGE, &text, &["--drugs", "nosuchdrug"], &["unknown drug 'nosuchdrug'"]);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused_and_kept() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("in.vcf"), format!("{HEADER}{COLUMNS}{RECORD}")).unwrap();
    std::fs::write(place.path().join("out"), "mine").unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .current_dir(place.path())
        .args(["call", "in.vcf", "-o", "out"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(OUTPUT), "{said}");
    assert!(said.contains("out") && said.contains("not a folder"), "{said}");
    assert_eq!(std::fs::read_to_string(place.path().join("out")).unwrap(), "mine");
}

/// A real failing write: the shell caps file sizes at 4 KiB and has the signal ignored, so that writing returns an error
/// as a full disk does.
#[cfg(unix)]
#[test]
fn a_failing_write_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("in.vcf"), format!("{HEADER}{COLUMNS}{RECORD}")).unwrap();
    let output = std::process::Command::new("sh")
        .current_dir(place.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" call in.vcf -o out --quiet"])
        .arg(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(OUTPUT), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(std::fs::read_dir(place.path().join("out")).unwrap().count(), 0, "nothing half-written");
}
