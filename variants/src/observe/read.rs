//! The pass over a file: open, header, assembly, records.

use super::collect::{Collector, Layout};
use super::targets::Targets;
use super::{ObserveError, ObserveOptions, Observed, Panels, Source};
use crate::evidence::{self, Contradiction, Fit};
use crate::io::call::{Calls, Problem, Variant};
use crate::io::header::{Header, parse_header};
use crate::io::lines::Lines;
use crate::io::source::{self, Opened};
use crate::io::vcf;
use crate::model::{Assembly, canonical_contig};

/// Lines of header that are read at most, bytes (a header with every contig of a plant genome has a few MB).
const LONGEST_HEADER: usize = 1 << 28;

/// How many records of a file that declares no blocks are looked at for `END`.
const UNDECLARED_BLOCKS: u64 = 10_000;

pub(super) fn read(source: &Source, panels: &Panels, options: &ObserveOptions) -> Result<Observed, ObserveError> {
    let name = source.to_string();
    let opened = match source {
        Source::File(path) => source::open_file(path, options.threads),
        Source::Stdin => source::open_stdin(options.threads),
    };
    let opened = opened.map_err(|e| ObserveError::reading(&name, e))?;
    if opened.empty {
        return Err(ObserveError::Empty { name });
    }
    read_text(&name, opened, panels, options)
}

fn read_text(name: &str, opened: Opened, panels: &Panels, options: &ObserveOptions) -> Result<Observed, ObserveError> {
    let compression = opened.compression;
    let mut lines = Lines::new(opened.bytes);
    let header = read_header(name, &mut lines)?;
    let mut pass = Pass::new(name, header, panels, options)?;
    pass.text(&mut lines)?;
    let kind = if pass.blocks_seen() { "gVCF" } else { "VCF" };
    pass.finish(format!("{kind} ({compression})"), false)
}

fn read_header<R: std::io::Read>(name: &str, lines: &mut Lines<R>) -> Result<Header, ObserveError> {
    let mut bytes = Vec::new();
    loop {
        let line = lines.next_line().map_err(|e| ObserveError::reading(name, e))?;
        let Some(line) = line else { break };
        if bytes.is_empty() && !line.starts_with(b"##fileformat=VCF") && !line.starts_with(b"#") {
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
    parse_header(&bytes).map_err(|p| ObserveError::Header { name: name.to_owned(), problem: p.0 })
}

fn not_a_header(name: &str, line: &[u8]) -> ObserveError {
    let name = name.to_owned();
    if vcf::place(line).is_some() {
        let problem = "there is no header: the first line is a record; put the ## lines and the #CHROM line before it";
        return ObserveError::Header { name, problem: problem.to_owned() };
    }
    ObserveError::UnknownFormat { name, found: vcf::lossy(line).escape_debug().to_string() }
}

/// One pass over the records of a file, for one panel, or for both where the header does not say which.
pub(super) struct Pass<'a> {
    name: &'a str,
    options: &'a ObserveOptions,
    header: Header,
    layout: Layout,
    collectors: Vec<Collector>,
    decided: Option<(Assembly, String)>,
    gate: Targets,
    records: u64,
    warnings: Vec<String>,
}

impl<'a> Pass<'a> {
    pub fn new(
        name: &'a str,
        header: Header,
        panels: &Panels,
        options: &'a ObserveOptions,
    ) -> Result<Self, ObserveError> {
        let layout = layout(name, &header, options)?;
        let mut warnings = Vec::new();
        let decided = assembly(name, &header, options, &mut warnings)?;
        let collectors: Vec<Collector> = match &decided {
            Some((assembly, _)) => vec![Collector::new(panels.on(*assembly))],
            None => vec![Collector::new(&panels.grch38), Collector::new(&panels.grch37)],
        };
        let mut gate = Targets::default();
        for collector in &collectors {
            gate.widen(&collector.targets);
        }
        Ok(Self { name, options, header, layout, collectors, decided, gate, records: 0, warnings })
    }

    fn blocks_seen(&self) -> bool {
        self.collectors.iter().any(|c| c.blocks)
    }

    /// Reads lines to the end.
    fn text<R: std::io::Read>(&mut self, lines: &mut Lines<R>) -> Result<(), ObserveError> {
        // Blocks may start far before a site. Their END is looked up only in files that declare or soon show some.
        let mut blocks = self.header.declares_blocks;
        let gate = std::mem::take(&mut self.gate);
        let mut contig_bytes: Vec<u8> = Vec::new();
        let mut contig: Option<&'static str> = None;
        let mut targets = None;
        let (mut rejected_from, mut rejected_to) = (1u32, 0u32);
        loop {
            let number = lines.number() + 1;
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return Ok(()),
                Err(e) => return Err(ObserveError::reading(self.name, e)),
            };
            let Some((written, position)) = vcf::place(line) else {
                // some tools leave remarks between records; a second header line would be another file
                if line.is_empty() || (line.starts_with(b"#") && !line.starts_with(b"#CHROM")) {
                    continue;
                }
                let problem =
                    format!("expected contig, tab, position, tab; found '{}'", vcf::lossy(line).escape_debug());
                return Err(self.malformed(format!("line {number}"), problem));
            };
            self.records += 1;
            if written != contig_bytes {
                contig_bytes.clear();
                contig_bytes.extend_from_slice(written);
                contig = std::str::from_utf8(written).ok().and_then(canonical_contig);
                targets = contig.and_then(|c| gate.on(c));
                (rejected_from, rejected_to) = (1, 0);
            }
            let Some(on_contig) = targets else { continue };
            if !blocks && self.records <= UNDECLARED_BLOCKS {
                blocks = vcf::end_of_line(line).is_some();
            }
            let last = if blocks { vcf::end_of_line(line).unwrap_or(position).max(position) } else { position };
            if position >= rejected_from && last <= rejected_to {
                continue;
            }
            if !on_contig.touches(position, last) {
                (rejected_from, rejected_to) = on_contig.gap(position);
                continue;
            }
            let Some(contig) = contig else { continue };
            let place = || format!("line {number}, {}:{position}", vcf::lossy(written));
            let record = vcf::parse_record(line).map_err(|p| malformed(self.name, place(), p.0))?;
            accept(&mut self.collectors, contig, &record.variant, &record, &self.layout, self.options)
                .map_err(|p| malformed(self.name, place(), p.0))?;
        }
    }

    fn malformed(&self, place: String, problem: String) -> ObserveError {
        malformed(self.name, place, problem)
    }

    fn finish(mut self, format: String, indexed: bool) -> Result<Observed, ObserveError> {
        let fits: Vec<Fit> = self.collectors.iter().map(|c| c.fit).collect();
        let (keep, assembly_evidence) = match (self.decided.take(), fits.as_slice()) {
            (Some((_, words)), _) => (0, words),
            (None, [grch38, grch37]) => match Fit::decide(*grch38, *grch37) {
                Some((Assembly::Grch38, words)) => (0, words),
                Some((Assembly::Grch37, words)) => (1, words),
                None if self.records == 0 => (0, "no records: every site is missing on either assembly".to_owned()),
                None => {
                    let evidence = format!("GRCh38: {}; GRCh37: {}", grch38.words(), grch37.words());
                    return Err(ObserveError::AssemblyUndecided { name: self.name.to_owned(), evidence });
                }
            },
            (None, _) => (0, String::new()),
        };
        let collector = self.collectors.swap_remove(keep);
        let (observations, failed_samples) = collector.finish(self.layout.names, self.options);
        let mut warnings = self.warnings;
        warnings.extend(failed_samples.iter().map(|(_, reason)| reason.clone()));
        Ok(Observed { observations, assembly_evidence, format, indexed, warnings, failed_samples })
    }
}

