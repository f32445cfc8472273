//! What each fragment says of the alleles of each site.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::{Alignments, Operation, Read, ReadsError};
use super::realign::{self, Gaps};
use crate::io::fasta::{Reference, Stretches};
use crate::model::{Panel, Site, canonical_contig};

/// Bases on either side of an allele that a read is aligned again with: longer than the repeats of the panels.
const FLANK: u32 = 30;
/// Sites that are no further apart are read in one go.
const TOGETHER: u32 = 1_000;
/// Bases at either end of an alignment that are not read off: an aligner prefers a mismatch there to a gap.
const END: u32 = 2;
/// Chance that an alignment shows a gap where there is none, or a base where there is a gap.
const FALSE_GAP: f64 = 1e-3;
/// Fragments of a site that are used; more decide nothing more.
const MOST_FRAGMENTS: usize = 1_000;
/// An allele of another length that no definition names is considered when so many fragments spell it, and this share.
const NEW_ALLELE: (usize, f64) = (3, 0.2);
/// Likelihoods within this factor of each other do not tell alleles apart.
const TELLING: f64 = 3.0;
/// From this length on, bases, a read is a long one.
const LONG_READ: usize = 1_000;

/// One fragment at one site.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fragment {
    /// The same for its mates.
    pub(super) id: u64,
    /// Likelihood of each allele, the greatest near 1; chances of a wrong place included.
    pub(super) likelihoods: Vec<f64>,
}

impl Fragment {
    /// The allele that it favours; `None` when it does not tell.
    pub(super) fn favourite(&self) -> Option<usize> {
        let top = self.likelihoods.iter().copied().fold(0.0, f64::max);
        let best = self.likelihoods.iter().position(|l| *l == top)?;
        let second =
            self.likelihoods.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, l)| *l).fold(0.0, f64::max);
        (top > TELLING * second).then_some(best)
    }
}

/// The fragments at one site.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SiteEvidence {
    /// REF, the panel's alternates, others that reads may show.
    pub(super) alleles: Vec<String>,
    /// How many of them are the panel's alternates.
    pub(super) panel_alternates: usize,
    /// In the order of their ids.
    pub(super) fragments: Vec<Fragment>,
    /// Fragments of mapping quality 0.
    pub(super) unplaced: u32,
}

/// A base, or a gap (4), that a fragment shows.
#[derive(Clone, Copy)]
struct Shown {
    code: u8,
    error: f32,
    misplaced: f64,
}

/// The part of a read around an allele.
struct Segment {
    fragment: u64,
    bases: Vec<u8>,
    errors: Vec<f32>,
    misplaced: f64,
    spelled: Option<Vec<u8>>,
    long: bool,
}

/// What is gathered of a site while reads go by.
struct Gathered<'a> {
    site: &'a Site,
    /// Whether all alleles are single bases.
    single: bool,
    shown: FxHashMap<u64, Option<Shown>>,
    segments: Vec<Segment>,
    /// Counts of A, C, G, T at each position of the surroundings.
    counts: Vec<[u32; 4]>,
    longest: u32,
    unplaced: u32,
}

const BASES: [u8; 4] = *b"ACGT";

fn code(base: u8) -> Option<u8> {
    BASES.iter().position(|b| *b == base).map(|i| i as u8)
}

impl<'a> Gathered<'a> {
    fn new(site: &'a Site) -> Self {
        let single = site.reference.len() == 1 && site.alternates.iter().all(|a| a.len() == 1);
        let longest = site.alternates.iter().map(String::len).chain([site.reference.len()]).max().unwrap_or(1) as u32;
        let mut this = Self {
            site,
            single,
            shown: FxHashMap::default(),
            segments: Vec::new(),
            counts: Vec::new(),
            longest,
            unplaced: 0,
        };
        if !single {
            this.counts = vec![[0; 4]; this.surroundings().len()];
        }
        this
    }

    /// Positions that haplotypes are made of.
    fn surroundings(&self) -> Range<u32> {
        let flank = FLANK + self.longest;
        self.site.position.get().saturating_sub(flank).max(1)..self.site.last().saturating_add(flank + 1)
    }

