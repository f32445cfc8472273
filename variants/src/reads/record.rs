//! A read as its alignment has it.

use std::hash::Hasher;

use noodles::sam::alignment::Record;
use noodles::sam::alignment::record::cigar::Op;
use noodles::sam::alignment::record::cigar::op::Kind;
use noodles::sam::alignment::record::data::field::value::Array;
use noodles::sam::alignment::record::data::field::{Tag, Value};
use rustc_hash::FxHasher;

/// One operation of an alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bases against bases, equal or not.
    Match(u32),
    /// Bases of the read only.
    Insertion(u32),
    /// Bases of the reference only, also skipped ones.
    Deletion(u32),
    /// Bases of the read that are not aligned.
    Clip(u32),
}

impl Operation {
    /// Takes an operation as BAM writes it: its length, and in the last four bits its kind; `None` for hard clips and padding.
    pub(super) fn of_bam(value: u32) -> std::io::Result<Option<Self>> {
        let kind = KINDS.get((value & 15) as usize).copied();
        let kind =
            kind.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "no such operation of a CIGAR"))?;
        Self::of(Op::new(kind, (value >> 4) as usize))
    }

    /// Takes an operation of a record; `None` for hard clips and padding.
    fn of(operation: Op) -> std::io::Result<Option<Self>> {
        let length = u32::try_from(operation.len()).map_err(std::io::Error::other)?;
        Ok(match operation.kind() {
            Kind::Match | Kind::SequenceMatch | Kind::SequenceMismatch => Some(Self::Match(length)),
            Kind::Insertion => Some(Self::Insertion(length)),
            Kind::Deletion | Kind::Skip => Some(Self::Deletion(length)),
            Kind::SoftClip => Some(Self::Clip(length)),
            Kind::HardClip | Kind::Pad => None,
        })
    }
}

/// An aligned read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The same for all parts and mates of a fragment.
    pub fragment: u64,
    /// 1-based position of its first aligned base.
    pub position: u32,
    /// Its alignment; hard clips and padding left out.
    pub operations: Vec<Operation>,
    /// Bases, upper case.
    pub bases: Vec<u8>,
    /// Base qualities, Phred; empty when the file has none.
    pub qualities: Vec<u8>,
    /// Mapping quality; 255 when not known.
    pub mapping_quality: u8,
    /// SAM flags.
    pub flags: u16,
}

/// Flags of reads that are not evidence: unmapped, secondary, failed, duplicate.
pub(super) const NOT_EVIDENCE: u16 = 0x4 | 0x100 | 0x200 | 0x400;

/// Operations of a CIGAR by their code (SAM specification 4.2).
const KINDS: [Kind; 9] = [
    Kind::Match,
    Kind::Insertion,
    Kind::Deletion,
    Kind::Skip,
    Kind::SoftClip,
    Kind::HardClip,
    Kind::Pad,
    Kind::SequenceMatch,
    Kind::SequenceMismatch,
];

/// The alignment of a read with more operations than a record has room for: it stands in a field, and the record has the whole
/// read clipped in front of a skip as long as the alignment (SAM specification 4.2.2).
fn long_cigar(record: &noodles::bam::Record, length: usize) -> Option<std::io::Result<Vec<Operation>>> {
    let cigar = record.cigar();
    if cigar.len() != 2 {
        return None;
    }
    let mut operations = cigar.iter().flatten();
    let stands_in = matches!(operations.next(), Some(op) if op.kind() == Kind::SoftClip && op.len() == length)
        && matches!(operations.next(), Some(op) if op.kind() == Kind::Skip);
    if !stands_in {
        return None;
    }
    let data = record.data();
    let Some(Ok(Value::Array(Array::UInt32(values)))) = data.get(&Tag::CIGAR) else { return None };
    Some(values.iter().filter_map(|value| value.and_then(Operation::of_bam).transpose()).collect())
}

/// Largest position of an alignment (SAM specification 1.4).
const LAST_POSITION: u64 = (1 << 31) - 1;

