//! One record and one sample to one observation of a site.

use smallvec::SmallVec;

use super::ObserveOptions;
use crate::io::call::{RawGenotype, SampleCall};
use crate::model::{Allele, Discrepancy, Genotype, Observation, State};

/// How the record speaks of the site, the same for all samples.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// The site's allele for each allele number of the record.
    pub alleles: SmallVec<[Allele; 4]>,
    /// Whether an allele can be read at all: no symbol, `*`, ambiguous base.
    pub readable: SmallVec<[bool; 4]>,
    /// Discrepancies of the record itself.
    pub discrepancies: Vec<Discrepancy>,
    /// Whether nothing of the record can be used (its reference allele contradicts the site's).
    pub contradicts: bool,
    /// Whether it is a block of reference or names no alternate but "any other".
    pub reference_block: bool,
    /// Whether allele depths may be held against the genotype.
    pub trust_depths: bool,
    /// Whether the contig has two copies in everybody.
    pub autosome: bool,
    /// FILTER, when it is neither PASS nor empty.
    pub failed_filter: Option<String>,
    /// Set where the record does not spell the site, but some of its alleles change bases of it.
    pub overlap: Option<Overlap>,
}

/// A record over a site that does not tell what becomes of the site.
#[derive(Clone, Debug)]
pub(super) struct Overlap {
    /// The record in words.
    pub record: String,
    /// For each allele number of the record whether it changes bases of the site.
    pub changes: SmallVec<[bool; 4]>,
}

impl Overlap {
    fn observe(&self, genotype: &RawGenotype) -> Option<Observation> {
        let mut missing = Observation::missing();
        for number in genotype.alleles.iter().flatten() {
            if *self.changes.get(usize::from(*number))? {
                missing.discrepancies = vec![Discrepancy::Overlapped { by: self.record.clone() }];
            }
        }
        Some(missing)
    }
}

impl Reading {
    /// The observation of one sample. `None` when GT holds an allele that the record does not have.
    pub fn observe(&self, call: &SampleCall, options: &ObserveOptions) -> Option<Observation> {
        if call.genotype.is_missing() {
            return Some(Observation::missing());
        }
        if let Some(overlap) = &self.overlap {
            return overlap.observe(&call.genotype);
        }
        let genotype = self.genotype(call)?;
        let mut discrepancies = self.discrepancies.clone();
        let state = self.state(call, &genotype, options, &mut discrepancies);
        discrepancies.sort_unstable();
        discrepancies.dedup();
        let expressible = !self.contradicts;
        Some(Observation { state, genotype: expressible.then_some(genotype), discrepancies })
    }

    fn genotype(&self, call: &SampleCall) -> Option<Genotype> {
        let alleles = call.genotype.alleles.iter().map(|number| match number {
            None => Some(Allele::Missing),
            Some(n) if self.contradicts => (usize::from(*n) < self.alleles.len()).then_some(Allele::Missing),
            Some(n) => self.alleles.get(usize::from(*n)).cloned(),
        });
        let phased = call.genotype.phased && call.genotype.alleles.len() > 1;
        Some(Genotype {
            alleles: alleles.collect::<Option<_>>()?,
            phased,
            phase_set: call.phase_set.filter(|_| phased),
        })
    }

    fn state(
        &self,
        call: &SampleCall,
        genotype: &Genotype,
        options: &ObserveOptions,
        notes: &mut Vec<Discrepancy>,
    ) -> State {
        if self.contradicts {
            return State::Discordant;
        }
        let copies = call.genotype.alleles.len();
        if copies > 2 {
            notes.push(Discrepancy::Ploidy(u8::try_from(copies).unwrap_or(u8::MAX)));
            return State::Discordant;
        }
        if self.unreadable(&call.genotype) {
            return State::Discordant;
        }
        if self.depths_contradict(call) {
            notes.push(Discrepancy::DepthContradictsGenotype {
                depths: call.allele_depths.iter().map(|d| d.unwrap_or(0)).collect(),
            });
            return State::Discordant;
        }
        if self.autosome && copies == 1 {
            notes.push(Discrepancy::Ploidy(1));
        }
        let filtered = note_filters(self.failed_filter.as_deref(), call, options, notes);
        let mut known = genotype.alleles.iter().filter(|a| **a != Allele::Missing);
        if self.autosome && call.genotype.alleles.iter().flatten().count() < 2 && known.all(|a| *a == Allele::Reference)
        {
            return State::Missing;
        }
        match (filtered, self.reference_block) {
            (true, _) => State::Filtered,
            (false, true) => State::ReferenceBlock,
            (false, false) => State::Called,
        }
    }

    fn unreadable(&self, genotype: &RawGenotype) -> bool {
        genotype.alleles.iter().flatten().any(|n| self.readable.get(usize::from(*n)) != Some(&true))
    }

    /// Some callers write 0/1 for every site and leave the truth to AD: a heterozygote with reads of one allele only.
    fn depths_contradict(&self, call: &SampleCall) -> bool {
        self.trust_depths
            && call.genotype.is_heterozygous()
            && call.allele_depths.iter().flatten().filter(|d| **d > 0).count() == 1
    }
}

fn note_filters(
    record: Option<&str>,
    call: &SampleCall,
    options: &ObserveOptions,
    notes: &mut Vec<Discrepancy>,
) -> bool {
    let mut filtered = false;
    for reason in record.into_iter().chain(call.failed_filter.as_deref()) {
        notes.push(Discrepancy::FailedFilter(reason.to_owned()));
        filtered |= options.require_pass;
    }
    if let Some(depth) = call.depth.filter(|d| options.min_depth.is_some_and(|least| *d < least)) {
        notes.push(Discrepancy::LowDepth(depth));
        filtered = true;
    }
    if let Some(quality) = call.quality.filter(|q| options.min_quality.is_some_and(|least| *q < least)) {
        notes.push(Discrepancy::LowQuality(quality));
        filtered = true;
    }
    filtered
}
