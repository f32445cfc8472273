//! Structures with an allele for each part, weighed by all fragments.

use rustc_hash::FxHashMap;

use super::super::{mixture, unit};
use super::combinations::{combinations, with_exchanges};
use super::{Candidate, Explanation, Sample, Shape, Structure};

impl Sample<'_> {
    /// Every structure with the alleles worth weighing, best first; those far below the best are left out.
    pub(super) fn explanations(
        &self,
        structures: &[Structure],
        candidates: &[Vec<Vec<Candidate>>],
        used: &[bool],
    ) -> Vec<Explanation> {
        let fragments = self.fragments(used);
        let stray: Vec<f64> = fragments.iter().map(|fragment| mixture::stray(fragment, used)).collect();
        let of = |states: &[u8]| -> Vec<f64> {
            fragments.iter().map(|fragment| mixture::probability(fragment, states, used)).collect()
        };
        let paralog = of(&unit::paralog(self.sites));
        let mut known: FxHashMap<&[u8], Vec<f64>> = FxHashMap::default();
        for candidate in candidates.iter().flatten().flatten() {
            known.entry(&candidate.states).or_insert_with(|| of(&candidate.states));
        }
        let mut explanations = Vec::new();
        let mut rival = f64::NEG_INFINITY;
        for (index, (structure, candidates)) in structures.iter().zip(candidates).enumerate() {
            if candidates.iter().any(Vec::is_empty) {
                continue;
            }
            // what all candidates of a part have in common weighs the same for every choice: it is weighed once
            let varies = varying(candidates, self.sites.len());
            let touches = |index: &usize| {
                let fragment = fragments.get(*index).copied().unwrap_or_default();
                fragment.iter().any(|seen| varies.get(usize::from(seen.site)) == Some(&true))
            };
            let (varying, constant): (Vec<usize>, Vec<usize>) = (0..fragments.len()).partition(touches);
            let pick = |all: &[f64], which: &[usize]| -> Vec<f64> {
                which.iter().map(|index| all.get(*index).copied().unwrap_or(0.0)).collect()
            };
            let of_candidate = |candidate: &Candidate, which: &[usize]| {
                pick(known.get(candidate.states.as_slice()).map_or(&[][..], Vec::as_slice), which)
            };
            let of_first: Vec<Vec<f64>> =
                candidates.iter().filter_map(|part| Some(of_candidate(part.first()?, &constant))).collect();
            let of_paralog = pick(&paralog, &constant);
            let mut units: Vec<(f64, &[f64])> = vec![(f64::from(structure.paralogs), &of_paralog)];
            units.extend(structure.parts.iter().zip(&of_first).map(|(part, p)| (f64::from(part.copies), p.as_slice())));
            let fixed = mixture::log_likelihood(&units, &pick(&stray, &constant));
            let shapes: Vec<Shape<'_>> = candidates
                .iter()
                .map(|part| (part.as_slice(), part.iter().map(|candidate| of_candidate(candidate, &varying)).collect()))
                .collect();
            let (of_paralog, stray) = (pick(&paralog, &varying), pick(&stray, &varying));
            let weigh = |forms: &[usize]| -> f64 {
                let mut units: Vec<(f64, &[f64])> = vec![(f64::from(structure.paralogs), &of_paralog)];
                for ((part, form), (_, probabilities)) in structure.parts.iter().zip(forms).zip(&shapes) {
                    if let Some(probabilities) = probabilities.get(*form) {
                        units.push((f64::from(part.copies), probabilities));
                    }
                }
                structure.depth
                    + self.temper * (fixed + mixture::log_likelihood(&units, &stray))
                    + self.prior(structure, forms, &shapes)
            };
            let found = with_exchanges(&shapes, &structure.parts, combinations(&shapes, &weigh, rival), &weigh);
            rival = found.iter().fold(rival, |best, (_, weight)| best.max(*weight));
            for (forms, log_posterior) in found {
                explanations.push(Explanation { structure: index, forms, log_posterior });
            }
        }
        explanations.sort_by(|a, b| {
            b.log_posterior.total_cmp(&a.log_posterior).then(a.structure.cmp(&b.structure)).then(a.forms.cmp(&b.forms))
        });
        let best = explanations.first().map_or(0.0, |e| e.log_posterior);
        explanations.retain(|e| e.log_posterior > best - 25.0);
        explanations
    }
}

/// Sites at which the candidates of a part differ from each other.
fn varying(candidates: &[Vec<Candidate>], sites: usize) -> Vec<bool> {
    let mut varies = vec![false; sites];
    for part in candidates {
        let Some((first, others)) = part.split_first() else { continue };
        for other in others {
            for (slot, (a, b)) in varies.iter_mut().zip(first.states.iter().zip(&other.states)) {
                *slot |= a != b;
            }
        }
    }
    varies
}
