//! `rxstrata genotype` and `rxstrata call` on reads, by the binary: reads are drawn from two copies of a random sequence that has the
//! panel's reference alleles in their places, and lie where an aligner puts them. `samtools` and `bcftools` make and read the files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use pgx_rules::knowledge::embedded;

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, bam, rxstrata, samtools};

const READ: usize = 150;
const FRAGMENT: usize = 420;
/// The stretch that reads are drawn from, 1-based, half-open: exons 3 to 5 of CYP2C9 on GRCh38.
const STRETCH: (usize, usize) = (94_941_500, 94_950_000);

/// A change on a copy: position, reference, alternate.
type Change = (usize, &'static str, &'static str);

/// Random bases with the panel's alleles.
fn reference(gene: &str, first: usize, end: usize) -> Vec<u8> {
    let mut random = Drawn(11);
    let mut bases: Vec<u8> = (first..end).map(|_| b"ACGT"[random.below(4) as usize]).collect();
    for site in &embedded().unwrap().genes[gene].sites {
        let at = site.position as usize;
        if (first..end - site.reference.len()).contains(&at) {
            bases[at - first..at - first + site.reference.len()].copy_from_slice(site.reference.as_bytes());
        }
    }
    bases
}

/// A copy with changes, and for each of its bases the position on the reference.
fn copy(reference: &[u8], first: usize, changes: &[Change]) -> (Vec<u8>, Vec<usize>) {
    let (mut bases, mut places) = (Vec::new(), Vec::new());
    let mut at = first;
    while at < first + reference.len() {
        match changes.iter().find(|(position, ..)| *position == at) {
            Some((_, old, new)) => {
                for (index, base) in new.bytes().enumerate() {
                    bases.push(base);
                    places.push(at + index.min(old.len() - 1));
                }
                at += old.len();
            }
            None => {
                bases.push(reference[at - first]);
                places.push(at);
                at += 1;
            }
        }
    }
    (bases, places)
}

/// A read as an aligner writes it: a deletion near its end is not opened, the bases beyond it mismatch.
fn aligned(places: &[usize]) -> (usize, String) {
    let gap = places.windows(2).position(|pair| pair[1] > pair[0] + 1);
    let whole = format!("{}M", places.len());
    match gap {
        None => (places[0], whole),
        Some(before) if before < 12 => (places[places.len() - 1] + 1 - places.len(), whole),
        Some(before) if places.len() - before < 12 => (places[0], whole),
        Some(before) => {
            let lost = places[before + 1] - places[before] - 1;
            (places[0], format!("{}M{lost}D{}M", before + 1, places.len() - before - 1))
        }
    }
}

fn sam(copies: &[(Vec<u8>, Vec<usize>)], depth: f64, header: &str, contig: &str) -> String {
    let mut text = header.to_owned();
    let mut random = Drawn(5);
    let mut name = 0;
    for (bases, places) in copies {
        let pairs = (bases.len() as f64 * depth / copies.len() as f64 / (2 * READ) as f64) as usize;
        for _ in 0..pairs {
            name += 1;
            let first = random.below((bases.len() - FRAGMENT) as u32) as usize;
            for (flag, start) in [(99, first), (147, first + FRAGMENT - READ)] {
                let (at, cigar) = aligned(&places[start..start + READ]);
                let sequence = std::str::from_utf8(&bases[start..start + READ]).unwrap();
                let quality = "F".repeat(READ);
                let _ = writeln!(
                    text,
                    "r{name}\t{flag}\t{contig}\t{at}\t60\t{cigar}\t=\t{at}\t0\t{sequence}\t{quality}\tRG:Z:1"
                );
            }
        }
    }
    text
}

fn header(contig: &str, length: u32) -> String {
    format!("@HD\tVN:1.6\n@SQ\tSN:{contig}\tLN:{length}\n@RG\tID:1\tSM:made\n")
}

fn two_copies(first: &[Change], second: &[Change], depth: f64) -> String {
    let sequence = reference("CYP2C9", STRETCH.0, STRETCH.1);
    let copies = [copy(&sequence, STRETCH.0, first), copy(&sequence, STRETCH.0, second)];
    sam(&copies, depth, &header("chr10", 133_797_422), "chr10")
}

/// Position to (REF, ALT, FILTER, sample's fields by name).
type Records = BTreeMap<u64, (String, String, String, BTreeMap<String, String>)>;

fn records(vcf: &str) -> Records {
    vcf.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let f: Vec<&str> = line.split('\t').collect();
            let fields = f[8].split(':').zip(f[9].split(':')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            (f[1].parse().unwrap(), (f[3].to_owned(), f[4].to_owned(), f[6].to_owned(), fields))
        })
        .collect()
}