    fn see(&mut self, read: &Read) {
        let position = self.site.position.get();
        let misplaced = match read.mapping_quality {
            // not known: an aligner that does not say is trusted like a middling one
            255 => 1e-3,
            quality => 10_f64.powf(-f64::from(quality) / 10.0),
        };
        if self.single {
            let Some((code, error)) = base(read, position) else { return };
            if read.mapping_quality == 0 {
                self.unplaced += 1;
                return;
            }
            let shown = Shown { code, error, misplaced };
            self.shown
                .entry(read.fragment)
                .and_modify(|known| *known = known.and_then(|k| join(k, shown)))
                .or_insert(Some(shown));
            return;
        }
        if read.position > self.site.last() || read.position + read.span() <= position {
            return;
        }
        if read.mapping_quality == 0 {
            self.unplaced += 1;
            return;
        }
        self.count(read);
        let window = position.saturating_sub(FLANK).max(1)..self.site.last().saturating_add(FLANK + 1);
        let indices = indices(read, &window, self.longest);
        let bases = read.bases.get(indices.clone()).unwrap_or_default().to_vec();
        self.segments.push(Segment {
            fragment: read.fragment,
            errors: indices.map(|index| read.error(index).clamp(1e-5, 0.75)).collect(),
            bases,
            misplaced,
            spelled: spelled(read, position, self.site.last()),
            long: read.bases.len() >= LONG_READ,
        });
    }

    fn count(&mut self, read: &Read) {
        let surroundings = self.surroundings();
        let (mut at, mut index) = (read.position, 0_usize);
        for operation in &read.operations {
            match operation {
                Operation::Match(n) => {
                    for position in at.max(surroundings.start)..(at + n).min(surroundings.end) {
                        let base = read.bases.get(index + (position - at) as usize).and_then(|b| code(*b));
                        let place = self.counts.get_mut((position - surroundings.start) as usize);
                        if let (Some(base), Some(place)) = (base, place) {
                            place[usize::from(base)] += 1;
                        }
                    }
                    at += n;
                    index += *n as usize;
                }
                Operation::Deletion(n) => at += n,
                Operation::Insertion(n) | Operation::Clip(n) => index += *n as usize,
            }
        }
    }

    fn evidence(self, stretches: &Stretches) -> SiteEvidence {
        let mut evidence = if self.single { self.by_base() } else { self.by_allele(stretches) };
        evidence.fragments.sort_by_key(|fragment| fragment.id);
        evidence.fragments.truncate(MOST_FRAGMENTS);
        evidence
    }

    fn by_base(self) -> SiteEvidence {
        let mut alleles = vec![self.site.reference.clone()];
        alleles.extend(self.site.alternates.iter().cloned());
        for base in ["A", "C", "G", "T"] {
            if !alleles.iter().any(|a| a == base) {
                alleles.push(base.to_owned());
            }
        }
        alleles.push("*".to_owned());
        let codes: Vec<u8> = alleles.iter().map(|a| a.bytes().next().and_then(code).unwrap_or(4)).collect();
        let fragments = self.shown.into_iter().filter_map(|(id, shown)| {
            let shown = shown?;
            let error = f64::from(shown.error).clamp(1e-5, 0.75);
            let likelihood = |code: u8| match (shown.code == 4, code == 4) {
                (true, true) => 1.0 - FALSE_GAP,
                (true, false) | (false, true) => FALSE_GAP,
                (false, false) if code == shown.code => 1.0 - error,
                (false, false) => error / 3.0,
            };
            Some(Fragment {
                id,
                likelihoods: codes.iter().map(|code| placed(likelihood(*code), shown.misplaced, codes.len())).collect(),
            })
        });
        SiteEvidence {
            panel_alternates: self.site.alternates.len(),
            fragments: fragments.collect(),
            alleles,
            unplaced: self.unplaced,
        }
    }

    fn by_allele(self, stretches: &Stretches) -> SiteEvidence {
        let mut alleles = vec![self.site.reference.clone()];
        alleles.extend(self.site.alternates.iter().cloned());
        alleles.extend(self.new_alleles());
        let haplotypes: Vec<Vec<u8>> = alleles.iter().map(|allele| self.haplotype(allele, stretches)).collect();
        let mut fragments: FxHashMap<u64, Vec<f64>> = FxHashMap::default();
        for segment in &self.segments {
            let gaps = if segment.long { Gaps::LONG_READS } else { Gaps::SHORT_READS };
            let mut fits: Vec<f64> = haplotypes
                .iter()
                .map(|haplotype| realign::probability(haplotype, &segment.bases, &segment.errors, gaps))
                .collect();
            let top = fits.iter().copied().fold(0.0, f64::max);
            if top <= 0.0 {
                continue;
            }
            for fit in &mut fits {
                *fit = placed(*fit / top, segment.misplaced, alleles.len());
            }
            // mates see the same molecule: the one that tells more speaks for both
            let known = fragments.entry(segment.fragment).or_insert_with(|| fits.clone());
            if contrast(&fits) > contrast(known) {
                *known = fits;
            }
        }
        SiteEvidence {
            panel_alternates: self.site.alternates.len(),
            fragments: fragments
                .into_iter()
                .filter(|(_, fits)| contrast(fits) > TELLING)
                .map(|(id, likelihoods)| Fragment { id, likelihoods })
                .collect(),
            alleles,
            unplaced: self.unplaced,
        }
    }

