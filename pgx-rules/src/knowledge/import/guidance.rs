//! Guidance of a release: published rows become rows of structured actions through the curation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::curation::{Curation, Foreign};
use super::guideline::{self, DERIVED, FOREIGN};
use super::rows::{Published, Reader};
use super::{ImportError, boxes, tables};
use crate::guidance::action::Action;
use crate::knowledge::schema::{Drug, GuidanceRow, Guideline, Knowledge, Source};

/// What to do with a sentence that the curation does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Import nothing, and list every unknown sentence.
    Refuse,
    /// Give the row the source's own text as one `source-text` action, and say so in its `confidence`.
    SourceText,
}

/// What to import of the guidance of a release.
#[derive(Clone, Debug)]
pub struct GuidanceFolder<'a> {
    /// Folder with `recommendations.tsv` (or `.gz`), `gene_drug_guidelines.tsv`, `citations.tsv`.
    pub folder: PathBuf,
    /// Folder with `sentences.toml`, `implications.toml`, `guidance.toml`.
    pub curation: PathBuf,
    /// Where rows of other sources, and drugs whose guideline is a flow, are carried over from.
    pub base: &'a Knowledge,
    /// Sentences without a reading.
    pub unread: Unread,
    /// Take DPWG rows, with their own text, as well.
    pub dpwg: bool,
}

/// Imported guidance.
#[derive(Clone, Debug)]
pub struct Guidance {
    /// Drugs by name, sorted.
    pub drugs: IndexMap<String, Drug>,
    /// Sources whose own text is in the rows, with their licences.
    pub foreign: Vec<Source>,
    /// Identifiers of all sources that may come with text of their own, taken now or not.
    pub licensed_ids: Vec<String>,
    /// Units of text (sentences, implications) that were taken unread.
    pub unread: usize,
}

#[derive(Deserialize)]
struct Citation {
    guideline_id: String,
    pmid: String,
}

/// Reads the guidance of a release.
///
/// # Errors
/// When a file is absent or not in its format, or ([`Unread::Refuse`]) with every unit of text that the curation lacks.
pub fn guidance(from: &GuidanceFolder<'_>) -> Result<Guidance, ImportError> {
    let curation = Curation::read(&from.curation)?;
    let listed = guideline::listed(&from.folder.join("gene_drug_guidelines.tsv"), from.dpwg)?;
    let mut cited: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for c in tables::rows::<Citation>(&from.folder.join("citations.tsv"))?.into_iter().filter(|c| !c.pmid.is_empty()) {
        cited.entry(c.guideline_id).or_default().push(c.pmid);
    }
    let path = table(&from.folder, "recommendations.tsv");
    let mut reader = Reader::new(&path, &curation);
    let mut rows: BTreeMap<String, Vec<Published>> = BTreeMap::new();
    for row in reader.rows(from.dpwg)? {
        rows.entry(row.drug.clone()).or_default().push(row);
    }
    let unread = reader.unread();
    if from.unread == Unread::Refuse && !unread.is_empty() {
        return Err(ImportError::Unread { path, curation: from.curation.clone(), units: unread });
    }
    share_class_rows(&curation, &mut rows);
    let names: BTreeSet<&String> = listed.keys().chain(from.base.drugs.keys()).collect();
    let mut drugs = IndexMap::new();
    for name in names {
        let of_table = listed.get(name).map_or(&[][..], Vec::as_slice);
        let published = rows.get(name).map_or(&[][..], Vec::as_slice);
        let mut drug = drug(name, of_table, merged(published), from.base.drugs.get(name), &cited);
        for guideline in &mut drug.guidelines {
            guideline.partial |= published.iter().any(|p| p.is_example && p.row.guideline == guideline.id);
        }
        if !drug.guidelines.is_empty() {
            drugs.insert(name.clone(), drug);
        }
    }
    let foreign = curation.rules.foreign.iter().filter(|_| from.dpwg).map(|(id, f)| source(id, f)).collect();
    let licensed_ids = curation.rules.foreign.keys().map(|id| id.to_lowercase()).collect();
    Ok(Guidance { drugs, foreign, licensed_ids, unread: unread.len() })
}

fn source(id: &str, foreign: &Foreign) -> Source {
    Source {
        id: id.to_lowercase(),
        name: format!("{}. Attribution: {}", foreign.name, foreign.attribution),
        version: "as in the imported release".into(),
        licence: foreign.licence.clone(),
        reference: foreign.reference.clone(),
    }
}

