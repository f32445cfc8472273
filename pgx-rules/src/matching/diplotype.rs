//! Pairs of alleles that explain both copies, with their scores.

use super::bits::AlleleSet;
use super::definition::{Blank, Definition};
use super::fit::Fit;
use super::sample::{REFERENCE, Sample};

/// Alleles that fit, with the number of sites that their definitions explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scored {
    /// The alleles: two, or one for a single copy.
    pub(crate) alleles: [usize; 2],
    /// Sum over the copies of the observed sites that the definition of the allele names.
    pub(crate) score: u32,
}

/// Every pair of `allowed` alleles that fits, in the order of the definition.
pub(crate) fn diplotypes(definition: &Definition<'_>, sample: &Sample, allowed: &AlleleSet) -> Vec<Scored> {
    let fit = Fit::new(definition, sample, allowed, Blank::Reference);
    let candidates = fit.some_copy();
    let points = Points::new(definition, sample, &fit, &candidates);
    let mut pairs = Vec::new();
    for first in candidates.iter() {
        for second in fit.partners(first).iter().filter(|&b| b >= first) {
            pairs.push(Scored { alleles: [first, second], score: points.of_pair(first, second) });
        }
    }
    pairs
}

/// Every `allowed` allele that fits the only copy.
pub(crate) fn single_copies(definition: &Definition<'_>, sample: &Sample, allowed: &AlleleSet) -> Vec<Scored> {
    let fit = Fit::new(definition, sample, allowed, Blank::Reference);
    let points = Points::new(definition, sample, &fit, &fit.homozygous);
    fit.homozygous.iter().map(|a| Scored { alleles: [a, a], score: points.alone(a) }).collect()
}

/// Scores of the candidates.
///
/// An allele earns a point for each observed site that its definition names. Where it accepts several bases (an IUPAC
/// code) it earns none if the copy shows the assembly's reference base, because then the site says nothing for it.
/// Where the copies may be arranged in several ways, the best counts.
struct Points<'a> {
    fit: &'a Fit,
    /// Alleles that fit either copy: their ambiguous sites are weighed over both.
    both: AlleleSet,
    /// By allele: points without the ambiguous heterozygous sites' penalties.
    base: Vec<u32>,
    /// By allele: block and copy of each heterozygous site where a reference base costs a point.
    costs: Vec<Vec<(usize, usize)>>,
}

impl<'a> Points<'a> {
    fn new(definition: &Definition<'_>, sample: &Sample, fit: &'a Fit, candidates: &AlleleSet) -> Self {
        let n = definition.len();
        let mut base = vec![0; n];
        for allele in candidates.iter() {
            let named = sample.seen.iter().filter(|s| definition.constrains(allele, s.site)).count();
            if let Some(points) = base.get_mut(allele) {
                *points = u32::try_from(named).unwrap_or(u32::MAX);
            }
        }
        let mut costs = vec![Vec::new(); n];
        for seen in sample.seen.iter().filter(|s| s.codes == [REFERENCE; 2]) {
            for &allele in definition.ambiguous(seen.site) {
                if let Some(points) = base.get_mut(allele) {
                    *points = points.saturating_sub(1);
                }
            }
        }
        for (block, sites) in sample.blocks.iter().enumerate() {
            for seen in sites.iter().filter_map(|&i| sample.seen.get(i)) {
                for copy in (0..2).filter(|&c| seen.codes[c] == REFERENCE) {
                    for &allele in definition.ambiguous(seen.site) {
                        if let Some(list) = costs.get_mut(allele) {
                            list.push((block, copy));
                        }
                    }
                }
            }
        }
        let both = if sample.blocks.is_empty() { AlleleSet::none(n) } else { fit.both_copies() };
        Self { fit, both, base, costs }
    }

    fn alone(&self, allele: usize) -> u32 {
        self.base.get(allele).copied().unwrap_or(0)
    }

    fn of_pair(&self, first: usize, second: usize) -> u32 {
        let sum = self.alone(first) + self.alone(second);
        let free = |allele| first != second && self.both.contains(allele);
        let (first_costs, second_costs) = (self.costs_of(first, free(first)), self.costs_of(second, free(second)));
        if first_costs.is_empty() && second_costs.is_empty() {
            return sum;
        }
        let at = |costs: &[(usize, usize)], block, copy| costs.iter().filter(|c| **c == (block, copy)).count();
        let penalty: usize = self
            .fit
            .blocks
            .iter()
            .enumerate()
            .map(|(block, copies)| {
                let cost = |one: usize| {
                    let other = 1 - one;
                    let fits = copies[one].contains(first) && copies[other].contains(second);
                    fits.then(|| at(first_costs, block, one) + at(second_costs, block, other))
                };
                cost(0).into_iter().chain(cost(1)).min().unwrap_or(0)
            })
            .sum();
        sum.saturating_sub(u32::try_from(penalty).unwrap_or(u32::MAX))
    }

    fn costs_of(&self, allele: usize, free: bool) -> &[(usize, usize)] {
        if free { &[] } else { self.costs.get(allele).map_or(&[], Vec::as_slice) }
    }
}
