//! Depth of a whole file in windows, in one pass from its first read to its last: without an index, and in little memory.
//!
//! Of a BAM's record only what places it is read; bases, qualities and tags are passed over. Where mates overlap, the bases are
//! counted once: where the other mate lies and where the template ends stands in the record.

use std::fs::File;
use std::io::{self, BufRead};
use std::num::NonZero;
use std::path::Path;

use noodles::{bam, cram, fasta, sam};
use noodles_bgzf as bgzf;

use super::bam::MOST_BYTES;
use super::open::{Format, ends_whole, format, sample, sequences};
use super::record::NOT_EVIDENCE;
use super::{Operation, Read, ReadsError};
use crate::model::ContigDepth;

/// Bytes of a BAM's record before its name.
const FIXED: usize = 32;
const PAIRED: u16 = 0x1;
const MATE_UNMAPPED: u16 = 0x8;
const SUPPLEMENTARY: u16 = 0x800;

/// The depth of every contig in windows of `window` bases, handed to `each` in the order of the file; contigs without reads are handed
/// over too. Returns the sample of the read groups. A CRAM needs its `reference`. Reads count as in [`super::Alignments::fetch`];
/// deletions and skipped bases do not.
///
/// # Errors
/// When the file does not read, is cut off, is not sorted by position, or `each` fails.
pub fn depth(
    path: &Path,
    reference: Option<&Path>,
    window: NonZero<u32>,
    threads: NonZero<usize>,
    each: &mut dyn FnMut(&ContigDepth) -> io::Result<()>,
) -> Result<Option<String>, ReadsError> {
    let name = path.display().to_string();
    let failed = |source| ReadsError::Io { name: name.clone(), source };
    match format(path).map_err(failed)? {
        None => Err(ReadsError::UnknownFormat { name }),
        Some(Format::Bam) => {
            if !ends_whole(path).map_err(failed)? {
                return Err(ReadsError::Truncated { name });
            }
            let file = File::open(path).map_err(failed)?;
            if threads.get() == 1 {
                of_bam(&name, bgzf::io::Reader::new(file), window, each)
            } else {
                of_bam(&name, bgzf::io::MultithreadedReader::with_worker_count(threads, file), window, each)
            }
        }
        Some(Format::Cram) => {
            let reference = reference.ok_or_else(|| ReadsError::NoReference { name: name.clone() })?;
            of_cram(&name, path, &sequences(reference)?, window, each)
        }
    }
}

fn of_bam<R: BufRead>(
    name: &str,
    reader: R,
    window: NonZero<u32>,
    each: &mut dyn FnMut(&ContigDepth) -> io::Result<()>,
) -> Result<Option<String>, ReadsError> {
    let failed = |source| ReadsError::Io { name: name.to_owned(), source };
    let mut reader = bam::io::Reader::from(reader);
    let header = reader.read_header().map_err(failed)?;
    let sample = sample(name, &header)?;
    let mut pass = Pass::new(name, &header, window, each);
    let mut reader = reader.into_inner();
    let mut record = Vec::new();
    while let Some(placed) = read_placed(&mut reader, &mut record).map_err(failed)? {
        pass.add(&placed)?;
    }
    pass.end()?;
    Ok(sample)
}

