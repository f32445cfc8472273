//! Tables of functions, phenotype rules and frequencies.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ImportError, read_text};
use crate::knowledge::schema::{AlleleFunction, Frequency, Gene, PhenotypeRow};

/// Rows of a TSV with a header.
pub(super) fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ImportError> {
    let text = read_text(path)?;
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| ImportError::format(path, e))
}

#[derive(Deserialize)]
struct FunctionRow {
    gene: String,
    allele: String,
    clinical_function: String,
    activity_value: String,
    lookup_key: String,
    provenance: String,
}

#[derive(Deserialize)]
struct PairRow {
    gene: String,
    allele1_key: String,
    allele2_key: String,
    phenotype: String,
    activity_score: String,
    lookup_key: String,
}

#[derive(Deserialize)]
struct FrequencyRow {
    gene: String,
    allele: String,
    group: String,
    count: u32,
    total: u32,
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}

/// Allele functions; a reconstructed table is marked on the gene.
pub(super) fn functions(path: &Path, genes: &mut IndexMap<String, Gene>) -> Result<(), ImportError> {
    for row in rows::<FunctionRow>(path)? {
        let Some(gene) = genes.get_mut(&row.gene) else { continue };
        let note = "allele functions: reconstructed from an earlier or later public release".to_owned();
        if row.provenance == "reconstructed" && !gene.confidence.contains(&note) {
            gene.confidence.push(note);
        }
        let function = AlleleFunction {
            function: row.clinical_function,
            activity: filled(row.activity_value).filter(|v| v != "n/a"),
            key: row.lookup_key,
            confidence: None,
        };
        gene.functions.insert(answer_name(gene, &row.allele), function);
    }
    Ok(())
}

/// The name in our answers: a renamed reference allele keeps its function.
fn answer_name(gene: &Gene, name: &str) -> String {
    let renamed = gene.rule_facts.get("definition_name_of_reference").is_some_and(|n| n.iter().any(|n| n == name));
    if renamed { gene.reference_allele.clone() } else { name.to_owned() }
}

/// Phenotype of each pair of function keys.
pub(super) fn pairs(path: &Path, genes: &mut IndexMap<String, Gene>) -> Result<(), ImportError> {
    for row in rows::<PairRow>(path)? {
        let Some(gene) = genes.get_mut(&row.gene) else { continue };
        gene.phenotypes.push(PhenotypeRow {
            first: row.allele1_key,
            second: filled(row.allele2_key),
            phenotype: row.phenotype,
            activity_score: filled(row.activity_score).filter(|v| v != "n/a"),
            lookup_key: row.lookup_key,
        });
    }
    Ok(())
}

/// Allele counts by population group.
pub(super) fn frequencies(path: &Path, source: &str, genes: &mut IndexMap<String, Gene>) -> Result<(), ImportError> {
    for row in rows::<FrequencyRow>(path)? {
        let Some(gene) = genes.get_mut(&row.gene) else { continue };
        let allele = answer_name(gene, &row.allele);
        gene.frequencies.push(Frequency {
            allele,
            group: row.group,
            count: row.count,
            total: row.total,
            source: source.to_owned(),
        });
    }
    Ok(())
}
