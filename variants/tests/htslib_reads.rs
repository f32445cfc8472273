//! Against htslib, read by read: what it fetches from BAM and CRAM by their index is what we fetch.
#![cfg(feature = "htslib")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::Path;

use rust_htslib::bam::record::Cigar;
use rust_htslib::bam::{self, Read as _};
use variants::reads::{Alignments, Operation};

#[path = "support/reads.rs"]
mod reads;

use reads::{Drawn, samtools};

const LENGTH: usize = 46_709_983;
const START: u32 = 20_000_000;

/// Position, flags, mapping quality, alignment, bases, qualities.
type Plain = (u32, u16, u8, Vec<Operation>, Vec<u8>, Vec<u8>);

/// Reads of every kind: clips, gaps, skips, flags, without qualities, of unknown mapping quality.
fn sam() -> String {
    let mut random = Drawn(1);
    let mut text = format!("@HD\tVN:1.6\n@SQ\tSN:chr21\tLN:{LENGTH}\n@RG\tID:1\tSM:s\n");
    let flags = [0, 16, 83, 99, 147, 163, 256, 512, 1024, 2048, 4 + 8];
    for number in 0..3_000 {
        let (cigar, length) = match random.below(7) {
            0 => ("20S80M".to_owned(), 100),
            1 => ("50M3D50M".to_owned(), 100),
            2 => ("40M5I55M".to_owned(), 100),
            3 => ("10H90M10S".to_owned(), 100),
            4 => ("30M400N70M".to_owned(), 100),
            5 => ("25=1X74=".to_owned(), 100),
            _ => ("100M".to_owned(), 100),
        };
        let flag = flags[random.below(flags.len())];
        let bases: String = (0..length).map(|_| char::from(b"ACGTN"[random.below(5)])).collect();
        let qualities: String = match random.below(10) {
            0 => "*".to_owned(),
            _ => (0..length).map(|_| char::from(33 + random.below(41) as u8)).collect(),
        };
        let quality = [0, 1, 20, 60, 255][random.below(5)];
        let position = START + random.below(20_000) as u32;
        let _ = writeln!(
            text,
            "r{number}\t{flag}\tchr21\t{position}\t{quality}\t{cigar}\t*\t0\t0\t{bases}\t{qualities}\tRG:Z:1"
        );
    }
    text
}

fn by_htslib(path: &Path, reference: &Path, first: u32, last: u32) -> Vec<Plain> {
    let mut reader = bam::IndexedReader::from_path(path).expect("htslib opens it");
    reader.set_reference(reference).expect("htslib takes the reference");
    reader.fetch(("chr21", i64::from(first) - 1, i64::from(last))).expect("htslib seeks");
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.expect("htslib reads it");
        if record.flags() & (0x4 | 0x100 | 0x200 | 0x400) != 0 {
            continue;
        }
        let cigar = record.cigar();
        let operations = cigar.iter().filter_map(|operation| match *operation {
            Cigar::Match(n) | Cigar::Equal(n) | Cigar::Diff(n) => Some(Operation::Match(n)),
            Cigar::Ins(n) => Some(Operation::Insertion(n)),
            Cigar::Del(n) | Cigar::RefSkip(n) => Some(Operation::Deletion(n)),
            Cigar::SoftClip(n) => Some(Operation::Clip(n)),
            Cigar::HardClip(_) | Cigar::Pad(_) => None,
        });
        found.push((
            record.pos() as u32 + 1,
            record.flags(),
            record.mapq(),
            operations.collect(),
            record.seq().as_bytes(),
            record.qual().to_vec(),
        ));
    }
    found
}

fn ours(path: &Path, reference: &Path, first: u32, last: u32) -> Vec<Plain> {
    let mut alignments = Alignments::open(path, Some(reference)).expect("we open it");
    let mut found = Vec::new();
    let each = &mut |r: variants::reads::Read| {
        // htslib writes absent qualities as 255 for each base
        let qualities = if r.qualities.is_empty() { vec![255; r.bases.len()] } else { r.qualities };
        found.push((r.position, r.flags, r.mapping_quality, r.operations, r.bases, qualities));
    };
    alignments.fetch("chr21", first, last, each).expect("we fetch");
    found
}

/// Neighbouring matches as one: CRAM does not keep `=` and `X` apart.
fn joined(mut reads: Vec<Plain>) -> Vec<Plain> {
    for read in &mut reads {
        let mut operations: Vec<Operation> = Vec::new();
        for operation in read.3.drain(..) {
            match (operations.last_mut(), operation) {
                (Some(Operation::Match(n)), Operation::Match(more)) => *n += more,
                _ => operations.push(operation),
            }
        }
        read.3 = operations;
    }
    reads
}

#[test]
fn every_read_of_bam_and_cram_is_as_htslib_has_it() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    std::fs::write(path("a.sam"), sam()).unwrap();
    let mut random = Drawn(2);
    let sequence: String = (0..21_000).map(|_| char::from(b"ACGT"[random.below(4)])).collect();
    let before = "N".repeat(START as usize - 1);
    let after = "N".repeat(LENGTH - before.len() - sequence.len());
    std::fs::write(path("ref.fa"), format!(">chr21\n{before}{sequence}{after}\n")).unwrap();
    samtools(place.path(), &["faidx", "ref.fa"]);
    samtools(place.path(), &["sort", "-o", "a.bam", "a.sam"]);
    samtools(place.path(), &["view", "-C", "-T", "ref.fa", "-o", "a.cram", "a.bam"]);
    for file in ["a.bam", "a.cram"] {
        samtools(place.path(), &["index", file]);
        let mut all = 0;
        for (first, last) in
            [(START, START + 100), (START + 5_000, START + 5_000), (START + 9_000, START + 12_000), (1, LENGTH as u32)]
        {
            let (ours, theirs) =
                (ours(&path(file), &path("ref.fa"), first, last), by_htslib(&path(file), &path("ref.fa"), first, last));
            assert_eq!(joined(ours), joined(theirs.clone()), "{file} {first}-{last}");
            all = theirs.len();
        }
        assert!(all > 1_500, "{file}: {all} reads");
    }
}
