//! The search over structures and alleles.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use variants::model::{PooledReads, Seen, SiteKind};

use super::depth;
use super::locus::{Counts, Haplotype, Locus, Tandem, UnitKind};
use super::mixture;
use super::site::LocusSite;
use super::unit::{self, Form, States};
use crate::knowledge::schema::Gene;

/// Structures that the sites between gene and pseudogene leave in play for the alleles.
const MOST_STRUCTURES: usize = 40;
/// Choices of alternatives of one pair of haplotypes that stay in play.
const MOST_ALTERNATIVES: usize = 2;
/// Log likelihood below the best at which a structure is out of play.
const OUT_OF_PLAY: f64 = 12.0;
/// Combinations of alleles of one structure that are all tried.
const ALL_COMBINATIONS: usize = 12_000;
/// Of more, this many: those of the best few of each part.
const MOST_COMBINATIONS: usize = 4_000;
/// Combinations of one structure whose exchanges are tried.
const MOST_EXPANDED: usize = 60;
/// Log posterior below the best at which they are not.
const WORTH_EXPANDING: f64 = 8.0;
/// Log likelihood ratio, for one more carrier of a code against none, below which no unit carries it.
const LEAST_SUPPORT: f64 = -6.0;
/// Starts of the ascent.
const STARTS: usize = 6;
/// Best candidates of each part whose alleles every part is tried with.
const NAMED_OF_EACH: usize = 3;
/// Standard deviations by which no structure may miss a site before the site is left out.
const UNEXPLAINED: f64 = 4.0;

/// Units of one kind and one allele, of one of the two haplotypes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// 0 or 1.
    pub haplotype: usize,
    /// Index into the kinds of unit.
    pub kind: usize,
    /// Index into the kind's alternatives.
    pub alternative: usize,
    /// Units.
    pub copies: u32,
}

/// Prior weight of an allele that is usual.
const USUAL: f64 = 0.1;
/// Prior weight of each departure of a form from its allele's fullest one.
const DEPARTURE: f64 = 0.15;
/// Prior weight of an allele beside one that is known to come with it.
const KNOWN_TANDEM: f64 = 0.5;
/// Chance that both haplotypes of a person are one ancestor's: between that of cities and that of villages.
const INBREEDING: f64 = 0.01;
/// Sites on either side that a site is held against.
const NEIGHBOURS: usize = 5;
/// How much less the sites count for each share of them that had to be left out: where many single bases are unlike the
/// reference sequence, runs of a few are too, and look like hybrids.
const DISTRUST: f64 = 10.0;
/// Share of other bases at which a site's place is in doubt.
const FOREIGN: f64 = 0.15;
/// Sites on either side of a site that the same fragment shows.
const BESIDE: usize = 3;
/// Share of fragments unlike both sides at which a site is left out.
const UNLIKE_BOTH: f64 = 0.15;
/// Standard deviations beyond them at which it is left out.
const UNLIKE: f64 = 2.5;

/// Two haplotypes without their alleles.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Index of each haplotype.
    pub haplotypes: (usize, usize),
    /// Their units.
    pub parts: Vec<Part>,
    /// Whole pseudogenes.
    pub paralogs: u32,
    /// Spacers.
    pub spacers: u32,
    /// Log of the prior weight.
    pub prior: f64,
    /// Log density of the depths.
    pub depth: f64,
    /// Log likelihood of the fragments at the sites between gene and pseudogene.
    pub differences: f64,
}

impl Structure {
    /// Units of gene and pseudogene.
    pub fn units(&self) -> u32 {
        self.paralogs + self.parts.iter().map(|part| part.copies).sum::<u32>()
    }

    /// Units whose upstream end is the gene's.
    pub fn gene_starts(&self, locus: &Locus) -> u32 {
        let starts = |part: &&Part| locus.about.unit_kind.get(part.kind).is_some_and(|kind| !kind.starts_in_paralog);
        self.parts.iter().filter(starts).map(|part| part.copies).sum()
    }

    /// Copies of what a segment counts.
    pub fn copies(&self, locus: &Locus, counts: Counts) -> u32 {
        match counts {
            Counts::Control => 2,
            Counts::Units => self.units(),
            Counts::GeneStarts => self.gene_starts(locus),
            Counts::Spacers => self.spacers,
        }
    }
}

/// A structure with an allele for each part.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Index into [`Found::structures`].
    pub structure: usize,
    /// For each part, the index into its candidates.
    pub forms: Vec<usize>,
    /// Log posterior, but for a constant.
    pub log_posterior: f64,
}

