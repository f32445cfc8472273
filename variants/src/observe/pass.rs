//! One pass over records, for one panel, or for both where the header does not say which.

use std::io::{BufRead, Read};

use super::collect::{Collector, Layout};
use super::setup;
use super::targets::Targets;
use super::{ObserveError, ObserveOptions, Observed, Panels};
use crate::evidence::Fit;
use crate::io::bcf::{self, RawRecord};
use crate::io::call::{Calls, Problem, Variant};
use crate::io::header::Header;
use crate::io::lines::Lines;
use crate::io::vcf;
use crate::model::{Assembly, canonical_contig};

/// How many records of a file that declares no blocks are looked at for `END`.
const UNDECLARED_BLOCKS: u64 = 10_000;

/// A pass in progress.
pub(super) struct Pass<'a> {
    name: &'a str,
    options: &'a ObserveOptions,
    header: Header,
    layout: Layout,
    collectors: Vec<Collector>,
    decided: Option<(Assembly, String)>,
    gate: Targets,
    records: u64,
    indexed: bool,
    warnings: Vec<String>,
}

impl<'a> Pass<'a> {
    pub fn new(
        name: &'a str,
        header: Header,
        panels: &Panels,
        options: &'a ObserveOptions,
        mut warnings: Vec<String>,
    ) -> Result<Self, ObserveError> {
        let layout = setup::layout(name, &header, options)?;
        let decided = setup::assembly(name, &header, options, &mut warnings)?;
        let (decided, reference) = setup::reference(decided, options)?;
        let mut collectors: Vec<Collector> = match &decided {
            Some((assembly, _)) => vec![Collector::new(panels.on(*assembly))],
            None => vec![Collector::new(&panels.grch38), Collector::new(&panels.grch37)],
        };
        if let (Some(mut reference), Some(path), [collector]) =
            (reference, &options.reference, collectors.as_mut_slice())
        {
            collector.read_bases(&mut reference).map_err(|e| setup::unusable(path, e.to_string()))?;
        }
        if let Some(contig) = setup::other_mitochondrion(&header) {
            warnings.push(format!(
                "{name}: {contig} is the mitochondrial sequence of UCSC's hg19, with other positions than the revised Cambridge \
                 sequence; its records were not read, and mitochondrial sites are missing"
            ));
            collectors.iter_mut().for_each(|c| c.targets.leave_out("chrM"));
        }
        let mut gate = Targets::default();
        for collector in &collectors {
            gate.widen(&collector.targets);
        }
        Ok(Self { name, options, header, layout, collectors, decided, gate, records: 0, indexed: false, warnings })
    }

    /// Whether the file turned out to hold reference blocks.
    pub fn blocks_seen(&self) -> bool {
        self.collectors.iter().any(|c| c.blocks)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The stretches of a contig (in canonical form) that are worth reading.
    pub fn windows_on(&self, contig: &'static str) -> Vec<(u32, u32)> {
        self.gate.on(contig).map(|t| t.windows.clone()).unwrap_or_default()
    }

    /// The canonical name of a contig by its number in a BCF.
    pub fn contig(&self, number: usize) -> Option<&'static str> {
        let index = self.header.contig_numbers.get(number).copied().flatten()?;
        canonical_contig(&self.header.contigs.get(index)?.name)
    }

