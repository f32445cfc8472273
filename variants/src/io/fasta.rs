//! Short stretches of a reference sequence, read by its `.fai` index.

use std::io;
use std::path::Path;

use noodles::core::{Position, Region};
use noodles::fasta;
use rustc_hash::FxHashMap;

use super::header::{Contig, Header};
use crate::model::canonical_contig;

/// Stretches of a reference sequence in memory, upper case.
#[derive(Clone, Debug, Default)]
pub struct Stretches {
    contigs: FxHashMap<&'static str, Vec<(u32, Vec<u8>)>>,
}

impl Stretches {
    /// The bases of `first..=last` (1-based) of a contig in canonical form; `None` when they were not read.
    pub fn bases(&self, contig: &str, first: u32, last: u32) -> Option<&[u8]> {
        let stretches = self.contigs.get(contig)?;
        let (start, bases) = stretches.get(stretches.partition_point(|s| s.0 <= first).checked_sub(1)?)?;
        let offset = |position: u32| usize::try_from(position.checked_sub(*start)?).ok();
        bases.get(offset(first)?..=offset(last)?)
    }
}

/// A FASTA with its index.
pub struct Reference {
    reader: fasta::io::IndexedReader<fasta::io::BufReader<std::fs::File>>,
}

impl Reference {
    /// Opens a FASTA (plain or bgzip) that has its index beside it.
    ///
    /// # Errors
    /// When the file or its index cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { reader: fasta::io::indexed_reader::Builder::default().build_from_path(path)? })
    }

    /// Names and lengths of the sequences, as a header, so that the same evidence applies.
    pub fn as_header(&self) -> Header {
        let records: &[fasta::fai::Record] = self.reader.index().as_ref();
        let contigs =
            records.iter().map(|r| Contig { name: r.name().to_string(), length: Some(r.length()), assembly: None });
        Header { contigs: contigs.collect(), ..Header::default() }
    }

    /// Reads stretches (1-based, inclusive; cut at the end of the contig) of contigs in canonical form. Contigs that the
    /// FASTA does not have are left out.
    ///
    /// # Errors
    /// When the FASTA cannot be read.
    pub fn read(&mut self, wanted: &[(&'static str, Vec<(u32, u32)>)]) -> io::Result<Stretches> {
        let known: Vec<(String, u64)> = {
            let records: &[fasta::fai::Record] = self.reader.index().as_ref();
            records.iter().map(|r| (r.name().to_string(), r.length())).collect()
        };
        let mut out = Stretches::default();
        for (contig, windows) in wanted {
            let Some((name, length)) = known.iter().find(|(n, _)| canonical_contig(n) == Some(contig)) else {
                continue;
            };
            for (first, last) in windows {
                let (first, last) = ((*first).max(1), u64::from(*last).min(*length));
                let position = |n: u64| usize::try_from(n).ok().and_then(Position::new);
                let (Some(start), Some(end)) = (position(u64::from(first)), position(last)) else { continue };
                if start > end {
                    continue;
                }
                let record = self.reader.query(&Region::new(name.as_bytes(), start..=end))?;
                let bases = record.sequence().as_ref().to_ascii_uppercase();
                out.contigs.entry(contig).or_default().push((first, bases));
            }
        }
        Ok(out)
    }
}
