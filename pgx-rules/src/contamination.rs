//! How much of a sample's reads come from somebody else, by what its homozygous sites show of another allele.
//!
//! The other person's genotype at each site is not known; allele frequencies weigh its possibilities (as Jun et al. 2012,
//! doi:10.1016/j.ajhg.2012.09.004, do with a panel of common sites).

use serde::Serialize;

use crate::knowledge::schema::Gene;

/// What a homozygous site shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HomozygousSite {
    /// Fragments with another allele of the panel.
    pub other: u32,
    /// Fragments.
    pub depth: u32,
    /// Frequency of other alleles among people, 0 to 1.
    pub frequency: f64,
}

/// An estimate of contamination.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Contamination {
    /// Share of the reads, 0 to 0.5.
    pub share: f64,
    /// Lower end of the 95 % interval, by the likelihood.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Sites where other alleles are common.
    pub sites: usize,
    /// Share of wrong bases, from the sites where other alleles are rare.
    pub error: f64,
}

/// Frequency from which on another allele is common enough for somebody else to have it.
const COMMON: f64 = 0.02;
/// Frequency below which another allele is an error.
const RARE: f64 = 1e-3;
/// Fewest common sites that an estimate is made from.
const LEAST_SITES: usize = 15;
/// Half of the 95 % point of chi squared with one degree of freedom.
const INTERVAL: f64 = 1.92;

/// Frequency of certain bases at a site of a gene, over all groups together; `None` where the gene has no frequencies.
pub fn frequency(gene: &Gene, site: usize, bases: &str) -> Option<f64> {
    let reference = gene.sites.get(site)?.reference.as_str();
    let (mut with, mut all) = (0_u64, 0_u64);
    for row in &gene.frequencies {
        let carried = gene.alleles.iter().find(|a| a.name == row.allele).and_then(|a| a.carries.get(site)?.first());
        all += u64::from(row.count);
        if carried.map_or(reference, String::as_str) == bases {
            with += u64::from(row.count);
        }
    }
    (all > 0).then(|| with as f64 / all as f64)
}

/// The most likely share; `None` with too few sites where other people differ.
pub fn estimate(sites: &[HomozygousSite]) -> Option<Contamination> {
    let rare = sites.iter().filter(|site| site.frequency < RARE);
    let (wrong, total) = rare.fold((0.5, 500.0), |(k, n), s| (k + f64::from(s.other), n + f64::from(s.depth)));
    let error = (wrong / total).clamp(1e-4, 0.05);
    let common: Vec<&HomozygousSite> = sites.iter().filter(|site| site.frequency >= COMMON).collect();
    if common.len() < LEAST_SITES {
        return None;
    }
    let shares: Vec<f64> = (0..=1_000).map(|i| f64::from(i) / 2_000.0).collect();
    let scores: Vec<f64> = shares.iter().map(|share| common.iter().map(|s| score(s, *share, error)).sum()).collect();
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let inside: Vec<f64> =
        shares.iter().zip(&scores).filter(|(_, score)| **score >= top - INTERVAL).map(|(share, _)| *share).collect();
    let best = shares.iter().zip(&scores).find(|(_, score)| **score == top).map_or(0.0, |(share, _)| *share);
    Some(Contamination {
        share: best,
        low: inside.first().copied().unwrap_or(0.0),
        high: inside.last().copied().unwrap_or(0.5),
        sites: common.len(),
        error,
    })
}

/// Log likelihood of a site, but for a constant.
fn score(site: &HomozygousSite, share: f64, error: f64) -> f64 {
    let (k, n, q) = (f64::from(site.other), f64::from(site.depth), site.frequency);
    let weights = [(1.0 - q).powi(2), 2.0 * q * (1.0 - q), q * q];
    let terms = weights.into_iter().enumerate().map(|(copies, weight)| {
        let p = (error * (1.0 - share) + share * copies as f64 / 2.0).clamp(1e-6, 1.0 - 1e-6);
        weight.max(1e-12).ln() + k * p.ln() + (n - k) * (1.0 - p).ln()
    });
    let terms: Vec<f64> = terms.collect();
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + terms.iter().map(|t| (t - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::knowledge::embedded;

    /// Sites of two people's mixture, by a fixed recurrence.
    fn mixture(share: f64, common: usize, depth: u32) -> Vec<HomozygousSite> {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let mut sites = Vec::new();
        for index in 0..common + 500 {
            let frequency = if index < common { 0.05 + 0.4 * next() } else { 0.0 };
            let copies = f64::from(u8::from(next() < frequency)) + f64::from(u8::from(next() < frequency));
            let p = 0.001 * (1.0 - share) + share * copies / 2.0;
            let other = (0..depth).filter(|_| next() < p).count() as u32;
            sites.push(HomozygousSite { other, depth, frequency });
        }
        sites
    }

    #[test]
    fn the_share_that_was_mixed_in_lies_in_the_interval() {
        for share in [0.0, 0.02, 0.05, 0.1, 0.3] {
            let found = estimate(&mixture(share, 60, 30)).unwrap();
            assert!((found.low..=found.high).contains(&share), "{share}: {found:?}");
            assert!((found.share - share).abs() < 0.03, "{share}: {found:?}");
            assert!((found.error - 0.001).abs() < 0.0005, "{found:?}");
        }
    }

    #[test]
    fn few_common_sites_are_no_estimate() {
        assert_eq!(estimate(&mixture(0.1, 10, 30)), None);
    }

    #[test]
    fn frequencies_are_those_of_the_alleles_that_carry_the_base() {
        let gene = embedded().unwrap().genes.get("CYP2C9").unwrap();
        let star_2 = gene.sites.iter().position(|s| s.position == 94_942_290).unwrap();
        let (c, t) = (frequency(gene, star_2, "C").unwrap(), frequency(gene, star_2, "T").unwrap());
        assert!((c + t - 1.0).abs() < 1e-9 && (0.02..0.15).contains(&t), "{c} {t}");
    }
}
