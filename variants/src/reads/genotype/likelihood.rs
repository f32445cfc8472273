//! From what fragments say of the alleles to the genotype of a site.

use super::SiteGenotype;
use super::collect::SiteEvidence;

/// Chance that a copy carries an allele of the panel that is not the reference's, before any read is seen; that it carries one
/// that no definition names. Sites of a panel are there because people differ at them; the figures are of the order of
/// what a person carries (most of some 1,000 sites are reference in everyone) and weigh as much as one or two fragments.
const PANEL_ALLELE: f64 = 5e-3;
const OTHER_ALLELE: f64 = 1e-4;
/// Fewest fragments that a genotype is called from: of a heterozygote, three show one allele only with a chance of 1 in 4.
const LEAST_DEPTH: usize = 4;
/// Least posterior probability of a genotype that is called, Phred.
const LEAST_QUALITY: u8 = 20;
/// Two-sided binomial probability below which a heterozygote is unbalanced.
const UNBALANCED: f64 = 1e-5;
const MOST_PHRED: u32 = 9999;

/// A called site, its copies in no order until phased.
#[derive(Clone, Debug)]
pub(super) struct Called {
    /// Indices into the evidence's alleles.
    pub(super) copies: Option<Vec<usize>>,
    pub(super) phase_set: Option<u32>,
    ploidy: u8,
    alleles: Vec<String>,
    /// Index in `alleles` of each allele of the evidence.
    shown: Vec<Option<u8>>,
    quality: u8,
    depth: u32,
    allele_depths: Vec<u32>,
    likelihoods: Vec<u32>,
    unplaced: u32,
    unbalanced: bool,
}

impl Called {
    pub(super) fn into_genotype(self, site: usize) -> SiteGenotype {
        let shown = &self.shown;
        let copies = self.copies.and_then(|copies| {
            copies.into_iter().map(|allele| shown.get(allele).copied().flatten()).collect::<Option<Vec<u8>>>()
        });
        SiteGenotype {
            site,
            ploidy: self.ploidy,
            alleles: self.alleles,
            copies,
            quality: self.quality,
            depth: self.depth,
            allele_depths: self.allele_depths,
            likelihoods: self.likelihoods,
            unplaced: self.unplaced,
            phase_set: self.phase_set,
            unbalanced: self.unbalanced,
        }
    }
}

/// Genotypes of so many alleles and copies, in the order of the VCF specification (1.6.2).
fn genotypes(alleles: usize, copies: u8) -> Vec<Vec<usize>> {
    if copies == 1 {
        return (0..alleles).map(|a| vec![a]).collect();
    }
    (0..alleles).flat_map(|b| (0..=b).map(move |a| vec![a, b])).collect()
}

/// Calls a site with so many copies, one or two.
pub(super) fn call(evidence: &SiteEvidence, copies: u8) -> Called {
    let count = evidence.alleles.len();
    let all = genotypes(count, copies);
    let log_likelihoods: Vec<f64> = all
        .iter()
        .map(|genotype| {
            let share = 1.0 / genotype.len() as f64;
            evidence
                .fragments
                .iter()
                .map(|f| genotype.iter().map(|a| share * f.likelihoods[*a]).sum::<f64>().max(f64::MIN_POSITIVE).ln())
                .sum()
        })
        .collect();
    let prior = |allele: &usize| match allele {
        0 => 1.0,
        a if *a <= evidence.panel_alternates => PANEL_ALLELE,
        _ => OTHER_ALLELE,
    };
    let posterior: Vec<f64> = all
        .iter()
        .zip(&log_likelihoods)
        .map(|(genotype, likelihood)| {
            // a second copy of the same rare allele is no further surprise: people share ancestors
            let weight: f64 = match genotype.as_slice() {
                [a, b] if a == b => prior(a) * if *a == 0 { 1.0 } else { 0.5 },
                several => several.iter().map(prior).product(),
            };
            likelihood + weight.ln()
        })
        .collect();
    let top = posterior.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let best = posterior.iter().position(|p| *p == top).unwrap_or(0);
    let wrong: f64 = posterior.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, p)| (p - top).exp()).sum();
    let wrong = (wrong / (1.0 + wrong)).max(1e-10);
    let quality = (-10.0 * wrong.log10()).floor().clamp(0.0, 99.0) as u8;
    let best_genotype = all.get(best).cloned().unwrap_or_default();
    let deep = evidence.fragments.len() >= LEAST_DEPTH;
    let decided = deep && quality >= LEAST_QUALITY;

    // what nobody named is shown only when it is part of the answer
    let mut shown = vec![None; count];
    let mut alleles = Vec::new();
    for (index, allele) in evidence.alleles.iter().enumerate() {
        if index <= evidence.panel_alternates || (deep && best_genotype.contains(&index)) {
            shown[index] = Some(alleles.len() as u8);
            alleles.push(allele.clone());
        }
    }
    let kept: Vec<(usize, f64)> = all
        .iter()
        .zip(&log_likelihoods)
        .enumerate()
        .filter(|(_, (genotype, _))| genotype.iter().all(|a| shown[*a].is_some()))
        .map(|(index, (_, likelihood))| (index, *likelihood))
        .collect();
    let most = kept.iter().map(|(_, l)| *l).fold(f64::NEG_INFINITY, f64::max);
    let phred = |l: f64| ((most - l) * 10.0 / std::f64::consts::LN_10).round().min(f64::from(MOST_PHRED)) as u32;
    let mut allele_depths = vec![0_u32; alleles.len()];
    for fragment in &evidence.fragments {
        let favourite = fragment.favourite();
        if let Some(place) = favourite.and_then(|f| shown[f]).and_then(|s| allele_depths.get_mut(usize::from(s))) {
            *place += 1;
        }
    }
    let depth_of = |a: usize| shown[a].and_then(|s| allele_depths.get(usize::from(s))).copied().unwrap_or(0);
    let unbalanced = match best_genotype.as_slice() {
        [a, b] if a != b => balance(depth_of(*a), depth_of(*b)) < UNBALANCED,
        _ => false,
    };
    Called {
        copies: decided.then_some(best_genotype),
        phase_set: None,
        ploidy: copies,
        alleles,
        shown,
        quality,
        depth: evidence.fragments.len() as u32,
        allele_depths,
        likelihoods: kept.into_iter().map(|(_, l)| phred(l)).collect(),
        unplaced: evidence.unplaced,
        unbalanced,
    }
}

