//! What was found in a tumour, as values: small variants, copy numbers, fusions.

mod consequence;

use serde::{Deserialize, Serialize};
use variants::model::Assembly;

pub use consequence::Consequence;

/// A small somatic variant with its effect on one gene.
#[derive(Clone, Debug, PartialEq)]
pub struct SmallVariant {
    /// Gene symbol as the annotation gives it.
    pub gene: String,
    /// Effect on the gene.
    pub consequence: Consequence,
    /// Protein change as written (`p.V600E`, `p.Val600Glu`), without the sequence it refers to.
    pub protein: Option<String>,
    /// Coding change as written (`c.1799T>A`), without the sequence it refers to.
    pub coding: Option<String>,
    /// Transcript of the annotation.
    pub transcript: Option<String>,
    /// Number of the exon in that transcript, 1-based.
    pub exon: Option<u32>,
    /// Place in the genome.
    pub place: Option<Place>,
}

/// An allele's place in the genome.
///
/// Bases are trimmed on both sides: an insertion has an empty reference, and lies between `start` and `end`; a deletion
/// has an empty alternate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Assembly, where the input or the user states it.
    pub assembly: Option<Assembly>,
    /// Contig without `chr`.
    pub contig: String,
    /// First base, 1-based; for an insertion the base before it.
    pub start: u64,
    /// Last base, 1-based, inclusive; for an insertion the base after it.
    pub end: u64,
    /// Reference bases, upper case.
    pub reference: String,
    /// Bases in the tumour, upper case.
    pub alternate: String,
}

impl Place {
    /// An allele as VCF writes it, trimmed: common bases go from the end first, then from the start.
    pub fn of_vcf(assembly: Option<Assembly>, contig: &str, position: u64, reference: &str, alternate: &str) -> Self {
        let (mut reference, mut alternate) = (reference.to_ascii_uppercase(), alternate.to_ascii_uppercase());
        let mut start = position;
        while let (Some(a), Some(b)) = (reference.chars().last(), alternate.chars().last())
            && a == b
        {
            reference.pop();
            alternate.pop();
        }
        let common = reference.bytes().zip(alternate.bytes()).take_while(|(a, b)| a == b).count();
        reference.drain(..common);
        alternate.drain(..common);
        start = start.saturating_add(common as u64);
        let (start, end) = if reference.is_empty() {
            (start.saturating_sub(1), start)
        } else {
            (start, start.saturating_add(reference.len() as u64 - 1))
        };
        Self { assembly, contig: contig_name(contig), start, end, reference, alternate }
    }
}

/// A contig's name without `chr`; the mitochondrion is `MT`.
pub fn contig_name(name: &str) -> String {
    let bare = name.strip_prefix("chr").or_else(|| name.strip_prefix("Chr")).or_else(|| name.strip_prefix("CHR"));
    match bare.unwrap_or(name) {
        "M" => "MT".to_owned(),
        other => other.to_owned(),
    }
}

/// How many copies of a gene a tumour has, as far as the caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyState {
    /// Many copies (GISTIC 2).
    Amplification,
    /// More copies than two, but not many (GISTIC 1).
    Gain,
    /// Two copies.
    Neutral,
    /// One copy lost (GISTIC -1).
    ShallowLoss,
    /// Lost, to what extent is not said.
    Loss,
    /// All copies lost (GISTIC -2).
    DeepDeletion,
}

impl CopyState {
    /// The word of the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Amplification => "amplification",
            Self::Gain => "gain",
            Self::Neutral => "neutral",
            Self::ShallowLoss => "loss of one copy",
            Self::Loss => "loss",
            Self::DeepDeletion => "deep deletion",
        }
    }
}

/// The copy number of one gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneCopies {
    /// Gene symbol.
    pub gene: String,
    /// State.
    pub state: CopyState,
}

/// A gene fusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fusion {
    /// Gene that gives the 5′ part.
    pub five_prime: String,
    /// Gene that gives the 3′ part.
    pub three_prime: String,
}

/// Everything that was found in one tumour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tumour {
    /// Small variants, in the order of the input.
    pub variants: Vec<SmallVariant>,
    /// Copy numbers, in the order of the input.
    pub copies: Vec<GeneCopies>,
    /// Fusions, in the order of the input.
    pub fusions: Vec<Fusion>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(position: u64, reference: &str, alternate: &str) -> (u64, u64, String, String) {
        let p = Place::of_vcf(None, "chr7", position, reference, alternate);
        assert_eq!(p.contig, "7");
        (p.start, p.end, p.reference, p.alternate)
    }

    #[test]
    fn an_allele_of_vcf_is_trimmed_to_what_changes() {
        assert_eq!(place(140_453_136, "A", "T"), (140_453_136, 140_453_136, "A".into(), "T".into()));
        assert_eq!(place(100, "GA", "G"), (101, 101, "A".into(), String::new()));
        assert_eq!(place(100, "G", "GTT"), (100, 101, String::new(), "TT".into()));
        assert_eq!(place(100, "CAG", "CTG"), (101, 101, "A".into(), "T".into()));
    }

    #[test]
    fn a_record_without_a_change_does_not_panic() {
        assert_eq!(place(0, "", ""), (0, 0, String::new(), String::new()));
        assert_eq!(place(5, "A", "A").2, "");
    }
}
