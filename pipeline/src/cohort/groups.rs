//! Which group a sample belongs to.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::tumour::table::Table;

/// Name of everybody together.
pub const ALL: &str = "all";

/// Groups by sample.
#[derive(Debug, Default)]
pub struct Groups {
    /// Names, rising; without [`ALL`].
    pub names: Vec<String>,
    of: HashMap<String, usize>,
}

impl Groups {
    /// Reads a table with a column `sample` and one of groups: the one named, else the second.
    ///
    /// # Errors
    /// When the table cannot be read, lacks a column, or names a sample twice.
    pub fn read(source: Option<&(PathBuf, Option<String>)>) -> Result<Self> {
        let Some((path, column)) = source else { return Ok(Self::default()) };
        let table = Table::read(path)?;
        let place = |name: &str| table.header.iter().position(|h| h == name);
        let Some(sample) = place("sample") else { bail!("{}: no column 'sample'", path.display()) };
        let group = match column {
            Some(name) => place(name),
            None => (0..table.header.len()).find(|c| *c != sample),
        };
        let Some(group) = group else {
            bail!("{}: no column '{}'", path.display(), column.as_deref().unwrap_or("with groups"))
        };
        let mut names: Vec<String> = table.rows.iter().filter_map(|(_, row)| row.get(group).cloned()).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        if names.iter().any(|name| name == ALL) {
            bail!("{}: a group may not be called '{ALL}', which is everybody", path.display());
        }
        let mut of = HashMap::new();
        for (line, row) in &table.rows {
            let (Some(sample), Some(group)) = (row.get(sample), row.get(group)) else { continue };
            let Ok(place) = names.binary_search(group) else { continue };
            if of.insert(sample.clone(), place).is_some() {
                bail!("{}, line {line}: sample {sample} is there already", path.display());
            }
        }
        Ok(Self { names, of })
    }

    /// Group of a sample.
    pub fn of(&self, sample: &str) -> Option<usize> {
        self.of.get(sample).copied()
    }
}