/// What a part of a shape can carry.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Name of the allele.
    pub allele: String,
    /// States of the unit.
    pub states: States,
    /// Log prior weight.
    pub prior: f64,
}

/// All that the search finds.
#[derive(Clone, Debug)]
pub struct Found {
    /// Structures in play, best first.
    pub structures: Vec<Structure>,
    /// Explanations, best first.
    pub explanations: Vec<Explanation>,
    /// For each structure, the candidates of each of its parts.
    pub candidates: Vec<Vec<Vec<Candidate>>>,
    /// Sites that the structures explain.
    pub used: Vec<bool>,
}

/// The two things that a sample's evidence is weighed with.
struct Sample<'a> {
    locus: &'a Locus,
    gene: &'a Gene,
    sites: &'a [LocusSite],
    reads: &'a PooledReads,
    temper: f64,
    variation: f64,
}

/// Finds what explains the reads; nothing when no structure is possible.
pub fn search(locus: &Locus, gene: &Gene, sites: &[LocusSite], reads: &PooledReads) -> Found {
    let control = reads.depths.first().copied().unwrap_or_default();
    let window = f64::from(locus.about.window);
    let variation = depth::local_variation(&reads.control_windows, window, reads.read_length);
    let temper = depth::temper(control, reads.fragment_bases, variation);
    let mut sample = Sample { locus, gene, sites, reads, temper, variation };
    // alleles differ at their defining sites: structures are first told by the others
    let mut used: Vec<bool> = sites.iter().map(|site| site.defining.is_none()).collect();
    for site in sample.foreign().into_iter().chain(sample.unlike_neighbours()).chain(sample.unlike_in_fragments()) {
        if let Some(slot) = used.get_mut(site) {
            *slot = false;
        }
    }
    let by_depth = sample.by_depth();
    let mut structures = sample.by_differences(&by_depth, &used);
    for _ in 0..3 {
        let odd = sample.unexplained(&structures, &used);
        if odd.is_empty() {
            break;
        }
        for site in odd {
            if let Some(slot) = used.get_mut(site) {
                *slot = false;
            }
        }
        structures = sample.by_differences(&by_depth, &used);
    }
    let differences = sites.iter().zip(&used).filter(|(site, _)| site.defining.is_none());
    let (left_out, all) =
        differences.fold((0.0, 0.0), |(out, all), (_, used)| (out + f64::from(u8::from(!used)), all + 1.0));
    sample.temper /= 1.0 + DISTRUST * left_out / f64::max(all, 1.0);
    structures = sample.by_differences(&by_depth, &used);
    for (slot, site) in used.iter_mut().zip(sites) {
        *slot |= site.defining.is_some();
    }
    let candidates = sample.candidates(&structures);
    let explanations = sample.explanations(&structures, &candidates, &used);
    Found { structures, explanations, candidates, used }
}