/// Two-sided probability that so many of two alleles' fragments, or a split less even, come from equal shares.
fn balance(one: u32, other: u32) -> f64 {
    let (fewer, total) = (one.min(other), one + other);
    if total == 0 {
        return 1.0;
    }
    let mut term = 0.5_f64.powi(total as i32);
    let mut sum = term;
    for k in 0..fewer {
        term *= f64::from(total - k) / f64::from(k + 1);
        sum += term;
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::collect::Fragment;
    use super::*;

    fn evidence(reference: usize, alternate: usize) -> SiteEvidence {
        let fragment = |id: usize, likelihoods: Vec<f64>| Fragment { id: id as u64, likelihoods };
        let mut fragments: Vec<Fragment> = (0..reference).map(|i| fragment(i, vec![0.999, 0.0003, 0.0003])).collect();
        fragments.extend((0..alternate).map(|i| fragment(reference + i, vec![0.0003, 0.999, 0.0003])));
        SiteEvidence {
            alleles: vec!["C".to_owned(), "T".to_owned(), "G".to_owned()],
            panel_alternates: 1,
            fragments,
            unplaced: 0,
        }
    }

    #[test]
    fn genotypes_stand_in_the_order_of_the_specification() {
        assert_eq!(genotypes(3, 2), [[0, 0], [0, 1], [1, 1], [0, 2], [1, 2], [2, 2]].map(Vec::from));
        assert_eq!(genotypes(2, 1), [vec![0], vec![1]]);
    }

    #[test]
    fn reads_decide_and_few_reads_do_not() {
        let copies = |r, a, n| call(&evidence(r, a), n).copies;
        assert_eq!(copies(20, 0, 2), Some(vec![0, 0]));
        assert_eq!(copies(11, 9, 2), Some(vec![0, 1]));
        assert_eq!(copies(0, 15, 2), Some(vec![1, 1]));
        assert_eq!(copies(0, 15, 1), Some(vec![1]));
        assert_eq!(copies(3, 0, 2), None, "three reads of one allele leave room for the other");
        assert_eq!(copies(0, 0, 2), None, "nothing seen is not reference");
    }

    #[test]
    fn an_allele_that_nobody_names_is_shown_only_when_called() {
        let called = call(&evidence(12, 10), 2).into_genotype(0);
        assert_eq!((called.alleles.as_slice(), called.likelihoods.len()), (&["C".to_owned(), "T".to_owned()][..], 3));
        assert_eq!(called.allele_depths, [12, 10]);
        assert_eq!(called.likelihoods[1], 0);
    }

    #[test]
    fn an_uneven_split_is_named() {
        assert!((balance(5, 5) - 1.0).abs() < 1e-12);
        assert!((balance(0, 10) - 2.0 / 1024.0).abs() < 1e-12);
        assert!(call(&evidence(60, 10), 2).unbalanced);
        assert!(!call(&evidence(18, 12), 2).unbalanced);
    }
}