fn of_cram(
    name: &str,
    path: &Path,
    sequences: &fasta::Repository,
    window: NonZero<u32>,
    each: &mut dyn FnMut(&ContigDepth) -> io::Result<()>,
) -> Result<Option<String>, ReadsError> {
    let failed = |source| ReadsError::Io { name: name.to_owned(), source };
    let mut reader = cram::io::reader::Builder::default()
        .set_reference_sequence_repository(sequences.clone())
        .build_from_path(path)
        .map_err(failed)?;
    let header = reader.read_header().map_err(failed)?;
    let sample = sample(name, &header)?;
    let mut pass = Pass::new(name, &header, window, each);
    for record in reader.records(&header) {
        let record = record.map_err(failed)?;
        let Some(read) = Read::of(&record).map_err(failed)? else { continue };
        let Some(contig) = record.reference_sequence_id() else { continue };
        let mate = record.mate_reference_sequence_id().zip(record.mate_alignment_start());
        // whole contigs are kept: one at a time is enough
        if contig != pass.at.0 {
            sequences.clear();
        }
        pass.add(&Placed {
            contig,
            position: read.position - 1,
            flags: read.flags,
            mate: mate.map(|(contig, position)| (contig, usize::from(position) as u32 - 1)),
            template: record.template_length(),
            operations: &read.operations,
        })?;
    }
    pass.end()?;
    Ok(sample)
}

/// Where a read lies. Positions are 0-based.
struct Placed<'a> {
    contig: usize,
    position: u32,
    flags: u16,
    mate: Option<(usize, u32)>,
    template: i32,
    operations: &'a [Operation],
}

/// The next read that counts; `None` at the end. `operations` is overwritten.
fn read_placed<'a>(reader: &mut impl BufRead, operations: &'a mut Vec<Operation>) -> io::Result<Option<Placed<'a>>> {
    let garbled = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    loop {
        let mut size = [0_u8; 4];
        if reader.fill_buf()?.is_empty() {
            return Ok(None);
        }
        reader.read_exact(&mut size)?;
        let size = u32::from_le_bytes(size);
        let mut fixed = [0_u8; FIXED];
        if (size as usize) < FIXED || size > MOST_BYTES {
            return Err(garbled(format!("a record says that it has {size} bytes")));
        }
        reader.read_exact(&mut fixed)?;
        let number = |at: usize| {
            let bytes = fixed.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            i32::from_le_bytes(bytes.unwrap_or_default())
        };
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let (contig, position, flags) = (number(0), number(4), short(14));
        let left = size as usize - FIXED;
        let (name, count) = (usize::from(fixed[8]), usize::from(short(12)));
        if name + 4 * count > left {
            return Err(garbled(format!("a record of {size} bytes says that it has {count} operations")));
        }
        if flags & NOT_EVIDENCE != 0 || contig < 0 || position < 0 {
            skip(reader, left)?;
            continue;
        }
        skip(reader, name)?;
        operations.clear();
        for _ in 0..count {
            let mut operation = [0_u8; 4];
            reader.read_exact(&mut operation)?;
            operations.extend(Operation::of_bam(u32::from_le_bytes(operation))?);
        }
        // an alignment of more operations than a record has room for stands in a tag (SAM specification 4.2.2): here it counts as
        // aligned from its first base to its last
        if let [Operation::Clip(_), last] = operations.as_mut_slice()
            && let Operation::Deletion(skipped) = *last
        {
            *last = Operation::Match(skipped);
        }
        skip(reader, left - name - 4 * count)?;
        let mate = (number(20) >= 0 && number(24) >= 0).then(|| (number(20) as usize, number(24) as u32));
        let (contig, position) = (contig as usize, position as u32);
        return Ok(Some(Placed { contig, position, flags, mate, template: number(28), operations }));
    }
}

fn skip(reader: &mut impl BufRead, mut bytes: usize) -> io::Result<()> {
    while bytes > 0 {
        let have = reader.fill_buf()?.len();
        if have == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let now = have.min(bytes);
        reader.consume(now);
        bytes -= now;
    }
    Ok(())
}

/// One pass over the reads.
struct Pass<'a> {
    name: &'a str,
    contigs: Vec<(String, u32)>,
    window: u32,
    now: ContigDepth,
    /// Number of the contig whose depth is being summed, and the position of the last read.
    at: (usize, u32),
    each: &'a mut dyn FnMut(&ContigDepth) -> io::Result<()>,
}

