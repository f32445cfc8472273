//! BCF 2.2 (VCF specification 4.3, section 6.3): the record and the genotype bytes, decoded here in any integer width.

use std::io::{self, BufRead, Read};

use smallvec::SmallVec;

use super::call::{Calls, Problem, RawGenotype, SampleCall, Variant};
use super::header::Header;

/// First bytes of a BCF 2.x.
pub const MAGIC: [u8; 3] = *b"BCF";
/// Longest record or header that is read, bytes.
const LONGEST: u64 = 1 << 30;
/// Parts up to this size are read in one piece, bytes.
const SMALL: usize = 1 << 16;

const INT8: u8 = 1;
const INT16: u8 = 2;
const INT32: u8 = 3;
const FLOAT: u8 = 5;
const TEXT: u8 = 7;

/// Reads the header text after the magic bytes.
///
/// # Errors
/// When the version is not 2.x or the stream ends early.
pub fn read_header_text<R: Read>(reader: &mut R) -> io::Result<Vec<u8>> {
    let mut start = [0; 9];
    reader.read_exact(&mut start)?;
    let [b'B', b'C', b'F', 2, _, a, b, c, d] = start else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not BCF version 2"));
    };
    let mut text = read_bytes(reader, u32::from_le_bytes([a, b, c, d]))?;
    while text.last() == Some(&0) {
        text.pop();
    }
    Ok(text)
}

fn read_bytes<R: Read>(reader: &mut R, length: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fill_bytes(reader, length, &mut bytes)?;
    Ok(bytes)
}

fn fill_bytes<R: Read>(reader: &mut R, length: u32, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.clear();
    if let Some(small) = usize::try_from(length).ok().filter(|n| *n <= SMALL) {
        bytes.resize(small, 0);
        return reader.read_exact(bytes).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => cut_off(),
            _ => e,
        });
    }
    let length = u64::from(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a length of {length} bytes is beyond reason")));
    }
    // Not reserved up front: a garbled length must not cost memory.
    if reader.by_ref().take(length).read_to_end(bytes)? as u64 == length { Ok(()) } else { Err(cut_off()) }
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends inside a record")
}

