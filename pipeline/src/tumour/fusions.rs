//! Gene fusions: sample, 5′ gene and 3′ gene, in two columns or in one.

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::therapies::tumour::Fusion;

use super::table::Table;

const SAMPLES: &[&str] = &["sample", "tumorsamplebarcode", "sampleid", "tumour", "tumor", "patient"];
const FIVE: &[&str] =
    &["5primegene", "fiveprimegene", "fiveprime", "gene5", "5gene", "genea", "gene1", "leftgene", "upstreamgene"];
const THREE: &[&str] =
    &["3primegene", "threeprimegene", "threeprime", "gene3", "3gene", "geneb", "gene2", "rightgene", "downstreamgene"];
const BOTH: &[&str] = &["fusion", "fusionname", "fusiongene"];

/// Reads a table: sample and fusion, in the order of the file.
///
/// # Errors
/// When a column is missing, or a fusion does not name two genes; with file and line.
pub fn read(path: &Path) -> Result<Vec<(String, Fusion)>> {
    let table = Table::read(path)?;
    let sample = table.need("sample", SAMPLES)?;
    let columns = match (table.find(FIVE), table.find(THREE)) {
        (Some(five), Some(three)) => Ok((five, three)),
        _ => Err(table.need("fusion, or two with its genes", BOTH)?),
    };
    let mut found = Vec::new();
    for (line, row) in &table.rows {
        let cell = |i: usize| row.get(i).map_or("", String::as_str);
        let pair = match columns {
            Ok((five, three)) => Some((cell(five), cell(three))),
            Err(both) => split(cell(both)),
        };
        let (five, three) = pair.map(|(f, t)| (symbol(f), symbol(t))).unwrap_or_default();
        if five.is_empty() || three.is_empty() || cell(sample).is_empty() {
            bail!(
                "{}, line {line}: a fusion needs a sample and two genes (EML4::ALK), found '{}'",
                path.display(),
                row.join(" ")
            );
        }
        found.push((cell(sample).to_owned(), Fusion { five_prime: five.to_owned(), three_prime: three.to_owned() }));
    }
    Ok(found)
}

/// `EML4::ALK`, `EML4--ALK`, `EML4-ALK`; a single hyphen splits only where there is one.
fn split(text: &str) -> Option<(&str, &str)> {
    let one = || text.split_once('-').filter(|(_, rest)| !rest.contains('-'));
    text.split_once("::").or_else(|| text.split_once("--")).or_else(one)
}

/// A symbol without the identifier that some callers hang on it.
fn symbol(text: &str) -> &str {
    text.split(['^', '(']).next().unwrap_or(text).trim()
}
