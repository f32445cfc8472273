//! Which knowledge a run uses, and which genes and drugs of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pgx_rules::knowledge::import::{definition, replace_definition};
use pgx_rules::knowledge::schema::Knowledge;
use pgx_rules::knowledge::verify::{Severity, verify};
use pgx_rules::knowledge::{embedded, read};

use crate::provenance::FileProvenance;

/// The embedded knowledge base or the user's, with the user's definitions in it; and where it comes from.
pub fn load(
    folder: Option<&Path>,
    definitions: &[PathBuf],
    files: &mut Vec<FileProvenance>,
) -> Result<(Cow<'static, Knowledge>, String)> {
    let (mut knowledge, origin) = match folder {
        None => (Cow::Borrowed(embedded()?), "embedded".to_owned()),
        Some(folder) => (Cow::Owned(checked(folder)?), folder.display().to_string()),
    };
    for path in definitions {
        let new = definition(path)?;
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        files.push(FileProvenance::of("definitions", path.display().to_string(), &bytes));
        let genes = &mut knowledge.to_mut().genes;
        let symbol = new.symbol.clone();
        let merged = replace_definition(genes.get(&symbol), new);
        genes.insert(symbol, merged);
        genes.sort_keys();
    }
    Ok((knowledge, origin))
}

fn checked(folder: &Path) -> Result<Knowledge> {
    let knowledge = read::read_folder(folder)?;
    let errors: Vec<String> =
        verify(&knowledge).iter().filter(|f| f.severity == Severity::Error).map(ToString::to_string).collect();
    if let Some(first) = errors.first() {
        bail!(
            "the knowledge in {} contradicts itself in {} places, the first: {first}; run `rxstrata knowledge verify`",
            folder.display(),
            errors.len()
        );
    }
    Ok(knowledge)
}

/// The names asked for as the knowledge base writes them, in its order; all of them when none is asked for. Case is free.
pub fn choose<'a>(
    what: &str,
    asked: &[String],
    known: impl Iterator<Item = &'a String> + Clone,
) -> Result<Vec<String>> {
    let asked: Vec<&str> = asked.iter().map(|a| a.trim()).filter(|a| !a.is_empty()).collect();
    for name in &asked {
        if !known.clone().any(|k| k.eq_ignore_ascii_case(name)) {
            let start: String = name.chars().take(3).collect::<String>().to_ascii_lowercase();
            let near: Vec<&str> =
                known.clone().map(String::as_str).filter(|k| k.to_ascii_lowercase().starts_with(&start)).collect();
            let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            bail!("unknown {what} '{name}'{hint} (`rxstrata knowledge list` names all)");
        }
    }
    Ok(known.filter(|k| asked.is_empty() || asked.iter().any(|a| k.eq_ignore_ascii_case(a))).cloned().collect())
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_the_knowledge_writes_them_and_in_its_order() {
        let known = ["ABCG2".to_owned(), "TPMT".to_owned(), "VKORC1".to_owned()];
        let asked = ["vkorc1".to_owned(), "ABCG2".to_owned()];
        assert_eq!(choose("gene", &asked, known.iter()).expect("known"), ["ABCG2", "VKORC1"]);
        assert_eq!(choose("gene", &[], known.iter()).expect("all"), known);
    }

    #[test]
    fn an_unknown_name_is_refused_with_its_neighbours() {
        let known = ["CYP2C9".to_owned(), "CYP2C19".to_owned(), "TPMT".to_owned()];
        let error = choose("gene", &["CYP2C8".to_owned()], known.iter()).expect_err("unknown").to_string();
        assert!(error.contains("unknown gene 'CYP2C8'; did you mean CYP2C9, CYP2C19?"), "{error}");
    }
}
