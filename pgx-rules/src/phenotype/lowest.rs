//! Genes judged by the allele of lowest function on each copy (DPYD, RYR1).
//!
//! Where phase is unknown, the two worst alleles found decide. Where several arrangements fit, the worst of them decides for
//! all: guidance must not depend on which one is listed first.

use std::cmp::Ordering;

use super::{function, functions, of_row, row, undefined};
use crate::call::{Component, Diplotype, GeneCall, Phenotype, Strand, Warning};
use crate::knowledge::schema::{AlleleFunction, Gene, PhenotypeMethod, PhenotypeRow};

/// Fills functions, and the same phenotype for every candidate.
pub(super) fn assign(gene: &Gene, call: &mut GeneCall) {
    for candidate in &mut call.candidates {
        if let Some(diplotype) = &candidate.diplotype {
            candidate.functions = functions(gene, diplotype);
        }
    }
    if gene.phenotype_method == PhenotypeMethod::None {
        return;
    }
    let mut judged: Vec<(Burden, &PhenotypeRow)> =
        call.candidates.iter().filter_map(|c| judge(gene, c.diplotype.as_ref()?)).collect();
    judged.sort_by(|(a, _), (b, _)| a.compare(b));
    let worst: Option<Phenotype> = judged.first().map(|(_, row)| of_row(row)).or_else(|| undefined(gene));
    let differ = judged.iter().any(|(_, row)| Some(&of_row(row)) != worst.as_ref());
    for candidate in call.candidates.iter_mut().filter(|c| c.diplotype.is_some()) {
        candidate.phenotype.clone_from(&worst);
    }
    if differ {
        call.warnings.push(Warning {
            code: "lowest-of-alternatives".into(),
            text: format!("{}: the arrangements that fit differ in phenotype; the lowest is taken", gene.symbol),
        });
    }
}

/// How bad a pair is; smaller is worse.
#[derive(Clone, Copy)]
struct Burden {
    sum: f64,
    worst: f64,
}

impl Burden {
    fn compare(&self, other: &Self) -> Ordering {
        self.sum.total_cmp(&other.sum).then(self.worst.total_cmp(&other.worst))
    }
}

/// The rule that a diplotype meets; `None` when an allele has no function.
fn judge<'g>(gene: &'g Gene, diplotype: &Diplotype) -> Option<(Burden, &'g PhenotypeRow)> {
    let (first, second) = match diplotype {
        Diplotype::Pair(a, b) => (worst_of_copy(gene, a)?, worst_of_copy(gene, b)?),
        Diplotype::Listed(names) => two_worst(gene, names)?,
        Diplotype::Single(_) => return None,
    };
    let rule = row(gene, &first.1.key, Some(&second.1.key))?;
    // functions without values are ordered first by the worse one
    let burden = match gene.phenotype_method {
        PhenotypeMethod::ActivityScore => Burden { sum: first.0 + second.0, worst: first.0.min(second.0) },
        _ => Burden { sum: first.0.min(second.0), worst: first.0.max(second.0) },
    };
    Some((burden, rule))
}

type Ranked<'g> = (f64, &'g AlleleFunction);

fn worst_of_copy<'g>(gene: &'g Gene, strand: &Strand) -> Option<Ranked<'g>> {
    let mut parts = Vec::new();
    for component in &strand.0 {
        let Component::Named(name) = component else { return None };
        parts.push(ranked(gene, name)?);
    }
    parts.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))
}

fn two_worst<'g>(gene: &'g Gene, names: &[String]) -> Option<(Ranked<'g>, Ranked<'g>)> {
    let mut all: Vec<Ranked<'g>> = names.iter().map(|n| ranked(gene, n)).collect::<Option<_>>()?;
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some((*all.first()?, *all.get(1)?))
}

/// An allele's function with its rank: the activity value, or the place in the gene's `function_order`, worst first.
fn ranked<'g>(gene: &'g Gene, name: &str) -> Option<Ranked<'g>> {
    let function = function::of_name(gene, name)?;
    let rank = match gene.phenotype_method {
        PhenotypeMethod::ActivityScore => function.activity.as_deref()?.parse().ok()?,
        _ => {
            let place = gene.rule_facts.get("function_order")?.iter().position(|f| *f == function.key)?;
            f64::from(u32::try_from(place).ok()?)
        }
    };
    Some((rank, function))
}
