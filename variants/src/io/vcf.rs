//! Lines of a VCF. [`place`] reads contig and position only, which is enough to reject nearly every line;
//! [`parse_record`] the rest of the few that are wanted.

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter};
use smallvec::SmallVec;

use super::call::{Calls, Problem, RawGenotype, SampleCall, Variant};

/// Contig and 1-based position of a line; `None` when the line has no two tabs or no number there. Position 0
/// (a telomere in the specification) is allowed.
pub fn place(line: &[u8]) -> Option<(&[u8], u32)> {
    let tab = memchr(b'\t', line)?;
    Some((line.get(..tab)?, number_before_tab(line.get(tab + 1..)?)?))
}

/// Finds out quickly that a line is on the same contig as the one before it, which nearly every line is.
#[derive(Clone, Copy, Default)]
pub struct SameContig {
    /// Contig and tab, as they stand at the start of a line; zero behind them.
    start: u128,
    mask: u128,
    /// Bytes of contig and tab; 0 for none, or a name too long to be kept.
    length: usize,
}

impl SameContig {
    /// Recognises the lines of a contig as it is written.
    pub fn new(written: &[u8]) -> Self {
        let mut start = [0; 16];
        let length = written.len() + 1;
        let Some(place) = start.get_mut(..length) else { return Self::default() };
        for (to, from) in place.iter_mut().zip(written.iter().chain(b"\t")) {
            *to = *from;
        }
        let mask = if length < 16 { (1 << (8 * length)) - 1 } else { u128::MAX };
        Self { start: u128::from_le_bytes(start), mask, length }
    }

    /// The position of a line of this contig; `None` when [`place`] must look.
    #[inline]
    pub fn position(&self, line: &[u8]) -> Option<u32> {
        let start = u128::from_le_bytes(*line.first_chunk()?);
        if self.length == 0 || start & self.mask != self.start {
            return None;
        }
        number_before_tab(line.get(self.length..)?)
    }
}

/// The number that ends at the first tab. Eight digits are read at once: positions have up to nine.
#[inline]
fn number_before_tab(text: &[u8]) -> Option<u32> {
    let (mut number, mut used) = (0, 0);
    if let Some(eight) = text.first_chunk() {
        let word = u64::from_le_bytes(*eight);
        used = leading_digits(word);
        number = value_of_digits(word, used);
    }
    for (i, byte) in text.iter().enumerate().skip(used) {
        match byte {
            b'0'..=b'9' => number = number.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'\t' if i > 0 => return Some(number),
            _ => return None,
        }
    }
    None
}

/// How many bytes of a little-endian word are digits before the first that is none.
#[inline]
fn leading_digits(word: u64) -> usize {
    // A digit is 0x30 to 0x39: its high half is 3, and still 3 when 6 is added. A carry out of a byte that is no digit
    // can only spoil later bytes.
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    let odd = ((word & HIGH) ^ THREES) | ((word.wrapping_add(0x0606_0606_0606_0606) & HIGH) ^ THREES);
    odd.trailing_zeros() as usize / 8
}

/// The value of the first `count` bytes of a word, all digits; at most 8, so that it is below 10^8.
#[inline]
fn value_of_digits(word: u64, count: usize) -> u32 {
    if count == 0 {
        return 0;
    }
    // Zeros come in front, then neighbours are added: digits to pairs, pairs to fours, fours to eight.
    let digits = (word << (64 - 8 * count)) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (digits.wrapping_mul(2561) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(6_553_601) >> 16) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(42_949_672_960_001) >> 32) as u32
}

/// `END` of an INFO column.
pub fn parse_end(info: &[u8]) -> Option<u32> {
    info.split(|b| *b == b';').find_map(|entry| parse_number(entry.strip_prefix(b"END=")?))
}

/// `END` of a whole line, read no further than the INFO column.
pub fn end_of_line(line: &[u8]) -> Option<u32> {
    let mut tabs = memchr_iter(b'\t', line).skip(6);
    let start = tabs.next()? + 1;
    parse_end(line.get(start..tabs.next().unwrap_or(line.len()))?)
}

