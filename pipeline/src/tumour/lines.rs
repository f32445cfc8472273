//! Lines of a text file, plain or compressed, with their numbers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;

/// Lines of a file; gzip (bgzip too) is known by its first bytes.
pub struct Lines {
    path: PathBuf,
    input: Box<dyn BufRead>,
    number: u64,
    line: Vec<u8>,
}

impl Lines {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let input = unpacked(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path: path.to_owned(), input, number: 0, line: Vec::new() })
    }

    /// The next line without its end, and its number from 1. An encoding mark at the start of the file is not part of it.
    ///
    /// # Errors
    /// When reading or unpacking fails.
    pub fn next_line(&mut self) -> Result<Option<(u64, &[u8])>> {
        self.line.clear();
        let read = self.input.read_until(b'\n', &mut self.line);
        let read = read.with_context(|| format!("cannot read {}, line {}", self.path.display(), self.number + 1))?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let mut line = self.line.as_slice();
        line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.number == 1 {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        Ok(Some((self.number, line)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A file's bytes; gzip (bgzip too) is known by its first two, and unpacked.
///
/// # Errors
/// When it cannot be read.
pub fn unpacked(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// All of a file as text, unpacked.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let shown = || format!("cannot read {}", path.display());
    let mut lines = Lines::open(path)?;
    let mut text = String::new();
    lines.input.read_to_string(&mut text).with_context(shown)?;
    Ok(text)
}
