//! What kind of change each tumour has in each gene, for the oncoprint.

use std::collections::HashMap;

use pgx_rules::therapies::tumour::Consequence;

use super::mutations::Cohort;

/// Kinds of protein-altering changes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A premature stop, a shifted frame, a lost start or stop, a broken splice site, a lost transcript.
    Truncating,
    /// One amino acid for another.
    Missense,
    /// Amino acids gained or lost in frame.
    InFrame,
    /// How the protein changes is not said.
    Other,
    /// More than one of these in the same gene.
    Several,
}

impl Class {
    /// Of one change; none where it does not alter the protein.
    pub(super) fn of(consequence: Consequence) -> Option<Self> {
        if !consequence.changes_protein() {
            return None;
        }
        Some(match consequence {
            Consequence::Missense => Self::Missense,
            Consequence::InframeInsertion | Consequence::InframeDeletion => Self::InFrame,
            Consequence::StopGained
            | Consequence::Frameshift
            | Consequence::SpliceSite
            | Consequence::StartLost
            | Consequence::StopLost
            | Consequence::TranscriptAblation => Self::Truncating,
            _ => Self::Other,
        })
    }

    /// Both in one gene.
    pub(super) fn with(self, other: Self) -> Self {
        if self == other { self } else { Self::Several }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Truncating => "truncating or splice site",
            Self::Missense => "missense",
            Self::InFrame => "in frame",
            Self::Other => "other change of the protein",
            Self::Several => "several kinds",
        }
    }

    /// Told apart with any kind of colour vision.
    pub fn colour(self) -> &'static str {
        match self {
            Self::Truncating => "#000000",
            Self::Missense => "#009e73",
            Self::InFrame => "#d55e00",
            Self::Other => "#56b4e9",
            Self::Several => "#7a3e9d",
        }
    }
}

/// The kinds of change of a modality.
#[derive(Debug)]
pub struct Classes {
    /// The modality.
    pub modality: String,
    found: HashMap<(String, String), Class>,
}

impl Classes {
    /// Takes them from the mutations of a cohort.
    pub(super) fn new(modality: &str, cohort: &Cohort) -> Self {
        let found =
            cohort.alterations().map(|(tumour, gene, class)| ((tumour.to_owned(), gene.to_owned()), class)).collect();
        Self { modality: modality.to_owned(), found }
    }

    /// The kind of change of a tumour in a gene.
    pub fn of(&self, tumour: &str, gene: &str) -> Option<Class> {
        self.found.get(&(tumour.to_owned(), gene.to_owned())).copied()
    }
}