/// Finds `END` in line after line, faster than [`end_of_line`]: it looks for the letters before it counts columns.
pub struct EndFinder(Finder<'static>);

impl Default for EndFinder {
    fn default() -> Self {
        Self(Finder::new(b"END="))
    }
}

impl EndFinder {
    /// What [`end_of_line`] gives.
    pub fn end(&self, line: &[u8]) -> Option<u32> {
        let found = self.0.find(line)?;
        let before = line.get(..found)?;
        let usual = before.last() == Some(&b'\t') && before.iter().filter(|b| **b == b'\t').count() == 7;
        if !usual {
            return end_of_line(line);
        }
        let entry = line.get(found + 4..)?;
        let stop = entry.iter().position(|b| !b.is_ascii_digit()).unwrap_or(entry.len());
        match entry.get(stop) {
            None | Some(b'\t' | b';') => parse_number(entry.get(..stop)?).or_else(|| end_of_line(line)),
            Some(_) => end_of_line(line),
        }
    }
}

fn parse_number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 10 {
        return None;
    }
    bytes.iter().try_fold(0u32, |n, b| match b {
        b'0'..=b'9' => n.checked_mul(10)?.checked_add(u32::from(b - b'0')),
        _ => None,
    })
}

/// A genotype as VCF writes it: `0/1`, `1|0`, `.`, `0`, `./1`, `|0|1` (VCF 4.4: a leading sign is the first allele's
/// phase and is read over), `0/0/1`.
///
/// # Errors
/// When an allele is neither a number nor a dot.
pub fn parse_genotype(bytes: &[u8]) -> Result<RawGenotype, Problem> {
    let body = bytes.strip_prefix(b"/").or_else(|| bytes.strip_prefix(b"|")).unwrap_or(bytes);
    let mut genotype = RawGenotype { alleles: SmallVec::new(), phased: true };
    let mut start = 0;
    for end in body.iter().enumerate().filter(|(_, b)| matches!(b, b'/' | b'|')).map(|(i, _)| i).chain([body.len()]) {
        match body.get(start..end) {
            Some(b".") => genotype.alleles.push(None),
            Some(digits) => match parse_number(digits).and_then(|n| u16::try_from(n).ok()) {
                Some(number) => genotype.alleles.push(Some(number)),
                None => return Err(Problem(format!("GT '{}' is not a genotype", lossy(bytes)))),
            },
            None => {}
        }
        if body.get(end) == Some(&b'/') {
            genotype.phased = false;
        }
        start = end + 1;
    }
    Ok(genotype)
}

/// Text of bytes for a message, at most 40 characters of it.
pub fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..40).unwrap_or(bytes)).into_owned()
}

/// A line taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The fixed columns.
    pub variant: Variant<'a>,
    format: &'a str,
    samples: Option<&'a str>,
}

/// Takes a line apart. Samples are read later, by [`Calls::visit`].
///
/// # Errors
/// When columns are missing, the bytes are not UTF-8, the position is no number, or REF or an ALT is empty.
pub fn parse_record(line: &[u8]) -> Result<Record<'_>, Problem> {
    let text = std::str::from_utf8(line).map_err(|e| {
        Problem(format!("byte {} is not UTF-8; convert the file, for example with iconv -t utf-8", e.valid_up_to() + 1))
    })?;
    let mut cells = text.splitn(10, '\t');
    let mut next = |name: &str| cells.next().ok_or_else(|| Problem(format!("the line ends before column {name}")));
    next("CHROM")?;
    let position = next("POS")?;
    let position =
        parse_number(position.as_bytes()).ok_or_else(|| Problem(format!("POS '{position}' is not a number")))?;
    let id = next("ID")?;
    let reference = next("REF")?;
    let alternates = next("ALT")?;
    next("QUAL")?;
    let filter = next("FILTER")?;
    let info = next("INFO")?;
    let alternates: SmallVec<[&str; 4]> =
        if alternates == "." { SmallVec::new() } else { alternates.split(',').collect() };
    if reference.is_empty() || alternates.iter().any(|a| a.is_empty()) {
        return Err(Problem::new("an allele is empty"));
    }
    Ok(Record {
        variant: Variant {
            position,
            id,
            reference,
            alternates,
            failed_filter: failed(filter),
            end: parse_end(info.as_bytes()),
        },
        format: cells.next().unwrap_or_default(),
        samples: cells.next(),
    })
}

pub(super) fn failed(filter: &str) -> Option<&str> {
    (!matches!(filter, "PASS" | "." | "" | "0")).then_some(filter)
}

/// Which field of a sample stands where.
#[derive(Default)]
struct Layout {
    fields: SmallVec<[Field; 12]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Genotype,
    PhaseSet,
    Filter,
    Depth,
    LeastDepth,
    Quality,
    ReferenceQuality,
    AlleleDepths,
    Other,
}

impl Layout {
    fn of(format: &str) -> Self {
        let mut fields: SmallVec<[Field; 12]> = format
            .split(':')
            .map(|key| match key {
                "GT" => Field::Genotype,
                "PS" => Field::PhaseSet,
                "FT" => Field::Filter,
                "DP" => Field::Depth,
                "MIN_DP" => Field::LeastDepth,
                "GQ" => Field::Quality,
                "RGQ" => Field::ReferenceQuality,
                "AD" => Field::AlleleDepths,
                _ => Field::Other,
            })
            .collect();
        while fields.last() == Some(&Field::Other) {
            fields.pop(); // what follows the last wanted field is not looked at
        }
        Self { fields }
    }
}

