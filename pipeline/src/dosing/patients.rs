//! Patients from a table: each row is read on its own, and one that cannot be does not lose the others.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::knowledge::schema::Knowledge;

use super::fields::{Draft, Patient, known};
use super::table::{identifier, is_missing};
use crate::tumour::table::Table;

/// A patient who could not be read, or is not dosed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// As in the table.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// A table whose columns are known.
struct Patients {
    table: Table,
    columns: Vec<Option<&'static str>>,
}

impl Patients {
    fn open(path: &Path) -> Result<Self> {
        let table = Table::read(path)?;
        let columns: Vec<Option<&'static str>> = table.header.iter().map(|name| known(name)).collect();
        if columns.iter().flatten().all(|name| *name == "id") {
            bail!(
                "{}: no column that a dose could be computed from; there are {}",
                path.display(),
                table.header.iter().take(20).cloned().collect::<Vec<_>>().join(", ")
            );
        }
        for (i, name) in columns.iter().enumerate() {
            if let Some(name) = name
                && columns.iter().take(i).flatten().any(|before| before == name)
            {
                bail!("{}: two columns are read as {name}", path.display());
            }
        }
        let found = Self { table, columns };
        let mut seen = BTreeSet::new();
        for (line, row) in &found.table.rows {
            let id = found.id(*line, row);
            if !seen.insert(id.clone()) {
                bail!("{}, line {line}: patient {id} is there twice", path.display());
            }
        }
        Ok(found)
    }

    fn facts<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.columns.iter().zip(row).filter_map(|(name, cell)| Some(((*name)?, cell.as_str())))
    }

    fn cells(&self, row: &[String]) -> Vec<(String, String)> {
        self.table.header.iter().cloned().zip(row.iter().cloned()).collect()
    }

    fn id(&self, line: usize, row: &[String]) -> String {
        identifier(self.facts(row).find(|(name, _)| *name == "id").map_or("", |(_, cell)| cell), line)
    }
}

/// Reads every row, in order.
///
/// # Errors
/// When the file cannot be read, no column is one of ours, or a patient is there twice.
pub fn read(knowledge: &Knowledge, path: &Path) -> Result<Vec<std::result::Result<Patient, Failure>>> {
    let found = Patients::open(path)?;
    let patient = |(line, row): &(usize, Vec<String>)| {
        let id = found.id(*line, row);
        let read = one(knowledge, found.facts(row), &id);
        read.map(|patient| Patient { cells: found.cells(row), ..patient }).map_err(|error| {
            let reason = format!("{}, line {line}, patient {id}: {error:#}", path.display());
            Failure { id, reason }
        })
    };
    Ok(found.table.rows.iter().map(patient).collect())
}

/// One patient's row: known facts, and every cell by its own name.
pub struct Row {
    /// Facts that are read here, where they are stated.
    pub facts: Vec<(&'static str, String)>,
    /// Every cell.
    pub cells: Vec<(String, String)>,
}

/// The row of one patient of a table.
///
/// # Errors
/// As [`read`], and when the patient is not there.
pub fn row_of(path: &Path, id: &str) -> Result<Row> {
    let found = Patients::open(path)?;
    let Some((_, row)) = found.table.rows.iter().find(|(line, row)| found.id(*line, row) == id) else {
        bail!("{}: no patient {id}", path.display())
    };
    let stated = found.facts(row).filter(|(_, cell)| !is_missing(cell));
    Ok(Row { facts: stated.map(|(name, cell)| (name, cell.to_owned())).collect(), cells: found.cells(row) })
}

fn one<'a>(knowledge: &Knowledge, facts: impl Iterator<Item = (&'static str, &'a str)>, id: &str) -> Result<Patient> {
    let mut draft = Draft::default();
    for (name, value) in facts {
        draft.set(knowledge, name, value).map_err(|error| error.context(name))?;
    }
    draft.finish(knowledge, id.to_owned())
}
