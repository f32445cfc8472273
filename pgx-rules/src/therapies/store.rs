//! The files of `knowledge/therapies`: the only place that knows their layout.
//!
//! `RELEASE.toml`; `variants.tsv`, one row a variant; `evidence.tsv`, one row an item. Where they are known also
//! `diseases.tsv`, one row a disease, and `genes.tsv`, one row a name, each with a file of the same name in TOML that says
//! where it comes from.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::evidence::{Direction, Evidence, EvidenceItem, EvidenceKind, EvidenceLevel, KnownVariant};
use super::genes::GeneNames;
use super::ontology::{Ontology, Term};
use super::profile::Profile;
use crate::knowledge::read::{ReadError, table, toml_file};

/// One row of `evidence.tsv`.
#[derive(Serialize, Deserialize)]
struct ItemRow {
    evidence: u32,
    profile: Profile,
    kind: EvidenceKind,
    level: EvidenceLevel,
    direction: Direction,
    significance: String,
    therapies: String,
    interaction: String,
    disease: String,
    doid: String,
    rating: Option<u8>,
    origin: String,
    citation: String,
    reviewed: String,
    flagged: String,
}

/// One row of `diseases.tsv`; lists are separated by `|`.
#[derive(Serialize, Deserialize)]
struct TermRow {
    doid: String,
    name: String,
    parents: String,
    merged: String,
    synonyms: String,
}

/// Reads a folder.
///
/// # Errors
/// With the file, and the line where there is one, at the first thing that cannot be understood; and when an item names a
/// variant that is not there.
pub fn read_folder(folder: &Path) -> Result<Evidence, ReadError> {
    let release = toml_file(&folder.join("RELEASE.toml"))?;
    let mut variants: Vec<KnownVariant> = table(&folder.join("variants.tsv"))?;
    variants.sort_by_key(|v| v.id);
    let path = folder.join("evidence.tsv");
    let mut items: Vec<EvidenceItem> = table::<ItemRow>(&path)?.into_iter().map(item).collect();
    items.sort_by_key(|i| i.id);
    for item in &items {
        if let Some(id) =
            item.profile.variants().into_iter().find(|id| variants.binary_search_by_key(id, |v| v.id).is_err())
        {
            let what = format!("evidence {} names variant {id}, which is not in variants.tsv", item.id);
            return Err(ReadError::Content { path, what });
        }
    }
    Ok(Evidence { release, variants, items, diseases: read_diseases(folder)?, genes: read_genes(folder)? })
}

fn read_diseases(folder: &Path) -> Result<Ontology, ReadError> {
    let path = folder.join("diseases.tsv");
    if !path.is_file() {
        return Ok(Ontology::default());
    }
    let list = |text: String| text.split('|').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let term = |row: TermRow| Term {
        doid: row.doid,
        name: row.name,
        parents: list(row.parents),
        merged: list(row.merged),
        synonyms: list(row.synonyms),
    };
    let mut terms: Vec<Term> = table::<TermRow>(&path)?.into_iter().map(term).collect();
    terms.sort_by(|a, b| a.doid.cmp(&b.doid));
    Ok(Ontology { source: Some(toml_file(&folder.join("diseases.toml"))?), terms })
}

fn read_genes(folder: &Path) -> Result<GeneNames, ReadError> {
    let path = folder.join("genes.tsv");
    if !path.is_file() {
        return Ok(GeneNames::default());
    }
    Ok(GeneNames { source: Some(toml_file(&folder.join("genes.toml"))?), names: table(&path)? })
}

fn item(row: ItemRow) -> EvidenceItem {
    EvidenceItem {
        id: row.evidence,
        profile: row.profile,
        disease: row.disease,
        doid: row.doid,
        therapies: row.therapies,
        interaction: row.interaction,
        kind: row.kind,
        level: row.level,
        direction: row.direction,
        significance: row.significance,
        rating: row.rating,
        origin: row.origin,
        citation: row.citation,
        reviewed: row.reviewed,
        flagged: row.flagged == "yes",
    }
}

/// Writes a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write_folder(evidence: &Evidence, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let release = toml::to_string(&evidence.release).map_err(io::Error::other)?;
    std::fs::write(folder.join("RELEASE.toml"), release)?;
    std::fs::write(folder.join("variants.tsv"), rows(evidence.variants.iter())?)?;
    std::fs::write(folder.join("evidence.tsv"), rows(evidence.items.iter().map(row))?)?;
    if let Some(source) = &evidence.diseases.source {
        std::fs::write(folder.join("diseases.toml"), toml::to_string(source).map_err(io::Error::other)?)?;
        std::fs::write(folder.join("diseases.tsv"), rows(evidence.diseases.terms.iter().map(term_row))?)?;
    }
    if let Some(source) = &evidence.genes.source {
        std::fs::write(folder.join("genes.toml"), toml::to_string(source).map_err(io::Error::other)?)?;
        std::fs::write(folder.join("genes.tsv"), rows(evidence.genes.names.iter())?)?;
    }
    Ok(())
}

fn term_row(term: &Term) -> TermRow {
    TermRow {
        doid: term.doid.clone(),
        name: term.name.clone(),
        parents: term.parents.join("|"),
        merged: term.merged.join("|"),
        synonyms: term.synonyms.join("|"),
    }
}

fn row(item: &EvidenceItem) -> ItemRow {
    let item = item.clone();
    ItemRow {
        evidence: item.id,
        profile: item.profile,
        kind: item.kind,
        level: item.level,
        direction: item.direction,
        significance: item.significance,
        therapies: item.therapies,
        interaction: item.interaction,
        disease: item.disease,
        doid: item.doid,
        rating: item.rating,
        origin: item.origin,
        citation: item.citation,
        reviewed: item.reviewed,
        flagged: if item.flagged { "yes" } else { "" }.to_owned(),
    }
}

fn rows(rows: impl Iterator<Item = impl Serialize>) -> io::Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b'\t').quote_style(csv::QuoteStyle::Never).from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|e| io::Error::other(e.to_string()))
}