impl Calls for Record<'_> {
    fn visit(&self, samples: usize, visitor: &mut dyn FnMut(usize, &SampleCall)) -> Result<(), Problem> {
        let layout = Layout::of(self.format);
        let mut call = SampleCall::default();
        let mut found = 0;
        for (index, cell) in self.samples.into_iter().flat_map(|s| s.split('\t')).enumerate() {
            if index < samples {
                read_sample(cell, &layout, &mut call)?;
                visitor(index, &call);
            }
            found = index + 1;
        }
        if found != samples {
            return Err(Problem(format!("the header names {samples} samples, the line has {found}")));
        }
        Ok(())
    }
}

fn read_sample(cell: &str, layout: &Layout, call: &mut SampleCall) -> Result<(), Problem> {
    call.genotype.alleles.clear();
    call.genotype.phased = false;
    (call.phase_set, call.failed_filter, call.depth, call.quality) = (None, None, None, None);
    call.allele_depths.clear();
    for (field, value) in layout.fields.iter().zip(cell.split(':')) {
        let bytes = value.as_bytes();
        match field {
            Field::Genotype => call.genotype = parse_genotype(bytes)?,
            Field::PhaseSet => call.phase_set = parse_phase_set(bytes),
            Field::Filter => call.failed_filter = failed(value).map(str::to_owned),
            Field::LeastDepth => call.depth = parse_number(bytes).or(call.depth),
            Field::Depth => call.depth = call.depth.or_else(|| parse_number(bytes)),
            Field::Quality => call.quality = parse_rounded(value).or(call.quality),
            Field::ReferenceQuality => call.quality = call.quality.or_else(|| parse_rounded(value)),
            Field::AlleleDepths if value != "." => {
                call.allele_depths = value.split(',').map(|d| parse_number(d.as_bytes())).collect();
            }
            Field::AlleleDepths | Field::Other => {}
        }
    }
    Ok(())
}

/// A phase set by its number; one that is named by text gets a number from the text (FNV-1a with the top bit set, so that
/// it meets no position).
pub(super) fn parse_phase_set(bytes: &[u8]) -> Option<u32> {
    if matches!(bytes, b"." | b"") {
        return None;
    }
    parse_number(bytes).or_else(|| {
        let hash = bytes.iter().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193));
        Some(hash | 0x8000_0000)
    })
}

