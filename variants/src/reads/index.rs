//! Reads the index of a BAM, after its counts were checked against its size.
//!
//! A reader that trusts a garbled count asks for more memory than there is, and the process ends without a word.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use noodles::csi::BinningIndex;
use noodles::{bam, csi};
use noodles_bgzf as bgzf;

/// Most bytes of an index, unpacked: that of a whole genome has a few million.
const MOST_BYTES: u64 = 1 << 30;

/// Reads a `.bai` or `.csi`.
///
/// # Errors
/// When it does not read, or its counts do not fit its size.
pub(super) fn read(path: &Path) -> io::Result<Box<dyn BinningIndex>> {
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|extension| extension == "csi") {
        bgzf::io::Reader::new(File::open(path)?).take(MOST_BYTES).read_to_end(&mut bytes)?;
        check(&bytes, Layout::Csi)?;
        Ok(Box::new(csi::fs::read(path)?))
    } else {
        File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
        check(&bytes, Layout::Bai)?;
        Ok(Box::new(bam::bai::io::Reader::new(bytes.as_slice()).read_index()?))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Bai,
    Csi,
}

/// What is left of the bytes.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn number(&mut self) -> io::Result<u32> {
        let (first, rest) = self.0.split_first_chunk::<4>().ok_or_else(garbled)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*first))
    }

    fn skip(&mut self, bytes: usize) -> io::Result<()> {
        self.0 = self.0.get(bytes..).ok_or_else(garbled)?;
        Ok(())
    }

    /// A number of things of at least `size` bytes each.
    fn count(&mut self, size: usize) -> io::Result<usize> {
        let count = self.number()? as usize;
        if count.checked_mul(size).is_none_or(|bytes| bytes > self.0.len()) {
            return Err(garbled());
        }
        Ok(count)
    }
}

fn garbled() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its counts do not fit its size, or its bins their number")
}

/// Walks through an index by its counts (SAM specification 5.2; CSI specification).
fn check(bytes: &[u8], layout: Layout) -> io::Result<()> {
    let mut rest = Rest(bytes);
    rest.skip(4)?;
    let mut levels = 6;
    if layout == Layout::Csi {
        let header = rest.0.first_chunk::<8>().ok_or_else(garbled)?;
        let [shift, depth] = [&header[..4], &header[4..]].map(|n| n.first().copied().unwrap_or(0));
        // positions have 31 bits; more would overflow the numbers of the bins
        if header[1..4] != [0; 3] || header[5..] != [0; 3] || u32::from(shift) + 3 * u32::from(depth) > 40 {
            return Err(garbled());
        }
        levels = u32::from(depth) + 1;
        rest.skip(8)?;
        let auxiliary = rest.count(1)?;
        rest.skip(auxiliary)?;
    }
    // each level has eight times the bins of the one above; one number is left out, and the next has counts of reads
    let number_of_bins = (8_u64.pow(levels) - 1) / 7;
    let references = rest.count(4)?;
    for _ in 0..references {
        let bins = rest.count(8)?;
        for _ in 0..bins {
            let bin = u64::from(rest.number()?);
            if bin >= number_of_bins && bin != number_of_bins + 1 {
                return Err(garbled());
            }
            rest.skip(if layout == Layout::Csi { 8 } else { 0 })?;
            let chunks = rest.count(16)?;
            rest.skip(16 * chunks)?;
        }
        if layout == Layout::Bai {
            let intervals = rest.count(8)?;
            rest.skip(8 * intervals)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// One reference with one bin of one chunk and one interval.
    fn bai() -> Vec<u8> {
        let mut bytes = b"BAI\x01".to_vec();
        for number in [1_u32, 1, 4681, 1] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0; 16]);
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend([0; 8]);
        bytes
    }

    #[test]
    fn counts_beyond_the_end_are_refused_wherever_they_stand() {
        let whole = bai();
        check(&whole, Layout::Bai).unwrap();
        for place in [4, 8, 16, 36] {
            let mut garbled = whole.clone();
            garbled[place + 3] = 0x7f;
            assert!(check(&garbled, Layout::Bai).is_err(), "{place}");
        }
        for end in 0..whole.len() {
            assert!(check(&whole[..end], Layout::Bai).is_err(), "{end}");
        }
    }

    #[test]
    fn bins_of_an_impossible_depth_are_refused() {
        let mut bytes = b"CSI\x01".to_vec();
        for number in [14_u32, 5, 0, 0] {
            bytes.extend(number.to_le_bytes());
        }
        check(&bytes, Layout::Csi).unwrap();
        bytes[8] = 200;
        assert!(check(&bytes, Layout::Csi).is_err());
    }
}