    /// Alleles that reads spell and no definition names, the most frequent first.
    fn new_alleles(&self) -> Vec<String> {
        let mut counts: FxHashMap<&[u8], usize> = FxHashMap::default();
        let mut total = 0;
        for spelled in self.segments.iter().filter_map(|segment| segment.spelled.as_deref()) {
            *counts.entry(spelled).or_default() += 1;
            total += 1;
        }
        let known = |bases: &[u8]| {
            self.site.reference.as_bytes() == bases || self.site.alternates.iter().any(|a| a.as_bytes() == bases)
        };
        let mut new: Vec<(usize, &[u8])> = counts
            .into_iter()
            .filter(|(bases, n)| {
                *n >= NEW_ALLELE.0 && *n as f64 >= NEW_ALLELE.1 * f64::from(total) && !bases.is_empty() && !known(bases)
            })
            .map(|(bases, n)| (n, bases))
            .collect();
        new.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        new.into_iter().take(2).map(|(_, bases)| String::from_utf8_lossy(bases).into_owned()).collect()
    }

    /// An allele between its surroundings: of the reference where there is one, else what the reads agree on.
    fn haplotype(&self, allele: &str, stretches: &Stretches) -> Vec<u8> {
        let surroundings = self.surroundings();
        let given = stretches.bases(&self.site.contig, surroundings.start, surroundings.end - 1);
        let base = |position: u32| {
            let index = (position - surroundings.start) as usize;
            match given.and_then(|bases| bases.get(index)) {
                Some(base) => *base,
                None => self.counts.get(index).map_or(b'N', agreed),
            }
        };
        let mut haplotype: Vec<u8> = (surroundings.start..self.site.position.get()).map(base).collect();
        haplotype.extend(allele.bytes());
        haplotype.extend((self.site.last() + 1..surroundings.end).map(base));
        haplotype
    }
}

/// The base that at least three quarters show, else any.
fn agreed(counts: &[u32; 4]) -> u8 {
    let total: u32 = counts.iter().sum();
    BASES.iter().zip(counts).find(|(_, n)| **n > 0 && **n * 4 >= total * 3).map_or(b'N', |(base, _)| *base)
}

/// A likelihood, given that the read may belong somewhere else and then says nothing.
fn placed(likelihood: f64, misplaced: f64, alleles: usize) -> f64 {
    (1.0 - misplaced) * likelihood + misplaced / alleles.max(1) as f64
}

fn contrast(likelihoods: &[f64]) -> f64 {
    let most = likelihoods.iter().copied().fold(0.0, f64::max);
    let least = likelihoods.iter().copied().fold(f64::INFINITY, f64::min);
    most / least.max(f64::MIN_POSITIVE)
}

/// Mates that overlap: the better quality where they agree, else nothing.
fn join(known: Shown, other: Shown) -> Option<Shown> {
    (known.code == other.code).then(|| Shown {
        code: known.code,
        error: known.error.min(other.error),
        misplaced: known.misplaced.min(other.misplaced),
    })
}

/// The base, or gap (4), of a read at a position, with the chance that it is wrong.
fn base(read: &Read, position: u32) -> Option<(u8, f32)> {
    let end = read.position + read.span();
    if position < read.position + END || position + END >= end {
        return None;
    }
    let (mut at, mut index) = (read.position, 0_usize);
    for operation in &read.operations {
        match operation {
            Operation::Match(n) if (at..at + n).contains(&position) => {
                let index = index + (position - at) as usize;
                return code(*read.bases.get(index)?).map(|code| (code, read.error(index)));
            }
            Operation::Match(n) => {
                at += n;
                index += *n as usize;
            }
            Operation::Deletion(n) if (at..at + n).contains(&position) => return Some((4, 0.0)),
            Operation::Deletion(n) => at += n,
            Operation::Insertion(n) | Operation::Clip(n) => index += *n as usize,
        }
    }
    None
}

/// Indices of the bases of a read that lie in a window, clipped ends included as far as they would reach into it.
fn indices(read: &Read, window: &Range<u32>, longest: u32) -> Range<usize> {
    let (mut at, mut index) = (read.position, 0_usize);
    let mut range: Option<Range<usize>> = None;
    let mut extend = |from: usize, to: usize| match &mut range {
        Some(range) => range.end = to,
        None => range = Some(from..to),
    };
    for (number, operation) in read.operations.iter().enumerate() {
        match operation {
            Operation::Match(n) => {
                let (from, to) = (at.max(window.start), (at + n).min(window.end));
                if from < to {
                    extend(index + (from - at) as usize, index + (to - at) as usize);
                }
                at += n;
                index += *n as usize;
            }
            Operation::Deletion(n) => at += n,
            Operation::Insertion(n) => {
                if at > window.start && at < window.end {
                    extend(index, index + *n as usize);
                }
                index += *n as usize;
            }
            Operation::Clip(n) => {
                if number == 0 && at > window.start {
                    let used = (at - window.start + longest).min(*n) as usize;
                    extend(index + *n as usize - used, index + *n as usize);
                } else if number > 0 && at < window.end {
                    extend(index, index + (window.end - at + longest).min(*n) as usize);
                }
                index += *n as usize;
            }
        }
    }
    range.unwrap_or(0..0)
}

