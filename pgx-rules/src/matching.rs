//! The general named-allele rule, in steps: what the sample's two chromosome copies may carry, which alleles fit a copy,
//! which pairs of alleles fit both, and which of them explain most sites.
//!
//! Nothing here enumerates the sequences that unphased data allows (there are 2^(h−1) for h heterozygous sites).
//! Phase is known within a block of sites and unknown between blocks, so a pair of alleles fits when it fits each block in
//! one of its two orientations; that is one intersection of bit sets a block. All pairs of *n* alleles over *b* blocks
//! cost O(n² · b / 64) word operations, whatever the phase.

mod bits;
mod combination;
mod definition;
mod diplotype;
mod fit;
mod hidden;
mod order;
mod pattern;
mod sample;

pub(crate) use bits::AlleleSet;
pub(crate) use combination::{Arrangement, Described, arrangements, describe};
pub(crate) use definition::{Blank, Definition};
pub(crate) use diplotype::{Scored, diplotypes, single_copies};
pub(crate) use fit::Fit;
pub(crate) use hidden::not_excluded;
pub(crate) use order::{by_name, sorted_pair};
pub(crate) use pattern::patterns;
pub(crate) use sample::{Code, MISSING, Sample, view};

#[cfg(test)]
pub(crate) mod builder;
#[cfg(test)]
mod tests;
