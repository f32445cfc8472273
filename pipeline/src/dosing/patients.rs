//! Patients from a table: each row is read on its own, and one that cannot be does not lose the others.

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::knowledge::schema::Knowledge;

use super::fields::{Draft, Patient, known};
use super::table::identifier;
use crate::tumour::table::Table;

/// A patient who could not be read, or is not dosed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// As in the table.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// Reads every row, in order.
///
/// # Errors
/// When the file cannot be read, or no column is one of ours.
pub fn read(knowledge: &Knowledge, path: &Path) -> Result<Vec<std::result::Result<Patient, Failure>>> {
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
    let mut patients = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (line, row) in &table.rows {
        let of_row = || columns.iter().zip(row).filter_map(|(name, cell)| Some(((*name)?, cell.as_str())));
        let id = identifier(of_row().find(|(name, _)| *name == "id").map_or("", |(_, cell)| cell), *line);
        if !seen.insert(id.clone()) {
            bail!("{}, line {line}: patient {id} is there twice", path.display());
        }
        let patient = one(knowledge, of_row(), &id);
        patients.push(patient.map_err(|error| {
            let reason = format!("{}, line {line}, patient {id}: {error:#}", path.display());
            Failure { id, reason }
        }));
    }
    Ok(patients)
}

fn one<'a>(knowledge: &Knowledge, facts: impl Iterator<Item = (&'static str, &'a str)>, id: &str) -> Result<Patient> {
    let mut draft = Draft::default();
    for (name, value) in facts {
        draft.set(knowledge, name, value).map_err(|error| error.context(name))?;
    }
    draft.finish(knowledge, id.to_owned())
}