/// What a read has in place of the bases `first..=last`; `None` unless it is aligned well beyond both.
fn spelled(read: &Read, first: u32, last: u32) -> Option<Vec<u8>> {
    const ANCHOR: u32 = 8;
    if read.position + ANCHOR > first || read.position + read.span() <= last + ANCHOR {
        return None;
    }
    let (mut at, mut index) = (read.position, 0_usize);
    let mut bases = Vec::new();
    for operation in &read.operations {
        match operation {
            Operation::Match(n) => {
                for position in at.max(first)..(at + n).min(last + 1) {
                    bases.push(*read.bases.get(index + (position - at) as usize)?);
                }
                at += n;
                index += *n as usize;
            }
            Operation::Deletion(n) => at += n,
            Operation::Insertion(n) => {
                if at > first && at <= last + 1 {
                    bases.extend(read.bases.get(index..index + *n as usize)?);
                }
                index += *n as usize;
            }
            Operation::Clip(n) => index += *n as usize,
        }
    }
    Some(bases)
}

/// Evidence for each site of a panel. A contig that the file does not have is noted, and its sites stay without evidence.
pub(super) fn collect(
    alignments: &mut Alignments,
    panel: &Panel,
    reference: Option<&mut Reference>,
    notes: &mut Vec<String>,
) -> Result<Vec<SiteEvidence>, ReadsError> {
    let stretches = match reference {
        Some(reference) => surroundings(alignments, panel, reference)?,
        None => Stretches::default(),
    };
    let mut all: Vec<SiteEvidence> = Vec::with_capacity(panel.sites().len());
    let mut sites = panel.sites();
    while let Some(first) = sites.first() {
        let mut count = 1;
        while let (Some(last), Some(next)) = (sites.get(count - 1), sites.get(count)) {
            if next.contig != first.contig || next.position.get() > last.last().saturating_add(TOGETHER) {
                break;
            }
            count += 1;
        }
        let (now, rest) = sites.split_at(count);
        sites = rest;
        let mut gathered: Vec<Gathered<'_>> = now.iter().map(Gathered::new).collect();
        let end = now.iter().map(Site::last).max().unwrap_or(0);
        let read = alignments.fetch(&first.contig, first.position.get(), end, &mut |read| {
            let stop = read.position + read.span();
            // sites are in order, but one may reach over the next: start a little early
            let from = gathered.partition_point(|g| g.site.position.get() + FLANK < read.position);
            for gathered in
                gathered.iter_mut().skip(from.saturating_sub(2)).take_while(|g| g.site.position.get() < stop)
            {
                gathered.see(&read);
            }
        });
        match read {
            Ok(()) => {}
            Err(ReadsError::AbsentContig { contig, .. }) => {
                let note = format!("no contig {contig}: its sites are not seen");
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            Err(error) => return Err(error),
        }
        all.extend(gathered.into_iter().map(|gathered| gathered.evidence(&stretches)));
    }
    Ok(all)
}

/// Reads the surroundings of the sites, and holds the panel's reference alleles against them.
fn surroundings(alignments: &Alignments, panel: &Panel, reference: &mut Reference) -> Result<Stretches, ReadsError> {
    let mut wanted: Vec<(&'static str, Vec<(u32, u32)>)> = Vec::new();
    for site in panel.sites() {
        let Some(contig) = canonical_contig(&site.contig) else { continue };
        let window = Gathered::new(site).surroundings();
        match wanted.last_mut().filter(|(known, _)| *known == contig) {
            Some((_, windows)) => windows.push((window.start, window.end - 1)),
            None => wanted.push((contig, vec![(window.start, window.end - 1)])),
        }
    }
    let name = || alignments.name().to_owned();
    let stretches = reference.read(&wanted).map_err(|source| ReadsError::Io { name: name(), source })?;
    for site in panel.sites() {
        if let Some(bases) = stretches.bases(&site.contig, site.position.get(), site.last())
            // a masked base says nothing
            && bases.iter().zip(site.reference.bytes()).any(|(found, expected)| *found != b'N' && *found != expected)
        {
            return Err(ReadsError::OtherReference {
                name: name(),
                site: format!("{}:{}", site.contig, site.position),
                expected: site.reference.clone(),
                found: String::from_utf8_lossy(bases).into_owned(),
            });
        }
    }
    Ok(stretches)
}
