//! Reads every region of a list from a BAM or CRAM, by noodles or by htslib, and says how many reads and bases there were: what ADR 31
//! measures. `cargo run --release -p variants --features htslib --example fetch -- noodles FILE REGIONS.tsv [REFERENCE]`
#![allow(missing_docs)]

use std::path::Path;

use rust_htslib::bam::{self, Read as _};
use variants::reads::Alignments;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [engine, file, list, rest @ ..] = arguments.as_slice() else {
        return Err("usage: fetch noodles|htslib FILE REGIONS.tsv [REFERENCE]".into());
    };
    let text = std::fs::read_to_string(list)?;
    let regions = text.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?.parse::<u32>().ok()?, fields.next()?.parse::<u32>().ok()?))
    });
    let reference = rest.first().map(Path::new);
    let (mut reads, mut bases) = (0_u64, 0_u64);
    if engine == "noodles" {
        let mut alignments = Alignments::open(Path::new(file), reference)?;
        for (contig, first, last) in regions {
            alignments.fetch(contig, first, last, &mut |read| {
                reads += 1;
                bases += read.bases.iter().zip(&read.qualities).filter(|(base, q)| **base == b'A' && **q > 10).count()
                    as u64;
            })?;
        }
    } else {
        let mut reader = bam::IndexedReader::from_path(file)?;
        if let Some(reference) = reference {
            reader.set_reference(reference)?;
        }
        let mut record = bam::Record::new();
        for (contig, first, last) in regions {
            reader.fetch((contig, i64::from(first) - 1, i64::from(last)))?;
            while let Some(result) = reader.read(&mut record) {
                result?;
                if record.flags() & 0x704 == 0 {
                    reads += 1;
                    let sequence = record.seq().as_bytes();
                    bases += sequence.iter().zip(record.qual()).filter(|(base, q)| **base == b'A' && **q > 10).count()
                        as u64;
                }
            }
        }
    }
    println!("{reads} reads, {bases} bases");
    Ok(())
}
