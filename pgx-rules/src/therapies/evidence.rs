//! What is known of somatic variants: structured facts of a release, no prose.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::genes::GeneNames;
use super::ontology::Ontology;
use super::profile::Profile;

/// A release of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it comes from, and when.
    pub release: EvidenceRelease,
    /// Variants, by identifier.
    pub variants: Vec<KnownVariant>,
    /// Evidence items, by identifier.
    pub items: Vec<EvidenceItem>,
    /// Which disease contains which.
    pub diseases: Ontology,
    /// Other names of genes.
    pub genes: GeneNames,
}

/// `therapies/RELEASE.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRelease {
    /// Name of the source.
    pub source: String,
    /// Date of the release, ISO 8601.
    pub date: String,
    /// Newest date of review in it, ISO 8601; empty where none is given.
    pub newest_review: String,
    /// Licence, SPDX where there is one.
    pub licence: String,
    /// What to cite.
    pub references: Vec<String>,
    /// Address of an evidence item, to be followed by its identifier.
    pub link: String,
}

/// A variant that evidence speaks of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KnownVariant {
    /// Identifier in the source.
    pub id: u32,
    /// Gene symbol; for a fusion the gene that the source files it under.
    pub gene: String,
    /// Name as the source writes it.
    pub name: String,
    /// Assembly of the coordinates; empty without.
    pub assembly: String,
    /// Contig without `chr`; empty without.
    pub contig: String,
    /// First base, 1-based.
    pub start: Option<u64>,
    /// Last base, 1-based, inclusive; of an insertion the base after it.
    pub end: Option<u64>,
    /// Reference bases; empty for an insertion, a region, or where not stated.
    pub reference: String,
    /// Bases of the variant; empty for a deletion, a region, or where not stated.
    pub alternate: String,
    /// Transcript that exons are numbered in.
    pub transcript: String,
    /// Terms of the Sequence Ontology, comma-separated.
    pub types: String,
    /// HGVS expressions with coding sequence or genome, comma-separated.
    pub hgvs: String,
    /// Further names under which a fusion goes, comma-separated.
    pub aliases: String,
}

/// One statement of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceItem {
    /// Identifier in the source.
    pub id: u32,
    /// What a tumour must show.
    pub profile: Profile,
    /// Disease as the source names it; empty where none is given.
    pub disease: String,
    /// Identifier in the Disease Ontology, digits; empty where none is given.
    pub doid: String,
    /// Therapies as the source names them, comma-separated.
    pub therapies: String,
    /// How several therapies are meant: `combination`, `substitutes`, `sequential`; empty for one.
    pub interaction: String,
    /// What it is evidence for.
    pub kind: EvidenceKind,
    /// How strong the kind of study is.
    pub level: EvidenceLevel,
    /// Whether it speaks for or against its own significance.
    pub direction: Direction,
    /// What it says, as the source words it, lower case: `sensitivity/response`, `resistance`, `poor outcome` …
    pub significance: String,
    /// Trust in the study, 1 to 5.
    pub rating: Option<u8>,
    /// Origin of the variant in the study, lower case: `somatic`, `rare germline` …
    pub origin: String,
    /// `PMID:…` or the identifier of a conference's abstract.
    pub citation: String,
    /// Date of the last review, ISO 8601; empty where none is given.
    pub reviewed: String,
    /// Whether the source has put it in question.
    pub flagged: bool,
}

/// What evidence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Response to therapies.
    Predictive,
    /// The diagnosis.
    Diagnostic,
    /// The course of the disease.
    Prognostic,
    /// The risk to fall ill.
    Predisposing,
    /// Whether the variant drives cancer.
    Oncogenic,
    /// What the variant does to the gene product.
    Functional,
}

/// Strength of the kind of study, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EvidenceLevel {
    /// Validated: consensus of the field.
    A,
    /// Clinical trial or other primary data of patients.
    B,
    /// Case study.
    C,
    /// Preclinical.
    D,
    /// Inferred.
    E,
}

/// For or against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The study supports what is said.
    Supports,
    /// The study speaks against it.
    DoesNotSupport,
    /// Not stated.
    NotStated,
}

impl EvidenceLevel {
    /// What the letter means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::A => "validated",
            Self::B => "clinical",
            Self::C => "case study",
            Self::D => "preclinical",
            Self::E => "inferred",
        }
    }
}

impl fmt::Display for EvidenceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        })
    }
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Predictive => "predictive",
            Self::Diagnostic => "diagnostic",
            Self::Prognostic => "prognostic",
            Self::Predisposing => "predisposing",
            Self::Oncogenic => "oncogenic",
            Self::Functional => "functional",
        })
    }
}

impl Direction {
    /// The word of the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::DoesNotSupport => "does not support",
            Self::NotStated => "not stated",
        }
    }
}
