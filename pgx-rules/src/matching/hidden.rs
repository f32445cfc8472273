//! Alleles that missing sites leave possible.

use super::bits::AlleleSet;
use super::definition::{Blank, Definition};
use super::fit::Fit;
use super::sample::Sample;

/// Alleles with a function of their own that the observed sites do not rule out and that a missing site would have
/// decided, in the order of the definition. `answered` says which allele names are in an answer already.
///
/// Empty when nothing was observed: then nothing is known, which is another statement.
pub(crate) fn not_excluded(
    definition: &Definition<'_>,
    sample: &Sample,
    answered: impl Fn(&str) -> bool,
) -> Vec<String> {
    if sample.seen.is_empty() || sample.missing.is_empty() {
        return Vec::new();
    }
    let everything = AlleleSet::all(definition.len());
    let possible = Fit::new(definition, sample, &everything, Blank::Anything).some_copy();
    let mut names: Vec<String> = Vec::new();
    for allele in possible.iter().filter(|a| Some(*a) != definition.reference) {
        let name = definition.name(allele);
        let decided_by_missing = sample.missing.iter().any(|&site| {
            let reference = definition.reference.map_or(&[] as &[String], |r| definition.carries(r, site));
            definition.carries(allele, site).iter().any(|b| !reference.contains(b))
        });
        if decided_by_missing
            && definition.gene.functions.contains_key(name)
            && !answered(name)
            && !names.iter().any(|n| n == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}