    /// Reads lines to the end. `index`: the index that chose the lines.
    pub fn text<R: Read>(&mut self, lines: &mut Lines<R>, index: Option<&str>) -> Result<(), ObserveError> {
        self.indexed = index.is_some();
        // Blocks may start far before a site. Their END is looked up only in files that declare or soon show some.
        let mut blocks = self.header.declares_blocks;
        let ends = vcf::EndFinder::default();
        let mut here = Here::default();
        loop {
            let number = lines.number() + 1;
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return Ok(()),
                Err(e) => return Err(self.reading(e, index)),
            };
            let placed = here.same.position(line).or_else(|| {
                let (written, position) = vcf::place(line)?;
                here.enter(written);
                Some(position)
            });
            let Some(position) = placed else {
                // Some tools leave remarks between records; a second header line would be another file.
                if line.is_empty() || (line.starts_with(b"#") && !line.starts_with(b"#CHROM")) {
                    continue;
                }
                let problem =
                    format!("expected contig, tab, position, tab; found '{}'", vcf::lossy(line).escape_debug());
                return Err(match index {
                    Some(beside) => misfit(beside, &problem),
                    None => malformed(self.name, format!("line {number}"), problem),
                });
            };
            self.records += 1;
            if !blocks && self.records <= UNDECLARED_BLOCKS {
                blocks = ends.end(line).is_some();
            }
            let last = if blocks { ends.end(line).unwrap_or(position).max(position) } else { position };
            if here.rejects(&self.gate, position, last) {
                continue;
            }
            let Some(contig) = here.contig else { continue };
            let place = || match index {
                Some(_) => format!("record {}:{position}", vcf::lossy(&here.written)),
                None => format!("line {number}, {}:{position}", vcf::lossy(&here.written)),
            };
            let record = vcf::parse_record(line).map_err(|p| malformed(self.name, place(), p.0))?;
            accept(&mut self.collectors, contig, &record.variant, &record, &self.layout, self.options)
                .map_err(|p| malformed(self.name, place(), p.0))?;
        }
    }

    /// Reads BCF records to the end. `index`: the index that chose them.
    pub fn binary<R: BufRead>(&mut self, reader: &mut R, index: Option<&str>) -> Result<(), ObserveError> {
        self.indexed = index.is_some();
        let mut raw = RawRecord::default();
        let contigs: Vec<Option<&'static str>> =
            (0..self.header.contig_numbers.len()).map(|n| self.contig(n)).collect();
        while let Some(samples) = raw.read_site(reader).map_err(|e| self.reading(e, index))? {
            self.records += 1;
            let place = |words: String| format!("record {}{words}", self.records);
            let Some((number, first, last)) = raw.place() else {
                return Err(malformed(self.name, place(String::new()), "its position cannot be decoded".to_owned()));
            };
            let contig = match contigs.get(number) {
                Some(contig) => *contig,
                None => {
                    let problem = format!("contig number {number} is not in the header");
                    return Err(malformed(self.name, place(String::new()), problem));
                }
            };
            let wanted = contig.filter(|c| self.gate.on(c).is_some_and(|t| t.touches(first, last)));
            let Some(contig) = wanted else {
                bcf::skip(reader, samples).map_err(|e| self.reading(e, index))?;
                continue;
            };
            raw.read_samples(reader, samples).map_err(|e| self.reading(e, index))?;
            let place = || place(format!(", {contig}:{first}"));
            let record = bcf::parse_record(&raw, &self.header).map_err(|p| malformed(self.name, place(), p.0))?;
            accept(&mut self.collectors, contig, &record.variant, &record, &self.layout, self.options)
                .map_err(|p| malformed(self.name, place(), p.0))?;
        }
        Ok(())
    }

    fn reading(&self, error: std::io::Error, index: Option<&str>) -> ObserveError {
        match index {
            Some(beside) => misfit(beside, &error.to_string()),
            None => ObserveError::reading(self.name, error),
        }
    }

    /// Settles the assembly, where it is open, and hands over what was gathered.
    pub fn finish(mut self, format: String) -> Result<Observed, ObserveError> {
        let fits: Vec<Fit> = self.collectors.iter().map(|c| c.fit).collect();
        let (keep, assembly_evidence) = match (self.decided.take(), fits.as_slice()) {
            (Some((_, words)), _) => (0, words),
            (None, [grch38, grch37]) => match Fit::decide(*grch38, *grch37) {
                Some((Assembly::Grch38, words)) => (0, words),
                Some((Assembly::Grch37, words)) => (1, words),
                None if self.records == 0 && !self.indexed => {
                    (0, "no records: every site is missing on either assembly".to_owned())
                }
                None => {
                    let evidence = format!("GRCh38: {}; GRCh37: {}", grch38.words(), grch37.words());
                    return Err(ObserveError::AssemblyUndecided { name: self.name.to_owned(), evidence });
                }
            },
            (None, _) => (0, String::new()),
        };
        let collector = self.collectors.swap_remove(keep);
        let (observations, failed_samples) = collector.finish(self.layout.names, self.options);
        Ok(Observed {
            observations,
            assembly_evidence,
            format,
            indexed: self.indexed,
            warnings: self.warnings,
            failed_samples,
        })
    }
}

/// Where a pass over lines is.
#[derive(Default)]
struct Here {
    written: Vec<u8>,
    same: vcf::SameContig,
    contig: Option<&'static str>,
    /// A stretch of the contig, inclusive, that holds nothing wanted; empty when `0` of it is after `1`.
    empty: (u32, u32),
}

impl Here {
    fn enter(&mut self, written: &[u8]) {
        if self.written != written {
            self.written.clear();
            self.written.extend_from_slice(written);
            self.same = vcf::SameContig::new(written);
            self.contig = std::str::from_utf8(written).ok().and_then(canonical_contig);
            self.empty = (1, 0);
        }
    }

    #[inline]
    fn rejects(&mut self, gate: &Targets, first: u32, last: u32) -> bool {
        let Some(contig) = self.contig else { return true };
        if first >= self.empty.0 && last <= self.empty.1 {
            return true;
        }
        match gate.on(contig) {
            Some(targets) if targets.touches(first, last) => false,
            Some(targets) => {
                self.empty = targets.gap(first);
                true
            }
            None => {
                self.empty = (0, u32::MAX);
                true
            }
        }
    }
}

fn misfit(beside: &str, problem: &str) -> ObserveError {
    ObserveError::Index { name: beside.to_owned(), problem: format!("the index does not fit the file ({problem})") }
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
