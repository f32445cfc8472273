//! Opens a BAM or CRAM with its index, and reads regions.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use noodles::core::{Position, Region};
use noodles::sam::header::record::value::map::read_group::tag;
use noodles::{cram, fasta, sam};
use noodles_bgzf as bgzf;

use super::bam::Bam;
use super::{Read, ReadsError};
use crate::model::{Assembly, canonical_contig, contig_length};

/// An alignment file, open.
pub struct Alignments {
    name: String,
    header: sam::Header,
    assembly: Assembly,
    sample: Option<String>,
    inner: Inner,
}

enum Inner {
    Bam(Box<Bam>),
    Cram(Box<Cram>),
}

struct Cram {
    reader: cram::io::IndexedReader<File>,
    /// Keeps whole contigs of the reference: emptied when the next contig is read.
    sequences: fasta::Repository,
    contig: String,
}

/// The empty block that ends a BAM (SAM specification 4.1.2).
const LAST_BLOCK: [u8; 28] =
    [31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Bam,
    Cram,
}

pub(super) fn format(path: &Path) -> io::Result<Option<Format>> {
    let mut first = [0_u8; 4];
    let mut file = File::open(path)?;
    if file.read_exact(&mut first).is_err() {
        return Ok(None);
    }
    if &first == b"CRAM" {
        return Ok(Some(Format::Cram));
    }
    if first[..2] != [0x1f, 0x8b] {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut inside = [0_u8; 4];
    let read = bgzf::io::Reader::new(file).read_exact(&mut inside);
    Ok((read.is_ok() && &inside == b"BAM\x01").then_some(Format::Bam))
}

/// Whether a file is BAM or CRAM, by its content.
pub fn is_alignment(path: &Path) -> bool {
    matches!(format(path), Ok(Some(_)))
}

/// The indices that lie beside a file of reads.
pub fn indices(path: &Path) -> Vec<PathBuf> {
    ["bai", "csi", "crai"].iter().filter_map(|extension| index_beside(path, &[extension])).collect()
}

/// The index that lies beside a file: `FILE.bai`, `FILE.csi` or `FILE.crai`, or with the extension replaced.
fn index_beside(path: &Path, extensions: &[&str]) -> Option<PathBuf> {
    extensions.iter().find_map(|extension| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        [PathBuf::from(name), path.with_extension(extension)].into_iter().find(|p| p.is_file())
    })
}

impl Alignments {
    /// Opens a file; a CRAM needs the FASTA it was made with.
    ///
    /// # Errors
    /// When it is no alignment, has no index, is cut off, belongs to another species or to several samples, or when a
    /// CRAM's reference is missing.
    pub fn open(path: &Path, reference: Option<&Path>) -> Result<Self, ReadsError> {
        let name = path.display().to_string();
        let failed = |source| ReadsError::Io { name: name.clone(), source };
        let no_index = || ReadsError::NoIndex { name: name.clone() };
        let (inner, header) = match format(path).map_err(failed)? {
            None => return Err(ReadsError::UnknownFormat { name }),
            Some(Format::Bam) => {
                if !ends_whole(path).map_err(failed)? {
                    return Err(ReadsError::Truncated { name });
                }
                let index = index_beside(path, &["bai", "csi"]).ok_or_else(no_index)?;
                let (reader, header) = Bam::open(path, &index).map_err(failed)?;
                (Inner::Bam(Box::new(reader)), header)
            }
            Some(Format::Cram) => {
                let reference = reference.ok_or_else(|| ReadsError::NoReference { name: name.clone() })?;
                let index = index_beside(path, &["crai"]).ok_or_else(no_index)?;
                let sequences = sequences(reference)?;
                let mut reader = cram::io::indexed_reader::Builder::default()
                    .set_reference_sequence_repository(sequences.clone())
                    .set_index(cram::crai::fs::read(&index).map_err(failed)?)
                    .build_from_path(path)
                    .map_err(failed)?;
                let header = reader.read_header().map_err(failed)?;
                (Inner::Cram(Box::new(Cram { reader, sequences, contig: String::new() })), header)
            }
        };
        let assembly = assembly(&name, &header)?;
        let sample = sample(&name, &header)?;
        Ok(Self { name, header, assembly, sample, inner })
    }