/// A Phred number that some callers write with decimals; rounded down, so that a threshold is never met by rounding.
fn parse_rounded(text: &str) -> Option<u32> {
    parse_number(text.as_bytes()).or_else(|| {
        let value: f64 = text.parse().ok()?;
        (0.0..=1e9).contains(&value).then_some(value as u32)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn calls(line: &str, samples: usize) -> Vec<SampleCall> {
        let record = parse_record(line.as_bytes()).expect("a record");
        let mut calls = Vec::new();
        record.visit(samples, &mut |_, c| calls.push(c.clone())).expect("samples");
        calls
    }

    #[test]
    fn place_needs_two_tabs_and_a_number() {
        assert_eq!(place(b"chr1\t100\trs1"), Some((b"chr1".as_slice(), 100)));
        for odd in ["chr1", "chr1\t", "chr1\t\t", "chr1\tx\t", "chr1\t1", "chr1\t99999999999\t"] {
            assert_eq!(place(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn the_quick_look_gives_what_the_slow_one_gives() {
        let on = |contig: &str, line: &str| SameContig::new(contig.as_bytes()).position(line.as_bytes());
        for contig in ["1", "chr1", "NC_000010.11", "HLA-A*01:01:01:01", "exactly-15-long"] {
            for position in [0, 1, 9, 10, 12_345_678, 123_456_789, 248_956_422, u32::MAX] {
                let line = format!("{contig}\t{position}\t.\tA\tC\t.\tPASS\t.");
                assert_eq!(place(line.as_bytes()), Some((contig.as_bytes(), position)));
                let kept = contig.len() < 16;
                assert_eq!(on(contig, &line), kept.then_some(position), "{line}");
            }
        }
        for line in
            ["chr1", "chr1\t5", "chr10\t5\t.\tA\tC\t.\t.", "chr1\t\t.\tA\tC\t.\t.\t.", "chr1\t12a\t.\tA\tC\t.\t."]
        {
            assert_eq!(on("chr1", line), None, "{line}");
        }
        assert_eq!(on("", "\t5\t.\tA\tC\t.\t.\t.\t."), Some(5));
        assert_eq!(SameContig::default().position(b"chr1\t5\t.\tA\tC\t.\t.\t."), None);
    }

    #[test]
    fn every_byte_that_is_no_digit_ends_a_number() {
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut word = *b"98765432";
                word[at] = byte;
                let expected = word.iter().take_while(|b| b.is_ascii_digit()).count();
                let word = u64::from_le_bytes(word);
                assert_eq!(leading_digits(word), expected, "{byte} at {at}");
                let value = (0..expected).fold(0, |n, i| n * 10 + u32::from((word >> (8 * i)) as u8 - b'0'));
                assert_eq!(value_of_digits(word, expected), value);
            }
        }
    }

    #[test]
    fn genotypes_of_every_habit_are_read() {
        let read = |text: &str| {
            let g = parse_genotype(text.as_bytes()).expect("a genotype");
            (g.alleles.to_vec(), g.phased)
        };
        assert_eq!(read("0/1"), (vec![Some(0), Some(1)], false));
        assert_eq!(read("10|2"), (vec![Some(10), Some(2)], true));
        assert_eq!(read("./1"), (vec![None, Some(1)], false));
        assert_eq!(read("."), (vec![None], true));
        assert_eq!(read("1"), (vec![Some(1)], true));
        assert_eq!(read("0/0/1"), (vec![Some(0), Some(0), Some(1)], false));
        assert_eq!(read("|0|1"), (vec![Some(0), Some(1)], true));
        assert_eq!(read("0|1/1"), (vec![Some(0), Some(1), Some(1)], false));
        for odd in ["", "a/b", "0/", "/", "-1", "0//1", "70000"] {
            assert!(parse_genotype(odd.as_bytes()).is_err(), "{odd}");
        }
    }

    #[test]
    fn sample_fields_are_found_by_their_key() {
        let read =
            calls("chr1\t5\t.\tA\tC\t.\tq10\tEND=9;X=1\tGT:FT:GQ:PL:MIN_DP:DP:AD:PS\t0|1:low:20:0,1:7:9:3,.:55\t.", 2);
        assert_eq!(read[0].failed_filter.as_deref(), Some("low"));
        assert_eq!((read[0].quality, read[0].depth, read[0].phase_set), (Some(20), Some(7), Some(55)));
        assert_eq!(read[0].allele_depths.to_vec(), [Some(3), None]);
        assert!(read[1].genotype.is_missing());
        assert_eq!((read[1].quality, read[1].depth, read[1].phase_set), (None, None, None));
    }

    #[test]
    fn a_line_with_too_few_samples_is_refused() {
        let record = parse_record(b"chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1").expect("a record");
        let problem = record.visit(2, &mut |_, _| {}).expect_err("one is missing");
        assert_eq!(problem.to_string(), "the header names 2 samples, the line has 1");
    }

    #[test]
    fn the_end_of_a_block_is_found_without_the_samples() {
        let finder = EndFinder::default();
        for line in [
            "1\t5\t.\tA\t<NON_REF>\t.\t.\tX=1;END=77\tGT\t0/0",
            "1\t5\t.\tA\t<NON_REF>\t.\t.\tEND=77\tGT\t0/0",
            "1\t5\t.\tA\t<NON_REF>\t.\t.\tEND=77;END=78",
            "1\t5\t.\tA\t<NON_REF>\t.\t.\tEND=x;END=78",
            "1\t5\tEND=3\tA\tC\t.\t.\tEND=9",
            "1\t5\tEND=3\tA\tC\t.\t.\t.",
            "1\t5\t.\tA\tC\t.\t.\tCIEND=1;END=8",
            "1\t5\t.\tA\tC\t.\t.\t.\tGT\tEND=4",
            "END=5",
            "",
            "1\t5\t.\tA\tC\t.\t.\tEND=",
            "1\t5\t.\tA\tC\t.\t.\tEND=99999999999;END=5",
            "1\t5\t.\tA\tC\t.\t.\tEND=5x\t.",
        ] {
            assert_eq!(finder.end(line.as_bytes()), end_of_line(line.as_bytes()), "{line}");
        }
        assert_eq!(end_of_line(b"1\t5\t.\tA\t<NON_REF>\t.\t.\tX=1;END=77\tGT\t0/0"), Some(77));
        assert_eq!(end_of_line(b"1\t5\t.\tA\t<NON_REF>\t.\t.\tEND=77"), Some(77));
        assert_eq!(end_of_line(b"1\t5\t.\tA\t<NON_REF>\t.\t.\tCIEND=3,4\tGT\t0/0"), None);
    }
}
