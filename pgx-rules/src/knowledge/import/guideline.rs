//! The list of guidelines, labels and associations by drug (`gene_drug_guidelines.tsv`).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{ImportError, tables};
use crate::knowledge::schema::Guideline;

/// The source whose rows are derived from the published table through the curation.
pub(super) const DERIVED: &str = "CPIC";
/// The source whose text may be imported by a user but is not shipped.
pub(super) const FOREIGN: &str = "DPWG";
/// The source that is listed by name; its rows are written by hand.
const BY_HAND: &str = "FDA";

#[derive(Deserialize)]
struct Line {
    drug: String,
    genes: String,
    source: String,
    kind: String,
    guideline_id: String,
    url: String,
    provenance: String,
}

/// One entry.
pub(super) struct Listed {
    pub id: String,
    pub source: String,
    kind: &'static str,
    genes: Vec<String>,
    url: String,
    version: String,
}

impl Listed {
    pub(super) fn guideline(&self, cited: &BTreeMap<String, Vec<String>>) -> Guideline {
        let pmids =
            if self.kind == "guideline" { cited.get(&self.id).cloned().unwrap_or_default() } else { Vec::new() };
        Guideline {
            id: self.id.clone(),
            source: self.source.clone(),
            kind: self.kind.to_owned(),
            genes: self.genes.clone(),
            url: self.url.clone(),
            pmids,
            version: self.version.clone(),
            partial: false,
        }
    }
}

/// Entries of each drug in the order of the file; lines of one document are one entry with the genes of all.
pub(super) fn listed(path: &Path, with_foreign: bool) -> Result<BTreeMap<String, Vec<Listed>>, ImportError> {
    let mut drugs: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for line in tables::rows::<Line>(path)? {
        let is_wanted = [DERIVED, BY_HAND].contains(&line.source.as_str()) || (with_foreign && line.source == FOREIGN);
        if !is_wanted {
            continue;
        }
        let kind = match line.kind.as_str() {
            "Guideline Annotation" => "guideline",
            "Label Annotation" => "label",
            "PGx Association" => "association",
            other => return Err(ImportError::format(path, format!("{}: unknown kind '{other}'", line.guideline_id))),
        };
        let version = state(&line.provenance).ok_or_else(|| {
            ImportError::format(path, format!("{}: no YYYY-MM in provenance '{}'", line.guideline_id, line.provenance))
        })?;
        let entries = drugs.entry(line.drug).or_default();
        let at = entries.iter().position(|e| e.id == line.guideline_id).unwrap_or_else(|| {
            entries.push(Listed {
                id: line.guideline_id,
                source: line.source,
                kind,
                genes: Vec::new(),
                url: line.url,
                version: version.to_owned(),
            });
            entries.len() - 1
        });
        if let Some(entry) = entries.get_mut(at) {
            entry.genes.extend(line.genes.split(';').filter(|g| !g.is_empty()).map(str::to_owned));
            entry.genes.sort();
            entry.genes.dedup();
        }
    }
    Ok(drugs)
}

/// The month of a provenance: the first `YYYY-MM` in it.
pub(super) fn state(provenance: &str) -> Option<&str> {
    let is_month = |w: &[u8]| w.iter().enumerate().all(|(i, b)| if i == 4 { *b == b'-' } else { b.is_ascii_digit() });
    let at = provenance.as_bytes().windows(7).position(is_month)?;
    provenance.get(at..at + 7)
}

#[cfg(test)]
mod tests {
    use super::state;

    #[test]
    fn the_state_is_the_month_in_a_provenance() {
        assert_eq!(state("v2.12.0 (2024-04)"), Some("2024-04"));
        assert_eq!(state("example-report-2025-11"), Some("2025-11"));
        assert_eq!(state("é v3"), None);
    }
}
