//! `rxstrata call` of a cohort in one file: streamed tables, read back by another program, and what a full disk leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// CYP2C19*2 (rs4244285), with depth, allele depths and quality; every seventh sample has no call.
fn cohort(samples: usize) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##contig=<ID=chr10,length=133797422,assembly=GRCh38>\n\
         ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Reads by allele\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT",
    );
    (0..samples).for_each(|i| text.push_str(&format!("\tS{i}")));
    text.push_str("\nchr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT:DP:AD:GQ");
    (0..samples).for_each(|i| {
        text.push_str(&match i % 7 {
            0 => "\t./.".to_owned(),
            1 => format!("\t0/1:{}:{},9:{}", 9 + i, i, i % 100),
            2 => format!("\t1/1:{}:0,{}", i + 1, i + 1),
            _ => format!("\t0/0:{}", i + 1),
        });
    });
    text.push('\n');
    text
}

fn call(place: &Path, more: &[&str]) -> Output {
    Command::new(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .current_dir(place)
        .args(["call", "in.vcf", "--quiet"])
        .args(more)
        .output()
        .unwrap()
}

fn place(samples: usize) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("in.vcf"), cohort(samples)).unwrap();
    place
}

fn succeeds(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_sample_of_a_cohort_keeps_its_own_depths() {
    let place = place(50);
    succeeds(&call(place.path(), &["-o", "out", "--formats", "json,vcf", "--genes", "CYP2C19"]));
    let document: Value = serde_json::from_slice(&std::fs::read(place.path().join("out/calls.json")).unwrap()).unwrap();
    let support = |sample: usize| &document["samples"][sample]["genes"][0]["sites"][0]["support"];
    assert_eq!(support(8), &serde_json::json!({"depth": 17, "allele_depths": [8, 9], "quality": 8}));
    assert_eq!(support(9), &serde_json::json!({"depth": 10, "allele_depths": [0, 10], "quality": null}));
    assert_eq!(support(10), &serde_json::json!({"depth": 11, "allele_depths": [], "quality": null}));
    let vcf = std::fs::read_to_string(place.path().join("out/S43.vcf")).unwrap();
    assert!(vcf.contains("\tGT:DP:GQ:PS:ST\t0/1:52:43:.:Called\n"), "{vcf}");
}

#[test]
fn a_cohort_in_one_file_gives_the_same_bytes_at_any_number_of_threads() {
    let place = place(300);
    let read = |threads: &str| {
        let formats = "tsv,json,outside,parquet";
        succeeds(&call(place.path(), &["-o", threads, "--threads", threads, "--formats", formats]));
        let mut files: Vec<_> =
            std::fs::read_dir(place.path().join(threads)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        files.iter().map(|f| (f.file_name().unwrap().to_owned(), std::fs::read(f).unwrap())).collect::<Vec<_>>()
    };
    let one = read("1");
    assert_eq!(one.len(), 300 + 7);
    for threads in ["2", "5"] {
        for (first, other) in one.iter().zip(read(threads)) {
            assert!(*first == other, "{:?} differs at {threads} threads", first.0);
        }
    }
}

/// A real failing write in the middle of the tables: the shell caps file sizes at 1 MiB and has the signal ignored, so that
/// writing returns an error as a full disk does.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_half_way_leaves_the_earlier_results() {
    let place = place(400);
    std::fs::create_dir(place.path().join("out")).unwrap();
    std::fs::write(place.path().join("out/calls.tsv"), "earlier").unwrap();
    let output = Command::new("sh")
        .current_dir(place.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" call in.vcf -o out --quiet --formats tsv,json,parquet"])
        .arg(assert_cmd::cargo::cargo_bin!("rxstrata"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("cannot write") && said.lines().count() == 1, "{said}");
    let left: Vec<_> = std::fs::read_dir(place.path().join("out")).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["calls.tsv"], "nothing half-written");
    assert_eq!(std::fs::read(place.path().join("out/calls.tsv")).unwrap(), b"earlier");
}

/// Row by row, with Apache Arrow's own reader: `RXSTRATA_PYTHON` or `python3` that can import pyarrow.
#[test]
fn parquet_read_by_another_program_is_the_tables() {
    let python = std::env::var("RXSTRATA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !Command::new(&python).args(["-c", "import pyarrow.parquet"]).output().is_ok_and(|o| o.status.success()) {
        eprintln!("SKIPPED: {python} cannot import pyarrow; set RXSTRATA_PYTHON to one that can");
        return;
    }
    let place = place(900);
    succeeds(&call(place.path(), &["-o", "out", "--formats", "tsv,parquet"]));
    let output = Command::new(python).args(["-c", READ_BACK]).current_dir(place.path().join("out")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().next(), Some("calls: 20700 rows in 2 groups"), "{said}");
}

const READ_BACK: &str = r#"
import pyarrow.parquet
for table in ("calls", "guidance"):
    file, rows = pyarrow.parquet.ParquetFile(table + ".parquet"), 0
    with open(table + ".tsv", encoding="utf-8", newline="\n") as lines:
        names = next(lines).rstrip("\n").split("\t")
        assert file.schema_arrow.names == names, file.schema_arrow.names
        for group in range(file.num_row_groups):
            columns = file.read_row_group(group).to_pydict()
            for row in zip(*(columns[name] for name in names)):
                line = next(lines).rstrip("\n").split("\t")
                assert [str(value) for value in row] == line, (table, rows, row, line)
                rows += 1
        assert next(lines, None) is None, table
    print(f"{table}: {rows} rows in {file.num_row_groups} groups")
"#;
