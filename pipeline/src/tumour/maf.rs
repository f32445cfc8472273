//! Mutation annotation format (MAF), as the Genomic Data Commons describes it and as it is met: columns in any order,
//! extra ones, `#version` lines, names in either case, gzip.

mod columns;
mod row;

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::therapies::tumour::SmallVariant;

use super::lines::Lines;
use columns::Columns;

/// One row: a variant in a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct MafRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// `Tumor_Sample_Barcode`.
    pub sample: String,
    /// The variant.
    pub variant: SmallVariant,
    /// `Variant_Classification` as it stands.
    pub classification: String,
    /// Reference and tumour bases, upper case, empty for none; where the tumour's differ from the reference.
    pub alleles: Option<(String, String)>,
    /// Share of the reads that show it, 0 to 1: from read counts, else from a stated fraction or percentage.
    pub allele_fraction: Option<f64>,
    /// Bases around it, where a column gives them.
    pub context: Option<String>,
}

/// Rows of a MAF file, read as they are asked for.
pub struct Maf {
    lines: Lines,
    columns: Columns,
}

impl Maf {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, or lacks `Hugo_Symbol`, `Variant_Classification` or
    /// `Tumor_Sample_Barcode`; the error names the columns that are there.
    pub fn open(path: &Path) -> Result<Self> {
        let mut lines = Lines::open(path)?;
        loop {
            let Some((_, line)) = lines.next_line()? else {
                bail!("{}: no header: the file is empty, or holds comments only", path.display());
            };
            if line.starts_with(b"#") || line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let header = String::from_utf8_lossy(line).into_owned();
            let columns = Columns::of(path, &header)?;
            return Ok(Self { lines, columns });
        }
    }

    fn next_row(&mut self) -> Result<Option<MafRow>> {
        let path = self.lines.path().to_owned();
        while let Some((number, line)) = self.lines.next_line()? {
            if line.starts_with(b"#") || line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return match row::parse(&self.columns, number, line) {
                Ok(row) => Ok(Some(row)),
                Err(what) => bail!("{}, line {number}: {what}", path.display()),
            };
        }
        Ok(None)
    }
}

impl Iterator for Maf {
    type Item = Result<MafRow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

#[cfg(test)]
mod tests;
