//! CIViC's releases in our layout (CIViC: Griffith 2017, PMID 28138153; Krysiak 2023, PMID 36373660).
//!
//! Two layouts are read. Until 2022 a row of evidence names gene, variant, coordinates and `drugs`. Since then it names a
//! *molecular profile* and `therapies`; genes and coordinates are in the file of variants, and a profile can join several.
//! No prose is taken.

mod files;
mod hgnc;
mod items;
mod obo;
mod rows;
mod variants;

use std::path::{Path, PathBuf};

use super::evidence::{Evidence, EvidenceRelease};
use super::genes::GeneNames;
use super::ontology::Ontology;
use crate::knowledge::import::ImportError;
use files::Files;

pub use hgnc::genes;
pub use obo::{diseases, terms};

/// A row that could not be used, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and what was done.
    pub what: String,
}

/// A release as imported.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What could be used.
    pub evidence: Evidence,
    /// What could not, by file and line.
    pub problems: Vec<Problem>,
    /// Rows left out because their status is not `accepted`.
    pub not_accepted: usize,
}

/// Reads a folder of CIViC's files, plain or gzip: evidence, variants, and molecular profiles where there are any.
/// `date` is that of the release (ISO 8601); without, it is taken from the files' names (`01-Apr-2024-…`).
///
/// # Errors
/// When a file that is needed is absent, cannot be read or lacks a column, or when the date is not known.
pub fn civic(folder: &Path, date: Option<&str>) -> Result<Imported, ImportError> {
    let files = Files::find(folder)?;
    let date = match date {
        Some(date) => date.to_owned(),
        None => files.date().ok_or_else(|| {
            ImportError::format(folder, "the file names hold no date of release (01-Apr-2024-…); state it")
        })?,
    };
    let mut problems = Vec::new();
    let mut variants = variants::read(&files.variants, &mut problems)?;
    let read = items::read(&files, &mut variants, &mut problems)?;
    let mut items = read.items;
    items.sort_by_key(|i| i.id);
    let used: std::collections::BTreeSet<u32> = items.iter().flat_map(|i| i.profile.variants()).collect();
    let mut known: Vec<_> = variants.known.into_values().filter(|v| used.contains(&v.id)).collect();
    known.sort_by_key(|v| v.id);
    let release = EvidenceRelease {
        source: "CIViC".to_owned(),
        date,
        newest_review: items.iter().map(|i| i.reviewed.as_str()).max().unwrap_or_default().to_owned(),
        licence: "CC0-1.0".to_owned(),
        references: vec!["PMID:28138153".to_owned(), "PMID:36373660".to_owned()],
        link: read.link,
    };
    let evidence =
        Evidence { release, variants: known, items, diseases: Ontology::default(), genes: GeneNames::default() };
    Ok(Imported { evidence, problems, not_accepted: read.not_accepted })
}

#[cfg(test)]
mod tests;