impl Sample<'_> {
    /// All pairs of haplotypes whose depths are in play, with every choice of their kinds' alternatives.
    fn by_depth(&self) -> Vec<Structure> {
        let control = self.reads.depths.first().copied().unwrap_or_default();
        let mut all: Vec<Structure> = Vec::new();
        for (i, first) in self.locus.haplotypes.iter().enumerate() {
            for (j, second) in self.locus.haplotypes.iter().enumerate().skip(i) {
                let mut structure = self.pair((i, first), (j, second));
                structure.depth = self
                    .locus
                    .about
                    .segment
                    .iter()
                    .zip(&self.reads.depths)
                    .filter(|(segment, _)| segment.counts != Counts::Control)
                    .map(|(segment, depth)| {
                        let copies = structure.copies(self.locus, segment.counts);
                        depth::log_density(
                            *depth,
                            f64::from(copies),
                            control,
                            self.reads.fragment_bases,
                            self.variation,
                        )
                    })
                    .sum();
                all.push(structure);
            }
        }
        let best = all.iter().map(|s| s.depth + s.prior).fold(f64::NEG_INFINITY, f64::max);
        all.retain(|s| s.depth + s.prior > best - 2.0 * OUT_OF_PLAY);
        all.iter().flat_map(|structure| self.alternatives(structure)).collect()
    }

    fn pair(&self, (i, first): (usize, &Haplotype), (j, second): (usize, &Haplotype)) -> Structure {
        let parts = [first, second].into_iter().enumerate().flat_map(|(haplotype, h)| {
            let part = move |group: &super::locus::Group| Part {
                haplotype,
                kind: group.kind,
                alternative: 0,
                copies: group.copies,
            };
            h.groups.iter().map(part)
        });
        Structure {
            haplotypes: (i, j),
            parts: parts.collect(),
            paralogs: first.paralogs + second.paralogs,
            spacers: first.spacers + second.spacers,
            // either chromosome may carry either haplotype
            prior: first.weight.ln() + second.weight.ln() + if i == j { 0.0 } else { std::f64::consts::LN_2 },
            depth: 0.0,
            differences: 0.0,
        }
    }

    /// A structure with every choice of its kinds' alternatives, equally likely.
    fn alternatives(&self, structure: &Structure) -> Vec<Structure> {
        let mut made = vec![structure.clone()];
        for index in 0..structure.parts.len() {
            let kind = structure.parts.get(index).and_then(|part| self.locus.about.unit_kind.get(part.kind));
            let count = kind.map_or(1, |kind| kind.paralog.len());
            made = made
                .into_iter()
                .flat_map(|structure| {
                    (0..count).map(move |alternative| {
                        let mut structure = structure.clone();
                        if let Some(part) = structure.parts.get_mut(index) {
                            part.alternative = alternative;
                        }
                        structure.prior -= (count as f64).ln();
                        structure
                    })
                })
                .collect();
        }
        made
    }

    /// States of a kind's alternative over the gene's reference sequence.
    fn plain(&self, kind: usize, alternative: usize) -> States {
        let range = self.locus.about.unit_kind.get(kind).and_then(|kind| kind.paralog.get(alternative));
        unit::hybrid(self.sites, &unit::reference(self.sites), range.copied().unwrap_or((0, 0)))
    }

    fn fragments(&self, used: &[bool]) -> Vec<&[Seen]> {
        let tells = |fragment: &&Vec<Seen>| fragment.iter().any(|seen| mixture::counts(seen, used));
        self.reads.fragments.iter().filter(tells).map(Vec::as_slice).collect()
    }

    /// Weighs structures by the sites between gene and pseudogene, and keeps those in play, best first.
    fn by_differences(&self, structures: &[Structure], used: &[bool]) -> Vec<Structure> {
        let fragments = self.fragments(used);
        let of = |states: &[u8]| -> Vec<f64> {
            fragments.iter().map(|fragment| mixture::probability(fragment, states, used)).collect()
        };
        let stray: Vec<f64> = fragments.iter().map(|fragment| mixture::stray(fragment, used)).collect();
        let paralog = of(&unit::paralog(self.sites));
        let shapes: Vec<Vec<Vec<f64>>> = self
            .locus
            .about
            .unit_kind
            .iter()
            .enumerate()
            .map(|(kind, about)| (0..about.paralog.len()).map(|choice| of(&self.plain(kind, choice))).collect())
            .collect();
        let mut weighed: Vec<Structure> = structures.to_vec();
        for structure in &mut weighed {
            let mut units: Vec<(f64, &[f64])> = vec![(f64::from(structure.paralogs), &paralog)];
            for part in &structure.parts {
                if let Some(shape) = shapes.get(part.kind).and_then(|kind| kind.get(part.alternative)) {
                    units.push((f64::from(part.copies), shape));
                }
            }
            structure.differences = mixture::log_likelihood(&units, &stray);
        }
        let total = |s: &Structure| s.prior + s.depth + self.temper * s.differences;
        weighed.sort_by(|a, b| total(b).total_cmp(&total(a)));
        let best = weighed.first().map_or(0.0, total);
        weighed.retain(|s| total(s) > best - OUT_OF_PLAY);
        let mut kept: Vec<(usize, usize)> = Vec::new();
        weighed.retain(|s| {
            kept.push(s.haplotypes);
            kept.iter().filter(|pair| **pair == s.haplotypes).count() <= MOST_ALTERNATIVES
        });
        weighed.truncate(MOST_STRUCTURES);
        weighed
    }

    /// Fragments that show the gene's base at each site, and that show it or the pseudogene's.
    fn counts(&self) -> Vec<(f64, f64)> {
        let mut counts = vec![(0.0, 0.0); self.sites.len()];
        for seen in self.reads.fragments.iter().flatten() {
            let place = usize::from(seen.site);
            let (Some(site), Some(count)) = (self.sites.get(place), counts.get_mut(place)) else { continue };
            count.0 += f64::from(u8::from(site.reference == Some(seen.code)));
            count.1 += f64::from(u8::from([site.reference, site.paralog].contains(&Some(seen.code))));
        }
        counts
    }

    /// Sites where bases that neither gene nor pseudogene has are frequent: their places differ on this assembly.
    fn foreign(&self) -> Vec<usize> {
        let mut all = vec![0.0; self.sites.len()];
        for seen in self.reads.fragments.iter().flatten() {
            if let Some(count) = all.get_mut(usize::from(seen.site)) {
                *count += 1.0;
            }
        }
        let counts = self.counts();
        let is_foreign = |place: &usize| {
            let (Some(all), Some((_, both))) = (all.get(*place), counts.get(*place)) else { return false };
            let tells =
                self.sites.get(*place).is_some_and(|site| site.paralog.is_some() && site.paralog != site.reference);
            tells && *all >= 4.0 && both / all < 1.0 - FOREIGN
        };
        (0..self.sites.len()).filter(is_foreign).collect()
    }

    /// Sites whose share of the gene's base is outside what the sites on both sides show. Hybrids and conversions change
    /// runs of sites; a single one is a difference of this sample, or of its pseudogene, from the reference sequence.
    fn unlike_neighbours(&self) -> Vec<usize> {
        let counts = self.counts();
        let tells: Vec<(usize, f64, f64)> = (0..self.sites.len())
            .filter(|place| {
                self.sites.get(*place).is_some_and(|site| {
                    site.kind == SiteKind::Base && site.paralog.is_some() && site.paralog != site.reference
                })
            })
            .filter_map(|place| counts.get(place).map(|(of_gene, both)| (place, *of_gene, *both)))
            .filter(|(_, _, both)| *both >= 4.0)
            .collect();
        let share = |slice: &[(usize, f64, f64)]| {
            let mut shares: Vec<f64> = slice.iter().map(|(_, of_gene, both)| of_gene / both).collect();
            shares.sort_by(f64::total_cmp);
            shares.get(shares.len() / 2).copied()
        };
        let mut odd = Vec::new();
        for (index, (place, of_gene, both)) in tells.iter().enumerate() {
            let before = share(tells.get(index.saturating_sub(NEIGHBOURS)..index).unwrap_or_default());
            let after = share(tells.get(index + 1..(index + 1 + NEIGHBOURS).min(tells.len())).unwrap_or_default());
            let (low, high) = match (before, after) {
                (Some(a), Some(b)) => (a.min(b), a.max(b)),
                (Some(a), None) | (None, Some(a)) => (a, a),
                (None, None) => continue,
            };
            let near = (of_gene / both).clamp(low, high);
            let p = near.clamp(0.05, 0.95);
            if (of_gene / both - near).abs() > UNLIKE * (p * (1.0 - p) / both).sqrt() + 0.03 {
                odd.push(*place);
            }
        }
        odd
    }

    /// Sites that fragments show unlike the sites on either side of them: gene between gene on both sides, or the other way
    /// round. A hybrid's or a conversion's end is unlike one side only.
    fn unlike_in_fragments(&self) -> Vec<usize> {
        // by [side][whether the side shows the gene's base]: fragments, and those whose site is unlike
        let mut tally = vec![[[(0_u32, 0_u32); 2]; 2]; self.sites.len()];
        for fragment in &self.reads.fragments {
            let row: Vec<(usize, bool)> = fragment
                .iter()
                .filter_map(|seen| {
                    let place = usize::from(seen.site);
                    let site = self.sites.get(place).filter(|site| site.paralog.is_some())?;
                    let of_gene = site.reference == Some(seen.code);
                    let tells = site.paralog != site.reference && (of_gene || site.paralog == Some(seen.code));
                    tells.then_some((place, of_gene))
                })
                .collect();
            for (index, (place, of_gene)) in row.iter().enumerate() {
                let before = row.get(index.saturating_sub(BESIDE)..index).unwrap_or_default();
                let after = row.get(index + 1..(index + 1 + BESIDE).min(row.len())).unwrap_or_default();
                for (side, near) in [before, after].into_iter().enumerate() {
                    let votes = near.iter().filter(|(_, of_gene)| *of_gene).count();
                    if near.is_empty() || votes * 2 == near.len() {
                        continue;
                    }
                    let majority = usize::from(votes * 2 > near.len());
                    if let Some(count) = tally.get_mut(*place) {
                        count[side][majority].0 += 1;
                        count[side][majority].1 += u32::from(usize::from(*of_gene) != majority);
                    }
                }
            }
        }
        let often = |(all, unlike): (u32, u32)| unlike >= 3 && f64::from(unlike) > UNLIKE_BOTH * f64::from(all);
        let is_odd = |place: &usize| {
            tally
                .get(*place)
                .is_some_and(|[before, after]| (0..2).any(|of_gene| often(before[of_gene]) && often(after[of_gene])))
        };
        (0..self.sites.len()).filter(is_odd).collect()
    }

    /// Sites at which the share of the gene's base is far from what every structure in play expects: the sample, or
    /// its pseudogene, differs there from the reference sequence.
    fn unexplained(&self, structures: &[Structure], used: &[bool]) -> BTreeSet<usize> {
        let counts = self.counts();
        let odd = |place: &usize| {
            let (Some((k, n)), Some(site)) = (counts.get(*place), self.sites.get(*place)) else { return false };
            *n >= 4.0
                && structures.iter().all(|structure| {
                    let expected = share(self.locus, structure, site).clamp(0.02, 0.98);
                    let variance = expected * (1.0 - expected) * (1.0 / n + 0.03);
                    ((k / n - expected) / variance.sqrt()).abs() > UNEXPLAINED
                })
        };
        let candidates = (0..self.sites.len()).filter(|place| used.get(*place) == Some(&true));
        candidates.filter(odd).collect()
    }

    /// For each structure, what each of its parts can carry.
    fn candidates(&self, structures: &[Structure]) -> Vec<Vec<Vec<Candidate>>> {
        let counts = self.code_counts();
        // most structures support the same codes
        let mut known: FxHashMap<FormsKey, Vec<Form>> = FxHashMap::default();
        let of = |structure: &Structure| -> Vec<Vec<Candidate>> {
            let supported = self.supported(structure, &counts);
            let mut of_part = |part: &Part| {
                let Some(kind) = self.locus.about.unit_kind.get(part.kind) else { return Vec::new() };
                let range = kind.paralog.get(part.alternative).copied().unwrap_or((0, 0));
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

    fn explanations(
        &self,
        structures: &[Structure],
        candidates: &[Vec<Vec<Candidate>>],
        used: &[bool],
    ) -> Vec<Explanation> {
        let fragments = self.fragments(used);
        let stray: Vec<f64> = fragments.iter().map(|fragment| mixture::stray(fragment, used)).collect();
        let of = |states: &[u8]| -> Vec<f64> {
            fragments.iter().map(|fragment| mixture::probability(fragment, states, used)).collect()
        };
        let paralog = of(&unit::paralog(self.sites));
        let mut known: FxHashMap<&[u8], Vec<f64>> = FxHashMap::default();
        for candidate in candidates.iter().flatten().flatten() {
            known.entry(&candidate.states).or_insert_with(|| of(&candidate.states));
        }
        let mut explanations = Vec::new();
        for (index, (structure, candidates)) in structures.iter().zip(candidates).enumerate() {
            if candidates.iter().any(Vec::is_empty) {
                continue;
            }
            // what all candidates of a part have in common weighs the same for every choice: it is weighed once
            let varies = varying(candidates, self.sites.len());
            let touches = |index: &usize| {
                let fragment = fragments.get(*index).copied().unwrap_or_default();
                fragment.iter().any(|seen| varies.get(usize::from(seen.site)) == Some(&true))
            };
            let (varying, constant): (Vec<usize>, Vec<usize>) = (0..fragments.len()).partition(touches);
            let pick = |all: &[f64], which: &[usize]| -> Vec<f64> {
                which.iter().map(|index| all.get(*index).copied().unwrap_or(0.0)).collect()
            };
            let of_candidate = |candidate: &Candidate, which: &[usize]| {
                pick(known.get(candidate.states.as_slice()).map_or(&[][..], Vec::as_slice), which)
            };
            let of_first: Vec<Vec<f64>> =
                candidates.iter().filter_map(|part| Some(of_candidate(part.first()?, &constant))).collect();
            let of_paralog = pick(&paralog, &constant);
            let mut units: Vec<(f64, &[f64])> = vec![(f64::from(structure.paralogs), &of_paralog)];
            units.extend(structure.parts.iter().zip(&of_first).map(|(part, p)| (f64::from(part.copies), p.as_slice())));
            let fixed = mixture::log_likelihood(&units, &pick(&stray, &constant));
            let shapes: Vec<Shape<'_>> = candidates
                .iter()
                .map(|part| (part.as_slice(), part.iter().map(|candidate| of_candidate(candidate, &varying)).collect()))
                .collect();
            let (of_paralog, stray) = (pick(&paralog, &varying), pick(&stray, &varying));
            let weigh = |forms: &[usize]| -> f64 {
                let mut units: Vec<(f64, &[f64])> = vec![(f64::from(structure.paralogs), &of_paralog)];
                for ((part, form), (_, probabilities)) in structure.parts.iter().zip(forms).zip(&shapes) {
                    if let Some(probabilities) = probabilities.get(*form) {
                        units.push((f64::from(part.copies), probabilities));
                    }
                }
                structure.depth
                    + self.temper * (fixed + mixture::log_likelihood(&units, &stray))
                    + self.prior(structure, forms, &shapes)
            };
            let found = with_exchanges(&shapes, &structure.parts, combinations(&shapes, &weigh), &weigh);
            for (forms, log_posterior) in found {
                explanations.push(Explanation { structure: index, forms, log_posterior });
            }
        }
        explanations.sort_by(|a, b| {
            b.log_posterior.total_cmp(&a.log_posterior).then(a.structure.cmp(&b.structure)).then(a.forms.cmp(&b.forms))
        });
        let best = explanations.first().map_or(0.0, |e| e.log_posterior);
        explanations.retain(|e| e.log_posterior > best - 25.0);
        explanations
    }

    /// Log of the prior of a structure with its alleles: two haplotypes at random, or, if they are the same, also one that both
    /// parents have from an ancestor (Wright 1922, doi:10.1086/279872).
    fn prior(&self, structure: &Structure, forms: &[usize], shapes: &[Shape<'_>]) -> f64 {
        let [first, second] = [0, 1].map(|haplotype| self.of_alleles(haplotype, structure, forms, shapes));
        let at_random = structure.prior + first + second;
        let side = |haplotype: usize| {
            let parts = structure.parts.iter().zip(forms).filter(move |(part, _)| part.haplotype == haplotype);
            parts.map(|(part, form)| (part.kind, part.alternative, part.copies, *form))
        };
        if structure.haplotypes.0 != structure.haplotypes.1 || !side(0).eq(side(1)) {
            return at_random;
        }
        // of a homozygous structure, the prior has each haplotype's weight and choices twice
        let by_descent = INBREEDING.ln() + structure.prior / 2.0 + first;
        let highest = at_random.max(by_descent);
        highest + ((at_random - highest).exp() + (by_descent - highest).exp()).ln()
    }

    /// Prior of the alleles of a haplotype: copies on one chromosome arise from one another, so a hybrid's own part is most often that
    /// of the whole copy beside it, while two whole copies of one allele are a duplication, counted elsewhere.
    fn of_alleles(&self, haplotype: usize, structure: &Structure, forms: &[usize], shapes: &[Shape<'_>]) -> f64 {
        let chosen: Vec<(&Part, &Candidate)> = structure
            .parts
            .iter()
            .zip(forms)
            .zip(shapes)
            .filter(|((part, _), _)| part.haplotype == haplotype)
            .filter_map(|((part, form), (candidates, _))| Some((part, candidates.get(*form)?)))
            .collect();
        let mut sum = 0.0;
        for (index, (part, candidate)) in chosen.iter().enumerate() {
            let before = chosen.get(..index).unwrap_or_default();
            let Some((first, neighbour)) = before.first() else {
                sum += candidate.prior;
                continue;
            };
            let (a, b) = (self.name(first, neighbour), self.name(part, candidate));
            let together = |tandem: &Tandem| {
                let known = (tandem.alleles.0.as_str(), tandem.alleles.1.as_str());
                known == (a, b) || known == (b, a)
            };
            let has_function = self.gene.functions.contains_key(&format!("{a} + {b}"));
            let rare = (candidate.prior - USUAL.ln()).min(0.0);
            sum += if first.kind == part.kind && neighbour.allele == candidate.allele {
                f64::NEG_INFINITY
            } else if has_function || self.locus.about.tandem.iter().any(together) {
                KNOWN_TANDEM.ln()
            } else if first.kind != part.kind && self.alike(first, neighbour, part, candidate) {
                0.7_f64.ln() + rare
            } else {
                0.05_f64.ln() + candidate.prior
            };
        }
        sum
    }

    /// Name of a part's units.
    fn name<'b>(&'b self, part: &Part, candidate: &'b Candidate) -> &'b str {
        let kind = self.locus.about.unit_kind.get(part.kind);
        let named = kind.and_then(|kind| kind.called.as_ref().or_else(|| kind.names.get(&candidate.allele)));
        named.map_or(candidate.allele.as_str(), String::as_str)
    }

    /// Whether two parts are of one allele, or carry the same wherever both have the gene's sequence.
    fn alike(&self, a: &Part, of_a: &Candidate, b: &Part, of_b: &Candidate) -> bool {
        if of_a.allele == of_b.allele {
            return true;
        }
        let range = |part: &Part| {
            let kind = self.locus.about.unit_kind.get(part.kind);
            kind.and_then(|kind| kind.paralog.get(part.alternative)).copied().unwrap_or((0, 0))
        };
        let (of_paralog, also) = (range(a), range(b));
        self.sites.iter().zip(&of_a.states).zip(&of_b.states).all(|((site, x), y)| {
            let within = |range: (u32, u32)| (range.0..range.1).contains(&site.grch37);
            x == y || within(of_paralog) || within(also) || *x == unit::UNKNOWN || *y == unit::UNKNOWN
        })
    }
}

/// Share of units that carry the gene's base at a site.
pub fn share(locus: &Locus, structure: &Structure, site: &LocusSite) -> f64 {
    let carries = |part: &&Part| {
        let kind = locus.about.unit_kind.get(part.kind);
        let range = kind.and_then(|kind| kind.paralog.get(part.alternative)).copied().unwrap_or((0, 0));
        !(range.0..range.1).contains(&site.grch37)
    };
    let of_gene: u32 = structure.parts.iter().filter(carries).map(|part| part.copies).sum();
    f64::from(of_gene) / f64::from(structure.units().max(1))
}

/// The candidates of a part, and for each the probability of every fragment.
type Shape<'a> = (&'a [Candidate], Vec<Vec<f64>>);

/// What decides the forms of a part: its range of the pseudogene's sequence, and the codes that each site supports, a bit each.
type FormsKey = ((u32, u32), Vec<u64>);

/// Sites at which the candidates of a part differ from each other.
fn varying(candidates: &[Vec<Candidate>], sites: usize) -> Vec<bool> {
    let mut varies = vec![false; sites];
    for part in candidates {
        let Some((first, others)) = part.split_first() else { continue };
        for other in others {
            for (slot, (a, b)) in varies.iter_mut().zip(first.states.iter().zip(&other.states)) {
                *slot |= a != b;
            }
        }
    }
    varies
}

/// Combinations of candidates with their weight: all of them, or, where they are too many, all of the best few of each
/// part given the best of the others.
fn combinations(shapes: &[Shape<'_>], weigh: &dyn Fn(&[usize]) -> f64) -> Vec<(Vec<usize>, f64)> {
    let all: usize = shapes.iter().map(|(candidates, _)| candidates.len()).product();
    let choices: Vec<Vec<usize>> = if all <= ALL_COMBINATIONS {
        shapes.iter().map(|(candidates, _)| (0..candidates.len()).collect()).collect()
    } else {
        let few = (MOST_COMBINATIONS as f64).powf(1.0 / shapes.len() as f64).floor() as usize;
        best_of_each(shapes, weigh, few.max(2))
    };
    let mut made: Vec<Vec<usize>> = vec![Vec::new()];
    for choice in &choices {
        made = made
            .into_iter()
            .flat_map(|forms| {
                choice.iter().map(move |&form| {
                    let mut forms = forms.clone();
                    forms.push(form);
                    forms
                })
            })
            .collect();
    }
    made.into_iter()
        .map(|forms| {
            let weight = weigh(&forms);
            (forms, weight)
        })
        .filter(|(_, weight)| weight.is_finite())
        .collect()
}

/// Adds to the best combinations those in which two parts exchange what they carry at some sites. Reads that do not reach from
/// one site to the other cannot tell them apart, so none may be missed.
fn with_exchanges(
    shapes: &[Shape<'_>],
    parts: &[Part],
    mut found: Vec<(Vec<usize>, f64)>,
    weigh: &dyn Fn(&[usize]) -> f64,
) -> Vec<(Vec<usize>, f64)> {
    let by_states: Vec<FxHashMap<&[u8], usize>> = shapes
        .iter()
        .map(|(candidates, _)| candidates.iter().enumerate().map(|(i, c)| (c.states.as_slice(), i)).collect())
        .collect();
    let mut known: FxHashSet<Vec<usize>> = found.iter().map(|(forms, _)| forms.clone()).collect();
    let mut expanded: FxHashSet<Vec<usize>> = FxHashSet::default();
    for _ in 0..MOST_EXPANDED {
        let best = found.iter().filter(|(forms, _)| !expanded.contains(forms));
        let Some((forms, weight)) = best.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0))).cloned() else {
            break;
        };
        let highest = found.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
        if weight < highest - WORTH_EXPANDING {
            break;
        }
        for exchanged in exchanges(shapes, parts, &by_states, &forms) {
            if known.insert(exchanged.clone()) {
                let weight = weigh(&exchanged);
                if weight.is_finite() {
                    found.push((exchanged, weight));
                }
            }
        }
        expanded.insert(forms);
    }
    found
}

/// Combinations in which two parts with equal copies carry, at every site, what they carry now or what the other one does.
fn exchanges(
    shapes: &[Shape<'_>],
    parts: &[Part],
    by_states: &[FxHashMap<&[u8], usize>],
    forms: &[usize],
) -> Vec<Vec<usize>> {
    let mut made = Vec::new();
    let states =
        |part: usize, form: usize| shapes.get(part).and_then(|(candidates, _)| candidates.get(form)).map(|c| &c.states);
    for (i, first) in parts.iter().enumerate() {
        for (j, _) in parts.iter().enumerate().skip(i + 1).filter(|(_, second)| second.copies == first.copies) {
            let (Some(&of_i), Some(&of_j)) = (forms.get(i), forms.get(j)) else { continue };
            let (Some(a), Some(b), Some((candidates, _))) = (states(i, of_i), states(j, of_j), shapes.get(i)) else {
                continue;
            };
            for (form, candidate) in candidates.iter().enumerate().filter(|(form, _)| *form != of_i) {
                let other: Option<Vec<u8>> = candidate
                    .states
                    .iter()
                    .zip(a)
                    .zip(b)
                    .map(|((new, a), b)| if new == a { Some(*b) } else { (new == b).then_some(*a) })
                    .collect();
                let Some(&partner) = other.and_then(|other| by_states.get(j)?.get(other.as_slice())) else { continue };
                let mut exchanged = forms.to_vec();
                if let Some(slot) = exchanged.get_mut(i) {
                    *slot = form;
                }
                if let Some(slot) = exchanged.get_mut(j) {
                    *slot = partner;
                }
                made.push(exchanged);
            }
        }
    }
    made
}

/// Coordinate ascent from several starts; then, for each part, the alleles that were among the best of any part, and the
/// best few of this one by the best start: alleles can change places between parts.
fn best_of_each(shapes: &[Shape<'_>], weigh: &dyn Fn(&[usize]) -> f64, few: usize) -> Vec<Vec<usize>> {
    let mut rankings: Vec<Vec<usize>> = vec![Vec::new(); shapes.len()];
    let mut highest = f64::NEG_INFINITY;
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for start in 0..STARTS {
        let mut forms: Vec<usize> =
            shapes.iter().enumerate().map(|(i, (candidates, _))| start * (2 * i + 1) % candidates.len()).collect();
        let mut of_start = vec![Vec::new(); shapes.len()];
        let mut reached = f64::NEG_INFINITY;
        for _ in 0..4 {
            let before = forms.clone();
            for (index, (candidates, _)) in shapes.iter().enumerate() {
                let mut ranked: Vec<(usize, f64)> = (0..candidates.len())
                    .map(|form| {
                        let mut trial = forms.clone();
                        if let Some(slot) = trial.get_mut(index) {
                            *slot = form;
                        }
                        (form, weigh(&trial))
                    })
                    .collect();
                ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                if let (Some(slot), Some((best, weight))) = (forms.get_mut(index), ranked.first()) {
                    *slot = *best;
                    reached = *weight;
                }
                if let Some(ranking) = of_start.get_mut(index) {
                    *ranking = ranked.into_iter().map(|(form, _)| form).collect::<Vec<_>>();
                }
            }
            if forms == before {
                break;
            }
        }
        for ((candidates, _), ranking) in shapes.iter().zip(&of_start) {
            let best = ranking.iter().take(NAMED_OF_EACH).filter_map(|form| candidates.get(*form));
            named.extend(best.map(|candidate| candidate.allele.as_str()));
        }
        if reached > highest {
            highest = reached;
            rankings = of_start;
        }
    }
    shapes
        .iter()
        .zip(rankings)
        .map(|((candidates, _), ranking)| {
            let is_named = |form: &&usize| candidates.get(**form).is_some_and(|c| named.contains(c.allele.as_str()));
            // the fullest forms of the named ones, then the best few
            let mut kept: Vec<usize> = Vec::new();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for form in ranking.iter().filter(is_named) {
                if candidates.get(*form).is_some_and(|c| seen.insert(c.allele.as_str())) {
                    kept.push(*form);
                }
            }
            for form in ranking {
                if kept.len() >= few {
                    break;
                }
                if !kept.contains(&form) {
                    kept.push(form);
                }
            }
            kept.truncate(few);
            kept
        })
        .collect()
}