/// Fills a buffer as far as the stream goes; gives how far.
fn read_up_to<R: Read>(reader: &mut R, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(space) = buffer.get_mut(got..).filter(|s| !s.is_empty()) {
        match reader.read(space) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// Passes over bytes without copying them.
///
/// # Errors
/// When reading fails or the stream ends before.
pub fn skip<R: BufRead>(reader: &mut R, length: u32) -> io::Result<()> {
    let mut left = usize::try_from(length).map_err(io::Error::other)?;
    while left > 0 {
        let held = match reader.fill_buf() {
            Ok(held) => held.len(),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if held == 0 {
            return Err(cut_off());
        }
        let n = held.min(left);
        reader.consume(n);
        left -= n;
    }
    Ok(())
}

/// The bytes of one record.
#[derive(Clone, Debug, Default)]
pub struct RawRecord {
    /// Site part.
    pub shared: Vec<u8>,
    /// Sample part.
    pub individual: Vec<u8>,
}

impl RawRecord {
    /// Reads the next record; `false` at the end.
    ///
    /// # Errors
    /// When reading fails or the stream ends inside a record.
    pub fn read<R: Read>(&mut self, reader: &mut R) -> io::Result<bool> {
        let Some(samples) = self.read_site(reader)? else { return Ok(false) };
        self.read_samples(reader, samples)?;
        Ok(true)
    }

    /// Reads the site part of the next record and gives the size of its sample part, bytes, which must be read
    /// ([`Self::read_samples`]) or passed over ([`skip`]) next; `None` at the end.
    ///
    /// # Errors
    /// When reading fails or the stream ends inside a record.
    pub fn read_site<R: Read>(&mut self, reader: &mut R) -> io::Result<Option<u32>> {
        let mut lengths = [0; 8];
        match read_up_to(reader, &mut lengths)? {
            0 => return Ok(None),
            8 => {}
            _ => return Err(cut_off()),
        }
        let [a, b, c, d, e, f, g, h] = lengths;
        fill_bytes(reader, u32::from_le_bytes([a, b, c, d]), &mut self.shared)?;
        self.individual.clear();
        Ok(Some(u32::from_le_bytes([e, f, g, h])))
    }

    /// Reads the sample part.
    ///
    /// # Errors
    /// When reading fails or the stream ends inside it.
    pub fn read_samples<R: Read>(&mut self, reader: &mut R, length: u32) -> io::Result<()> {
        fill_bytes(reader, length, &mut self.individual)
    }

    /// Contig number, 1-based first and last position; enough to reject a record.
    pub fn place(&self) -> Option<(usize, u32, u32)> {
        let mut bytes = Bytes(&self.shared);
        let contig = usize::try_from(bytes.int32()?).ok()?;
        let first = u32::try_from(bytes.int32()?.checked_add(1)?).ok()?;
        let length = u32::try_from(bytes.int32()?).ok()?;
        Some((contig, first, first.checked_add(length.max(1) - 1)?))
    }
}

/// Reads forward; every step says `None` past the end.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn int32(&mut self) -> Option<i32> {
        Some(i32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Type and count of what follows.
    fn descriptor(&mut self) -> Option<(u8, usize)> {
        let byte = *self.take(1)?.first()?;
        let count = match byte >> 4 {
            15 => usize::try_from(self.int()?).ok()?,
            n => usize::from(n),
        };
        Some((byte & 15, count))
    }

    /// One typed integer.
    fn int(&mut self) -> Option<i32> {
        let byte = *self.take(1)?.first()?;
        let kind = byte & 15;
        if byte >> 4 != 1 {
            return None;
        }
        integer(self.take(width(kind)?)?, kind)
    }

    fn values(&mut self) -> Option<Values<'a>> {
        let (kind, count) = self.descriptor()?;
        Some(Values { kind, count, bytes: self.take(count.checked_mul(width(kind)?)?)? })
    }

    fn text(&mut self) -> Option<&'a str> {
        let values = self.values()?;
        if values.count == 0 {
            return Some(".");
        }
        (values.kind == TEXT).then(|| std::str::from_utf8(values.bytes).ok()).flatten()
    }
}

fn width(kind: u8) -> Option<usize> {
    match kind {
        0 => Some(0),
        INT8 | TEXT => Some(1),
        INT16 => Some(2),
        INT32 | FLOAT => Some(4),
        _ => None,
    }
}

/// An integer of a given width, widened; the two special values of narrow types become those of 32 bits.
fn integer(bytes: &[u8], kind: u8) -> Option<i32> {
    let special = |value: i32, least: i32| match value - least {
        0 => MISSING,
        1 => END_OF_VECTOR,
        _ => value,
    };
    match (kind, bytes) {
        (INT8, [a]) => Some(special(i32::from(i8::from_le_bytes([*a])), i32::from(i8::MIN))),
        (INT16, [a, b]) => Some(special(i32::from(i16::from_le_bytes([*a, *b])), i32::from(i16::MIN))),
        (INT32, [a, b, c, d]) => Some(i32::from_le_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

const MISSING: i32 = i32::MIN;
const END_OF_VECTOR: i32 = i32::MIN + 1;

/// Values of one type.
#[derive(Clone, Copy)]
struct Values<'a> {
    kind: u8,
    count: usize,
    bytes: &'a [u8],
}

impl<'a> Values<'a> {
    /// Integers up to the end of the vector; a missing one is `None`.
    fn integers(self) -> impl Iterator<Item = Option<i32>> + 'a {
        let size = width(self.kind).unwrap_or(0).max(1);
        let all = self.bytes.chunks_exact(size).map(move |b| integer(b, self.kind));
        all.map_while(|v| v.filter(|v| *v != END_OF_VECTOR)).map(|v| (v != MISSING).then_some(v))
    }

    /// The first value as a number of at least zero; a float is rounded down.
    fn unsigned(self) -> Option<u32> {
        if self.kind == FLOAT {
            let value = f32::from_le_bytes(self.bytes.get(..4)?.try_into().ok()?);
            return (0.0..=1e9).contains(&value).then_some(value as u32);
        }
        self.integers().next().flatten().and_then(|v| u32::try_from(v).ok())
    }

    fn text(self) -> Option<&'a str> {
        let used = self.bytes.split(|b| *b == 0).next()?;
        std::str::from_utf8(used).ok().filter(|t| self.kind == TEXT && !t.is_empty())
    }
}

/// A record taken apart.
pub struct Record<'a> {
    /// The site part.
    pub variant: Variant<'a>,
    samples: usize,
    genotype: Option<Values<'a>>,
    phase_set: Option<Values<'a>>,
    filter: Option<Values<'a>>,
    depth: Option<Values<'a>>,
    least_depth: Option<Values<'a>>,
    quality: Option<Values<'a>>,
    reference_quality: Option<Values<'a>>,
    allele_depths: Option<Values<'a>>,
}

