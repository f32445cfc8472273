//! A matrix of one modality from a table: TSV or CSV, plain or gzip, or Parquet.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cluster::auto::Modality;
use cluster::matrix::FeatureMatrix;
use ndarray::Array2;
use polars::prelude::{DataType, ParquetReader, SerReader};

use crate::tumour::lines::unpacked;

/// First column names that say what the rows are.
const FEATURE_ROWS: [&str; 4] = ["feature", "gene", "probe", "protein"];
const PATIENT_ROWS: [&str; 3] = ["patient", "sample", "subject"];
/// Cells that mean that nothing was measured.
const MISSING: [&str; 7] = ["", "NA", "NaN", "nan", "na", "null", "."];

/// Reads the matrix of a file.
pub type Reader = fn(&Path) -> Result<FeatureMatrix>;

/// A modality, its file, and how that is read.
pub type Source<'a> = (&'a str, &'a Path, Reader);

/// Modalities whose files are matrices.
pub fn matrices(named: &[(String, PathBuf)]) -> impl Iterator<Item = Source<'_>> {
    named.iter().map(|(name, path)| (name.as_str(), path.as_path(), matrix as Reader))
}

/// Reads all modalities.
///
/// # Errors
/// When two have one name, or a file cannot be read.
pub fn modalities(sources: &[Source<'_>]) -> Result<Vec<Modality>> {
    let mut found: Vec<Modality> = Vec::new();
    for (name, path, read) in sources {
        join(&mut found, vec![Modality { name: (*name).to_owned(), matrix: read(path)? }])?;
    }
    Ok(found)
}

/// Adds modalities to those known.
///
/// # Errors
/// When two have one name.
pub fn join(known: &mut Vec<Modality>, further: Vec<Modality>) -> Result<()> {
    for modality in further {
        if known.iter().any(|m| m.name == modality.name) {
            bail!("modality '{}' is given twice; join its files, or give them different names", modality.name);
        }
        known.push(modality);
    }
    Ok(())
}

/// Reads a matrix, patients in rows whichever way the file has them. A missing value is NaN.
///
/// # Errors
/// When the file cannot be read, is not a table, does not say what its rows are, holds text or an infinity where a number
/// belongs (row and column are named), or names a patient or a feature twice.
pub fn matrix(path: &Path) -> Result<FeatureMatrix> {
    let table =
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) { columns(path) } else { rows(path) };
    let table = table.with_context(|| format!("cannot read {}", path.display()))?;
    let oriented = table.oriented().with_context(|| path.display().to_string())?;
    if oriented.values().is_empty() {
        bail!(
            "{}: the table holds no values; expected a header, and at least one row and one column of numbers",
            path.display()
        );
    }
    Ok(oriented)
}

/// A table as it stands in the file.
struct Table {
    corner: String,
    columns: Vec<String>,
    rows: Vec<String>,
    values: Array2<f64>,
}

impl Table {
    fn oriented(self) -> Result<FeatureMatrix> {
        let corner = self.corner.to_lowercase();
        let built = if FEATURE_ROWS.contains(&corner.as_str()) {
            FeatureMatrix::new(self.columns, self.rows, self.values.t().as_standard_layout().into_owned())
        } else if PATIENT_ROWS.contains(&corner.as_str()) {
            FeatureMatrix::new(self.rows, self.columns, self.values)
        } else {
            bail!(
                "the first column is called '{}'; call it 'feature' if the rows are features, or 'patient' if they are patients",
                self.corner
            );
        };
        Ok(built?)
    }
}

fn rows(path: &Path) -> Result<Table> {
    let comma = path.to_string_lossy().trim_end_matches(".gz").to_lowercase().ends_with(".csv");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if comma { b',' } else { b'\t' })
        .quoting(comma)
        .from_reader(unpacked(path)?);
    let header = reader.headers()?.clone();
    let mut names = header.iter();
    let corner = names.next().unwrap_or_default().trim_start_matches('\u{feff}').to_owned();
    let columns: Vec<String> = names.map(str::to_owned).collect();
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = record.iter();
        let row = cells.next().unwrap_or_default();
        for (cell, column) in cells.zip(&columns) {
            values.push(number(cell).with_context(|| format!("line {line}, row '{row}', column '{column}'"))?);
        }
        rows.push(row.to_owned());
    }
    let values = Array2::from_shape_vec((rows.len(), columns.len()), values)?;
    Ok(Table { corner, columns, rows, values })
}

