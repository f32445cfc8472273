//! Opens a file, finds out what it is, and sends the right pass over it.

use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pass::Pass;
use super::{ObserveError, ObserveOptions, Observed, Panels, Source};
use crate::io::bcf;
use crate::io::header::{Header, parse_header};
use crate::io::index::{self, Index, Stretches};
use crate::io::lines::Lines;
use crate::io::source::{self, Compression, Opened};
use crate::io::vcf;
use crate::model::canonical_contig;

/// Lines of header that are read at most, bytes (a header with every contig of a plant genome has a few MB).
const LONGEST_HEADER: usize = 1 << 28;

pub(super) fn read(source: &Source, panels: &Panels, options: &ObserveOptions) -> Result<Observed, ObserveError> {
    let name = source.to_string();
    let mut warnings = Vec::new();
    let index = match source {
        Source::File(path) => usable_index(path, &mut warnings),
        Source::Stdin | Source::Text { .. } => None,
    };
    // With an index only the header and some stretches are read: more threads would inflate what nobody reads.
    let threads = if index.is_some() { 1 } else { options.threads };
    let opened = match source {
        Source::File(path) => source::open_file(path, threads),
        Source::Stdin => source::open_stdin(threads),
        Source::Text { text, .. } => source::unpack(Cursor::new(Arc::<[u8]>::from(Arc::clone(text))), 1),
    };
    let mut opened = opened.map_err(|e| ObserveError::reading(&name, e))?;
    if opened.empty {
        return Err(ObserveError::Empty { name });
    }
    let binary = starts_like_bcf(&mut opened).map_err(|e| ObserveError::reading(&name, e))?;
    let indexed = match (source, index) {
        (Source::File(path), Some(index)) if opened.compression == Compression::Bgzip => Some((path.as_path(), index)),
        _ => None,
    };
    let input = Input { name: &name, panels, options, warnings };
    if binary { input.binary(opened, indexed) } else { input.text(opened, indexed) }
}

/// The index beside a file, unless it is older than the file or garbled: then the file is streamed, and a warning says so.
fn usable_index(path: &Path, warnings: &mut Vec<String>) -> Option<(PathBuf, Index)> {
    let beside = index::beside(path)?;
    let time = |p: &Path| std::fs::metadata(p).and_then(|m| m.modified()).ok();
    let remedy = "it was not used; make it again with bcftools index -f";
    if let (Some(of_index), Some(of_file)) = (time(&beside), time(path))
        && of_index < of_file
    {
        warnings.push(format!("{}: the index is older than the file; {remedy}", beside.display()));
        return None;
    }
    match Index::read(&beside) {
        Ok(index) => Some((beside, index)),
        Err(e) => {
            warnings.push(format!("{}: the index cannot be read ({e}); {remedy}", beside.display()));
            None
        }
    }
}

/// Looks at the first unpacked bytes and puts them back.
fn starts_like_bcf(opened: &mut Opened) -> std::io::Result<bool> {
    let mut first = Vec::with_capacity(bcf::MAGIC.len());
    opened.bytes.by_ref().take(bcf::MAGIC.len() as u64).read_to_end(&mut first)?;
    let binary = first == bcf::MAGIC;
    let rest = std::mem::replace(&mut opened.bytes, Box::new(std::io::empty()));
    opened.bytes = Box::new(Cursor::new(first).chain(rest));
    Ok(binary)
}

struct Input<'a> {
    name: &'a str,
    panels: &'a Panels,
    options: &'a ObserveOptions,
    warnings: Vec<String>,
}

type Indexed<'a> = Option<(&'a Path, (PathBuf, Index))>;

