//! From named alleles to functions, activity score and phenotype.

use crate::call::GeneCall;
use crate::knowledge::schema::Gene;

/// Fills functions and phenotype of every candidate of a call, by the gene's own method.
pub fn assign(_gene: &Gene, _call: &mut GeneCall) {}
