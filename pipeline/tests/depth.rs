//! `rxstrata depth` by the binary, window by window against `samtools depth`, which counts overlapping mates once with `-s`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use noodles_bgzf as bgzf;

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, bam, rxstrata, samtools};

const CONTIGS: [(&str, u32); 3] = [("one", 12_345), ("two", 900), ("three", 4_000)];

/// Pairs that overlap, gaps, clips, flags that do not count, a contig without reads.
fn sam() -> String {
    let mut text = String::from("@HD\tVN:1.6\n");
    for (name, length) in CONTIGS {
        let _ = writeln!(text, "@SQ\tSN:{name}\tLN:{length}");
    }
    text += "@RG\tID:1\tSM:p 1\n";
    let mut random = Drawn(4);
    let cigars = ["100M", "10S90M", "40M5D60M", "30M4I66M", "50M200N50M", "20=1X79=", "100M", "100M"];
    let spans = [100, 90, 105, 96, 300, 100, 100, 100];
    assert_eq!(cigars.len(), spans.len());
    let (bases, qualities) = ("C".repeat(100), "F".repeat(100));
    for number in 0..4_000 {
        let (contig, length) = CONTIGS[[0, 2][random.below(2) as usize]];
        let [first, second] = [random.below(8), random.below(8)].map(|n| n as usize);
        let position = 1 + random.below(length - 700);
        // under a gap of one mate, samtools leaves out the bases of the other, and we those of the one
        let has_gap = [first, second].iter().any(|cigar| [2, 4].contains(cigar));
        let mate = position + if has_gap { 400 } else { random.below(300) };
        let template = (mate + spans[second]).max(position + spans[first]) - position;
        let other = [0, 0, 0, 0, 0, 0x400, 0x200, 0x100, 0x800][random.below(9) as usize];
        // supplementary alignments are no pairs to us, and are to samtools
        let [left, right] = if other == 0x800 { [other, other] } else { [0x63 | other, 0x93 | other] };
        for (flag, at, cigar, of_mate, size) in [
            (left, position, cigars[first], mate, i64::from(template)),
            (right, mate, cigars[second], position, -i64::from(template)),
        ] {
            let _ = writeln!(
                text,
                "r{number}\t{flag}\t{contig}\t{at}\t60\t{cigar}\t=\t{of_mate}\t{size}\t{bases}\t{qualities}\tRG:Z:1"
            );
        }
    }
    text
}

/// Bases by contig and window, of `samtools depth`.
fn by_samtools(place: &Path, window: u32) -> BTreeMap<(String, u32), u64> {
    let output = Command::new("samtools").current_dir(place).args(["depth", "-aa", "-s", "made.bam"]).output().unwrap();
    let mut sums = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let start = (fields[1].parse::<u32>().unwrap() - 1) / window * window;
        *sums.entry((fields[0].to_owned(), start)).or_default() += fields[2].parse::<u64>().unwrap();
    }
    sums
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut text = String::new();
    bgzf::io::Reader::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| line.split('\t').map(ToOwned::to_owned).collect()).collect()
}

#[test]
fn every_window_has_the_depth_that_samtools_counts() {
    let place = tempfile::tempdir().unwrap();
    bam(place.path(), "made.bam", &sam());
    std::fs::remove_file(place.path().join("made.bam.bai")).unwrap();
    let sequence: String =
        CONTIGS.iter().map(|(n, length)| format!(">{n}\n{}\n", "C".repeat(*length as usize))).collect();
    std::fs::write(place.path().join("ref.fa"), sequence).unwrap();
    samtools(place.path(), &["view", "-C", "-T", "ref.fa", "-o", "made.cram", "made.bam"]);
    for window in [1_000_u32, 77] {
        let expected = by_samtools(place.path(), window);
        let mut outputs = Vec::new();
        for args in [vec!["made.bam"], vec!["made.bam", "--threads", "3"], vec!["made.cram", "--reference", "ref.fa"]] {
            let size = window.to_string();
            let args = [vec!["depth", "--window", &size, "-o", "out", "-q"], args].concat();
            let output = rxstrata(place.path(), &args);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            outputs.push(std::fs::read(place.path().join("out/p_1.regions.bed.gz")).unwrap());
            let found = rows(&place.path().join("out/p_1.regions.bed.gz"));
            assert_eq!(found.len(), expected.len());
            for row in &found {
                let [start, end] = [1, 2].map(|field: usize| row[field].parse::<u32>().unwrap());
                let mean = expected[&(row[0].clone(), start)] as f64 / f64::from(end - start);
                let written: f64 = row[3].parse().unwrap();
                assert!((written - mean).abs() <= 0.005 + 1e-9, "{args:?} {row:?} {mean}");
            }
        }
        assert!(outputs.iter().all(|bytes| *bytes == outputs[0]), "threads and format change nothing");
    }
    let table = std::fs::read_to_string(place.path().join("out/depth.tsv")).unwrap();
    assert!(table.lines().nth(2).unwrap().starts_with("p 1\ttwo\t900\t0\t0.0000"), "{table}");
}

#[test]
fn files_that_cannot_be_measured_cost_one_line_each() {
    let place = tempfile::tempdir().unwrap();
    bam(place.path(), "made.bam", &sam());
    samtools(place.path(), &["sort", "-n", "-o", "names.bam", "made.bam"]);
    let whole = std::fs::read(place.path().join("made.bam")).unwrap();
    std::fs::write(place.path().join("cut.bam"), &whole[..whole.len() - 500]).unwrap();
    // the last block is there, and something before it is not
    let holed = [&whole[..whole.len() - 2_000], &whole[whole.len() - 28..]].concat();
    std::fs::write(place.path().join("holed.bam"), holed).unwrap();
    std::fs::write(place.path().join("empty.bam"), "").unwrap();
    std::fs::copy(place.path().join("made.bam"), place.path().join("again.bam")).unwrap();
    let files = ["made.bam", "names.bam", "cut.bam", "holed.bam", "empty.bam", "absent.bam", "again.bam"];
    let output = rxstrata(place.path(), &[&["depth", "-o", "out"], files.as_slice()].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    for (file, word) in [
        ("names.bam", "samtools sort"),
        ("cut.bam", "is cut off"),
        ("holed.bam", "cannot read holed.bam"),
        ("empty.bam", "neither BAM nor CRAM"),
        ("absent.bam", "cannot read absent.bam"),
        ("again.bam", "a sample p 1 is there already"),
    ] {
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(file)).collect();
        assert!(lines.len() == 1 && lines[0].contains(word), "{file}: {said}");
    }
    assert_eq!(rows(&place.path().join("out/p_1.regions.bed.gz")).len(), 18);
    let names: Vec<_> = std::fs::read_dir(place.path().join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