/// A cell of text as a number.
fn number(cell: &str) -> Result<f64> {
    let cell = cell.trim();
    if MISSING.contains(&cell) {
        return Ok(f64::NAN);
    }
    match cell.parse::<f64>() {
        Ok(value) if value.is_infinite() => {
            bail!("'{cell}' is not a finite number; write NA where nothing was measured")
        }
        Ok(value) => Ok(value),
        Err(_) => bail!("'{cell}' is not a number; write NA where nothing was measured"),
    }
}

fn columns(path: &Path) -> Result<Table> {
    let frame = ParquetReader::new(File::open(path)?).finish()?;
    let Some((names, measured)) = frame.columns().split_first() else { bail!("the table has no columns") };
    let rows: Vec<String> = names
        .cast(&DataType::String)?
        .str()?
        .iter()
        .enumerate()
        .map(|(i, name)| name.map(str::to_owned).with_context(|| format!("row {} has no name", i + 1)))
        .collect::<Result<_>>()?;
    let mut values = Array2::from_elem((rows.len(), measured.len()), f64::NAN);
    for (c, column) in measured.iter().enumerate() {
        let numeric = column.dtype().is_primitive_numeric() || column.dtype() == &DataType::Boolean;
        if !numeric {
            bail!("column '{}' holds {}, not numbers", column.name(), column.dtype());
        }
        for (r, value) in column.cast(&DataType::Float64)?.f64()?.iter().enumerate() {
            match value {
                Some(v) if v.is_infinite() => {
                    bail!("row '{}', column '{}' holds an infinite value", rows[r], column.name())
                }
                Some(v) => values[[r, c]] = v,
                None => {}
            }
        }
    }
    let columns = measured.iter().map(|c| c.name().to_string()).collect();
    Ok(Table { corner: names.name().to_string(), columns, rows, values })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(name: &str, text: &str) -> Result<FeatureMatrix> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        matrix(&path)
    }

    #[test]
    fn both_ways_round_give_the_same_matrix() {
        let wide = read("a.tsv", "feature\tp1\tp2\ng1\t1\tNA\ng2\t3\t4\n").unwrap();
        let tall = read("a.csv", "patient,g1,g2\np1,1,3\np2,,4\n").unwrap();
        assert_eq!(wide.patients(), tall.patients());
        assert_eq!(wide.features(), tall.features());
        assert!(wide.values()[[1, 0]].is_nan() && tall.values()[[1, 0]].is_nan());
        assert_eq!(wide.values()[[0, 1]], tall.values()[[0, 1]]);
    }

    #[test]
    fn an_error_names_row_and_column() {
        let error = format!("{:#}", read("a.tsv", "feature\tp1\tp2\ng1\t1\thigh\n").unwrap_err());
        assert!(error.contains("line 2, row 'g1', column 'p2'") && error.contains("'high' is not a number"), "{error}");
        let error = format!("{:#}", read("a.tsv", "feature\tp1\ng1\tinf\n").unwrap_err());
        assert!(error.contains("not a finite number"), "{error}");
        let error = format!("{:#}", read("a.tsv", "feature\tp1\tp1\ng1\t1\t2\n").unwrap_err());
        assert!(error.contains("patient 'p1' is there more than once"), "{error}");
        let error = format!("{:#}", read("a.tsv", "name\tp1\ng1\t2\n").unwrap_err());
        assert!(error.contains("call it 'feature'"), "{error}");
        assert!(format!("{:#}", read("a.tsv", "").unwrap_err()).contains("a.tsv"));
    }
}
