//! Structure of a gene that recombines with its pseudogene: copies, hybrids, and the named allele of each copy.
//!
//! One likelihood over structures and alleles. Each chromosome carries a haplotype of [`locus::Haplotype`]: some units of
//! the gene, whole or hybrid, each with an allele. Given two haplotypes, the depth of a few segments is known up to the
//! scale of the control ([`depth`]), and a fragment comes from each unit that covers it with equal probability
//! ([`mixture`]): so the phase of sites in one fragment, the share of the pseudogene at every site, and the number of
//! copies that carry a variant are all used at once, wherever the aligner put the reads. [`search`] takes the
//! structures that the depth and the sites between gene and pseudogene allow, and all alleles for their units, and
//! ranks the pairs by posterior probability.
//!
//! The parts of the evidence are those of Chen et al., Pharmacogenomics J 2021 (PMID 33462347) and Hari et al., Genome
//! Res 2023 (PMID 36596662); the joint model and its search are this project's own.

pub mod call;
pub mod depth;
pub mod locus;
pub mod mixture;
pub mod search;
pub mod site;
pub mod unit;

pub use call::{StructureCall, call};
pub use depth::Scale;
