//! Writes a drug as a file of `knowledge/drugs/`.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::knowledge::schema::{Drug, GuidanceRow, Guideline};

/// A value in the order of its fields.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Bool(bool),
    Integer(u64),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Table(IndexMap<String, Option<Value>>),
}

/// Writes one drug file into the folder `drugs`; an existing one is replaced.
///
/// # Errors
/// When the file cannot be written.
pub fn write_drug(drug: &Drug, drugs: &Path) -> io::Result<()> {
    std::fs::create_dir_all(drugs)?;
    let name = drug.name.replace(" / ", "_").replace([' ', '/', '\\'], "-");
    std::fs::write(drugs.join(format!("{name}.toml")), text(drug)?)
}

/// The file: one line a field, one line an action.
fn text(drug: &Drug) -> io::Result<String> {
    let mut out = format!("name = {}\n", inline(&drug.name)?);
    if let Some(model) = &drug.model {
        let _ = writeln!(out, "model = {}", inline(model)?);
    }
    for guideline in &drug.guidelines {
        out.push_str(&of_guideline(guideline)?);
    }
    for row in &drug.rows {
        out.push_str(&of_row(row)?);
    }
    Ok(out)
}

fn of_guideline(g: &Guideline) -> io::Result<String> {
    let partial = if g.partial { "partial = true\n" } else { "" };
    Ok(format!(
        "\n[[guidelines]]\nid = {}\nsource = {}\nkind = {}\ngenes = {}\nurl = {}\npmids = {}\nversion = {}\n{partial}",
        inline(&g.id)?,
        inline(&g.source)?,
        inline(&g.kind)?,
        inline(&g.genes)?,
        inline(&g.url)?,
        inline(&g.pmids)?,
        inline(&g.version)?,
    ))
}

fn of_row(r: &GuidanceRow) -> io::Result<String> {
    let mut out = format!(
        "\n[[rows]]\nguideline = {}\npopulation = {}\nwhen = {}\nclassification = {}\nimplications = {}\nactions = [\n",
        inline(&r.guideline)?,
        inline(&r.population)?,
        inline(&r.when)?,
        inline(&r.classification)?,
        inline(&r.implications)?,
    );
    for action in &r.actions {
        let _ = writeln!(out, "    {},", inline(action)?);
    }
    out.push_str("]\n");
    if let Some(confidence) = &r.confidence {
        let _ = writeln!(out, "confidence = {}", inline(confidence)?);
    }
    Ok(out)
}

/// A value on one line; fields at their default (absent, false, an empty list) are left out of tables.
fn inline<T: Serialize>(value: &T) -> io::Result<String> {
    let value: Value = serde_json::from_str(&serde_json::to_string(value)?)?;
    let mut out = String::new();
    push(&mut out, &value);
    Ok(out)
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Integer(i) => {
            let _ = write!(out, "{i}");
        }
        Value::Number(n) => {
            let _ = write!(out, "{n:?}");
        }
        Value::Text(text) => push_text(out, text),
        Value::List(values) => {
            out.push('[');
            for (i, value) in values.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                push(out, value);
            }
            out.push(']');
        }
        Value::Table(fields) => {
            let mut separator = " ";
            out.push('{');
            for (name, value) in fields.iter().filter_map(|(n, v)| v.as_ref().map(|v| (n, v))) {
                if matches!(value, Value::Bool(false)) || matches!(value, Value::List(l) if l.is_empty()) {
                    continue;
                }
                let _ = write!(out, "{separator}{name} = ");
                push(out, value);
                separator = ", ";
            }
            out.push_str(if separator == " " { "}" } else { " }" });
        }
    }
}

/// A basic string of TOML, whose escapes are those of JSON; a bare key needs none here.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_drug_reads_back_as_it_was() {
        for drug in crate::knowledge::embedded().unwrap().drugs.values() {
            assert_eq!(toml::from_str::<Drug>(&text(drug).unwrap()).unwrap(), *drug, "{}", drug.name);
        }
    }

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        assert_eq!(inline(&"a\"b\\c\u{7}").unwrap(), "\"a\\\"b\\\\c\\u0007\"");
    }
}
