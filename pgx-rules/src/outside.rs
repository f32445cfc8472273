//! Calls made by another tool, in the tab-separated form that PharmCAT reads: gene, diplotype, phenotype, activity score.
//!
//! A phenotype or score that is given counts before the one that follows from the alleles, with a warning where they
//! differ. Several lines on one gene are alternatives.

mod diplotype;
mod export;
mod judge;
mod line;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::call::{CallSource, GeneCall};
use crate::knowledge::schema::{Gene, Knowledge};

pub use export::export;

/// Why outside calls cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{name}, line {line}: {what}")]
pub struct OutsideError {
    /// The file.
    pub name: String,
    /// 1-based line.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

/// The outside calls of one patient, merged from several files given as (name, text): one call a gene with phenotypes
/// assigned; where files or lines differ on a gene, their answers are alternatives. Sorted by gene.
///
/// Tolerated: comments (`#`), a header line, blank lines, CRLF, a byte order mark, further columns, the gene symbol before
/// an allele or a phenotype.
///
/// # Errors
/// At the first line that cannot be understood, or that names a gene without knowledge.
pub fn calls(knowledge: &Knowledge, files: &[(String, String)]) -> Result<Vec<GeneCall>, OutsideError> {
    let mut calls: BTreeMap<&str, GeneCall> = BTreeMap::new();
    for (name, text) in files {
        for (number, row) in line::rows(text) {
            let refuse = |what: String| OutsideError { name: name.clone(), line: number, what };
            let given = line::read(row).map_err(refuse)?;
            let gene = gene_of(knowledge, given.gene).map_err(refuse)?;
            let answer = judge::answer(gene, &given).map_err(refuse)?;
            let call = calls.entry(&gene.symbol).or_insert_with(|| empty(gene));
            if !call.candidates.contains(&answer.candidate) {
                call.candidates.push(answer.candidate);
            }
            for warning in answer.warnings {
                if !call.warnings.contains(&warning) {
                    call.warnings.push(warning);
                }
            }
        }
    }
    Ok(calls.into_values().collect())
}

fn gene_of<'k>(knowledge: &'k Knowledge, symbol: &str) -> Result<&'k Gene, String> {
    let same = || knowledge.genes.values().find(|g| g.symbol.eq_ignore_ascii_case(symbol));
    knowledge.genes.get(symbol).or_else(same).ok_or_else(|| {
        let known: Vec<&str> = knowledge.genes.keys().map(String::as_str).collect();
        format!("unknown gene '{symbol}'; remove the line, or correct it to one of {}", known.join(", "))
    })
}

fn empty(gene: &Gene) -> GeneCall {
    GeneCall {
        gene: gene.symbol.clone(),
        source: CallSource::Outside,
        rule: gene.calling.clone(),
        candidates: Vec::new(),
        phased: false,
        effectively_phased: false,
        missing: Vec::new(),
        not_excluded: Vec::new(),
        sites: Vec::new(),
        warnings: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
