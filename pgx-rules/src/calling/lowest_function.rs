//! Genes whose variants are each an allele of their own and may lie together on one copy (DPYD, RYR1): guidance asks for
//! the alleles of lowest function.
//!
//! Where phase is known, or known by phase sets, each copy is spelled out, if need be as a combination. Where it is not,
//! the alleles found are listed; a homozygous one twice.

use super::linked::Linked;
use super::named_allele::{exact, pairings, with_observed_sites};
use super::{Context, Outcome, Rule};
use crate::call::{Component, Diplotype, Strand};
use crate::matching::{Arrangement, Blank, Code, Described, Fit, arrangements, describe};

/// Lowest function.
pub(super) const RULE: Rule = Rule { name: "lowest-function", reads_undocumented: true, call };

fn call(context: &Context<'_>) -> Outcome {
    let sample = context.sample;
    let linked = Linked::new(context.gene, context.definition, sample);
    let shown = linked.as_ref().filter(|l| l.is_shown(sample));
    if sample.is_effectively_phased() && shown.is_none() && !sample.has_half_missing {
        let fitting = exact(context);
        if !fitting.is_empty() {
            return Outcome { diplotypes: fitting, warnings: Vec::new() };
        }
    }
    if (sample.is_effectively_phased() || sample.uses_phase_sets)
        && let Some(arrangements) = arrangements(sample)
    {
        return spelled_out(context, shown, arrangements);
    }
    listed(context, linked.as_ref())
}

/// Both copies as combinations of alleles, for each arrangement of the phase sets.
fn spelled_out(context: &Context<'_>, linked: Option<&Linked>, arrangements: Vec<Arrangement>) -> Outcome {
    let mut outcome = Outcome::default();
    for arrangement in arrangements {
        let [first, second] = arrangement.copies.map(|copy| read_copy(context, linked, &copy, &mut outcome));
        outcome.diplotypes.extend(pairings(context, &first, &second));
    }
    outcome
}

/// The readings of one copy, with the linked allele that it carries.
fn read_copy(context: &Context<'_>, linked: Option<&Linked>, copy: &[Code], outcome: &mut Outcome) -> Vec<Described> {
    let (definition, sample) = (context.definition, context.sample);
    let mut allowed = with_observed_sites(context);
    let Some(linked) = linked else { return describe(definition, sample, copy, &allowed, &[]) };
    allowed.remove(linked.both);
    allowed.remove(linked.causal_alone);
    let mut readings = describe(definition, sample, copy, &allowed, &linked.sites());
    let (carried, warning) = linked.on_copy(context, copy);
    outcome.warnings.extend(warning.filter(|w| !outcome.warnings.contains(w)));
    let Some(allele) = carried else { return readings };
    let reference = definition.reference.map(|r| definition.name(r));
    let points = sample.seen.iter().filter(|s| definition.constrains(allele, s.site)).count();
    let points = u32::try_from(points).unwrap_or(u32::MAX);
    for reading in &mut readings {
        let is_reference = reading.strand.0.len() == 1
            && matches!(reading.strand.0.first(), Some(Component::Named(n)) if Some(n.as_str()) == reference);
        if is_reference {
            reading.strand = Strand(Vec::new());
            reading.score = 0;
        }
        reading.strand.0.push(Component::Named(definition.name(allele).to_owned()));
        reading.score += points;
    }
    readings
}

/// The alleles found, phase unknown. The reference allele is named only where at most one other was found.
fn listed(context: &Context<'_>, linked: Option<&Linked>) -> Outcome {
    let (definition, sample) = (context.definition, context.sample);
    let mut allowed = with_observed_sites(context);
    let (mut linked_alleles, mut warning) = (Vec::new(), None);
    if let Some(linked) = linked {
        allowed.remove(linked.both);
        allowed.remove(linked.causal_alone);
        (linked_alleles, warning) = linked.by_count(context);
    }
    let fit = Fit::new(definition, sample, &allowed, Blank::Anything);
    let (found, both) = (fit.some_copy(), fit.both_copies());
    let total = found.iter().count() + linked_alleles.len();
    let mut alleles: Vec<usize> = Vec::new();
    for allele in found.iter().filter(|&a| total <= 2 || Some(a) != definition.reference) {
        alleles.push(allele);
        if both.contains(allele) {
            alleles.push(allele);
        }
    }
    alleles.extend(linked_alleles);
    alleles.sort_unstable();
    let score =
        alleles.iter().map(|&a| sample.seen.iter().filter(|s| definition.constrains(a, s.site)).count()).sum::<usize>();
    let names: Vec<String> = alleles.iter().map(|&a| definition.name(a).to_owned()).collect();
    let diplotypes = match names.is_empty() {
        true => Vec::new(),
        false => vec![(Diplotype::Listed(names), u32::try_from(score).unwrap_or(u32::MAX))],
    };
    Outcome { diplotypes, warnings: warning.into_iter().collect() }
}