impl<'a> Pass<'a> {
    fn new(
        name: &'a str,
        header: &sam::Header,
        window: NonZero<u32>,
        each: &'a mut dyn FnMut(&ContigDepth) -> io::Result<()>,
    ) -> Self {
        let contigs = header.reference_sequences().iter();
        let contigs = contigs.map(|(name, map)| (name.to_string(), map.length().get() as u32)).collect();
        let mut pass = Self { name, contigs, window: window.get(), now: ContigDepth::default(), at: (0, 0), each };
        pass.start();
        pass
    }

    fn start(&mut self) {
        let (name, length) = self.contigs.get(self.at.0).cloned().unwrap_or_default();
        let windows = length.div_ceil(self.window) as usize;
        self.now.windows.clear();
        self.now.windows.resize(windows, 0);
        (self.now.name, self.now.length, self.now.window, self.now.bases) = (name, length, self.window, 0);
    }

    /// Ends the contigs before this one.
    fn go_to(&mut self, contig: usize) -> Result<(), ReadsError> {
        while self.at.0 < contig && self.at.0 < self.contigs.len() {
            (self.each)(&self.now).map_err(|source| ReadsError::Io { name: self.name.to_owned(), source })?;
            self.at = (self.at.0 + 1, 0);
            self.start();
        }
        Ok(())
    }

    fn add(&mut self, placed: &Placed<'_>) -> Result<(), ReadsError> {
        if (placed.contig, placed.position) < self.at {
            return Err(ReadsError::NotSorted {
                name: self.name.to_owned(),
                contig: self.contigs.get(placed.contig).map(|(name, _)| name.clone()).unwrap_or_default(),
                position: placed.position.saturating_add(1),
            });
        }
        self.go_to(placed.contig)?;
        self.at.1 = placed.position;
        let template = Template::of(placed);
        // of mates that overlap the one on the left leaves the bases to the other
        let left_out = match template {
            Some(Template { mate, end }) if placed.template > 0 => mate..end,
            _ => u32::MAX..u32::MAX,
        };
        let mut at = placed.position;
        for operation in placed.operations {
            let (Operation::Match(length) | Operation::Deletion(length)) = operation else { continue };
            let end = at.saturating_add(*length).min(self.now.length);
            if let Operation::Match(_) = operation {
                self.cover(at, end.min(left_out.start));
                self.cover(at.max(left_out.end), end);
            }
            at = end;
        }
        // the template ends with the one on the left, which left out too much
        if let Some(Template { end, .. }) = template.filter(|_| placed.template < 0) {
            self.cover(at, end.min(self.now.length));
        }
        Ok(())
    }

    /// Adds the bases of a range, which may be empty, to its windows.
    fn cover(&mut self, start: u32, end: u32) {
        let mut at = start;
        while at < end {
            let index = at / self.window;
            let until = end.min((index + 1).saturating_mul(self.window));
            if let Some(sum) = self.now.windows.get_mut(index as usize) {
                *sum += u64::from(until - at);
            }
            self.now.bases += u64::from(until - at);
            at = until;
        }
    }

    fn end(mut self) -> Result<(), ReadsError> {
        self.go_to(self.contigs.len())
    }
}

/// Where the mate of a read starts, and the template of both ends.
struct Template {
    mate: u32,
    end: u32,
}

impl Template {
    /// `None` where a read has no mate on its contig, or none that counts beside it.
    fn of(placed: &Placed<'_>) -> Option<Self> {
        let (contig, mate) = placed.mate?;
        let is_pair = placed.flags & (PAIRED | MATE_UNMAPPED | SUPPLEMENTARY) == PAIRED && contig == placed.contig;
        // of two mates the one on the left has the positive length
        let left = if placed.template > 0 { placed.position } else { mate };
        let right = if placed.template > 0 { mate } else { placed.position };
        let end = left.saturating_add(placed.template.unsigned_abs());
        (is_pair && placed.template != 0 && left <= right && right < end).then_some(Self { mate, end })
    }
}