/// Takes a record apart.
///
/// # Errors
/// When the bytes end early, a type is unknown, text is not UTF-8, or a number is not in the header's dictionary.
pub fn parse_record<'a>(raw: &'a RawRecord, header: &'a Header) -> Result<Record<'a>, Problem> {
    let (variant, formats, samples) = parse_shared(&raw.shared, header)
        .ok_or_else(|| Problem::new("the site part of the BCF record cannot be decoded"))?;
    let mut record = Record {
        variant,
        samples,
        genotype: None,
        phase_set: None,
        filter: None,
        depth: None,
        least_depth: None,
        quality: None,
        reference_quality: None,
        allele_depths: None,
    };
    record
        .read_formats(&raw.individual, formats, header)
        .ok_or_else(|| Problem::new("the sample part of the BCF record cannot be decoded"))?;
    Ok(record)
}

fn parse_shared<'a>(shared: &'a [u8], header: &'a Header) -> Option<(Variant<'a>, usize, usize)> {
    let mut bytes = Bytes(shared);
    bytes.int32()?;
    let position = u32::try_from(bytes.int32()?.checked_add(1)?).ok()?;
    bytes.take(8)?; // rlen, QUAL
    let counts = bytes.int32()? as u32;
    let (alleles, infos) = (counts >> 16, counts & 0xffff);
    let counts = bytes.int32()? as u32;
    let (formats, samples) = (counts >> 24, counts & 0x00ff_ffff);
    let id = bytes.text()?;
    let reference = bytes.text()?;
    let alternates: SmallVec<[&str; 4]> = (1..alleles).map(|_| bytes.text()).collect::<Option<_>>()?;
    let filters = bytes.values()?;
    let mut failed_filter = None;
    for number in filters.integers().flatten().filter(|n| *n != 0) {
        let name = header.strings.get(usize::try_from(number).ok()?)?.as_deref()?;
        failed_filter = failed_filter.or(Some(name));
    }
    let mut end = None;
    for _ in 0..infos {
        let key = header.strings.get(usize::try_from(bytes.int()?).ok()?)?.as_deref()?;
        let values = bytes.values()?;
        if key == "END" {
            end = values.unsigned();
        }
    }
    let variant = Variant { position, id, reference, alternates, failed_filter, end };
    Some((variant, usize::try_from(formats).ok()?, usize::try_from(samples).ok()?))
}

impl<'a> Record<'a> {
    fn read_formats(&mut self, individual: &'a [u8], formats: usize, header: &Header) -> Option<()> {
        let mut bytes = Bytes(individual);
        for _ in 0..formats {
            let key = header.strings.get(usize::try_from(bytes.int()?).ok()?)?.as_deref()?;
            let (kind, count) = bytes.descriptor()?;
            let size = count.checked_mul(width(kind)?)?.checked_mul(self.samples)?;
            let values = Some(Values { kind, count, bytes: bytes.take(size)? });
            match key {
                "GT" => self.genotype = values,
                "PS" => self.phase_set = values,
                "FT" => self.filter = values,
                "DP" => self.depth = values,
                "MIN_DP" => self.least_depth = values,
                "GQ" => self.quality = values,
                "RGQ" => self.reference_quality = values,
                "AD" => self.allele_depths = values,
                _ => {}
            }
        }
        Some(())
    }
}

