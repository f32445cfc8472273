//! Small tab-separated tables with a header, by the names of their columns.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::lines::read_text;

/// A table in memory.
pub struct Table {
    path: PathBuf,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Line in the file, and cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Reads a table; lines that start with `##` are comments. Every row must have as many cells as the header.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read_text(path)?;
        let cells = |line: &str| line.split('\t').map(|c| c.trim().to_owned()).collect::<Vec<_>>();
        let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with("##"));
        let Some((_, header)) = lines.next() else { bail!("{}: the file is empty", path.display()) };
        let header = cells(header.trim_start_matches('\u{feff}').trim_start_matches('#'));
        let mut rows = Vec::new();
        for (index, line) in lines {
            let row = cells(line);
            if row.len() != header.len() {
                bail!(
                    "{}, line {}: {} cells, but the header has {} columns",
                    path.display(),
                    index + 1,
                    row.len(),
                    header.len()
                );
            }
            rows.push((index + 1, row));
        }
        Ok(Self { path: path.to_owned(), header, rows })
    }

    /// The first of several names that is a column; case, spaces, `_`, `.` and `-` are free.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|n| self.header.iter().position(|h| bare(h) == *n))
    }

    /// Like [`Table::find`], with an error that names what is there.
    pub fn need(&self, what: &str, names: &[&str]) -> Result<usize> {
        match self.find(names) {
            Some(column) => Ok(column),
            None => bail!(
                "{}: no column with the {what} (one of {}); there are {}",
                self.path.display(),
                names.join(", "),
                self.header.iter().take(20).cloned().collect::<Vec<_>>().join(", ")
            ),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A column's name without case and punctuation.
fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '.' | '-')).collect::<String>().to_lowercase()
}
