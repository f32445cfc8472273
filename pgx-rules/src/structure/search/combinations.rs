//! The search over the alleles of one structure's parts.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Part, Shape};

/// Combinations of alleles of one structure that are all tried.
const ALL_COMBINATIONS: usize = 12_000;
/// Of more, this many: those of the best few of each part.
const MOST_COMBINATIONS: usize = 4_000;
/// Combinations of one structure whose exchanges are tried.
const MOST_EXPANDED: usize = 60;
/// Log posterior below the best at which they are not.
const WORTH_EXPANDING: f64 = 8.0;
/// Combinations that are all tried without a look at what they reach.
const FEW_COMBINATIONS: usize = 1_000;
/// Starts of the ascent.
const STARTS: usize = 6;
/// Starts after which a structure is given up that is so far behind another one; and so far behind after all starts. What is tried
/// after the ascents adds little to what they reach.
const FIRST_LOOK: usize = 2;
const FAR_AT_FIRST_LOOK: f64 = 20.0;
const FAR: f64 = 16.0;
/// Best candidates of each part whose alleles every part is tried with.
const NAMED_OF_EACH: usize = 3;

/// Combinations of candidates with their weight: all of them, or, where they are too many, all of the best few of each
/// part given the best of the others. None where they stay far behind `rival`, the best of another structure.
pub(super) fn combinations(
    shapes: &[Shape<'_>],
    weigh: &dyn Fn(&[usize]) -> f64,
    rival: f64,
) -> Vec<(Vec<usize>, f64)> {
    let all: usize = shapes.iter().map(|(candidates, _)| candidates.len()).product();
    let mut choices: Vec<Vec<usize>> = shapes.iter().map(|(candidates, _)| (0..candidates.len()).collect()).collect();
    if all > FEW_COMBINATIONS {
        let mut ascents = Ascents::default();
        for start in 0..STARTS {
            if start == FIRST_LOOK && ascents.highest < rival - FAR_AT_FIRST_LOOK {
                return Vec::new();
            }
            ascents.ascend(shapes, weigh, start);
        }
        if ascents.highest < rival - FAR {
            return Vec::new();
        }
        if all > ALL_COMBINATIONS {
            let few = (MOST_COMBINATIONS as f64).powf(1.0 / shapes.len() as f64).floor() as usize;
            choices = ascents.best_of_each(shapes, few.max(2));
        }
    }
    let mut made: Vec<Vec<usize>> = vec![Vec::new()];
    for choice in &choices {
        made = made
            .into_iter()
            .flat_map(|forms| {
                choice.iter().map(move |&form| {
                    let mut forms = forms.clone();
                    forms.push(form);
                    forms
                })
            })
            .collect();
    }
    made.into_iter()
        .map(|forms| {
            let weight = weigh(&forms);
            (forms, weight)
        })
        .filter(|(_, weight)| weight.is_finite())
        .collect()
}

/// Adds to the best combinations those in which two parts exchange what they carry at some sites. Reads that do not reach from
/// one site to the other cannot tell them apart, so none may be missed.
pub(super) fn with_exchanges(
    shapes: &[Shape<'_>],
    parts: &[Part],
    mut found: Vec<(Vec<usize>, f64)>,
    weigh: &dyn Fn(&[usize]) -> f64,
) -> Vec<(Vec<usize>, f64)> {
    let by_states: Vec<FxHashMap<&[u8], usize>> = shapes
        .iter()
        .map(|(candidates, _)| candidates.iter().enumerate().map(|(i, c)| (c.states.as_slice(), i)).collect())
        .collect();
    let mut known: FxHashSet<Vec<usize>> = found.iter().map(|(forms, _)| forms.clone()).collect();
    let mut expanded: FxHashSet<Vec<usize>> = FxHashSet::default();
    for _ in 0..MOST_EXPANDED {
        let best = found.iter().filter(|(forms, _)| !expanded.contains(forms));
        let Some((forms, weight)) = best.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0))).cloned() else {
            break;
        };
        let highest = found.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
        if weight < highest - WORTH_EXPANDING {
            break;
        }
        for exchanged in exchanges(shapes, parts, &by_states, &forms) {
            if known.insert(exchanged.clone()) {
                let weight = weigh(&exchanged);
                if weight.is_finite() {
                    found.push((exchanged, weight));
                }
            }
        }
        expanded.insert(forms);
    }
    found
}