/// The part of one sample.
fn of(values: Option<Values<'_>>, sample: usize) -> Option<Values<'_>> {
    let values = values?;
    let size = values.count.checked_mul(width(values.kind)?)?;
    let start = sample.checked_mul(size)?;
    Some(Values { bytes: values.bytes.get(start..start.checked_add(size)?)?, ..values })
}

/// Genotype bytes of one sample: each is (allele + 1) × 2 + phased; 0 and 1 are the dot.
fn genotype(values: Values<'_>) -> Option<RawGenotype> {
    let mut out = RawGenotype { alleles: SmallVec::new(), phased: true };
    for (i, value) in values.integers().enumerate() {
        let value = u32::try_from(value.unwrap_or(0)).ok()?;
        out.phased &= i == 0 || value & 1 == 1;
        out.alleles.push(match (value >> 1).checked_sub(1) {
            None => None,
            Some(number) => Some(u16::try_from(number).ok()?),
        });
    }
    Some(out)
}

/// Decodes genotype bytes of one sample: `kind` is the BCF type (1, 2, 3 for 8, 16, 32 bits). `None` when the type is no
/// integer or a value is no genotype.
pub fn parse_genotype(kind: u8, bytes: &[u8]) -> Option<RawGenotype> {
    if !matches!(kind, INT8 | INT16 | INT32) {
        return None;
    }
    genotype(Values { kind, count: bytes.len() / width(kind)?, bytes })
}

impl Calls for Record<'_> {
    fn visit(&self, samples: usize, visitor: &mut dyn FnMut(usize, &SampleCall)) -> Result<(), Problem> {
        if self.samples != samples {
            return Err(Problem(format!("the header names {samples} samples, the record has {}", self.samples)));
        }
        if self.genotype.is_some_and(|g| !matches!(g.kind, 0..=INT32)) {
            return Err(Problem::new("GT is not of an integer type"));
        }
        let mut call = SampleCall::default();
        for sample in 0..samples {
            call.genotype = match of(self.genotype, sample) {
                Some(values) => {
                    genotype(values).ok_or_else(|| Problem(format!("GT of sample {} is negative", sample + 1)))?
                }
                None => RawGenotype::default(),
            };
            call.phase_set = of(self.phase_set, sample).and_then(|v| match v.kind {
                TEXT => super::vcf::parse_phase_set(v.text()?.as_bytes()),
                _ => v.unsigned(),
            });
            call.failed_filter =
                of(self.filter, sample).and_then(Values::text).and_then(super::vcf::failed).map(str::to_owned);
            let number = |values| of(values, sample).and_then(Values::unsigned);
            call.depth = number(self.least_depth).or_else(|| number(self.depth));
            call.quality = number(self.quality).or_else(|| number(self.reference_quality));
            call.allele_depths.clear();
            if let Some(values) = of(self.allele_depths, sample) {
                call.allele_depths.extend(values.integers().map(|v| v.and_then(|v| u32::try_from(v).ok())));
                if call.allele_depths.iter().all(Option::is_none) && call.allele_depths.len() == 1 {
                    call.allele_depths.clear(); // the lone dot of the text form
                }
            }
            visitor(sample, &call);
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn genotypes_of_every_width_are_decoded() {
        let told = |kind, bytes: &[u8]| parse_genotype(kind, bytes).map(|g| (g.alleles.to_vec(), g.phased));
        assert_eq!(told(INT8, &[2, 4]), Some((vec![Some(0), Some(1)], false)));
        assert_eq!(told(INT8, &[2, 5]), Some((vec![Some(0), Some(1)], true)));
        assert_eq!(told(INT8, &[0, 0]), Some((vec![None, None], false)));
        assert_eq!(told(INT8, &[4, 0x81]), Some((vec![Some(1)], true)));
        assert_eq!(told(INT16, &[2, 0, 0x04, 0x02]), Some((vec![Some(0), Some(257)], false)));
        assert_eq!(told(INT32, &[2, 0, 0, 0, 4, 0, 1, 0]), Some((vec![Some(0), Some(32769)], false)));
        assert_eq!(told(INT8, &[0xf0]), None);
        assert_eq!(told(TEXT, b"0/1"), None);
    }

    #[test]
    fn a_record_cut_short_is_an_error_and_a_huge_length_costs_nothing() {
        let mut record = RawRecord::default();
        assert!(!record.read(&mut [].as_slice()).expect("the end"));
        assert!(record.read(&mut [1, 0].as_slice()).is_err());
        assert!(record.read(&mut [0xff; 12].as_slice()).is_err());
        let header = Header::default();
        record.shared = vec![0; 10];
        assert!(parse_record(&record, &header).is_err());
    }
}
