//! The samplesheet: read, and every fault of it named at once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::rules::{Rule, rules};

/// A row of the sheet: its cells by column, without the empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Line of the sheet.
    pub line: usize,
    cells: Vec<(String, String)>,
}

/// The sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its rows, in order.
    pub rows: Vec<Row>,
}

impl Row {
    /// The cell of a column, where it is not empty.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.as_str())
    }

    /// Name of the sample.
    pub fn sample(&self) -> &str {
        self.get("sample").unwrap_or_default()
    }

    /// A file.
    pub fn path(&self, column: &str) -> Option<PathBuf> {
        self.get(column).map(PathBuf::from)
    }
}

/// Reads and checks a sheet: comma-separated, or tab-separated when its name ends in `.tsv`. Files are looked for from the
/// working folder.
///
/// # Errors
/// When it cannot be read. What is wrong with its content is in the list: each with line, column, and what was found.
pub fn read(path: &Path) -> Result<(Sheet, Vec<String>)> {
    let rules = rules()?;
    let is_tabbed = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if is_tabbed { b'\t' } else { b',' })
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let header: Vec<String> = reader
        .headers()
        .with_context(|| format!("{}: no header", path.display()))?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    if header.iter().all(String::is_empty) {
        bail!("{}: empty; expected a header with a column sample", path.display());
    }
    let mut faults = header_faults(&header, &rules);
    let mut sheet = Sheet::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{}: not a table", path.display()))?;
        let line = record.position().map_or(0, |p| p.line() as usize);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            faults.push(format!("line {line}: expected {} cells, found {}", header.len(), record.len()));
            continue;
        }
        let cells = header.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        let placed = |name: &str, cell: &str| match rules.iter().find(|rule| rule.name == name) {
            Some(rule) if rule.is_file => beside(path, cell),
            _ => cell.to_owned(),
        };
        let row = Row { line, cells: cells.map(|(name, cell)| (name.clone(), placed(name, cell))).collect() };
        faults.extend(row_faults(&row, &rules));
        if let Some(first) = seen.insert(row.sample().to_owned(), line)
            && !row.sample().is_empty()
        {
            faults.push(format!("line {line}, sample: '{}' is there already, in line {first}", row.sample()));
        }
        sheet.rows.push(row);
    }
    if sheet.rows.is_empty() && faults.is_empty() {
        faults.push("no sample".to_owned());
    }
    Ok((sheet, faults))
}

/// A file of the working folder, or else of the sheet's.
fn beside(sheet: &Path, cell: &str) -> String {
    let other = sheet.parent().map(|folder| folder.join(cell));
    match other {
        Some(other) if !Path::new(cell).is_file() && other.is_file() => other.display().to_string(),
        _ => cell.to_owned(),
    }
}

fn header_faults(header: &[String], rules: &[Rule]) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, name) in header.iter().enumerate() {
        if header.iter().take(place).any(|before| before == name) {
            faults.push(format!("header: column '{name}' is there twice"));
        } else if !rules.iter().any(|r| r.name == *name) {
            let known: Vec<&str> = rules.iter().map(|r| r.name.as_str()).collect();
            faults.push(format!("header: unknown column '{name}'; known are {}", known.join(", ")));
        }
    }
    for rule in rules.iter().filter(|r| r.required && !header.contains(&r.name)) {
        faults.push(format!("header: no column '{}'", rule.name));
    }
    faults
}

fn row_faults(row: &Row, rules: &[Rule]) -> Vec<String> {
    let line = row.line;
    let mut faults = Vec::new();
    for rule in rules {
        match row.get(&rule.name) {
            None if rule.required => faults.push(format!("line {line}, {}: empty; {}", rule.name, rule.about)),
            None => {}
            Some(cell) => match rule.check(cell) {
                Err(error) => faults.push(format!("line {line}, {}: {error}", rule.name)),
                Ok(()) if rule.is_file && !Path::new(cell).is_file() => {
                    faults.push(format!("line {line}, {}: no file '{cell}'", rule.name));
                }
                Ok(()) => {}
            },
        }
    }
    let inputs = ["vcf", "bam", "outside_calls", "tumour_maf"];
    if inputs.iter().all(|column| row.get(column).is_none()) {
        faults.push(format!("line {line}: nothing to read: give one of {}", inputs.join(", ")));
    }
    faults
}
