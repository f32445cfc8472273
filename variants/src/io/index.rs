//! Indexes beside a file (`.tbi`, `.csi`), and reading only the stretches that they name.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use noodles::core::Position;
use noodles::core::region::Interval;
use noodles::csi::BinningIndex;
use noodles::csi::binning_index::index::reference_sequence::bin::Chunk;
use noodles::{csi, tabix};
use noodles_bgzf::{self as bgzf, VirtualPosition};

/// The index that lies beside a file, if any: `FILE.csi`, then `FILE.tbi`.
pub fn beside(path: &Path) -> Option<PathBuf> {
    ["csi", "tbi"].into_iter().find_map(|extension| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        Some(PathBuf::from(name)).filter(|p| p.is_file())
    })
}

/// An index in memory.
pub struct Index(Box<dyn BinningIndex>);

impl Index {
    /// Reads an index, by its extension.
    ///
    /// # Errors
    /// When it cannot be read or is garbled.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self(if path.extension().is_some_and(|e| e == "tbi") {
            Box::new(tabix::fs::read(path)?)
        } else {
            Box::new(csi::fs::read(path)?)
        }))
    }

    /// The number of a contig by the names that the index holds; `None` when it holds none (BCF) or not this one.
    pub fn contig_number(&self, name: &str) -> Option<usize> {
        self.0.header()?.reference_sequence_names().get_index_of(name.as_bytes())
    }

    /// Contig names that the index holds.
    pub fn contig_names(&self) -> Vec<String> {
        let names = self.0.header().map(|h| h.reference_sequence_names());
        names.into_iter().flatten().map(|n| n.to_string()).collect()
    }

    /// Stretches of the file with records of a contig that overlap `first..=last`, 1-based.
    ///
    /// # Errors
    /// When the index is garbled there.
    pub fn query(&self, contig: usize, first: u32, last: u32) -> io::Result<Vec<Chunk>> {
        let position =
            |n: u32| Position::try_from(usize::try_from(n).unwrap_or(usize::MAX).max(1)).map_err(io::Error::other);
        if contig >= self.0.reference_sequences().count() {
            return Ok(Vec::new());
        }
        self.0.query(contig, Interval::from(position(first)?..=position(last)?))
    }
}

/// Sorts stretches and joins those that touch, so that nothing is read twice.
pub fn joined(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    chunks.sort_unstable_by_key(|c| (c.start(), c.end()));
    let mut out: Vec<Chunk> = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        match out.last_mut() {
            Some(last) if chunk.start() <= last.end() => {
                *last = Chunk::new(last.start(), last.end().max(chunk.end()));
            }
            _ => out.push(chunk),
        }
    }
    out
}

/// Reads the named stretches of a BGZF file one after the other.
pub struct Stretches {
    inner: bgzf::io::Reader<File>,
    chunks: std::vec::IntoIter<Chunk>,
    end: Option<VirtualPosition>,
}

impl Stretches {
    /// A reader of stretches that [`joined`] gave.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn new(path: &Path, chunks: Vec<Chunk>) -> io::Result<Self> {
        Ok(Self { inner: bgzf::io::Reader::new(File::open(path)?), chunks: chunks.into_iter(), end: None })
    }
}

impl Read for Stretches {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(end) = self.end else {
                let Some(chunk) = self.chunks.next() else { return Ok(0) };
                self.inner.seek(chunk.start())?;
                self.end = Some(chunk.end());
                continue;
            };
            let at = self.inner.virtual_position();
            if at >= end {
                self.end = None;
                continue;
            }
            let held = self.inner.fill_buf()?;
            if held.is_empty() {
                self.end = None;
                continue;
            }
            // `fill_buf` may have moved on to the next block.
            let held_length = held.len();
            let at = self.inner.virtual_position();
            if at >= end {
                self.end = None;
                continue;
            }
            let wanted = if at.compressed() == end.compressed() {
                usize::from(end.uncompressed().saturating_sub(at.uncompressed())).min(held_length)
            } else {
                held_length
            };
            let held = self.inner.fill_buf()?;
            let n = wanted.min(buffer.len());
            if let (Some(to), Some(from)) = (buffer.get_mut(..n), held.get(..n)) {
                to.copy_from_slice(from);
            }
            self.inner.consume(n);
            return Ok(n);
        }
    }
}