impl Read {
    /// Takes a read from a record; `None` when it is no evidence.
    ///
    /// # Errors
    /// When the record is garbled.
    pub(super) fn of(record: &dyn Record) -> std::io::Result<Option<Self>> {
        let flags = record.flags()?.bits();
        if flags & NOT_EVIDENCE != 0 {
            return Ok(None);
        }
        let Some(start) = record.alignment_start().transpose()? else { return Ok(None) };
        let mut hasher = FxHasher::default();
        if let Some(name) = record.name() {
            hasher.write(name);
        }
        let mut operations = Vec::with_capacity(4);
        for operation in record.cigar().iter() {
            operations.extend(Operation::of(operation?)?);
        }
        let read = Self {
            fragment: hasher.finish(),
            position: u32::try_from(usize::from(start)).map_err(std::io::Error::other)?,
            operations,
            bases: record.sequence().iter().map(|base| base.to_ascii_uppercase()).collect(),
            qualities: record.quality_scores().iter().collect::<Result<_, _>>()?,
            mapping_quality: record.mapping_quality().transpose()?.map_or(255, u8::from),
            flags,
        };
        read.checked().map(Some)
    }

    /// The same of a BAM record, whose bytes can be read directly: half of the time of the general way.
    ///
    /// # Errors
    /// When the record is garbled.
    pub(super) fn of_bam(record: &noodles::bam::Record) -> std::io::Result<Option<Self>> {
        const LETTERS: [u8; 16] = *b"=ACMGRSVTWYHKDBN";
        let flags = record.flags().bits();
        if flags & NOT_EVIDENCE != 0 {
            return Ok(None);
        }
        let Some(start) = record.alignment_start().transpose()? else { return Ok(None) };
        let mut hasher = FxHasher::default();
        if let Some(name) = record.name() {
            hasher.write(name);
        }
        let mut operations = Vec::with_capacity(4);
        for operation in record.cigar().iter() {
            operations.extend(Operation::of(operation?)?);
        }
        let sequence = record.sequence();
        if let Some(whole) = long_cigar(record, sequence.len()).transpose()? {
            operations = whole;
        }
        let mut bases = Vec::with_capacity(sequence.len() + 1);
        for pair in sequence.as_bytes() {
            bases.push(LETTERS[usize::from(pair >> 4)]);
            bases.push(LETTERS[usize::from(pair & 15)]);
        }
        bases.truncate(sequence.len());
        let qualities = record.quality_scores();
        // 255 for every base stands for none
        let qualities = if qualities.as_bytes().iter().all(|q| *q == 255) { &[] } else { qualities.as_bytes() };
        let read = Self {
            fragment: hasher.finish(),
            position: u32::try_from(usize::from(start)).map_err(std::io::Error::other)?,
            operations,
            bases,
            qualities: qualities.to_vec(),
            mapping_quality: record.mapping_quality().map_or(255, u8::from),
            flags,
        };
        read.checked().map(Some)
    }

    /// The read, when its alignment is one: it ends on a contig, and has as many bases as the read.
    fn checked(self) -> std::io::Result<Self> {
        let (mut bases, mut end) = (0_u64, u64::from(self.position));
        for operation in &self.operations {
            match operation {
                Operation::Match(n) => {
                    bases += u64::from(*n);
                    end += u64::from(*n);
                }
                Operation::Insertion(n) | Operation::Clip(n) => bases += u64::from(*n),
                Operation::Deletion(n) => end += u64::from(*n),
            }
        }
        let wrong = if end > LAST_POSITION {
            format!("its alignment ends at {end}")
        } else if !self.bases.is_empty() && bases != self.bases.len() as u64 {
            format!("its alignment has {bases} bases and its sequence {}", self.bases.len())
        } else {
            return Ok(self);
        };
        let message = format!("a read at position {} is garbled: {wrong}", self.position);
        Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message))
    }

    /// Bases of the reference that it covers.
    pub fn span(&self) -> u32 {
        self.operations
            .iter()
            .map(|operation| match operation {
                Operation::Match(n) | Operation::Deletion(n) => *n,
                Operation::Insertion(_) | Operation::Clip(_) => 0,
            })
            .sum()
    }

    /// Bases that are G or C.
    pub fn gc(&self) -> u64 {
        self.bases.iter().filter(|base| matches!(base, b'G' | b'C')).count() as u64
    }

    /// Probability that a base is wrong.
    pub fn error(&self, index: usize) -> f32 {
        // without qualities, what a middling machine does
        let quality = self.qualities.get(index).copied().filter(|q| *q != 255).unwrap_or(20);
        10_f32.powf(-f32::from(quality) / 10.0)
    }
}
