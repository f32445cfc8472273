//! Rows of a tab-separated table without quoting, by the names of its columns.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::knowledge::import::{ImportError, read_text};

/// A table in memory.
pub struct Table {
    pub path: PathBuf,
    text: String,
    columns: IndexMap<String, usize>,
}

/// One row.
pub struct Row<'a> {
    /// Line in the file, from 1.
    pub line: usize,
    cells: Vec<&'a str>,
    columns: &'a IndexMap<String, usize>,
}

impl Table {
    pub fn read(path: &Path) -> Result<Self, ImportError> {
        let text = read_text(path)?;
        let header = text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
        let columns = header.split('\t').enumerate().map(|(i, name)| (name.trim().to_ascii_lowercase(), i)).collect();
        Ok(Self { path: path.to_owned(), text, columns })
    }

    /// The first of several names that is a column.
    pub fn column(&self, names: &[&'static str]) -> Result<&'static str, ImportError> {
        names.iter().find(|n| self.columns.contains_key(**n)).copied().ok_or_else(|| {
            let there: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            let wanted = names.join("' or '");
            ImportError::format(&self.path, format!("no column '{wanted}'; there are {}", there.join(", ")))
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()).map(|(index, line)| Row {
            line: index + 1,
            cells: line.split('\t').collect(),
            columns: &self.columns,
        })
    }
}

impl Row<'_> {
    /// A cell, trimmed; `N/A` and an absent column are empty.
    pub fn get(&self, name: &str) -> &str {
        let cell = self.columns.get(name).and_then(|i| self.cells.get(*i)).map_or("", |c| c.trim());
        if cell == "N/A" { "" } else { cell }
    }

    /// A cell as it stands, for columns in which `N/A` is a value.
    pub fn raw(&self, name: &str) -> &str {
        self.columns.get(name).and_then(|i| self.cells.get(*i)).map_or("", |c| c.trim())
    }

    /// Cells more (positive) or fewer than the header has columns.
    pub fn surplus(&self) -> isize {
        self.cells.len() as isize - self.columns.len() as isize
    }

    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.get(name);
        text.parse().map_err(|_| format!("{name} '{text}' is not a number"))
    }

    /// The date of a time stamp, ISO 8601; nothing where it is none.
    pub fn date(&self, name: &str) -> Option<String> {
        let day = self.get(name).get(..10)?;
        let shape = day.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        shape.then(|| day.to_owned())
    }
}
