//! From named alleles to functions, activity score and phenotype.
//!
//! Each chromosome copy has one key (its function, or its activity value); the unordered pair of keys is looked up in the
//! gene's table. What the table does not hold is never guessed: a gene with activity scores then is `Indeterminate`, a gene
//! with functions has no phenotype.

mod function;
mod given;
mod lowest;
mod presence;

use crate::call::{Candidate, Diplotype, GeneCall, Phenotype, Strand};
use crate::knowledge::schema::{Gene, Lookup, PhenotypeMethod, PhenotypeRow};

pub use given::{of_name, of_score};
pub use presence::{NEGATIVE, POSITIVE};

/// Calling rule whose genes are judged by the worst allele of each copy.
const LOWEST_FUNCTION: &str = "lowest-function";

/// Lookup key of a result without an activity score in a gene that is looked up by it.
pub const NO_SCORE: &str = "n/a";

/// Phenotype of a gene with activity scores where the alleles give none.
pub const INDETERMINATE: &str = "Indeterminate";

/// Fills functions and phenotype of every candidate of a call, by the gene's own method.
///
/// Candidates without alleles (a phenotype or a score from outside) are left as they are.
pub fn assign(gene: &Gene, call: &mut GeneCall) {
    if gene.calling == LOWEST_FUNCTION {
        lowest::assign(gene, call);
        return;
    }
    for candidate in &mut call.candidates {
        let Some(diplotype) = candidate.diplotype.as_ref() else { continue };
        candidate.functions = functions(gene, diplotype);
        candidate.phenotype = match (gene.phenotype_method, gene.lookup) {
            (PhenotypeMethod::None, _) => None,
            (_, Lookup::Allele) => presence::phenotype(gene, diplotype),
            _ => by_table(gene, diplotype),
        };
    }
}

/// Phenotype by the table of keys.
fn by_table(gene: &Gene, diplotype: &Diplotype) -> Option<Phenotype> {
    let key = |strand: &Strand| function::of_strand(gene, strand).map(|f| f.key.as_str());
    let row = match diplotype {
        Diplotype::Pair(a, b) => key(a).zip(key(b)).and_then(|(a, b)| row(gene, a, Some(b))),
        Diplotype::Single(a) => key(a).and_then(|a| row(gene, a, None)),
        Diplotype::Listed(_) => None,
    };
    row.map_or_else(|| undefined(gene), |r| Some(of_row(r)))
}

/// The rule for an unordered pair of keys, or for one copy.
fn row<'g>(gene: &'g Gene, first: &str, second: Option<&str>) -> Option<&'g PhenotypeRow> {
    gene.phenotypes.iter().find(|r| {
        let other = r.second.as_deref();
        (r.first == first && other == second) || (Some(r.first.as_str()) == second && other == Some(first))
    })
}

fn of_row(row: &PhenotypeRow) -> Phenotype {
    Phenotype {
        name: row.phenotype.clone(),
        activity_score: row.activity_score.clone(),
        lookup_key: row.lookup_key.clone(),
    }
}

/// What a gene is when its alleles are in no rule.
fn undefined(gene: &Gene) -> Option<Phenotype> {
    (gene.phenotype_method == PhenotypeMethod::ActivityScore).then(|| Phenotype {
        name: INDETERMINATE.into(),
        activity_score: None,
        lookup_key: NO_SCORE.into(),
    })
}

/// Function of each allele, in the order of the diplotype; empty for genes whose alleles have none.
fn functions(gene: &Gene, diplotype: &Diplotype) -> Vec<String> {
    if gene.functions.is_empty() {
        return Vec::new();
    }
    match diplotype {
        Diplotype::Pair(a, b) => vec![function::describe(gene, a), function::describe(gene, b)],
        Diplotype::Single(a) => vec![function::describe(gene, a)],
        Diplotype::Listed(names) => {
            names.iter().map(|n| function::word(function::of_name(gene, n)).to_owned()).collect()
        }
    }
}

/// A candidate of which only the phenotype is known.
pub fn without_alleles(phenotype: Phenotype) -> Candidate {
    Candidate { diplotype: None, score: 0, functions: Vec::new(), phenotype: Some(phenotype), posterior: None }
}

#[cfg(test)]
mod tests;