fn malformed(name: &str, place: String, problem: String) -> ObserveError {
    ObserveError::Malformed { name: name.to_owned(), place, problem }
}

fn accept(
    collectors: &mut [Collector],
    contig: &'static str,
    variant: &Variant<'_>,
    calls: &dyn Calls,
    layout: &Layout,
    options: &ObserveOptions,
) -> Result<(), Problem> {
    collectors.iter_mut().try_for_each(|c| c.accept(contig, variant, calls, layout, options))
}

fn layout(name: &str, header: &Header, options: &ObserveOptions) -> Result<Layout, ObserveError> {
    if header.samples.is_empty() {
        return Err(ObserveError::NoSamples { name: name.to_owned() });
    }
    let trust_depths = header.allele_depth_number.as_deref().is_none_or(|n| n == "R");
    let in_file = header.samples.len();
    if options.samples.is_empty() {
        let selected = (0..in_file).map(Some).collect();
        return Ok(Layout { in_file, selected, names: header.samples.clone(), trust_depths });
    }
    let mut selected = vec![None; in_file];
    for wanted in &options.samples {
        match header.samples.iter().position(|s| s == wanted).and_then(|i| selected.get_mut(i)) {
            Some(place) => *place = Some(0),
            None => {
                return Err(ObserveError::AbsentSample {
                    name: name.to_owned(),
                    sample: wanted.clone(),
                    available: some_names(&header.samples),
                });
            }
        }
    }
    let mut names = Vec::with_capacity(options.samples.len());
    for (place, sample) in selected.iter_mut().zip(&header.samples).filter(|(place, _)| place.is_some()) {
        *place = Some(names.len());
        names.push(sample.clone());
    }
    Ok(Layout { in_file, selected, names, trust_depths })
}

fn some_names(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    match names.len().saturating_sub(5) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn assembly(
    name: &str,
    header: &Header,
    options: &ObserveOptions,
    warnings: &mut Vec<String>,
) -> Result<Option<(Assembly, String)>, ObserveError> {
    let contradiction = |c: Contradiction| ObserveError::AssemblyContradiction { name: name.to_owned(), evidence: c.0 };
    let clues = evidence::clues(header);
    let Some(stated) = options.assembly else {
        return evidence::decide(&clues.map_err(contradiction)?).map_err(contradiction);
    };
    match clues {
        Err(Contradiction(words)) => warnings.push(format!("{name}: {words}; read as {stated}, as stated")),
        Ok(clues) => {
            if let Some(clue) = clues.iter().find(|c| c.measured && c.assembly != stated) {
                return Err(ObserveError::WrongAssembly {
                    name: name.to_owned(),
                    stated,
                    found: clue.assembly,
                    evidence: clue.words.clone(),
                });
            }
            if let Some(clue) = clues.iter().find(|c| c.assembly != stated) {
                warnings.push(format!("{name}: {} says {}; read as {stated}, as stated", clue.words, clue.assembly));
            }
        }
    }
    Ok(Some((stated, "stated by the user".to_owned())))
}
