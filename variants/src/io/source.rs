//! Opens a file or standard input, and says what it is: compression, then format.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;
use noodles_bgzf as bgzf;

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// One gzip stream.
    Gzip,
    /// Gzip in blocks (BGZF), which can be read in parallel and by index.
    Bgzip,
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Bgzip => "bgzip",
        })
    }
}

/// Compression by the first bytes of a file.
pub fn sniff(first: &[u8]) -> Compression {
    match first {
        [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, _, _, b'B', b'C', 2, 0, ..] if flags & 4 != 0 => Compression::Bgzip,
        [0x1f, 0x8b, ..] => Compression::Gzip,
        _ => Compression::None,
    }
}

/// The empty block that ends every BGZF file (SAM specification 4.1.2).
const LAST_BLOCK: [u8; 28] =
    [31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

type Tail = Arc<Mutex<Vec<u8>>>;

/// Passes bytes on and remembers the last ones, to tell a whole BGZF file from one that was cut between two blocks.
struct Watched<R> {
    inner: R,
    tail: Tail,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(buffer.get(n.saturating_sub(LAST_BLOCK.len())..n).unwrap_or_default());
        let surplus = tail.len().saturating_sub(LAST_BLOCK.len());
        tail.drain(..surplus);
        Ok(n)
    }
}

/// Reports a BGZF stream without its last block as cut off.
struct Whole<R> {
    inner: R,
    tail: Tail,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if n == 0 && !buffer.is_empty() {
            let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.as_slice() != LAST_BLOCK {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the last block of the bgzip file is missing",
                ));
            }
        }
        Ok(n)
    }
}

/// Unpacked bytes, and how they were packed.
pub struct Opened {
    /// The bytes.
    pub bytes: Box<dyn Read>,
    /// How they were packed.
    pub compression: Compression,
    /// Whether there was not a single byte.
    pub empty: bool,
}

/// Opens a file for one pass.
///
/// # Errors
/// When it cannot be opened or its first bytes cannot be read.
pub fn open_file(path: &Path, threads: usize) -> io::Result<Opened> {
    unpack(File::open(path)?, threads)
}

/// Opens standard input for one pass.
///
/// # Errors
/// When its first bytes cannot be read.
pub fn open_stdin(threads: usize) -> io::Result<Opened> {
    unpack(io::stdin(), threads)
}

/// Unpacks a stream; `threads` beyond the first help to inflate BGZF.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn unpack<R: Read + Send + 'static>(mut inner: R, threads: usize) -> io::Result<Opened> {
    let mut first = Vec::with_capacity(18);
    inner.by_ref().take(18).read_to_end(&mut first)?;
    let (compression, empty) = (sniff(&first), first.is_empty());
    let whole: Chain<Cursor<Vec<u8>>, R> = Cursor::new(first).chain(inner);
    let bytes: Box<dyn Read> = match compression {
        Compression::None => Box::new(whole),
        Compression::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 17, whole))),
        Compression::Bgzip => {
            let tail: Tail = Arc::default();
            let watched = Watched { inner: whole, tail: Arc::clone(&tail) };
            let buffered = BufReader::with_capacity(1 << 17, watched);
            match NonZero::new(threads).filter(|n| n.get() > 1) {
                None => Box::new(Whole { inner: bgzf::io::Reader::new(buffered), tail }),
                Some(workers) => {
                    let inner = bgzf::io::MultithreadedReader::with_worker_count(workers, buffered);
                    Box::new(Whole { inner, tail })
                }
            }
        }
    };
    Ok(Opened { bytes, compression, empty })
}
