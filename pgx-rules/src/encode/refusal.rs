//! Why a diplotype cannot be written as small variants.

use thiserror::Error;

use super::Stated;

/// A statement that was not encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 0-based index of the statement.
    pub row: usize,
    /// The statement.
    pub stated: Stated,
    /// Why.
    pub reason: Reason,
}

/// Why a statement cannot be encoded, and what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Reason {
    /// No such gene.
    #[error("the knowledge base has no such gene; `rxstrata knowledge list` names those it has")]
    UnknownGene,
    /// The gene has no sites.
    #[error("no small variants define this gene's alleles here; give it as an outside call")]
    NoSites,
    /// No such allele.
    #[error("no allele '{0}' is defined; `rxstrata knowledge show` lists the gene's alleles")]
    UnknownAllele(String),
    /// A deletion, duplication or hybrid.
    #[error(
        "'{0}' is a structural allele (deletion, copies or hybrid), which small variants cannot show; give it as an outside call"
    )]
    Structural(String),
    /// One allele for a gene with two copies.
    #[error("one allele is stated, but everyone has two copies of this gene; write A/B")]
    OneAllele,
    /// More than two strands.
    #[error("not a diplotype: expected A/B, with [A + B] for several alleles on one copy")]
    NotADiplotype,
    /// Alleles without a statement on strands.
    #[error("'A + B' does not say which copies the alleles are on; write A/B, or Reference/[A + B]")]
    NoStrands,
    /// Two alleles on one strand that differ at one site.
    #[error("{one} and {other} cannot be on one copy: they carry different bases at {position}")]
    Contradiction {
        /// One allele.
        one: String,
        /// The other.
        other: String,
        /// GRCh38 position where they differ.
        position: u32,
    },
    /// A site that the assembly lacks.
    #[error("the site at GRCh38 position {position} could not be placed on GRCh37; encode on GRCh38")]
    Unplaced {
        /// GRCh38 position.
        position: u32,
    },
    /// The sample's gene was stated before.
    #[error("this sample has a diplotype of this gene in an earlier line")]
    Repeated,
}
