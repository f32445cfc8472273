//! The pairs of haplotypes that the depth and the sites between gene and pseudogene leave in play.

use super::super::locus::{Counts, Group, Haplotype};
use super::super::unit::{self, States};
use super::super::{depth, mixture};
use super::{Part, Sample, Structure};

/// Structures that the sites between gene and pseudogene leave in play for the alleles.
const MOST_STRUCTURES: usize = 40;
/// Choices of alternatives of one pair of haplotypes that stay in play.
const MOST_ALTERNATIVES: usize = 2;
/// Log likelihood below the best at which a structure is out of play.
const OUT_OF_PLAY: f64 = 12.0;

impl Sample<'_> {
    /// All pairs of haplotypes whose depths are in play, with every choice of their kinds' alternatives.
    pub(super) fn by_depth(&self) -> Vec<Structure> {
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
                            self.scale,
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
            let part = move |group: &Group| Part { haplotype, kind: group.kind, alternative: 0, copies: group.copies };
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
        let range = self.locus.of_paralog(kind, alternative);
        unit::hybrid(self.sites, &unit::reference(self.sites), range)
    }

    /// Weighs structures by the sites between gene and pseudogene, and keeps those in play, best first.
    pub(super) fn by_differences(&self, structures: &[Structure], used: &[bool]) -> Vec<Structure> {
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
}
