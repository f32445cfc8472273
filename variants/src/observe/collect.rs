//! Records to columns of one panel.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smallvec::SmallVec;

use super::ObserveOptions;
use super::column::{Column, Kept};
use super::coverage::Coverage;
use super::sample::{Overlap, Reading};
use super::targets::{REACH, Targets};
use crate::evidence::Fit;
use crate::io::call::{Calls, Problem, RawGenotype, SampleCall, Variant, is_any_other_allele};
use crate::io::fasta::{Reference, Stretches};
use crate::model::{Allele, Discrepancy, Observations, Panel, Site, SiteColumn, Support, canonical_contig};
use crate::normalize::{Meaning, changed, meaning_at, substituted};

/// What the collector must know of a file.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Samples in the file.
    pub in_file: usize,
    /// For each sample of the file its place in the output.
    pub selected: Vec<Option<usize>>,
    /// Names of the output.
    pub names: Vec<String>,
    /// Whether AD may be held against GT.
    pub trust_depths: bool,
}

/// Gathers what records say about one panel.
pub(super) struct Collector {
    panel: Arc<Panel>,
    pub targets: Targets,
    columns: Vec<Option<Kept>>,
    coverage: Coverage,
    /// Reference bases around the sites, where the user gave a sequence.
    pub bases: Stretches,
    /// How exact records fit the panel.
    pub fit: Fit,
    failed: BTreeMap<usize, String>,
    /// Whether a reference block was seen.
    pub blocks: bool,
}

impl Collector {
    pub fn new(panel: &Arc<Panel>) -> Self {
        Self {
            targets: Targets::new(panel),
            columns: vec![None; panel.sites().len()],
            coverage: Coverage::default(),
            bases: Stretches::default(),
            fit: Fit::default(),
            failed: BTreeMap::new(),
            blocks: false,
            panel: Arc::clone(panel),
        }
    }

