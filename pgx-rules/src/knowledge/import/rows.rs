//! Rows of `recommendations.tsv`, read through the curation.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::curation::{Curation, Exception};
use super::guidance::append_once;
use super::guideline::{DERIVED, FOREIGN, state};
use super::sentences::{clauses, collapse, digest, sentences};
use super::{ImportError, tables};
use crate::guidance::action::Action;
use crate::knowledge::schema::GuidanceRow;

#[derive(Deserialize)]
struct Line {
    source: String,
    guideline_id: String,
    drug: String,
    lookup_key: String,
    population: String,
    classification: String,
    implications: String,
    recommendation: String,
    provenance: String,
}

/// One published row of a drug; each gene of its `when` has one value.
#[derive(Clone)]
pub(super) struct Published {
    pub drug: String,
    pub row: GuidanceRow,
    /// Taken from an example: the guideline has rows that the release lacks.
    pub is_example: bool,
}

/// Reads rows, and keeps which units of text it could not read.
pub(super) struct Reader<'a> {
    path: &'a Path,
    curation: &'a Curation,
    /// Digest and kind of a unit → where it stands first.
    unread: IndexMap<(String, &'static str), String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path, curation: &'a Curation) -> Self {
        Self { path, curation, unread: IndexMap::new() }
    }

    /// Every unit that the curation lacks, with the place where it stands first.
    pub(super) fn unread(&self) -> Vec<String> {
        self.unread.iter().map(|((digest, kind), place)| format!("{place}: {kind} {digest}")).collect()
    }

    pub(super) fn rows(&mut self, with_foreign: bool) -> Result<Vec<Published>, ImportError> {
        let mut rows = Vec::new();
        for (index, line) in tables::rows::<Line>(self.path)?.into_iter().enumerate() {
            let is_foreign = with_foreign && line.source == FOREIGN;
            let is_hint = self.curation.rules.skipped_lookups.iter().any(|s| line.lookup_key.contains(s));
            if is_hint || !(line.source == DERIVED || is_foreign) {
                continue;
            }
            let place = format!("line {}: {} {} {}", index + 2, line.guideline_id, line.drug, line.lookup_key);
            let when = when(&line.lookup_key).ok_or_else(|| {
                ImportError::format(self.path, format!("{place}: expected GENE=value;GENE=value as lookup_key"))
            })?;
            let month = state(&line.provenance).ok_or_else(|| {
                ImportError::format(self.path, format!("{place}: no YYYY-MM in provenance '{}'", line.provenance))
            })?;
            let mut row = GuidanceRow {
                guideline: line.guideline_id.clone(),
                population: Some(line.population.clone()).filter(|p| !p.is_empty()).unwrap_or("general".into()),
                when,
                classification: classification(&line.classification),
                implications: Vec::new(),
                actions: Vec::new(),
                confidence: None,
            };
            let is_example = line.provenance.starts_with("example-report");
            if is_example {
                let note = "covers only the genotypes seen in published example reports of";
                row.confidence = Some(format!("{note} {month}"));
            }
            if is_foreign {
                self.foreign(&line, &mut row)
            } else {
                self.derived(&line, &place, &mut row)
            }
            rows.push(Published { drug: line.drug, row, is_example });
        }
        Ok(rows)
    }

    fn foreign(&self, line: &Line, row: &mut GuidanceRow) {
        let licence = self.curation.rules.foreign.get(&line.source);
        let licence = licence.map_or_else(String::new, |f| format!("{}; {}", f.licence, f.attribution));
        row.implications = clauses(&line.implications);
        row.actions = vec![source_text(&line.recommendation, licence)];
    }

    fn derived(&mut self, line: &Line, place: &str, row: &mut GuidanceRow) {
        let unread = self.unread.len();
        for sentence in sentences(&line.recommendation, &line.drug) {
            let digest = digest(&sentence);
            match self.curation.actions(&digest, &line.drug) {
                Some(actions) => append_once(&mut row.actions, actions),
                None => self.note(digest, "sentence", place),
            }
        }
        for clause in clauses(&line.implications) {
            let digest = digest(&clause);
            match self.curation.clauses(&digest, &line.drug) {
                Some(ours) => row.implications.extend_from_slice(ours),
                None => self.note(digest, "implication", place),
            }
        }
        if let Some(exception) = self.exception(&line.drug, row) {
            row.actions = exception.actions.clone().unwrap_or(std::mem::take(&mut row.actions));
            row.implications = exception.implications.clone().unwrap_or(std::mem::take(&mut row.implications));
            row.confidence = exception.confidence.clone().or(row.confidence.take());
        }
        if self.holds_unread(line) || self.unread.len() > unread {
            row.actions = vec![source_text(&line.recommendation, format!("{}, CC0-1.0", line.source))];
            row.implications = clauses(&line.implications);
            row.confidence = Some("not yet read into structured actions: the source's own text".into());
        }
    }

    fn note(&mut self, digest: String, kind: &'static str, place: &str) {
        self.unread.entry((digest, kind)).or_insert_with(|| place.to_owned());
    }

    /// Whether a unit of the row is one that an earlier row was unread for.
    fn holds_unread(&self, line: &Line) -> bool {
        let has = |unit: &String, kind| self.unread.contains_key(&(digest(unit), kind));
        !self.unread.is_empty()
            && (sentences(&line.recommendation, &line.drug).iter().any(|s| has(s, "sentence"))
                || clauses(&line.implications).iter().any(|c| has(c, "implication")))
    }

    fn exception(&self, drug: &str, row: &GuidanceRow) -> Option<&'a Exception> {
        self.curation.rules.exceptions.iter().find(|e| {
            e.drugs.iter().any(|d| d == drug)
                && e.population.as_ref().is_none_or(|p| *p == row.population)
                && e.when.len() == row.when.len()
                && row.when.iter().all(|(gene, values)| {
                    e.when.get(gene).is_some_and(|wanted| values.iter().all(|v| wanted.contains(v)))
                })
        })
    }
}

fn source_text(text: &str, licence: String) -> Action {
    match collapse(text) {
        empty if empty.is_empty() => Action::NoRecommendation { reason: Some("the source gives no text".into()) },
        text => Action::SourceText { text, licence },
    }
}

fn when(lookup: &str) -> Option<IndexMap<String, Vec<String>>> {
    let pair = |p: &str| p.split_once('=').map(|(gene, value)| (gene.to_owned(), vec![value.to_owned()]));
    lookup.split(';').map(pair).collect()
}

fn classification(published: &str) -> String {
    match published.to_lowercase().as_str() {
        "" | "n/a" => "unspecified".to_owned(),
        other => other.to_owned(),
    }
}
