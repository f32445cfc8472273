//! Cells of the tables that dose commands read, and files that they write.

use std::path::Path;

use anyhow::{Context, Result};

use crate::report::files::Folder;

/// Whether a cell states nothing.
pub fn is_missing(cell: &str) -> bool {
    ["", "unknown", "na", "n/a", "."].contains(&cell.trim().to_ascii_lowercase().as_str())
}

/// The identifier of a row; its line where it has none.
pub fn identifier(cell: &str, line: usize) -> String {
    if cell.is_empty() { format!("line {line}") } else { cell.to_owned() }
}

/// Numbers of a comma-separated list.
///
/// # Errors
/// Names the part that is no number.
pub fn numbers(what: &str, cell: &str) -> std::result::Result<Vec<f64>, String> {
    if is_missing(cell) {
        return Ok(Vec::new());
    }
    let read = |part: &str| match part.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("'{}' is no {what}", part.trim())),
    };
    cell.split(',').map(read).collect()
}

/// Writes a file that has its name only when it is complete.
///
/// # Errors
/// When it cannot be written.
pub fn write_aside(path: &Path, text: &str) -> Result<()> {
    let name = path.file_name().and_then(|n| n.to_str());
    let name = name.with_context(|| format!("{} is no name of a file", path.display()))?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    Folder::open(parent)?.write(name, text.as_bytes())?.publish()
}
