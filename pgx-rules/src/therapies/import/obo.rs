//! The Disease Ontology, from a file in OBO format (<https://owlcollab.github.io/oboformat/doc/obo-syntax.html>).
//!
//! Of each disease its number, name, exact synonyms, merged numbers and `is_a` are taken; definitions and cross-references
//! are not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::knowledge::import::{ImportError, read_text};
use crate::therapies::evidence::Evidence;
use crate::therapies::ontology::{Ontology, PartSource, Term};

/// "Disease of cellular proliferation": the parent of cancers and benign tumours, among which a patient's is looked for.
const TUMOURS: &str = "14566";

/// Reads the diseases that a release needs: its own, those of tumours, and all that contain them.
///
/// # Errors
/// When the file cannot be read, holds no disease, or holds none of the release's.
pub fn diseases(path: &Path, evidence: &Evidence) -> Result<Ontology, ImportError> {
    let text = read_text(path)?;
    let all = terms(&text);
    if all.is_empty() {
        return Err(ImportError::format(
            path,
            "no [Term] with an id DOID:…; expected the Disease Ontology in OBO format",
        ));
    }
    let version = header(&text, "data-version");
    let whole = Ontology { source: None, terms: all };
    let wanted: BTreeSet<&str> = evidence.items.iter().map(|i| i.doid.as_str()).filter(|d| !d.is_empty()).collect();
    let own: Vec<&Term> = wanted.iter().filter_map(|doid| whole.term(doid)).collect();
    if own.is_empty() {
        return Err(ImportError::format(path, "it holds none of the diseases that the evidence names by DOID"));
    }
    let mut kept: BTreeSet<String> = own.iter().flat_map(|t| whole.above(t).into_keys()).map(str::to_owned).collect();
    for term in &whole.terms {
        let above = whole.above(term);
        if above.contains_key(TUMOURS) {
            kept.extend(above.into_keys().map(str::to_owned));
        }
    }
    let terms = whole.terms.into_iter().filter(|t| kept.contains(&t.doid)).collect();
    let release = if version.is_empty() { "not stated in the file".to_owned() } else { version.to_owned() };
    let source = PartSource {
        source: "Human Disease Ontology".to_owned(),
        release,
        licence: "CC0-1.0".to_owned(),
        references: vec!["PMID:34755882".to_owned()],
    };
    Ok(Ontology { source: Some(source), terms })
}

fn header<'a>(text: &'a str, tag: &str) -> &'a str {
    let lines = text.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(':')).find(|(key, _)| *key == tag).map_or("", |(_, value)| value.trim())
}

/// Every disease of a text in OBO format that is not obsolete, by number.
pub fn terms(text: &str) -> Vec<Term> {
    let mut found: BTreeMap<String, Term> = BTreeMap::new();
    let mut current: Option<Term> = None;
    let mut keep = |term: Option<Term>| {
        if let Some(term) = term.filter(|t| !t.doid.is_empty()) {
            found.insert(term.doid.clone(), term);
        }
    };
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            keep(current.take());
            current = (line == "[Term]").then(Term::default);
            continue;
        }
        let (Some(term), Some((tag, value))) = (&mut current, line.split_once(':')) else { continue };
        let value = value.trim();
        match tag {
            "id" => term.doid = number(value).unwrap_or_default(),
            "name" => term.name = value.replace(['\t', '|'], " "),
            "alt_id" => term.merged.extend(number(value)),
            "is_a" => term.parents.extend(number(value)),
            "synonym" => term.synonyms.extend(exact_synonym(value)),
            "is_obsolete" if value == "true" => current = None,
            _ => {}
        }
    }
    keep(current);
    found.into_values().collect()
}

/// The digits of `DOID:0050687 ! cell type cancer`; nothing for a number of another ontology.
fn number(value: &str) -> Option<String> {
    let id = value.split_whitespace().next()?.strip_prefix("DOID:")?;
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).then(|| id.to_owned())
}

/// The text of `"malignant melanoma" EXACT []`.
fn exact_synonym(value: &str) -> Option<String> {
    let (text, rest) = value.strip_prefix('"')?.rsplit_once('"')?;
    let scope = rest.split_whitespace().next()?;
    (scope == "EXACT").then(|| text.replace(['\t', '|'], " "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const OBO: &str = "format-version: 1.2\ndata-version: doid/releases/2024-01-31/doid.obo\n\n\
        [Term]\nid: DOID:4\nname: disease\n\n\
        [Term]\nid: DOID:14566\nname: disease of cellular proliferation\nis_a: DOID:4 ! disease\n\n\
        [Term]\nid: DOID:162\nname: cancer\nsynonym: \"malignant \\\"tumor\\\"\" EXACT []\nsynonym: \"growth\" RELATED []\nis_a: DOID:14566\n\n\
        [Term]\nid: DOID:1909\nname: melanoma\nalt_id: DOID:19\ndef: \"A cancer: of melanocytes.\" []\nis_a: DOID:162 ! cancer\n\n\
        [Term]\nid: DOID:8\nname: obsolete thing\nis_obsolete: true\n\n\
        [Term]\nid: DOID:9\nname: caries\nis_a: DOID:4\nis_a: UBERON:1 ! tooth\n\n\
        [Typedef]\nid: part_of\nname: part of\n";

    #[test]
    fn what_is_taken_of_a_disease() {
        let found = terms(OBO);
        assert_eq!(found.iter().map(|t| t.doid.as_str()).collect::<Vec<_>>(), ["14566", "162", "1909", "4", "9"]);
        let cancer = &found[1];
        assert_eq!((cancer.synonyms.len(), cancer.parents.as_slice()), (1, ["14566".to_owned()].as_slice()));
        assert_eq!(found[2].merged, ["19"]);
        assert_eq!(found[4].parents, ["4"], "a tooth is no disease");
    }

    #[test]
    fn diseases_that_the_release_does_not_need_are_left_out_and_the_version_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("doid.obo");
        std::fs::write(&path, OBO).unwrap();
        let found = diseases(&path, crate::therapies::embedded().unwrap()).unwrap();
        assert_eq!(found.source.unwrap().release, "doid/releases/2024-01-31/doid.obo");
        assert!(found.terms.iter().any(|t| t.name == "melanoma") && !found.terms.iter().any(|t| t.name == "caries"));
        std::fs::write(&path, "id: DOID:1\n").unwrap();
        assert!(diseases(&path, crate::therapies::embedded().unwrap()).unwrap_err().to_string().contains("OBO"));
    }
}
