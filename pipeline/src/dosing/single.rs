//! One patient: facts from options, a JSON record or a table's row, genotypes from calls, INRs from a history.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use super::answer::{Answer, Beside, answer};
use super::fields::{Draft, known};
use super::{calls, doses_tsv, page};
use crate::dosing::history::History;
use crate::dosing::patients::row_of;
use crate::dosing::refit::Model;
use crate::report::files::{Complete, Folder};
use crate::tumour::lines::read_text;
use pgx_rules::dosing::record::{BsaFormula, Record};

/// Where the facts come from.
pub struct Sources<'a> {
    /// Facts by options: name of the column, of the option, and value.
    pub stated: Vec<(&'static str, &'static str, &'a str)>,
    /// A record, JSON.
    pub record: Option<&'a Path>,
    /// A table, and the patient in it.
    pub row: Option<(&'a Path, &'a str)>,
    /// Calls, and the sample in them.
    pub calls: Option<&'a Path>,
    /// Sample of the calls.
    pub sample: Option<&'a str>,
    /// INRs and doses.
    pub history: Option<&'a Path>,
    /// A model of the clinic's own.
    pub model: Option<&'a Path>,
    /// Formula of the body surface area.
    pub bsa: BsaFormula,
}

/// A fact with its origin.
struct Fact {
    name: &'static str,
    value: String,
    origin: String,
}

/// Reads everything, and computes the answer.
///
/// # Errors
/// When an input cannot be read, or facts contradict each other.
pub fn compute(knowledge: &Knowledge, sources: &Sources<'_>) -> Result<Answer> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut cells: Vec<(String, String)> = Vec::new();
    let model = sources.model.map(Model::read).transpose()?;
    if let Some(path) = sources.record {
        gather(&mut facts, from_json(path, model.as_ref(), &mut cells)?)?;
    }
    if let Some((path, id)) = sources.row {
        let origin = path.display().to_string();
        let row = row_of(path, id)?;
        cells.extend(row.cells);
        let row = row.facts.into_iter().map(|(name, value)| Fact { name, value, origin: origin.clone() });
        gather(&mut facts, row.collect())?;
    }
    let stated = sources.stated.iter().map(|(name, option, value)| Fact {
        name,
        value: (*value).to_owned(),
        origin: format!("--{}", option.replace('_', "-")),
    });
    gather(&mut facts, stated.collect())?;
    let called = sources.calls.map(|path| calls::read(knowledge, path, sources.sample)).transpose()?;
    let mut record = Record { bsa: sources.bsa, ..Record::default() };
    let (mut notes, mut untested) = (Vec::new(), None);
    if let Some(called) = called {
        record.genotypes = called.genotypes;
        notes = called.notes;
        untested = called.untested;
    }
    let mut draft = Draft::of(record, notes);
    for fact in &facts {
        draft.set(knowledge, fact.name, &fact.value).with_context(|| fact.origin.clone())?;
    }
    let id = facts.iter().find(|f| f.name == "id").map(|f| f.value.clone());
    let id = id.or_else(|| sources.sample.map(str::to_owned)).unwrap_or_else(|| "patient".into());
    let patient = super::fields::Patient { cells, ..draft.finish(knowledge, id)? };
    let history = sources.history.map(History::read).transpose()?;
    Ok(answer(knowledge, patient, Beside { untested, history, model: model.as_ref() }))
}

/// Adds facts; one that is stated twice must be the same.
fn gather(facts: &mut Vec<Fact>, more: Vec<Fact>) -> Result<()> {
    for fact in more {
        match facts.iter().find(|before| before.name == fact.name) {
            Some(before) if !before.value.eq_ignore_ascii_case(&fact.value) => bail!(
                "{} is '{}' by {} and '{}' by {}: which one holds?",
                fact.name,
                before.value,
                before.origin,
                fact.value,
                fact.origin
            ),
            Some(_) => {}
            None => facts.push(fact),
        }
    }
    Ok(())
}

/// Facts of a JSON object: names as in tables, values as text, numbers or true and false; null states nothing. Columns of
/// the clinic's own model go to `cells`.
fn from_json(path: &Path, model: Option<&Model>, cells: &mut Vec<(String, String)>) -> Result<Vec<Fact>> {
    let text = read_text(path)?;
    let shown = || format!("{}: no record of a patient", path.display());
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).with_context(shown)?;
    let mut facts = Vec::new();
    for (key, value) in object {
        let origin = format!("{}, {key}", path.display());
        let is_learnt = model.is_some_and(|model| model.has(&key));
        let value = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::String(text) => text,
            serde_json::Value::Bool(truth) => if truth { "yes" } else { "no" }.to_owned(),
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Array(items) => {
                items.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(",")
            }
            serde_json::Value::Object(_) => bail!("{origin}: expected one value"),
        };
        if is_learnt {
            cells.push((key.clone(), value.clone()));
        }
        let Some(name) = known(&key) else {
            if is_learnt {
                continue;
            }
            bail!("{origin}: no fact that is read here");
        };
        facts.push(Fact { name, value, origin });
    }
    Ok(facts)
}

/// `dose.json`.
#[derive(Serialize)]
struct Document<'a> {
    form: &'static str,
    program: &'static str,
    version: &'static str,
    knowledge: &'a str,
    #[serde(flatten)]
    answer: &'a Answer,
}

/// Writes `dose.json`, `doses.tsv` and `dose.html`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(knowledge: &Knowledge, answer: &Answer, output: &Path) -> Result<Vec<PathBuf>> {
    let version = knowledge.release.version.as_str();
    let document = Document {
        form: "rxstrata-dose/1",
        program: "rxstrata",
        version: env!("CARGO_PKG_VERSION"),
        knowledge: version,
        answer,
    };
    let json = serde_json::to_string_pretty(&document)? + "\n";
    let with_model = answer.refit.is_some();
    let table = format!("{}\n{}\n", doses_tsv::header(with_model), doses_tsv::row(answer, with_model));
    let html = page::render(answer, version)?;
    let folder = Folder::open(output)?;
    let files = [("dose.json", json), ("doses.tsv", table), ("dose.html", html)];
    let written: Vec<Complete> =
        files.iter().map(|(name, text)| folder.write(name, text.as_bytes())).collect::<Result<_>>()?;
    for file in written {
        file.publish()?;
    }
    Ok(files.iter().map(|(name, _)| output.join(name)).collect())
}