    /// The file, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `BAM` or `CRAM`.
    pub fn format(&self) -> &'static str {
        match self.inner {
            Inner::Bam(_) => "BAM",
            Inner::Cram(_) => "CRAM",
        }
    }

    /// Its assembly, by the lengths of its contigs.
    pub fn assembly(&self) -> Assembly {
        self.assembly
    }

    /// Its sample, by its read groups.
    pub fn sample(&self) -> Option<&str> {
        self.sample.as_deref()
    }

    /// How the file writes a canonical contig, or one of the alternates, which have one way to be written; `None` where it has
    /// none.
    pub fn contig_name(&self, contig: &str) -> Option<&str> {
        let mut names = self.header.reference_sequences().keys().filter_map(|name| std::str::from_utf8(name).ok());
        names.find(|name| *name == contig || canonical_contig(name) == Some(contig))
    }

    /// Canonical name, length and mapped reads of each contig by the index of a BAM; empty for a CRAM, whose index counts none.
    pub fn mapped(&self) -> Vec<(&'static str, u32, u64)> {
        let Inner::Bam(bam) = &self.inner else { return Vec::new() };
        let contigs = self.header.reference_sequences().iter().zip(bam.mapped());
        contigs
            .filter_map(|((name, map), mapped)| {
                let name = std::str::from_utf8(name).ok().and_then(canonical_contig)?;
                Some((name, map.length().get() as u32, mapped?))
            })
            .collect()
    }

    /// Calls `each` with every read that overlaps `first..=last` (1-based) of a canonical contig and is evidence:
    /// mapped, primary or supplementary, no duplicate, not failed.
    ///
    /// # Errors
    /// When the contig is not in the header, or a record is garbled.
    pub fn fetch(&mut self, contig: &str, first: u32, last: u32, each: &mut dyn FnMut(Read)) -> Result<(), ReadsError> {
        let failed = |source| ReadsError::Io { name: self.name.clone(), source };
        let Some(written) = self.contig_name(contig).map(str::to_owned) else {
            return Err(ReadsError::AbsentContig { name: self.name.clone(), contig: contig.to_owned() });
        };
        let position = |n: u32| Position::try_from(n.max(1) as usize).map_err(|e| failed(io::Error::other(e)));
        if let Inner::Cram(cram) = &mut self.inner
            && cram.contig != written
        {
            cram.sequences.clear();
            cram.contig.clone_from(&written);
        }
        let (first, last) = (position(first)?, position(last)?);
        match &mut self.inner {
            Inner::Bam(reader) => {
                let number = self.header.reference_sequences().get_index_of(written.as_bytes());
                reader.fetch(number.unwrap_or(usize::MAX), first, last, each).map_err(failed)?;
            }
            Inner::Cram(cram) => {
                let region = Region::new(written, first..=last);
                let query = cram.reader.query(&self.header, &region).map_err(failed)?;
                for record in query.records() {
                    if let Some(read) = Read::of(&record.map_err(failed)?).map_err(failed)? {
                        each(read);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The sequences of a FASTA, each read when it is asked for, and kept.
pub(super) fn sequences(reference: &Path) -> Result<fasta::Repository, ReadsError> {
    let fasta = fasta::io::indexed_reader::Builder::default()
        .build_from_path(reference)
        .map_err(|source| ReadsError::Reference { name: reference.display().to_string(), source })?;
    Ok(fasta::Repository::new(fasta::repository::adapters::IndexedReader::new(fasta)))
}

pub(super) fn ends_whole(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length < LAST_BLOCK.len() as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-(LAST_BLOCK.len() as i64)))?;
    let mut last = [0_u8; LAST_BLOCK.len()];
    file.read_exact(&mut last)?;
    Ok(last == LAST_BLOCK)
}

fn assembly(name: &str, header: &sam::Header) -> Result<Assembly, ReadsError> {
    for (contig, map) in header.reference_sequences() {
        let Some(contig) = std::str::from_utf8(contig).ok().and_then(canonical_contig) else { continue };
        // the mitochondrion has the same length on several assemblies
        if contig == "chrM" {
            continue;
        }
        for assembly in [Assembly::Grch37, Assembly::Grch38] {
            if contig_length(assembly, contig).is_some_and(|length| length as usize == map.length().get()) {
                return Ok(assembly);
            }
        }
    }
    let contigs = header.reference_sequences().iter().take(3);
    let found: Vec<String> = contigs.map(|(contig, map)| format!("{contig} of {}", map.length())).collect();
    let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
    Err(ReadsError::UnknownAssembly { name: name.to_owned(), found })
}

pub(super) fn sample(name: &str, header: &sam::Header) -> Result<Option<String>, ReadsError> {
    let groups = header.read_groups().values();
    let mut samples: Vec<String> =
        groups.filter_map(|group| group.other_fields().get(&tag::SAMPLE)).map(ToString::to_string).collect();
    samples.sort();
    samples.dedup();
    match samples.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => Err(ReadsError::SeveralSamples { name: name.to_owned(), found: several.join(", ") }),
    }
}
