//! Records of regions of a BAM.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use noodles::core::Position;
use noodles::core::region::Interval;
use noodles::csi::BinningIndex;
use noodles::{bam, csi, sam};
use noodles_bgzf as bgzf;

use super::{Read as Alignment, index};

/// Most bytes of a record: the longest reads of nanopores, with their signals, have some millions.
pub(super) const MOST_BYTES: u32 = 1 << 28;

/// A BAM with its index.
pub(super) struct Bam {
    inner: bgzf::io::Reader<File>,
    index: Box<dyn BinningIndex>,
}

impl Bam {
    /// Opens a file; the header comes with it.
    ///
    /// # Errors
    /// When header or index do not read.
    pub(super) fn open(path: &Path, index: &Path) -> io::Result<(Self, sam::Header)> {
        let index = index::read(index)?;
        let mut reader = bam::io::Reader::from(bgzf::io::Reader::new(File::open(path)?));
        let header = reader.read_header()?;
        Ok((Self { inner: reader.into_inner(), index }, header))
    }

    /// Mapped reads of each contig, as the index counts them; `None` where it does not.
    pub(super) fn mapped(&self) -> Vec<Option<u64>> {
        let references = self.index.reference_sequences();
        references.map(|reference| Some(reference.metadata()?.mapped_record_count())).collect()
    }

    /// Calls `each` with the reads that overlap `first..=last` of the contig with this number and are evidence.
    ///
    /// # Errors
    /// When a record is garbled.
    pub(super) fn fetch(
        &mut self,
        contig: usize,
        first: Position,
        last: Position,
        each: &mut dyn FnMut(Alignment),
    ) -> io::Result<()> {
        let covered = 1_u64 << (u32::from(self.index.min_shift()) + 3 * u32::from(self.index.depth()));
        if usize::from(last) as u64 >= covered {
            let message = format!("its index covers positions below {covered}, not {last}; index it again");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let chunks = self.index.query(contig, Interval::from(first..=last))?;
        let mut reader = bam::io::Reader::from(Framed::of(csi::io::Query::new(&mut self.inner, chunks)));
        let mut record = bam::Record::default();
        while reader.read_record(&mut record)? != 0 {
            let of = record.reference_sequence_id().transpose()?;
            let start = record.alignment_start().transpose()?;
            let (Some(of), Some(start)) = (of, start) else { continue };
            // records are sorted: what comes further on is no longer asked for
            if of > contig || (of == contig && start > last) {
                break;
            }
            if of < contig {
                continue;
            }
            if let Some(read) = Alignment::of_bam(&record)?
                && read.position + read.span().max(1) > usize::from(first) as u32
            {
                each(read);
            }
        }
        Ok(())
    }
}

/// Bytes of records, one after another, each after its length: a length beyond reason ends the reading before somebody asks
/// for that much memory.
struct Framed<R> {
    inner: R,
    length: [u8; 4],
    /// Bytes of the length that were read; of the record, those that are still to come.
    have: usize,
    left: u32,
}

impl<R> Framed<R> {
    fn of(inner: R) -> Self {
        Self { inner, length: [0; 4], have: 0, left: 0 }
    }
}

impl<R: Read> Read for Framed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left > 0 {
            let most = buffer.len().min(self.left as usize);
            let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
            self.left -= read as u32;
            return Ok(read);
        }
        let most = buffer.len().min(4 - self.have);
        let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        for byte in buffer.iter().take(read) {
            if let Some(slot) = self.length.get_mut(self.have) {
                *slot = *byte;
                self.have += 1;
            }
        }
        if self.have == 4 {
            self.have = 0;
            self.left = u32::from_le_bytes(self.length);
            if self.left > MOST_BYTES {
                let message = format!("a record says that it has {} bytes", self.left);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn records_pass_as_they_are_and_a_length_beyond_reason_does_not() {
        let mut bytes = 3_u32.to_le_bytes().to_vec();
        bytes.extend(b"abc");
        bytes.extend(0x7fff_ffff_u32.to_le_bytes());
        let mut framed = Framed::of(bytes.as_slice());
        let mut first = [0; 7];
        framed.read_exact(&mut first).unwrap();
        assert_eq!(&first[4..], b"abc");
        let error = framed.read_exact(&mut [0; 4]).unwrap_err();
        assert!(error.to_string().contains("2147483647 bytes"), "{error}");
    }
}
