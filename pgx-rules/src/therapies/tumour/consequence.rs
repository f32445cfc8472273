//! What a small variant does to a gene.

use serde::{Deserialize, Serialize};

/// The effect of a variant on a gene, by the terms of the Sequence Ontology (PMID 15892872).
///
/// The order is that of severity as annotators commonly use it, the worst first: of several effects on one gene the
/// first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// The transcript is lost.
    TranscriptAblation,
    /// The first or the last two bases of an intron.
    SpliceSite,
    /// A premature stop.
    StopGained,
    /// The reading frame moves.
    Frameshift,
    /// The stop is lost.
    StopLost,
    /// The start is lost.
    StartLost,
    /// Amino acids are gained, the frame stays.
    InframeInsertion,
    /// Amino acids are lost, the frame stays.
    InframeDeletion,
    /// One amino acid for another.
    Missense,
    /// The protein changes, how is not said.
    ProteinAltering,
    /// Near a splice site.
    SpliceRegion,
    /// The protein stays the same.
    Synonymous,
    /// Before the coding sequence.
    FivePrimeUtr,
    /// After the coding sequence.
    ThreePrimeUtr,
    /// Before the gene.
    Upstream,
    /// In an intron.
    Intron,
    /// After the gene.
    Downstream,
    /// In a transcript without a protein.
    NonCoding,
    /// Between genes, or not a term that says anything of a gene.
    Other,
}

/// Each effect with its terms: Sequence Ontology first, then those of the MAF format.
const TERMS: &[(Consequence, &[&str])] = &[
    (Consequence::TranscriptAblation, &["transcript_ablation", "exon_loss_variant"]),
    (
        Consequence::SpliceSite,
        &["splice_acceptor_variant", "splice_donor_variant", "splice_site_variant", "splice_site"],
    ),
    (Consequence::StopGained, &["stop_gained", "nonsense_mutation"]),
    (Consequence::Frameshift, &["frameshift_variant", "frame_shift_del", "frame_shift_ins"]),
    (Consequence::StopLost, &["stop_lost", "nonstop_mutation"]),
    (Consequence::StartLost, &["start_lost", "initiator_codon_variant", "translation_start_site"]),
    (
        Consequence::InframeInsertion,
        &["inframe_insertion", "conservative_inframe_insertion", "disruptive_inframe_insertion", "in_frame_ins"],
    ),
    (
        Consequence::InframeDeletion,
        &["inframe_deletion", "conservative_inframe_deletion", "disruptive_inframe_deletion", "in_frame_del"],
    ),
    (Consequence::Missense, &["missense_variant", "missense_mutation"]),
    (Consequence::ProteinAltering, &["protein_altering_variant", "coding_sequence_variant"]),
    (
        Consequence::SpliceRegion,
        &[
            "splice_region_variant",
            "splice_donor_5th_base_variant",
            "splice_donor_region_variant",
            "splice_polypyrimidine_tract_variant",
            "splice_region",
        ],
    ),
    (
        Consequence::Synonymous,
        &[
            "synonymous_variant",
            "stop_retained_variant",
            "start_retained_variant",
            "incomplete_terminal_codon_variant",
            "silent",
        ],
    ),
    (Consequence::FivePrimeUtr, &["5_prime_utr_variant", "5_prime_utr_premature_start_codon_gain_variant", "5'utr"]),
    (Consequence::ThreePrimeUtr, &["3_prime_utr_variant", "3'utr"]),
    (Consequence::Upstream, &["upstream_gene_variant", "5'flank"]),
    (Consequence::Intron, &["intron_variant", "intron"]),
    (Consequence::Downstream, &["downstream_gene_variant", "3'flank"]),
    (
        Consequence::NonCoding,
        &[
            "non_coding_transcript_exon_variant",
            "non_coding_transcript_variant",
            "mature_mirna_variant",
            "rna",
            "lincrna",
        ],
    ),
];

impl Consequence {
    /// Reads terms of the Sequence Ontology (joined by `&` or `,`) or of the MAF format, in any case: the worst counts.
    /// A term that is not known is [`Consequence::Other`].
    pub fn of_terms(terms: &str) -> Self {
        terms.split(['&', ',']).map(|t| Self::of_term(t.trim())).min().unwrap_or(Self::Other)
    }

    fn of_term(term: &str) -> Self {
        let known = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(term));
        TERMS.iter().find(|(_, names)| known(names)).map_or(Self::Other, |(consequence, _)| *consequence)
    }

    /// The term of the Sequence Ontology.
    pub fn term(self) -> &'static str {
        TERMS.iter().find(|(c, _)| *c == self).and_then(|(_, names)| names.first()).unwrap_or(&"sequence_variant")
    }

    /// Whether the protein is another one, or less of it: what a row on any mutation of a gene means.
    pub fn changes_protein(self) -> bool {
        self <= Self::ProteinAltering
    }

    /// Whether little or nothing of the protein is expected to be made.
    pub fn loses_function(self) -> bool {
        matches!(
            self,
            Self::TranscriptAblation | Self::SpliceSite | Self::StopGained | Self::Frameshift | Self::StartLost
        )
    }

    /// Whether the protein ends early.
    pub fn truncates(self) -> bool {
        matches!(self, Self::StopGained | Self::Frameshift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_terms_the_worst_counts() {
        assert_eq!(Consequence::of_terms("missense_variant&splice_region_variant"), Consequence::Missense);
        assert_eq!(Consequence::of_terms("intron_variant&splice_donor_variant"), Consequence::SpliceSite);
    }

    #[test]
    fn terms_of_maf_are_read_in_any_case() {
        assert_eq!(Consequence::of_terms("Frame_Shift_Ins"), Consequence::Frameshift);
        assert_eq!(Consequence::of_terms("5'Flank"), Consequence::Upstream);
        assert_eq!(Consequence::of_terms("Targeted_Region"), Consequence::Other);
        assert_eq!(Consequence::of_terms(""), Consequence::Other);
    }

    #[test]
    fn a_term_comes_back_as_itself() {
        for (consequence, _) in TERMS {
            assert_eq!(Consequence::of_terms(consequence.term()), *consequence);
        }
        assert_eq!(Consequence::Other.term(), "sequence_variant");
    }

    #[test]
    fn silent_and_intronic_variants_change_no_protein() {
        for silent in ["Silent", "Intron", "3'UTR", "RNA", "Splice_Region"] {
            assert!(!Consequence::of_terms(silent).changes_protein(), "{silent}");
        }
        assert!(Consequence::of_terms("Splice_Site").changes_protein());
    }
}
