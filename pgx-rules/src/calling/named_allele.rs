//! The general rule: the pairs of named alleles that fit, and of those the ones that explain most sites.

use super::{Context, Outcome, Rule, strand, warnings};
use crate::call::Diplotype;
use crate::matching::{
    AlleleSet, Definition, Described, Scored, arrangements, describe, diplotypes, single_copies, sorted_pair,
};

/// The general rule.
pub(super) const RULE: Rule = Rule { name: "named-allele", reads_undocumented: false, call };

fn call(context: &Context<'_>) -> Outcome {
    // a genotype of which one copy is unknown fits no named allele
    let fitting = if context.sample.has_half_missing { Vec::new() } else { exact(context) };
    if fitting.is_empty() {
        return if context.options.combinations { combined(context) } else { Outcome::default() };
    }
    if context.options.all_matches {
        return Outcome { diplotypes: fitting, warnings: Vec::new() };
    }
    if !context.sample.is_effectively_phased()
        && let Some(pick) = by_priority(context, &fitting)
    {
        let warning = warnings::unphased_priority(context.gene, &pick.0);
        return Outcome { diplotypes: vec![pick], warnings: vec![warning] };
    }
    Outcome { diplotypes: best(fitting), warnings: Vec::new() }
}

/// All diplotypes of named alleles that fit.
pub(super) fn exact(context: &Context<'_>) -> Vec<(Diplotype, u32)> {
    let (definition, sample) = (context.definition, context.sample);
    let callable = with_observed_sites(context);
    let named = |scored: Scored| {
        let [first, second] = scored.alleles.map(|a| strand(definition.name(a)));
        let diplotype = if sample.is_single_copy {
            Diplotype::Single(first)
        } else {
            let (a, b) = sorted_pair(first, second);
            Diplotype::Pair(a, b)
        };
        (diplotype, scored.score)
    };
    let scored = if sample.is_single_copy {
        single_copies(definition, sample, &callable)
    } else {
        diplotypes(definition, sample, &callable)
    };
    scored.into_iter().map(named).collect()
}

/// Alleles that some observed site defines; the others cannot be told from anything.
pub(super) fn with_observed_sites(context: &Context<'_>) -> AlleleSet {
    context.definition.naming_any(context.sample.seen.iter().map(|s| s.site))
}

/// The diplotypes with the highest score.
fn best(fitting: Vec<(Diplotype, u32)>) -> Vec<(Diplotype, u32)> {
    let top = fitting.iter().map(|(_, score)| *score).max();
    fitting.into_iter().filter(|(_, score)| Some(*score) == top).collect()
}

/// The diplotype that the gene's priorities pick, when all that it lists fit.
fn by_priority(context: &Context<'_>, fitting: &[(Diplotype, u32)]) -> Option<(Diplotype, u32)> {
    let find = |name: &String| fitting.iter().find(|(d, _)| is_named(d, name));
    let applies = context.gene.unphased_priorities.iter().find(|p| p.among.iter().all(|d| find(d).is_some()))?;
    find(&applies.pick).cloned()
}

/// Whether a diplotype is the one of a name, in either order of the alleles.
fn is_named(diplotype: &Diplotype, name: &str) -> bool {
    let Diplotype::Pair(a, b) = diplotype else { return false };
    let Some((first, second)) = name.split_once('/') else { return false };
    let (a, b) = (a.to_string(), b.to_string());
    (a == first && b == second) || (a == second && b == first)
}

/// Combinations of alleles and partial alleles, for every arrangement of the phase blocks.
fn combined(context: &Context<'_>) -> Outcome {
    let (definition, sample) = (context.definition, context.sample);
    let mut allowed = with_observed_sites(context);
    combined_names(definition).for_each(|a| allowed.remove(a));
    let Some(arrangements) = arrangements(sample) else {
        return Outcome { diplotypes: Vec::new(), warnings: vec![warnings::too_many_arrangements(context.gene)] };
    };
    let mut found = Vec::new();
    for arrangement in arrangements {
        let [first, second] = arrangement.copies.map(|copy| describe(definition, sample, &copy, &allowed, &[]));
        found.extend(pairings(context, &first, &second));
    }
    Outcome { diplotypes: found, warnings: Vec::new() }
}

/// Every reading of one copy with every reading of the other.
pub(super) fn pairings(context: &Context<'_>, first: &[Described], second: &[Described]) -> Vec<(Diplotype, u32)> {
    if context.sample.is_single_copy {
        return first.iter().map(|a| (Diplotype::Single(a.strand.clone()), a.score)).collect();
    }
    let pair = |a: &Described, b: &Described| {
        let (x, y) = sorted_pair(a.strand.clone(), b.strand.clone());
        (Diplotype::Pair(x, y), a.score + b.score)
    };
    first.iter().flat_map(|a| second.iter().map(move |b| pair(a, b))).collect()
}

/// Alleles whose name is itself two alleles of the gene joined by a plus: in combinations their parts are named.
fn combined_names<'a>(definition: &'a Definition<'_>) -> impl Iterator<Item = usize> + 'a {
    (0..definition.len()).filter(|&a| {
        definition
            .name(a)
            .split_once('+')
            .is_some_and(|(left, right)| definition.find(left).is_some() && definition.find(right).is_some())
    })
}
