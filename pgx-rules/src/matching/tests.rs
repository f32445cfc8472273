//! The fast matcher against an obvious slow one: spell out every arrangement of the phase blocks, compare letters.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use variants::model::{Allele, Observation};

use super::builder::{gene, observe};
use super::*;
use crate::knowledge::schema::Gene;

/// Letters of both copies at each usable site (index into the gene's sites), for every arrangement.
fn spell_out(gene: &Gene, observations: &[Observation]) -> (Vec<usize>, Vec<[Vec<String>; 2]>) {
    let usable: Vec<usize> = (0..gene.sites.len()).filter(|&i| observations[i].usable().is_some()).collect();
    let letters = |site: usize| {
        observations[site].usable().unwrap().alleles.iter().map(move |a| match a {
            Allele::Reference => gene.sites[site].reference.clone(),
            Allele::Alternate(i) => gene.sites[site].alternates[usize::from(*i)].clone(),
            Allele::Other(bases) => bases.clone(),
            Allele::Missing => unreachable!("not generated"),
        })
    };
    let key = |site: usize| {
        let genotype = observations[site].usable().unwrap();
        if genotype.phased { format!("{:?}", genotype.phase_set) } else { format!("site {site}") }
    };
    let blocks: BTreeSet<String> = usable.iter().map(|&s| key(s)).collect();
    let blocks: Vec<String> = blocks.into_iter().collect();
    let arrangement = |mask: usize| {
        let mut copies = [Vec::new(), Vec::new()];
        for &site in &usable {
            let mut pair: Vec<String> = letters(site).collect();
            let block = blocks.iter().position(|b| *b == key(site)).unwrap();
            if mask >> block & 1 == 1 {
                pair.reverse();
            }
            copies[0].push(pair[0].clone());
            copies[1].push(pair[1].clone());
        }
        copies
    };
    let all = (0..1_usize << blocks.len()).map(arrangement).collect();
    (usable, all)
}

/// Whether a copy shows an allele; a blank means the reference allele's letter (or the site's, where that is ambiguous).
fn shows(gene: &Gene, allele: usize, usable: &[usize], copy: &[String], blank_is_reference: bool) -> bool {
    usable.iter().zip(copy).all(|(&site, letter)| {
        let own = &gene.alleles[allele].carries[site];
        let reference = &gene.alleles[0].carries[site];
        match (own.len(), reference.len()) {
            (0, _) if !blank_is_reference => true,
            (0, 0) => true,
            (0, 1) => *letter == reference[0],
            (0, _) => *letter == gene.sites[site].reference,
            _ => own.contains(letter),
        }
    })
}

fn points(gene: &Gene, allele: usize, usable: &[usize], copies: &[&[String]]) -> u32 {
    let mut points = 0;
    for (at, &site) in usable.iter().enumerate() {
        let own = &gene.alleles[allele].carries[site];
        let all_reference = copies.iter().all(|c| c[at] == gene.sites[site].reference);
        let silent = own.is_empty() || (own.len() > 1 && all_reference);
        points += u32::from(!silent);
    }
    points
}

/// Score of every pair that fits some arrangement; the best arrangement counts.
fn slow(gene: &Gene, observations: &[Observation]) -> BTreeMap<(usize, usize), u32> {
    let (usable, arrangements) = spell_out(gene, observations);
    let defined: Vec<usize> =
        (0..gene.alleles.len()).filter(|&a| usable.iter().any(|&s| !gene.alleles[a].carries[s].is_empty())).collect();
    let mut found = BTreeMap::new();
    for [one, other] in &arrangements {
        for &a in &defined {
            for &b in defined.iter().filter(|&&b| b >= a) {
                let fits = |allele, copy| shows(gene, allele, &usable, copy, true);
                if !fits(a, one) || !fits(b, other) {
                    continue;
                }
                // an allele that fits both copies is weighed over both, unless it is on both
                let of = |allele, copy, opposite| {
                    let both = a != b && fits(allele, opposite);
                    if both { vec![copy, opposite] } else { vec![copy] }
                };
                let score = points(gene, a, &usable, &of(a, one, other)) + points(gene, b, &usable, &of(b, other, one));
                let best = found.entry((a, b)).or_insert(0);
                *best = score.max(*best);
            }
        }
    }
    found
}

fn fast(gene: &Gene, observations: &[Observation]) -> BTreeMap<(usize, usize), u32> {
    let definition = Definition::new(gene);
    let sample = view(gene, observations, None, true);
    let defined = definition.naming_any(sample.seen.iter().map(|s| s.site));
    diplotypes(&definition, &sample, &defined).into_iter().map(|p| ((p.alleles[0], p.alleles[1]), p.score)).collect()
}

