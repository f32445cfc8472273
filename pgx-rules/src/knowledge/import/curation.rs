//! Our reading of published guidance: which actions a sentence stands for, which clauses an implication.
//!
//! A unit of published text is known by its digest only ([`super::sentences`]), so that the files hold none of its words.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ImportError, read_text};
use crate::guidance::action::Action;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentencesFile {
    sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImplicationsFile {
    implications: Vec<Implication>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    sha256: String,
    #[serde(default)]
    drugs: Vec<String>,
    actions: Vec<Action>,
    /// Why a sentence has no action.
    because: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Implication {
    sha256: String,
    #[serde(default)]
    drugs: Vec<String>,
    clauses: Vec<String>,
}

/// What no single sentence says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// Lookups with one of these in them are entry hints of the source's web tool, which no call gives.
    pub skipped_lookups: Vec<String>,
    /// Sources whose text is not ours to ship, by name.
    pub foreign: IndexMap<String, Foreign>,
    /// Drugs that a guideline names without rows of their own.
    #[serde(default)]
    pub class_rows: Vec<ClassRows>,
    /// Rows that read otherwise than their sentences.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// A source that a user may import with its own text.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Foreign {
    pub name: String,
    pub licence: String,
    pub attribution: String,
    pub reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassRows {
    pub guideline: String,
    pub of: String,
    pub drugs: Vec<String>,
    pub confidence: String,
}

/// Applies to source rows of the drugs, the population (any, if not given) and exactly these genes, with any of the values.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    pub drugs: Vec<String>,
    pub population: Option<String>,
    pub when: IndexMap<String, Vec<String>>,
    pub implications: Option<Vec<String>>,
    pub actions: Option<Vec<Action>>,
    pub confidence: Option<String>,
    /// Why, for people.
    #[serde(rename = "because")]
    pub _because: String,
}

/// All of it. A unit is looked up for a drug first, then for any.
pub(super) struct Curation {
    pub rules: Rules,
    sentences: BTreeMap<(String, Option<String>), Vec<Action>>,
    implications: BTreeMap<(String, Option<String>), Vec<String>>,
}

impl Curation {
    /// Reads `sentences.toml`, `implications.toml` and `guidance.toml`.
    pub(super) fn read(folder: &Path) -> Result<Self, ImportError> {
        let (path, other) = (folder.join("sentences.toml"), folder.join("implications.toml"));
        let mut sentences = BTreeMap::new();
        for s in file::<SentencesFile>(&path)?.sentences {
            if s.actions.is_empty() && s.because.is_none() {
                let what = format!("sentence {} has no actions and does not say why (`because`)", s.sha256);
                return Err(ImportError::format(&path, what));
            }
            add(&mut sentences, &path, s.sha256, s.drugs, s.actions)?;
        }
        let mut implications = BTreeMap::new();
        for i in file::<ImplicationsFile>(&other)?.implications {
            add(&mut implications, &other, i.sha256, i.drugs, i.clauses)?;
        }
        Ok(Self { rules: file(&folder.join("guidance.toml"))?, sentences, implications })
    }

    pub(super) fn actions(&self, digest: &str, drug: &str) -> Option<&[Action]> {
        of(&self.sentences, digest, drug)
    }

    pub(super) fn clauses(&self, digest: &str, drug: &str) -> Option<&[String]> {
        of(&self.implications, digest, drug)
    }
}

fn of<'m, T>(map: &'m BTreeMap<(String, Option<String>), Vec<T>>, digest: &str, drug: &str) -> Option<&'m [T]> {
    map.get(&(digest.to_owned(), Some(drug.to_owned())))
        .or_else(|| map.get(&(digest.to_owned(), None)))
        .map(Vec::as_slice)
}

fn add<T>(
    map: &mut BTreeMap<(String, Option<String>), Vec<T>>,
    path: &Path,
    digest: String,
    drugs: Vec<String>,
    reading: Vec<T>,
) -> Result<(), ImportError>
where
    T: Clone,
{
    let keys: Vec<Option<String>> = if drugs.is_empty() { vec![None] } else { drugs.into_iter().map(Some).collect() };
    for drug in keys {
        let what = format!("{digest} is read twice for {}", drug.as_deref().unwrap_or("every drug"));
        if map.insert((digest.clone(), drug), reading.clone()).is_some() {
            return Err(ImportError::format(path, what));
        }
    }
    Ok(())
}

fn file<T: DeserializeOwned>(path: &Path) -> Result<T, ImportError> {
    toml::from_str(&read_text(path)?).map_err(|e| ImportError::format(path, e))
}
