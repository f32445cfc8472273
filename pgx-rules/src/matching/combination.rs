//! Several named alleles, and changes that none explains, on one chromosome copy.

use super::bits::AlleleSet;
use super::definition::{Blank, Definition};
use super::sample::{Code, MISSING, REFERENCE, Sample};
use crate::call::{Component, Strand};
use crate::knowledge::schema::GeneSite;

/// Phase blocks that may be heterozygous at most when the two copies are spelled out: 2⁹ arrangements.
pub(crate) const MAX_OPEN_BLOCKS: usize = 10;

/// One way to lay the phase blocks on two copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrangement {
    /// What each copy carries, one code a site of [`Sample::seen`].
    pub(crate) copies: [Vec<Code>; 2],
}

/// All arrangements that are not mirror images of each other. `None` when there are too many to spell out: then each is
/// an answer of its own and none deserves to be called.
pub(crate) fn arrangements(sample: &Sample) -> Option<Vec<Arrangement>> {
    let open = sample.blocks.len().saturating_sub(1);
    if sample.blocks.len() > MAX_OPEN_BLOCKS {
        return None;
    }
    let as_written = [0, 1].map(|copy: usize| sample.seen.iter().map(|s| s.codes[copy]).collect::<Vec<Code>>());
    let turned = |mask: usize| {
        let mut copies = as_written.clone();
        let blocks = sample.blocks.iter().skip(1).enumerate().filter(|(b, _)| mask >> b & 1 == 1);
        for &site in blocks.flat_map(|(_, sites)| sites) {
            let [first, second] = &mut copies;
            if let (Some(a), Some(b)) = (first.get_mut(site), second.get_mut(site)) {
                std::mem::swap(a, b);
            }
        }
        Arrangement { copies }
    };
    Some((0..1_usize << open).map(turned).collect())
}

/// One reading of a chromosome copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    /// The alleles and changes.
    pub(crate) strand: Strand,
    /// Observed sites that the definitions name, less the changes.
    pub(crate) score: u32,
}

/// Reads one copy as the alleles whose every observed defining site it shows, largest first, none sharing a site, plus
/// the changes from the reference that they leave. Without any allele it is the reference allele, or only the changes.
///
/// Changes at `silent` sites are left out.
pub(crate) fn describe(
    definition: &Definition<'_>,
    sample: &Sample,
    copy: &[Code],
    allowed: &AlleleSet,
    silent: &[usize],
) -> Vec<Described> {
    let covered = covered(definition, sample, copy, allowed);
    let readings = if covered.is_empty() { vec![Vec::new()] } else { pack(definition, sample, covered) };
    readings.into_iter().map(|alleles| spell(definition, sample, copy, &alleles, silent)).collect()
}

/// Alleles other than the reference that the copy shows, with the observed sites that define them.
fn covered(
    definition: &Definition<'_>,
    sample: &Sample,
    copy: &[Code],
    allowed: &AlleleSet,
) -> Vec<(usize, Vec<usize>)> {
    let mut set = allowed.clone();
    if let Some(reference) = definition.reference {
        set.remove(reference);
    }
    for (seen, &code) in sample.seen.iter().zip(copy) {
        set.intersect(&definition.accepting(seen.site, code, Blank::Anything));
    }
    set.iter().map(|a| (a, core(definition, sample, a))).filter(|(_, core)| !core.is_empty()).collect()
}

/// Observed sites that an allele's definition names.
fn core(definition: &Definition<'_>, sample: &Sample, allele: usize) -> Vec<usize> {
    sample.seen.iter().map(|s| s.site).filter(|&site| definition.constrains(allele, site)).collect()
}

/// Packs alleles greedily into readings of one copy. An allele that shares a site with a larger one is part of it; one
/// that shares a site with an allele of the same size (which a missing site can cause) opens another reading.
fn pack(definition: &Definition<'_>, sample: &Sample, mut alleles: Vec<(usize, Vec<usize>)>) -> Vec<Vec<usize>> {
    alleles.sort_by(|(a, core_a), (b, core_b)| {
        core_b.len().cmp(&core_a.len()).then_with(|| definition.name(*a).cmp(definition.name(*b)))
    });
    let mut readings: Vec<Vec<usize>> = Vec::new();
    for (allele, sites) in &alleles {
        let (mut placed, mut part_of_larger) = (false, false);
        for reading in &mut readings {
            let overlap = |other: &usize| {
                let theirs = core(definition, sample, *other);
                theirs.iter().any(|s| sites.contains(s)).then_some(theirs.len())
            };
            let overlaps: Vec<usize> = reading.iter().filter_map(overlap).collect();
            if overlaps.is_empty() {
                reading.push(*allele);
                placed = true;
            }
            part_of_larger |= overlaps.iter().any(|&size| size != sites.len());
        }
        if !placed && !part_of_larger {
            readings.push(vec![*allele]);
        }
    }
    readings
}

fn spell(
    definition: &Definition<'_>,
    sample: &Sample,
    copy: &[Code],
    alleles: &[usize],
    silent: &[usize],
) -> Described {
    let explained = |site: usize| alleles.iter().any(|&a| definition.constrains(a, site));
    let changes: Vec<String> = sample
        .seen
        .iter()
        .zip(copy)
        .filter(|(seen, code)| **code != REFERENCE && !explained(seen.site) && !silent.contains(&seen.site))
        .filter_map(|(seen, &code)| Some(change(definition.gene.sites.get(seen.site)?, sample, seen.site, code)))
        .collect();
    let mut ordered = alleles.to_vec();
    ordered.sort_unstable();
    if ordered.is_empty() {
        ordered.extend(definition.reference);
    }
    let named: usize = ordered.iter().map(|&a| core(definition, sample, a).len()).sum();
    let score = u32::try_from(named.saturating_sub(changes.len())).unwrap_or(u32::MAX);
    let drop_reference = alleles.is_empty() && !changes.is_empty();
    let names = ordered.iter().filter(|_| !drop_reference).map(|&a| Component::Named(definition.name(a).to_owned()));
    Described { strand: Strand(names.chain(changes.into_iter().map(Component::Change)).collect()), score }
}

/// HGVS of an observed allele that differs from the reference: `g.233760973C>T`, `g.40991369?` for an unknown copy.
fn change(site: &GeneSite, sample: &Sample, index: usize, code: Code) -> String {
    if code == MISSING {
        return format!("g.{}?", site.position);
    }
    let substitution = |bases: &str| format!("g.{}{}>{bases}", site.position, site.reference);
    if let Some(bases) = sample.other(index, code) {
        return substitution(bases);
    }
    let nth = usize::from(code).saturating_sub(1);
    let names: Vec<&str> = site.hgvs.split(';').map(str::trim).collect();
    match names.get(nth) {
        Some(name) if names.len() == site.alternates.len() => (*name).to_owned(),
        _ => substitution(site.alternates.get(nth).map_or("?", String::as_str)),
    }
}
