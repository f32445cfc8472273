//! What each part of a structure can carry, as far as the reads have room for it.

use rustc_hash::FxHashMap;

use super::super::locus::UnitKind;
use super::super::site::LocusSite;
use super::super::unit::{self, Form, States};
use super::{DEPARTURE, Part, Sample, Structure, USUAL, share};

/// Log likelihood ratio, for one more carrier of a code against none, below which no unit carries it.
const LEAST_SUPPORT: f64 = -6.0;

/// What a part of a structure can carry.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Name of the allele.
    pub allele: String,
    /// States of the unit.
    pub states: States,
    /// Log prior weight.
    pub prior: f64,
}

/// What decides the forms of a part: its range of the pseudogene's sequence, and the codes that each site supports, a bit each.
type FormsKey = ((u32, u32), Vec<u64>);

impl Sample<'_> {
    /// For each structure, what each of its parts can carry.
    pub(super) fn candidates(&self, structures: &[Structure]) -> Vec<Vec<Vec<Candidate>>> {
        let counts = self.code_counts();
        // most structures support the same codes
        let mut known: FxHashMap<FormsKey, Vec<Form>> = FxHashMap::default();
        let of = |structure: &Structure| -> Vec<Vec<Candidate>> {
            let supported = self.supported(structure, &counts);
            let mut of_part = |part: &Part| {
                let Some(kind) = self.locus.about.unit_kind.get(part.kind) else { return Vec::new() };
                let range = self.locus.of_paralog(part.kind, part.alternative);
                let forms = known.entry((range, supported.clone())).or_insert_with_key(|(range, supported)| {
                    let supported = |place: usize, code: u8| {
                        supported.get(place).is_some_and(|codes| code < 64 && codes >> code & 1 == 1)
                    };
                    unit::forms(self.locus, self.gene, self.sites, *range, &supported)
                });
                self.candidates_of(kind, forms)
            };
            structure.parts.iter().map(&mut of_part).collect()
        };
        structures.iter().map(of).collect()
    }

    fn candidates_of(&self, kind: &UnitKind, forms: &[Form]) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut by_states: FxHashMap<States, usize> = FxHashMap::default();
        for form in forms {
            let name = form.allele.as_str();
            // an allele that only hybrids have is no whole one's
            if kind.names.is_empty() && self.locus.about.background.iter().any(|b| b.name == name) {
                continue;
            }
            // how usual the hybrid is says the haplotype's weight; its named forms share it
            let prior = match (kind.needs_background, kind.names.contains_key(name)) {
                (false, _) => self.weight(form, name).ln(),
                (true, true) => {
                    let share = kind.shares.get(name).copied().unwrap_or(1.0 / kind.names.len() as f64);
                    f64::from(form.departures) * DEPARTURE.ln() + share.ln()
                }
                (true, false) => self.weight(form, name).ln() - 5.0,
            };
            let candidate = Candidate { allele: form.allele.clone(), states: form.states.clone(), prior };
            match by_states.get(&candidate.states).and_then(|index| candidates.get_mut(*index)) {
                Some(known) if known.prior >= candidate.prior => {}
                Some(known) => *known = candidate,
                None => {
                    by_states.insert(candidate.states.clone(), candidates.len());
                    candidates.push(candidate);
                }
            }
        }
        candidates
    }

    /// How usual an allele is, roughly: those that every assay must test, those whose duplications have a function
    /// assigned, the others.
    fn weight(&self, form: &Form, name: &str) -> f64 {
        let usual = name == self.gene.reference_allele || self.gene.must_test.iter().any(|n| n == name);
        let known = self.gene.functions.contains_key(&format!("{name}x2"));
        let weight = match (usual, known) {
            (true, _) => USUAL,
            (false, true) => 0.02,
            (false, false) => 0.003,
        };
        weight * DEPARTURE.powi(form.departures as i32)
    }

    /// Fragments that show each code at each site.
    fn code_counts(&self) -> Vec<[f64; 256]> {
        let mut counts = vec![[0.0_f64; 256]; self.sites.len()];
        for seen in self.reads.fragments.iter().flatten() {
            if let Some(slot) = counts.get_mut(usize::from(seen.site)) {
                slot[usize::from(seen.code)] += 1.0;
            }
        }
        counts
    }

    /// For each site, the codes that a unit may carry beside those that have the pseudogene's sequence there: all but those
    /// that are seen too seldom for one more carrier.
    fn supported(&self, structure: &Structure, counts: &[[f64; 256]]) -> Vec<u64> {
        let units = f64::from(structure.units().max(1));
        let of_site = |(site, counts): (&LocusSite, &[f64; 256])| {
            let total: f64 = counts.iter().sum::<f64>() - counts[usize::from(variants::model::OTHER)];
            let of_paralog = units * (1.0 - share(self.locus, structure, site));
            let supports = |code: &u8| {
                let n = counts[usize::from(*code)];
                let known = if site.paralog == Some(*code) { of_paralog } else { 0.0 };
                let [without, with] = [known, known + 1.0].map(|carriers| (carriers / units).clamp(0.01, 0.99));
                let ratio = n * (with / without).ln() + (total - n) * ((1.0 - with) / (1.0 - without)).ln();
                // few reads say little: the likelihood decides
                total < 6.0 || (n >= 2.0 && self.temper * ratio > LEAST_SUPPORT)
            };
            (0..64_u8).filter(supports).fold(0, |codes, code| codes | 1 << code)
        };
        self.sites.iter().zip(counts).map(of_site).collect()
    }
}