/// Combinations in which two parts with equal copies carry, at every site, what they carry now or what the other one does.
fn exchanges(
    shapes: &[Shape<'_>],
    parts: &[Part],
    by_states: &[FxHashMap<&[u8], usize>],
    forms: &[usize],
) -> Vec<Vec<usize>> {
    let mut made = Vec::new();
    let states =
        |part: usize, form: usize| shapes.get(part).and_then(|(candidates, _)| candidates.get(form)).map(|c| &c.states);
    for (i, first) in parts.iter().enumerate() {
        for (j, _) in parts.iter().enumerate().skip(i + 1).filter(|(_, second)| second.copies == first.copies) {
            let (Some(&of_i), Some(&of_j)) = (forms.get(i), forms.get(j)) else { continue };
            let (Some(a), Some(b), Some((candidates, _))) = (states(i, of_i), states(j, of_j), shapes.get(i)) else {
                continue;
            };
            for (form, candidate) in candidates.iter().enumerate().filter(|(form, _)| *form != of_i) {
                let other: Option<Vec<u8>> = candidate
                    .states
                    .iter()
                    .zip(a)
                    .zip(b)
                    .map(|((new, a), b)| if new == a { Some(*b) } else { (new == b).then_some(*a) })
                    .collect();
                let Some(&partner) = other.and_then(|other| by_states.get(j)?.get(other.as_slice())) else { continue };
                let mut exchanged = forms.to_vec();
                if let Some(slot) = exchanged.get_mut(i) {
                    *slot = form;
                }
                if let Some(slot) = exchanged.get_mut(j) {
                    *slot = partner;
                }
                made.push(exchanged);
            }
        }
    }
    made
}

/// Coordinate ascents from several starts.
#[derive(Default)]
struct Ascents<'a> {
    /// Weight of the best that was reached.
    highest: f64,
    /// Candidates of each part, best first, beside the best of the others that was reached.
    rankings: Vec<Vec<usize>>,
    /// Alleles that were among the best of any part.
    named: BTreeSet<&'a str>,
}

impl<'a> Ascents<'a> {
    fn ascend(&mut self, shapes: &[Shape<'a>], weigh: &dyn Fn(&[usize]) -> f64, start: usize) {
        let mut forms: Vec<usize> =
            shapes.iter().enumerate().map(|(i, (candidates, _))| start * (2 * i + 1) % candidates.len()).collect();
        let mut rankings = vec![Vec::new(); shapes.len()];
        let mut reached = f64::NEG_INFINITY;
        for _ in 0..4 {
            let before = forms.clone();
            for (index, (candidates, _)) in shapes.iter().enumerate() {
                let mut trial = forms.clone();
                let mut ranked: Vec<(usize, f64)> = (0..candidates.len())
                    .map(|form| {
                        if let Some(slot) = trial.get_mut(index) {
                            *slot = form;
                        }
                        (form, weigh(&trial))
                    })
                    .collect();
                ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                if let (Some(slot), Some((best, weight))) = (forms.get_mut(index), ranked.first()) {
                    *slot = *best;
                    reached = *weight;
                }
                if let Some(ranking) = rankings.get_mut(index) {
                    *ranking = ranked.into_iter().map(|(form, _)| form).collect::<Vec<_>>();
                }
            }
            if forms == before {
                break;
            }
        }
        for ((candidates, _), ranking) in shapes.iter().zip(&rankings) {
            let best = ranking.iter().take(NAMED_OF_EACH).filter_map(|form| candidates.get(*form));
            self.named.extend(best.map(|candidate| candidate.allele.as_str()));
        }
        if self.rankings.is_empty() || reached > self.highest {
            self.highest = reached;
            self.rankings = rankings;
        }
    }

    /// For each part, the alleles that were among the best of any part, and the best few of this one by the best start: alleles can
    /// change places between parts.
    fn best_of_each(self, shapes: &[Shape<'_>], few: usize) -> Vec<Vec<usize>> {
        let of_part = |((candidates, _), ranking): (&Shape<'_>, Vec<usize>)| {
            let is_named =
                |form: &&usize| candidates.get(**form).is_some_and(|c| self.named.contains(c.allele.as_str()));
            // the fullest forms of the named ones, then the best few
            let mut kept: Vec<usize> = Vec::new();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for form in ranking.iter().filter(is_named) {
                if candidates.get(*form).is_some_and(|c| seen.insert(c.allele.as_str())) {
                    kept.push(*form);
                }
            }
            for form in ranking {
                if kept.len() >= few {
                    break;
                }
                if !kept.contains(&form) {
                    kept.push(form);
                }
            }
            kept.truncate(few);
            kept
        };
        shapes.iter().zip(self.rankings).map(of_part).collect()
    }
}
