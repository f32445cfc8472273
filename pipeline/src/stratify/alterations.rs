//! What kind of change each tumour has in each gene, for the oncoprint.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use anyhow::Result;
use pgx_rules::therapies::tumour::Consequence;

use crate::tumour::maf::Maf;

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
    fn of(consequence: Consequence) -> Option<Self> {
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
    /// Reads them from a MAF file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(modality: &str, path: &Path) -> Result<Self> {
        let mut kinds: HashMap<(String, String), BTreeSet<Class>> = HashMap::new();
        for row in Maf::open(path)? {
            let row = row?;
            if let Some(class) = Class::of(row.variant.consequence) {
                kinds.entry((row.sample, row.variant.gene)).or_default().insert(class);
            }
        }
        let found = kinds
            .into_iter()
            .map(|(key, kinds)| {
                let several = kinds.len() > 1;
                (key, kinds.into_iter().next().filter(|_| !several).unwrap_or(Class::Several))
            })
            .collect();
        Ok(Self { modality: modality.to_owned(), found })
    }

    /// The kind of change of a tumour in a gene.
    pub fn of(&self, tumour: &str, gene: &str) -> Option<Class> {
        self.found.get(&(tumour.to_owned(), gene.to_owned())).copied()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_of_change_in_one_gene_are_several() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.maf");
        let mut text = "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\n".to_owned();
        for (gene, class) in [
            ("TP53", "Missense_Mutation"),
            ("TP53", "Missense_Mutation"),
            ("CIC", "Missense_Mutation"),
            ("CIC", "Frame_Shift_Del"),
            ("TTN", "Silent"),
        ] {
            text += &format!("{gene}\t{class}\tT1\n");
        }
        std::fs::write(&path, text).unwrap();
        let found = Classes::read("mutations", &path).unwrap();
        assert_eq!([found.of("T1", "TP53"), found.of("T1", "CIC")], [Some(Class::Missense), Some(Class::Several)]);
        assert_eq!([found.of("T1", "TTN"), found.of("T2", "TP53")], [None, None]);
    }
}
