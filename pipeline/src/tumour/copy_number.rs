//! Copy numbers by gene: one row a gene and sample, or GISTIC's genes × samples.

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::therapies::tumour::{CopyState, GeneCopies};

use super::table::Table;

const GENES: &[&str] = &["gene", "genesymbol", "hugosymbol", "feature", "symbol"];
const SAMPLES: &[&str] = &["sample", "tumorsamplebarcode", "sampleid", "tumour", "tumor", "patient"];
const STATES: &[&str] =
    &["state", "call", "cnv", "cnvtype", "copynumberstate", "gistic", "alteration", "type", "copynumber"];
/// Columns of GISTIC that are no samples.
const NOT_SAMPLES: &[&str] = &["geneid", "locusid", "cytoband", "entrezgeneid"];

const WORDS: &[(&str, CopyState)] = &[
    ("amplification", CopyState::Amplification),
    ("amplified", CopyState::Amplification),
    ("amp", CopyState::Amplification),
    ("high gain", CopyState::Amplification),
    ("gain", CopyState::Gain),
    ("low gain", CopyState::Gain),
    ("neutral", CopyState::Neutral),
    ("diploid", CopyState::Neutral),
    ("normal", CopyState::Neutral),
    ("shallow deletion", CopyState::ShallowLoss),
    ("hemizygous deletion", CopyState::ShallowLoss),
    ("heterozygous loss", CopyState::ShallowLoss),
    ("hetloss", CopyState::ShallowLoss),
    ("loss", CopyState::Loss),
    ("deep deletion", CopyState::DeepDeletion),
    ("homozygous deletion", CopyState::DeepDeletion),
    ("homozygous loss", CopyState::DeepDeletion),
    ("homdel", CopyState::DeepDeletion),
    ("deletion", CopyState::DeepDeletion),
];

/// Reads a table: sample and copy number, in the order of the file. Empty cells and `NA` are not known, and left out.
///
/// # Errors
/// When a column is missing, or a state is neither a word that is known nor one of GISTIC's -2 to 2; with file, line,
/// gene and sample.
pub fn read(path: &Path) -> Result<Vec<(String, GeneCopies)>> {
    let table = Table::read(path)?;
    let gene = table.need("gene", GENES)?;
    let mut found = Vec::new();
    let mut add = |line: usize, gene: &str, sample: &str, cell: &str| -> Result<()> {
        match state(cell) {
            Ok(Some(state)) => found.push((sample.to_owned(), GeneCopies { gene: gene.to_owned(), state })),
            Ok(None) => {}
            Err(()) => bail!(
                "{}, line {line}: copy number '{cell}' of {gene} in {sample}; write -2, -1, 0, 1, 2 (as GISTIC does) or one of {}",
                table.path().display(),
                WORDS.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(", ")
            ),
        }
        Ok(())
    };
    if let Some(sample) = table.find(SAMPLES) {
        let column = table.need("state", STATES)?;
        for (line, row) in &table.rows {
            let cell = |i: usize| row.get(i).map_or("", String::as_str);
            add(*line, cell(gene), cell(sample), cell(column))?;
        }
    } else {
        let skipped: Vec<usize> = NOT_SAMPLES.iter().filter_map(|n| table.find(&[n])).chain([gene]).collect();
        for (line, row) in &table.rows {
            let name = row.get(gene).map_or("", String::as_str);
            for (column, (sample, cell)) in table.header.iter().zip(row).enumerate() {
                if !skipped.contains(&column) {
                    add(*line, name, sample, cell)?;
                }
            }
        }
    }
    Ok(found)
}

fn state(cell: &str) -> Result<Option<CopyState>, ()> {
    if cell.is_empty() || cell.eq_ignore_ascii_case("na") || cell.eq_ignore_ascii_case("nan") {
        return Ok(None);
    }
    if let Ok(number) = cell.parse::<f64>() {
        let states = [
            (-2.0, CopyState::DeepDeletion),
            (-1.0, CopyState::ShallowLoss),
            (0.0, CopyState::Neutral),
            (1.0, CopyState::Gain),
            (2.0, CopyState::Amplification),
        ];
        let found = states.iter().find(|(n, _)| (number - n).abs() < f64::EPSILON);
        return found.map(|(_, state)| Some(*state)).ok_or(());
    }
    let word = cell.to_lowercase().replace(['_', '-'], " ");
    WORDS.iter().find(|(w, _)| *w == word).map(|(_, state)| Some(*state)).ok_or(())
}
