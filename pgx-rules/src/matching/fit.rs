//! Which alleles fit the copies of a sample, block by block.

use super::bits::AlleleSet;
use super::definition::{Blank, Definition};
use super::sample::Sample;

/// The alleles that fit a sample.
pub(crate) struct Fit {
    /// Alleles that fit every homozygous site.
    pub(crate) homozygous: AlleleSet,
    /// For each phase block the alleles that fit the first and the second copy as written.
    pub(crate) blocks: Vec<[AlleleSet; 2]>,
}

impl Fit {
    /// Intersects, over the sites of each block, the alleles of `allowed` that accept what is there.
    pub(crate) fn new(definition: &Definition<'_>, sample: &Sample, allowed: &AlleleSet, blank: Blank) -> Self {
        let mut homozygous = allowed.clone();
        for seen in sample.seen.iter().filter(|s| !s.is_heterozygous()) {
            homozygous.intersect(&definition.accepting(seen.site, seen.codes[0], blank));
        }
        let block = |sites: &Vec<usize>| {
            [0, 1].map(|copy: usize| {
                let mut set = allowed.clone();
                for seen in sites.iter().filter_map(|&i| sample.seen.get(i)) {
                    set.intersect(&definition.accepting(seen.site, seen.codes[copy], blank));
                }
                set
            })
        };
        Self { homozygous, blocks: sample.blocks.iter().map(block).collect() }
    }

    /// Alleles that fit a copy in some arrangement of the blocks.
    pub(crate) fn some_copy(&self) -> AlleleSet {
        let mut set = self.homozygous.clone();
        for [first, second] in &self.blocks {
            let mut either = first.clone();
            either.unite(second);
            set.intersect(&either);
        }
        set
    }

    /// Alleles that fit both copies in every arrangement.
    pub(crate) fn both_copies(&self) -> AlleleSet {
        let mut set = self.homozygous.clone();
        for copy in self.blocks.iter().flatten() {
            set.intersect(copy);
        }
        set
    }

    /// Alleles that fit the other copy when `allele` is on one.
    pub(crate) fn partners(&self, allele: usize) -> AlleleSet {
        let mut set = self.homozygous.clone();
        if !set.contains(allele) {
            set.clear();
        }
        for [first, second] in &self.blocks {
            let mut fitting = first.clone();
            match (first.contains(allele), second.contains(allele)) {
                (true, true) => fitting.unite(second),
                (true, false) => fitting.clone_from(second),
                (false, true) => {}
                (false, false) => fitting.clear(),
            }
            set.intersect(&fitting);
        }
        set
    }
}