    /// Takes a record on a contig (in canonical form).
    pub fn accept(
        &mut self,
        contig: &'static str,
        record: &Variant<'_>,
        calls: &dyn Calls,
        layout: &Layout,
        options: &ObserveOptions,
    ) -> Result<(), Problem> {
        let reference = upper(record.reference);
        let alternates: SmallVec<[Cow<'_, str>; 4]> = record.alternates.iter().map(|a| upper(a)).collect();
        let record = Variant {
            reference: &reference,
            alternates: alternates.iter().map(AsRef::as_ref).collect(),
            ..record.clone()
        };
        self.fit.count(&self.panel, contig, &record);
        let Some(on_contig) = self.targets.on(contig) else { return Ok(()) };
        let block = record.end.is_some() && record.is_reference_only();
        self.blocks |= block;
        let after = if block { 0 } else { REACH };
        let sites = on_contig.between(record.position.saturating_sub(REACH), record.last().saturating_add(after));
        let sites: SmallVec<[usize; 8]> = sites.iter().map(|(_, index)| *index).collect();
        for index in sites {
            let Some(site) = self.panel.sites().get(index) else { continue };
            let reading = if block { read_block(site, &record) } else { read_site(site, &record, &self.bases) };
            let Some(mut reading) = reading else { continue };
            reading.trust_depths = layout.trust_depths;
            reading.autosome = !matches!(contig, "chrX" | "chrY" | "chrM");
            reading.failed_filter = record.failed_filter.map(str::to_owned);
            let mut column = self.column(contig, &record, &reading, calls, layout, options)?;
            if let (true, Some(site)) = (block, self.panel.sites().get(index)) {
                column = self.coverage.whole_only(index, site, (record.position, record.last()), column);
            }
            if let Some(place) = self.columns.get_mut(index) {
                *place = Some(match place.take() {
                    None => column.keep(),
                    Some(earlier) => earlier.join(column),
                });
            }
        }
        Ok(())
    }

    fn column(
        &mut self,
        contig: &str,
        record: &Variant<'_>,
        reading: &Reading,
        calls: &dyn Calls,
        layout: &Layout,
        options: &ObserveOptions,
    ) -> Result<Column, Problem> {
        let mut column = Column::new(layout.names.len());
        column.alternates = named_alternates(reading, record);
        let support_kept = layout.names.len() <= options.support_up_to;
        let mut known: SmallVec<[(RawGenotype, u32); 8]> = SmallVec::new();
        let mut problem = None;
        let failed = &mut self.failed;
        calls.visit(layout.in_file, &mut |index, call| {
            let Some(sample) = layout.selected.get(index).copied().flatten() else { return };
            let name = || layout.names.get(sample).map_or("", String::as_str);
            let plain = is_plain(call, reading, options);
            let done = known.iter().find(|(g, _)| plain && *g == call.genotype).map(|(_, n)| *n);
            let number = match done {
                Some(number) => number,
                None => match reading.observe(call, options) {
                    Some(observation) => {
                        let number = column.number(observation);
                        if plain {
                            known.push((call.genotype.clone(), number));
                        }
                        number
                    }
                    None => {
                        let n = record.alternates.len();
                        problem.get_or_insert_with(|| Problem(format!("sample {}: GT names an allele beyond the {n} of ALT", name())));
                        return;
                    }
                },
            };
            let copies = call.genotype.alleles.len();
            if copies > 2 {
                failed.entry(sample).or_insert_with(|| {
                    format!(
                        "{contig}:{}: sample {} has {copies} copies in GT; expected one or two: call it again with ploidy 2, or leave it out",
                        record.position,
                        name()
                    )
                });
            }
            column.push(number, support_kept.then(|| support(call)));
        })?;
        match problem {
            Some(problem) => Err(problem),
            None => Ok(column),
        }
    }

    /// Reads the reference bases around every site; refuses a sequence whose bases are not the panel's.
    pub fn read_bases(&mut self, reference: &mut Reference) -> std::io::Result<()> {
        let contigs: BTreeSet<&'static str> =
            self.panel.sites().iter().filter_map(|s| canonical_contig(&s.contig)).collect();
        let wanted: Vec<_> =
            contigs.into_iter().filter_map(|c| Some((c, self.targets.on(c)?.windows.clone()))).collect();
        self.bases = reference.read(&wanted)?;
        for site in self.panel.sites() {
            let last = site.position.get().saturating_add(u32::try_from(site.reference.len()).unwrap_or(u32::MAX) - 1);
            match self.bases.bases(&site.contig, site.position.get(), last) {
                Some(bases) if bases != site.reference.as_bytes() => {
                    let found = String::from_utf8_lossy(bases);
                    return Err(std::io::Error::other(format!("{site}: the sequence has {found} there")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// All that was gathered, in the order of the panel, and the samples that failed.
    pub fn finish(self, names: Vec<String>, options: &ObserveOptions) -> (Observations, Vec<(usize, String)>) {
        let samples = names.len();
        let columns: Vec<SiteColumn> = self
            .columns
            .into_iter()
            .zip(self.panel.sites())
            .map(|(column, site)| {
                let copies = if site.contig == "chrM" { 1 } else { 2 };
                let column = column.unwrap_or_else(|| Kept::missing(samples));
                column.finish(options.missing_as_reference.then_some(copies))
            })
            .collect();
        (Observations { panel: self.panel, samples: names, columns }, self.failed.into_iter().collect())
    }
}

fn upper(bases: &str) -> Cow<'_, str> {
    if !bases.starts_with('<') && bases.bytes().any(|b| b.is_ascii_lowercase()) {
        Cow::Owned(bases.to_ascii_uppercase())
    } else {
        Cow::Borrowed(bases)
    }
}

fn support(call: &SampleCall) -> Support {
    Support {
        depth: call.depth,
        allele_depths: call.allele_depths.iter().map(|d| d.unwrap_or(0)).collect(),
        quality: call.quality,
    }
}

/// Whether the observation depends on GT alone, so that it can be reused for the next sample with the same GT.
fn is_plain(call: &SampleCall, reading: &Reading, options: &ObserveOptions) -> bool {
    call.phase_set.is_none()
        && call.failed_filter.is_none()
        && (options.min_depth.is_none() || call.depth.is_none())
        && (options.min_quality.is_none() || call.quality.is_none())
        && !(reading.trust_depths && !call.allele_depths.is_empty() && call.genotype.is_heterozygous())
}

fn named_alternates(reading: &Reading, record: &Variant<'_>) -> Vec<Allele> {
    let pairs = reading.alleles.iter().skip(1).zip(&record.alternates);
    pairs.filter(|(_, bases)| !is_any_other_allele(bases)).map(|(allele, _)| allele.clone()).collect()
}

fn is_bases(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'A' | b'C' | b'G' | b'T'))
}

/// A block over a site, or over a part of it; `None` when it ends before the site.
fn read_block(site: &Site, record: &Variant<'_>) -> Option<Reading> {
    if record.last() < site.position.get() {
        return None;
    }
    // The first base of the block is the only one that it states.
    let stated = record.position.checked_sub(site.position.get()).and_then(|n| usize::try_from(n).ok());
    let contradicts = match stated.map(|n| site.reference.get(n..)) {
        None => false,
        Some(None | Some("")) => return None,
        Some(Some(own)) => !agree(own, record.reference),
    };
    let count = record.alternates.len() + 1;
    let mut reading = reading(site, record, contradicts);
    reading.alleles = std::iter::once(Allele::Reference)
        .chain(record.alternates.iter().map(|a| Allele::Other((*a).to_owned())))
        .collect();
    reading.readable = (0..count).map(|i| i == 0).collect();
    reading.reference_block = true;
    Some(reading)
}

fn agree(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).all(|(x, y)| x == y)
}

fn reading(site: &Site, record: &Variant<'_>, contradicts: bool) -> Reading {
    let mut discrepancies = Vec::new();
    if contradicts {
        discrepancies.push(Discrepancy::ReferenceMismatch { found: record.reference.to_owned() });
    }
    Reading {
        alleles: std::iter::once(&site.reference).chain(&site.alternates).map(|_| Allele::Missing).collect(),
        readable: SmallVec::new(),
        discrepancies,
        contradicts,
        reference_block: false,
        trust_depths: false,
        autosome: true,
        failed_filter: None,
        overlap: None,
    }
}

/// How a record that is no block speaks of a site; `None` when it says nothing about it.
fn read_site(site: &Site, record: &Variant<'_>, known: &Stretches) -> Option<Reading> {
    let here = site.position.get() == record.position;
    let mut out = reading(site, record, false);
    out.readable = std::iter::once(record.reference).chain(record.alternates.iter().copied()).map(is_bases).collect();
    if here && record.reference == site.reference {
        out.alleles =
            std::iter::once(Allele::Reference).chain(record.alternates.iter().map(|a| site.allele(a))).collect();
        out.reference_block = !record.alternates.is_empty() && record.is_reference_only();
        out.discrepancies.extend(unexpected_kind(site, record));
        return Some(out);
    }
    let meanings: SmallVec<[Meaning; 4]> = record
        .alternates
        .iter()
        .map(|a| if is_bases(a) { meaning(site, record, a, known) } else { Meaning::Unknown })
        .collect();
    let spelled: SmallVec<[Option<Allele>; 4]> = record
        .alternates
        .iter()
        .zip(meanings)
        .map(|(bases, meaning)| match meaning {
            Meaning::Known(allele) => Some(allele),
            _ if is_bases(bases) => substituted(site, record.position, record.reference, bases),
            _ => None,
        })
        .collect();
    // Bases that an ALT repeats around another change do not make a record one of the site.
    if spelled.iter().flatten().any(|a| *a != Allele::Reference) {
        let alleles = record.alternates.iter().zip(spelled).map(|(bases, spelled)| match spelled {
            Some(allele) => allele,
            None if is_bases(bases) => Allele::Other(format!("{}>{bases}", record.reference)),
            None => Allele::Other((*bases).to_owned()),
        });
        out.alleles = std::iter::once(Allele::Reference).chain(alleles).collect();
        out.discrepancies.push(Discrepancy::Synonym);
        return Some(out);
    }
    if here {
        let mut out = reading(site, record, true);
        out.alleles = vec![Allele::Missing; record.alternates.len() + 1].into();
        return Some(out);
    }
    overlap(site, record).map(|overlap| Reading { overlap: Some(overlap), alleles: SmallVec::new(), ..out })
}

/// Which alleles of a record that does not spell the site change bases of it; `None` when none does.
fn overlap(site: &Site, record: &Variant<'_>) -> Option<Overlap> {
    let over_site = |(first, last): (u32, u32)| first <= site.last() && last >= site.position.get();
    let over = |alternate: &&str| {
        let stretch = match *alternate {
            bases if is_bases(bases) => changed(record.position, record.reference, bases),
            symbol if symbol.starts_with("<DEL") => Some((record.position.saturating_add(1), record.last())),
            _ => None,
        };
        stretch.is_some_and(over_site)
    };
    let changes: SmallVec<[bool; 4]> = std::iter::once(false).chain(record.alternates.iter().map(over)).collect();
    let record = || format!("{}:{} {}>{}", site.contig, record.position, record.reference, record.alternates.join(","));
    changes.contains(&true).then(|| Overlap { record: record(), changes })
}

fn meaning(site: &Site, record: &Variant<'_>, bases: &str, known: &Stretches) -> Meaning {
    let listed = site
        .synonyms
        .iter()
        .find(|s| s.position.get() == record.position && s.reference == record.reference && s.alternate == bases);
    match listed.and_then(|s| u8::try_from(s.meaning).ok()) {
        Some(n) => Meaning::Known(Allele::Alternate(n)),
        None => meaning_at(site, record.position, record.reference, bases, |first, last| {
            known.bases(&site.contig, first, last)
        }),
    }
}

/// The site is an indel or repeat, but the record names no allele of more than one base.
fn unexpected_kind(site: &Site, record: &Variant<'_>) -> Option<Discrepancy> {
    let expected = site.alternates.iter().any(|a| a.len() > 1);
    let found = record.alternates.iter().any(|a| !a.starts_with('<') && a.len() > 1);
    (expected && !found).then(|| {
        let alleles = if record.alternates.is_empty() { ".".to_owned() } else { record.alternates.join("/") };
        Discrepancy::NotTheExpectedKind { found: format!("{}/{alleles}", record.reference) }
    })
}