impl Input<'_> {
    fn text(self, opened: Opened, indexed: Indexed<'_>) -> Result<Observed, ObserveError> {
        let compression = opened.compression;
        let mut lines = Lines::new(opened.bytes);
        let header = read_header(self.name, &mut lines)?;
        let mut pass = Pass::new(self.name, header, self.panels, self.options, self.warnings)?;
        let stretches = open_stretches(&pass, indexed, |pass, index| {
            let names = index.contig_names();
            names
                .into_iter()
                .filter_map(|n| Some((index.contig_number(&n)?, pass.windows_on(canonical_contig(&n)?))))
                .collect()
        })?;
        match stretches {
            Some((beside, stretches)) => pass.text(&mut Lines::new(stretches), Some(&beside))?,
            None => pass.text(&mut lines, None)?,
        }
        let kind = if pass.blocks_seen() { "gVCF" } else { "VCF" };
        pass.finish(format!("{kind} ({compression})"))
    }

    fn binary(self, opened: Opened, indexed: Indexed<'_>) -> Result<Observed, ObserveError> {
        let packed = if opened.compression == Compression::None { "uncompressed BCF" } else { "BCF" };
        let mut bytes = BufReader::with_capacity(1 << 18, opened.bytes);
        let text = bcf::read_header_text(&mut bytes).map_err(|e| ObserveError::reading(self.name, e))?;
        let header = header(self.name, &text)?;
        let mut pass = Pass::new(self.name, header, self.panels, self.options, self.warnings)?;
        let stretches = open_stretches(&pass, indexed, |pass, _| {
            let numbered =
                (0..pass.header().contig_numbers.len()).filter_map(|n| Some((n, pass.windows_on(pass.contig(n)?))));
            numbered.collect()
        })?;
        match stretches {
            Some((beside, stretches)) => pass.binary(&mut BufReader::new(stretches), Some(&beside))?,
            None => pass.binary(&mut bytes, None)?,
        }
        pass.finish(packed.to_owned())
    }
}

/// Contig numbers of the index, with the windows to read there.
type Wanted = Vec<(usize, Vec<(u32, u32)>)>;

fn open_stretches(
    pass: &Pass<'_>,
    indexed: Indexed<'_>,
    wanted: impl FnOnce(&Pass<'_>, &Index) -> Wanted,
) -> Result<Option<(String, Stretches)>, ObserveError> {
    let Some((path, (beside, index))) = indexed else { return Ok(None) };
    let beside = beside.display().to_string();
    let unusable = |e: std::io::Error| ObserveError::Index { name: beside.clone(), problem: e.to_string() };
    let mut chunks = Vec::new();
    for (number, windows) in wanted(pass, &index) {
        for (first, last) in windows {
            chunks.extend(index.query(number, first, last).map_err(unusable)?);
        }
    }
    let stretches = Stretches::new(path, index::joined(chunks)).map_err(unusable)?;
    Ok(Some((beside, stretches)))
}

fn read_header<R: Read>(name: &str, lines: &mut Lines<R>) -> Result<Header, ObserveError> {
    let mut bytes = Vec::new();
    loop {
        let line = lines.next_line().map_err(|e| ObserveError::reading(name, e))?;
        let Some(line) = line else { break };
        if bytes.is_empty() && !line.starts_with(b"##fileformat=VCF") && !line.starts_with(b"#CHROM") {
            return Err(not_a_header(name, line));
        }
        if !line.starts_with(b"#") && !line.is_empty() {
            break;
        }
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        if line.starts_with(b"#CHROM") || bytes.len() > LONGEST_HEADER {
            break;
        }
    }
    if bytes.is_empty() {
        return Err(ObserveError::Empty { name: name.to_owned() });
    }
    header(name, &bytes)
}

fn header(name: &str, bytes: &[u8]) -> Result<Header, ObserveError> {
    parse_header(bytes).map_err(|p| ObserveError::Header { name: name.to_owned(), problem: p.0 })
}

fn not_a_header(name: &str, line: &[u8]) -> ObserveError {
    let name = name.to_owned();
    if vcf::place(line).is_some() || line.starts_with(b"##") {
        let found = vcf::lossy(line).escape_debug().to_string();
        let problem = format!("there is no VCF header: the first line is '{found}'; expected ##fileformat=VCFv4.x");
        return ObserveError::Header { name, problem };
    }
    ObserveError::UnknownFormat { name, found: vcf::lossy(line).escape_debug().to_string() }
}
