//! A read as its alignment has it.

use std::hash::Hasher;

use noodles::sam::alignment::Record;
use noodles::sam::alignment::record::cigar::op::Kind;
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
const NOT_EVIDENCE: u16 = 0x4 | 0x100 | 0x200 | 0x400;

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
            let operation = operation?;
            let length = u32::try_from(operation.len()).map_err(std::io::Error::other)?;
            match operation.kind() {
                Kind::Match | Kind::SequenceMatch | Kind::SequenceMismatch => operations.push(Operation::Match(length)),
                Kind::Insertion => operations.push(Operation::Insertion(length)),
                Kind::Deletion | Kind::Skip => operations.push(Operation::Deletion(length)),
                Kind::SoftClip => operations.push(Operation::Clip(length)),
                Kind::HardClip | Kind::Pad => {}
            }
        }
        Ok(Some(Self {
            fragment: hasher.finish(),
            position: u32::try_from(usize::from(start)).map_err(std::io::Error::other)?,
            operations,
            bases: record.sequence().iter().map(|base| base.to_ascii_uppercase()).collect(),
            qualities: record.quality_scores().iter().collect::<Result<_, _>>()?,
            mapping_quality: record.mapping_quality().transpose()?.map_or(255, u8::from),
            flags,
        }))
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

    /// Probability that a base is wrong.
    pub fn error(&self, index: usize) -> f32 {
        // without qualities, what a middling machine does
        let quality = self.qualities.get(index).copied().filter(|q| *q != 255).unwrap_or(20);
        10_f32.powf(-f32::from(quality) / 10.0)
    }
}