fn genotyped(place: &Path, args: &[&str]) -> Records {
    let output = rxstrata(place, &[&["genotype"], args].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    records(std::str::from_utf8(&output.stdout).unwrap())
}

const STAR_2: Change = (94_942_290, "C", "T");
const STAR_8: Change = (94_942_309, "G", "A");
const STAR_6: Change = (94_949_281, "GA", "G");

#[test]
fn every_site_has_a_record_and_the_genotype_that_was_drawn() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[STAR_2, STAR_6], &[STAR_8], 30.0));
    let records = genotyped(place.path(), &[&file, "--genes", "CYP2C9"]);
    assert_eq!(records.len(), embedded().unwrap().genes["CYP2C9"].sites.len());
    for (position, (reference, alternates, filter, fields)) in &records {
        let genotype = fields["GT"].as_str();
        let inside = (STRETCH.0 as u64 + 200..STRETCH.1 as u64 - 200).contains(position);
        match *position {
            94_942_290 => assert_eq!((genotype, filter.as_str()), ("0|1", "PASS")),
            // on the other copy, by reads that show both
            94_942_309 => {
                assert_eq!((genotype, alternates.as_str(), fields["PS"].as_str()), ("1|0", "A,T", "94942290"))
            }
            94_949_281 => assert_eq!((reference.as_str(), genotype), ("GA", "0/1")),
            _ if inside => assert!(genotype == "0/0" && filter == "PASS", "{position}: {genotype} {filter}"),
            position if position < STRETCH.0 as u64 || position > STRETCH.1 as u64 => {
                assert_eq!((genotype, filter.as_str(), fields["DP"].as_str()), ("./.", "NoReads", "0"), "{position}");
            }
            _ => {}
        }
    }
}

#[test]
fn a_deletion_on_both_copies_is_seen_though_some_reads_are_not_opened() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[STAR_6], &[STAR_6], 30.0));
    let (.., fields) = &genotyped(place.path(), &[&file, "--genes", "CYP2C9"])[&94_949_281];
    assert_eq!(fields["GT"], "1/1", "{fields:?}");
}

#[test]
fn few_reads_are_no_genotype() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[STAR_2], &[STAR_2], 3.0));
    let records = genotyped(place.path(), &[&file, "--genes", "CYP2C9"]);
    let thin: Vec<_> = records.values().filter(|(.., f)| f["DP"].parse::<u32>().unwrap() < 4).collect();
    assert!(thin.len() > 10);
    assert!(thin.iter().all(|(.., fields)| fields["GT"] == "./."), "{thin:?}");
}

