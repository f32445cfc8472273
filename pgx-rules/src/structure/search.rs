//! The search over structures and alleles.

mod candidates;
mod combinations;
mod doubtful;
mod explanations;
mod prior;
mod structures;

use variants::model::{PooledReads, Seen};

use super::depth::Scale;
use super::locus::{Counts, Locus};
use super::site::LocusSite;
use super::{depth, mixture};
use crate::knowledge::schema::Gene;

pub use candidates::Candidate;

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
/// How much less the sites count for each share of them that had to be left out: where many single bases are unlike the
/// reference sequence, runs of a few are too, and look like hybrids.
const DISTRUST: f64 = 10.0;

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
    scale: Scale,
    temper: f64,
    variation: f64,
}

/// Finds what explains the reads; nothing when no structure is possible. `variation` is that of the depth of one copy over 500 bases.
pub fn search(
    locus: &Locus,
    gene: &Gene,
    sites: &[LocusSite],
    reads: &PooledReads,
    scale: Scale,
    variation: f64,
) -> Found {
    let temper = depth::temper(scale, reads.fragment_bases, variation);
    let mut sample = Sample { locus, gene, sites, reads, scale, temper, variation };
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
    /// Fragments that show something at a site that counts.
    fn fragments(&self, used: &[bool]) -> Vec<&[Seen]> {
        let tells = |fragment: &&Vec<Seen>| fragment.iter().any(|seen| mixture::counts(seen, used));
        self.reads.fragments.iter().filter(tells).map(Vec::as_slice).collect()
    }
}

/// The candidates of a part, and for each the probability of every fragment.
type Shape<'a> = (&'a [Candidate], Vec<Vec<f64>>);

/// Share of units that carry the gene's base at a site.
pub fn share(locus: &Locus, structure: &Structure, site: &LocusSite) -> f64 {
    let carries = |part: &&Part| {
        let range = locus.of_paralog(part.kind, part.alternative);
        !(range.0..range.1).contains(&site.grch37)
    };
    let of_gene: u32 = structure.parts.iter().filter(carries).map(|part| part.copies).sum();
    f64::from(of_gene) / f64::from(structure.units().max(1))
}