/// The table, plain or gzipped.
fn table(folder: &Path, name: &str) -> PathBuf {
    let packed = folder.join(format!("{name}.gz"));
    if packed.is_file() { packed } else { folder.join(name) }
}

fn share_class_rows(curation: &Curation, rows: &mut BTreeMap<String, Vec<Published>>) {
    for class in &curation.rules.class_rows {
        let shared: Vec<Published> =
            rows.get(&class.of).into_iter().flatten().filter(|r| r.row.guideline == class.guideline).cloned().collect();
        for drug in &class.drugs {
            let own = shared.iter().cloned().map(|mut published| {
                published.drug.clone_from(drug);
                published.row.confidence = Some(class.confidence.clone());
                published
            });
            rows.insert(drug.clone(), own.collect());
        }
    }
}

/// Rows that differ in their lookup only, made as few as the product of lookups allows.
fn merged(published: &[Published]) -> Vec<GuidanceRow> {
    let mut groups: Vec<(&GuidanceRow, Vec<Vec<String>>)> = Vec::new();
    for row in published.iter().map(|p| &p.row) {
        let combination: Vec<String> = row.when.values().flatten().cloned().collect();
        match groups.iter_mut().find(|(first, _)| same_but_lookup(first, row)) {
            Some((_, combinations)) => combinations.push(combination),
            None => groups.push((row, vec![combination])),
        }
    }
    let mut rows = Vec::new();
    for (first, combinations) in groups {
        for product in boxes::products(&combinations, first.when.len()) {
            let when = first.when.keys().cloned().zip(product).collect();
            rows.push(GuidanceRow { when, ..first.clone() });
        }
    }
    rows
}

fn same_but_lookup(a: &GuidanceRow, b: &GuidanceRow) -> bool {
    let genes = |r: &GuidanceRow| r.when.keys().cloned().collect::<Vec<_>>();
    genes(a) == genes(b) && GuidanceRow { when: a.when.clone(), ..b.clone() } == *a
}

fn drug(
    name: &str,
    listed: &[guideline::Listed],
    rows: Vec<GuidanceRow>,
    base: Option<&Drug>,
    cited: &BTreeMap<String, Vec<String>>,
) -> Drug {
    // a flow is not derived from the table: such a drug is carried over but for foreign text
    let model = base.and_then(|b| b.model.clone());
    let is_flow = model.is_some();
    let is_kept = |g: &Guideline| g.source != FOREIGN && (is_flow || g.source != DERIVED);
    let kept: Vec<&Guideline> = base.into_iter().flat_map(|b| &b.guidelines).filter(|g| is_kept(g)).collect();
    let mut guidelines: Vec<Guideline> = Vec::new();
    if is_flow {
        guidelines.extend(kept.iter().map(|g| (*g).clone()));
    }
    for entry in listed.iter().filter(|e| !is_flow || e.source == FOREIGN) {
        if !guidelines.iter().any(|g| g.id == entry.id) {
            let known = kept.iter().find(|g| g.id == entry.id);
            guidelines.push(known.map_or_else(|| entry.guideline(cited), |g| (*g).clone()));
        }
    }
    for further in &kept {
        if !guidelines.iter().any(|g| g.id == further.id) {
            guidelines.push((*further).clone());
        }
    }
    let is_own = |row: &GuidanceRow| kept.iter().any(|g| g.id == row.guideline);
    let mut all: Vec<GuidanceRow> = base.into_iter().flat_map(|b| &b.rows).filter(|r| is_own(r)).cloned().collect();
    all.extend(rows.into_iter().filter(|r| !is_flow || !is_own(r)));
    all.sort_by(|a, b| key(a).cmp(&key(b)));
    Drug { name: name.to_owned(), guidelines, rows: all, model }
}

fn key(row: &GuidanceRow) -> (&str, &str, Vec<&Vec<String>>) {
    (&row.guideline, &row.population, row.when.values().collect())
}

/// Appends the actions that are not yet there: a row says each thing once.
pub(super) fn append_once(actions: &mut Vec<Action>, further: &[Action]) {
    for action in further {
        if !actions.contains(action) {
            actions.push(action.clone());
        }
    }
}