#[test]
fn the_compressed_file_is_indexed_and_bcftools_reads_it() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[STAR_2], &[], 30.0));
    let output = rxstrata(place.path(), &["genotype", &file, "-o", "out.vcf.gz", "--quiet"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let bcftools = |args: &[&str]| {
        let output =
            Command::new("bcftools").current_dir(place.path()).args(args).output().expect("bcftools is needed");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && errors.is_empty(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let line = bcftools(&["query", "-r", "chr10:94942290", "-f", "[%SAMPLE %GT %AD]\n", "out.vcf.gz"]);
    assert!(line.starts_with("made 0/1 "), "{line}");
    let all = bcftools(&["view", "-H", "out.vcf.gz"]);
    assert!(all.lines().count() > 1_000, "{}", all.lines().count());
}

#[test]
fn call_reads_alignments_and_answers_what_was_drawn() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[STAR_2], &[], 30.0));
    let output = rxstrata(place.path(), &["call", &file, "-o", "out", "--genes", "CYP2C9", "--formats", "tsv,json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let calls = std::fs::read_to_string(place.path().join("out/calls.tsv")).unwrap();
    let row: Vec<&str> = calls.lines().nth(1).unwrap().split('\t').collect();
    // exons that no read covers stay missing, so that other alleles remain possible
    assert_eq!((row[0], row[1], row[6]), ("made", "CYP2C9", "matcher"));
    assert!(row[2].contains("*1/*2"), "{row:?}");
    assert!(row[7].parse::<u32>().unwrap() > 0, "{row:?}");
    let provenance = std::fs::read_to_string(place.path().join("out/provenance.json")).unwrap();
    assert!(provenance.contains("\"format\": \"BAM\""), "{provenance}");
}

#[test]
fn cram_gives_what_bam_gives() {
    let place = tempfile::tempdir().unwrap();
    let (first, end, length) = (42_126_000, 42_133_500, 50_818_468);
    let sequence = reference("CYP2D6", first, end);
    let fasta = |name: &str, sequence: &[u8]| {
        let mut text = b">chr22\n".to_vec();
        text.resize(text.len() + length, b'N');
        let start = text.len() - length + first - 1;
        text[start..start + sequence.len()].copy_from_slice(sequence);
        text.push(b'\n');
        std::fs::write(place.path().join(name), text).unwrap();
        samtools(place.path(), &["faidx", name]);
    };
    fasta("ref.fa", &sequence);
    let copies = [copy(&sequence, first, &[(42_126_611, "C", "G")]), copy(&sequence, first, &[])];
    let file = bam(place.path(), "a.bam", &sam(&copies, 40.0, &header("chr22", length as u32), "chr22"));
    samtools(place.path(), &["view", "-C", "-T", "ref.fa", "-o", "a.cram", &file]);
    samtools(place.path(), &["index", "a.cram"]);
    let of_cram = genotyped(place.path(), &["a.cram", "--reference", "ref.fa", "--genes", "CYP2D6"]);
    assert_eq!(of_cram[&42_126_611].3["GT"], "0/1");
    assert_eq!(of_cram, genotyped(place.path(), &[&file, "--reference", "ref.fa", "--genes", "CYP2D6"]));

    let refused = rxstrata(place.path(), &["genotype", "a.cram"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--reference"));
    // another sequence than the panel's
    let mut other = sequence;
    other[42_126_611 - first] = b'T';
    fasta("other.fa", &other);
    let refused = rxstrata(place.path(), &["genotype", &file, "--reference", "other.fa"]);
    let errors = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(4) && errors.contains("has T at chr22:42126611, where the panel has C"),
        "{errors}"
    );
}

#[test]
fn files_that_cannot_be_used_cost_one_line() {
    let place = tempfile::tempdir().unwrap();
    let file = bam(place.path(), "a.bam", &two_copies(&[], &[], 5.0));
    let whole = std::fs::read(place.path().join(&file)).unwrap();
    std::fs::write(place.path().join("cut.bam"), &whole[..whole.len() / 2]).unwrap();
    std::fs::copy(place.path().join("a.bam.bai"), place.path().join("cut.bam.bai")).unwrap();
    std::fs::write(place.path().join("bare.bam"), &whole).unwrap();
    std::fs::write(place.path().join("text.bam"), "not reads\n").unwrap();
    bam(place.path(), "mouse.bam", "@HD\tVN:1.6\n@SQ\tSN:chr10\tLN:130694993\n");
    bam(place.path(), "two.bam", "@SQ\tSN:chr10\tLN:133797422\n@RG\tID:1\tSM:a\n@RG\tID:2\tSM:b\n");
    for (name, words) in [
        ("cut.bam", "cut off"),
        ("bare.bam", "samtools index"),
        ("text.bam", "neither BAM nor CRAM"),
        ("mouse.bam", "align the reads to GRCh37 or GRCh38"),
        ("two.bam", "several samples (a, b)"),
        ("absent.bam", "absent.bam"),
    ] {
        let output = rxstrata(place.path(), &["genotype", name, "-o", "out.vcf"]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{name}: {errors}");
        assert!(errors.contains(words) && errors.lines().count() == 1, "{name}: {errors}");
        assert!(!place.path().join("out.vcf").exists(), "{name}");
    }
}

/// The numbers of a sample by column of `qc.tsv`.
fn qc(place: &Path, args: &[&str]) -> BTreeMap<String, String> {
    let output = rxstrata(place, &[&["qc", "-o", "qc", "--quiet"], args].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = std::fs::read_to_string(place.join("qc/qc.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    rows[0].iter().zip(&rows[1]).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn quality_says_what_is_covered_and_whose_reads_these_are() {
    let place = tempfile::tempdir().unwrap();
    // enough changes for two people to differ
    let carried: Vec<Change> = embedded().unwrap().genes["CYP2C9"]
        .sites
        .iter()
        .filter(|s| (STRETCH.0 + 300..STRETCH.1 - 300).contains(&(s.position as usize)) && s.reference.len() == 1)
        .filter(|s| s.alternates.first().is_some_and(|a| a.len() == 1))
        .map(|s| (s.position as usize, s.reference.as_str(), s.alternates[0].as_str()))
        .step_by(2)
        .collect();
    assert!(carried.len() > 12, "{}", carried.len());
    let file = bam(place.path(), "a.bam", &two_copies(&carried, &[], 30.0));
    let output = rxstrata(place.path(), &["genotype", &file, "-o", "same.vcf", "--quiet"]);
    assert!(output.status.success());
    let found = qc(place.path(), &[&file, "--variants", "same.vcf"]);
    assert_eq!((found["identity"].as_str(), &found["identity_equal"]), ("same", &found["identity_sites"]));
    assert!(found["contamination"].is_empty(), "one gene has too few sites: {found:?}");
    assert!(found["warnings"].contains("alleles that every test should see"), "{found:?}");

    let text = std::fs::read_to_string(place.path().join("same.vcf")).unwrap();
    std::fs::write(place.path().join("other.vcf"), text.replace("0|1", "1/1").replace("0/1", "1/1")).unwrap();
    let found = qc(place.path(), &[&file, "--variants", "other.vcf"]);
    assert!(found["identity"] == "other" && found["warnings"].contains("these are two people"), "{found:?}");

    let coverage = std::fs::read_to_string(place.path().join("qc/coverage.tsv")).unwrap();
    let row: Vec<&str> = coverage.lines().find(|l| l.contains("\tCYP2C9\t")).unwrap().split('\t').collect();
    let complete: Vec<&str> = row[6].split(';').collect();
    assert!(complete.contains(&"*2") && complete.contains(&"*6") && complete.contains(&"*8"), "{row:?}");
    assert!(row[7].contains("*3"), "exon 7 has no reads: {row:?}");
    let page = std::fs::read_to_string(place.path().join("qc/qc.html")).unwrap();
    assert!(page.contains("not covered: ") && page.contains("CYP2C9"));
}
