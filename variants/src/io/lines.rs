//! Lines out of bytes, in bounded memory.

use std::io::{self, Read};

use memchr::memchr;

/// Bytes held when lines are short.
const USUAL: usize = 256 * 1024;
/// A line longer than this is refused (a line of 200,000 samples with all usual fields has some 20 MB).
pub const LONGEST: usize = 1 << 30;

/// A reader of lines that grows only as far as the longest line needs.
pub struct Lines<R> {
    inner: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Lines of a reader.
    pub fn new(inner: R) -> Self {
        Self { inner, buffer: vec![0; USUAL], start: 0, end: 0, ended: false, number: 0 }
    }

    /// 1-based number of the last line given.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its end (`\n` or `\r\n`); `None` at the end.
    ///
    /// # Errors
    /// When reading fails, or a line exceeds [`LONGEST`] bytes (`InvalidData`).
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = 0;
        loop {
            let held = self.buffer.get(self.start..self.end).unwrap_or_default();
            let unsearched = held.get(searched..).unwrap_or_default();
            if let Some(found) = memchr(b'\n', unsearched) {
                let (from, length) = (self.start, searched + found);
                self.start += length + 1;
                return Ok(Some(self.line(from, length)));
            }
            searched = held.len();
            if self.ended {
                if searched == 0 {
                    return Ok(None);
                }
                let from = self.start;
                self.start = self.end;
                return Ok(Some(self.line(from, searched)));
            }
            self.fill()?;
        }
    }

    fn line(&mut self, from: usize, length: usize) -> &[u8] {
        self.number += 1;
        let line = self.buffer.get(from..from + length).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            if self.buffer.len() >= LONGEST {
                let text = format!("line {} is longer than {LONGEST} bytes", self.number + 1);
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            let space = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.inner.read(space) {
                Ok(0) => self.ended = true,
                Ok(n) => self.end += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().expect("memory can be read") {
            found.push(line.to_vec());
        }
        found
    }

    #[test]
    fn line_ends_of_every_system_are_taken_off() {
        assert_eq!(all(b"a\r\nbb\n\nc"), [b"a".to_vec(), b"bb".to_vec(), b"".to_vec(), b"c".to_vec()]);
        assert!(all(b"").is_empty());
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_whole() {
        let mut bytes = vec![b'x'; 10 * 1024 * 1024];
        bytes.extend_from_slice(b"\nshort\n");
        let found = all(&bytes);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].len(), 10 * 1024 * 1024);
        assert_eq!(found[1], b"short");
    }
}