/// A gene of up to five sites and eight alleles, and genotypes of every kind of phase.
fn cases() -> impl Strategy<Value = (Gene, Vec<Observation>)> {
    (1_usize..6, 1_usize..8).prop_flat_map(|(sites, alleles)| {
        let cell = prop_oneof![4 => Just("."), 2 => Just("A"), 4 => Just("G"), 2 => Just("T"), 1 => Just("AG"), 1 => Just("GT")];
        let reference_cell = prop_oneof![8 => Just("A"), 1 => Just("AG"), 1 => Just(".")];
        let letter = || prop_oneof![5 => Just("A"), 4 => Just("G"), 1 => Just("T"), 1 => Just("C")];
        let phase = prop_oneof![4 => Just(("/", "")), 2 => Just(("|", "")), 2 => Just(("|", ":1")), 1 => Just(("|", ":2"))];
        let genotype = prop_oneof![
            1 => Just("-".to_owned()),
            9 => (letter(), letter(), phase).prop_map(|(a, b, (bar, set))| format!("{a}{bar}{b}{set}")),
        ];
        (
            prop::collection::vec(reference_cell, sites),
            prop::collection::vec(prop::collection::vec(cell, sites), alleles),
            prop::collection::vec(genotype, sites),
        )
            .prop_map(move |(reference, rows, genotypes)| {
                let names: Vec<String> = (1..=rows.len() + 1).map(|i| format!("*{i}")).collect();
                let texts: Vec<String> =
                    std::iter::once(reference.join(" ")).chain(rows.iter().map(|r| r.join(" "))).collect();
                let alleles: Vec<(&str, &str)> =
                    names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
                let gene = gene(&vec![&["G", "T"] as &[&str]; sites], &alleles);
                let observations = observe(&gene, &genotypes.join(" "));
                (gene, observations)
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn pairs_and_scores_are_those_of_spelling_out_every_arrangement((gene, observations) in cases()) {
        prop_assert_eq!(fast(&gene, &observations), slow(&gene, &observations));
    }

    #[test]
    fn alleles_on_some_copy_are_those_of_spelling_out_every_arrangement((gene, observations) in cases()) {
        let definition = Definition::new(&gene);
        let sample = view(&gene, &observations, None, true);
        let fit = Fit::new(&definition, &sample, &AlleleSet::all(definition.len()), Blank::Anything);
        let (usable, spelled) = spell_out(&gene, &observations);
        let on = |allele, copy: &Vec<String>| shows(&gene, allele, &usable, copy, false);
        let some: Vec<usize> = (0..gene.alleles.len())
            .filter(|&a| spelled.iter().flatten().any(|copy| on(a, copy)))
            .collect();
        let both: Vec<usize> = (0..gene.alleles.len())
            .filter(|&a| spelled.iter().any(|copies| copies.iter().all(|copy| on(a, copy))))
            .collect();
        prop_assert_eq!(fit.some_copy().iter().collect::<Vec<_>>(), some);
        prop_assert_eq!(fit.both_copies().iter().collect::<Vec<_>>(), both);
    }

    #[test]
    fn arrangements_are_all_ways_to_lay_the_blocks_on_two_copies((gene, observations) in cases()) {
        let sample = view(&gene, &observations, None, true);
        let unordered = |copies: &[Vec<String>; 2]| { let mut c = copies.clone(); c.sort(); c };
        let (_, spelled) = spell_out(&gene, &observations);
        let letters = |copy: &Vec<Code>| -> Vec<String> {
            sample.seen.iter().zip(copy).map(|(seen, &code)| match code {
                0 => "A".to_owned(),
                code => gene.sites[seen.site].alternates.get(usize::from(code) - 1).cloned().unwrap_or_else(|| "C".into()),
            }).collect()
        };
        let ours: BTreeSet<_> =
            arrangements(&sample).unwrap().iter().map(|a| unordered(&[letters(&a.copies[0]), letters(&a.copies[1])])).collect();
        prop_assert_eq!(ours, spelled.iter().map(unordered).collect::<BTreeSet<_>>());
    }
}

/// Heterozygous at `n` unphased sites of which each defines an allele of its own.
fn many_unphased(n: usize) -> (Gene, Vec<Observation>) {
    let sites = vec![&["G"] as &[&str]; n];
    let row = |own: Option<usize>| {
        (0..n)
            .map(|s| {
                if own == Some(s) {
                    "G"
                } else if own.is_none() {
                    "A"
                } else {
                    "."
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let names: Vec<String> = (0..=n).map(|i| format!("*{}", i + 1)).collect();
    let texts: Vec<String> = std::iter::once(row(None)).chain((0..n).map(|i| row(Some(i)))).collect();
    let alleles: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let gene = gene(&sites, &alleles);
    let observations = observe(&gene, &vec!["A/G"; n].join(" "));
    (gene, observations)
}

#[test]
fn forty_unphased_sites_are_decided_exactly() {
    // 2^39 arrangements; two alleles of one site each cannot explain forty
    let (gene, observations) = many_unphased(40);
    assert!(fast(&gene, &observations).is_empty());
    let (gene, mut observations) = many_unphased(40);
    for observation in observations.iter_mut().skip(2) {
        let genotype = observation.genotype.as_mut().unwrap();
        genotype.alleles = [Allele::Reference, Allele::Reference].into_iter().collect();
    }
    assert_eq!(fast(&gene, &observations).keys().copied().collect::<Vec<_>>(), [(1, 2)]);
}

#[test]
fn too_many_open_blocks_are_not_spelled_out() {
    let (gene, observations) = many_unphased(40);
    assert_eq!(arrangements(&view(&gene, &observations, None, true)), None);
}
