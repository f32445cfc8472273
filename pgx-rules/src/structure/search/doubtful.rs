//! Sites that are left out: there the sample, or its pseudogene, is unlike the reference sequence.

use std::collections::BTreeSet;

use variants::model::SiteKind;

use super::{Sample, Structure, share};

/// Standard deviations by which no structure may miss a site before the site is left out.
const UNEXPLAINED: f64 = 4.0;
/// Sites on either side that a site is held against.
const NEIGHBOURS: usize = 5;
/// Share of other bases at which a site's place is in doubt.
const FOREIGN: f64 = 0.15;
/// Sites on either side of a site that the same fragment shows.
const BESIDE: usize = 3;
/// Share of fragments unlike both sides at which a site is left out.
const UNLIKE_BOTH: f64 = 0.15;
/// Standard deviations beyond them at which it is left out.
const UNLIKE: f64 = 2.5;

impl Sample<'_> {
    /// Fragments that show the gene's base at each site, and that show it or the pseudogene's.
    fn counts(&self) -> Vec<(f64, f64)> {
        let mut counts = vec![(0.0, 0.0); self.sites.len()];
        for seen in self.reads.fragments.iter().flatten() {
            let place = usize::from(seen.site);
            let (Some(site), Some(count)) = (self.sites.get(place), counts.get_mut(place)) else { continue };
            count.0 += f64::from(u8::from(site.reference == Some(seen.code)));
            count.1 += f64::from(u8::from([site.reference, site.paralog].contains(&Some(seen.code))));
        }
        counts
    }

    /// Sites where bases that neither gene nor pseudogene has are frequent: their places differ on this assembly.
    pub(super) fn foreign(&self) -> Vec<usize> {
        let mut all = vec![0.0; self.sites.len()];
        for seen in self.reads.fragments.iter().flatten() {
            if let Some(count) = all.get_mut(usize::from(seen.site)) {
                *count += 1.0;
            }
        }
        let counts = self.counts();
        let is_foreign = |place: &usize| {
            let (Some(all), Some((_, both))) = (all.get(*place), counts.get(*place)) else { return false };
            let tells =
                self.sites.get(*place).is_some_and(|site| site.paralog.is_some() && site.paralog != site.reference);
            tells && *all >= 4.0 && both / all < 1.0 - FOREIGN
        };
        (0..self.sites.len()).filter(is_foreign).collect()
    }

    /// Sites whose share of the gene's base is outside what the sites on both sides show. Hybrids and conversions change
    /// runs of sites; a single one is a difference of this sample, or of its pseudogene, from the reference sequence.
    pub(super) fn unlike_neighbours(&self) -> Vec<usize> {
        let counts = self.counts();
        let tells: Vec<(usize, f64, f64)> = (0..self.sites.len())
            .filter(|place| {
                self.sites.get(*place).is_some_and(|site| {
                    site.kind == SiteKind::Base && site.paralog.is_some() && site.paralog != site.reference
                })
            })
            .filter_map(|place| counts.get(place).map(|(of_gene, both)| (place, *of_gene, *both)))
            .filter(|(_, _, both)| *both >= 4.0)
            .collect();
        let share = |slice: &[(usize, f64, f64)]| {
            let mut shares: Vec<f64> = slice.iter().map(|(_, of_gene, both)| of_gene / both).collect();
            shares.sort_by(f64::total_cmp);
            shares.get(shares.len() / 2).copied()
        };
        let mut odd = Vec::new();
        for (index, (place, of_gene, both)) in tells.iter().enumerate() {
            let before = share(tells.get(index.saturating_sub(NEIGHBOURS)..index).unwrap_or_default());
            let after = share(tells.get(index + 1..(index + 1 + NEIGHBOURS).min(tells.len())).unwrap_or_default());
            let (low, high) = match (before, after) {
                (Some(a), Some(b)) => (a.min(b), a.max(b)),
                (Some(a), None) | (None, Some(a)) => (a, a),
                (None, None) => continue,
            };
            let near = (of_gene / both).clamp(low, high);
            let p = near.clamp(0.05, 0.95);
            if (of_gene / both - near).abs() > UNLIKE * (p * (1.0 - p) / both).sqrt() + 0.03 {
                odd.push(*place);
            }
        }
        odd
    }

    /// Sites that fragments show unlike the sites on either side of them: gene between gene on both sides, or the other way
    /// round. A hybrid's or a conversion's end is unlike one side only.
    pub(super) fn unlike_in_fragments(&self) -> Vec<usize> {
        // by [side][whether the side shows the gene's base]: fragments, and those whose site is unlike
        let mut tally = vec![[[(0_u32, 0_u32); 2]; 2]; self.sites.len()];
        for fragment in &self.reads.fragments {
            let row: Vec<(usize, bool)> = fragment
                .iter()
                .filter_map(|seen| {
                    let place = usize::from(seen.site);
                    let site = self.sites.get(place).filter(|site| site.paralog.is_some())?;
                    let of_gene = site.reference == Some(seen.code);
                    let tells = site.paralog != site.reference && (of_gene || site.paralog == Some(seen.code));
                    tells.then_some((place, of_gene))
                })
                .collect();
            for (index, (place, of_gene)) in row.iter().enumerate() {
                let before = row.get(index.saturating_sub(BESIDE)..index).unwrap_or_default();
                let after = row.get(index + 1..(index + 1 + BESIDE).min(row.len())).unwrap_or_default();
                for (side, near) in [before, after].into_iter().enumerate() {
                    let votes = near.iter().filter(|(_, of_gene)| *of_gene).count();
                    if near.is_empty() || votes * 2 == near.len() {
                        continue;
                    }
                    let majority = usize::from(votes * 2 > near.len());
                    if let Some(count) = tally.get_mut(*place) {
                        count[side][majority].0 += 1;
                        count[side][majority].1 += u32::from(usize::from(*of_gene) != majority);
                    }
                }
            }
        }
        let often = |(all, unlike): (u32, u32)| unlike >= 3 && f64::from(unlike) > UNLIKE_BOTH * f64::from(all);
        let is_odd = |place: &usize| {
            tally
                .get(*place)
                .is_some_and(|[before, after]| (0..2).any(|of_gene| often(before[of_gene]) && often(after[of_gene])))
        };
        (0..self.sites.len()).filter(is_odd).collect()
    }

    /// Sites at which the share of the gene's base is far from what every structure in play expects: the sample, or
    /// its pseudogene, differs there from the reference sequence.
    pub(super) fn unexplained(&self, structures: &[Structure], used: &[bool]) -> BTreeSet<usize> {
        let counts = self.counts();
        let odd = |place: &usize| {
            let (Some((k, n)), Some(site)) = (counts.get(*place), self.sites.get(*place)) else { return false };
            *n >= 4.0
                && structures.iter().all(|structure| {
                    let expected = share(self.locus, structure, site).clamp(0.02, 0.98);
                    let variance = expected * (1.0 - expected) * (1.0 / n + 0.03);
                    ((k / n - expected) / variance.sqrt()).abs() > UNEXPLAINED
                })
        };
        let candidates = (0..self.sites.len()).filter(|place| used.get(*place) == Some(&true));
        candidates.filter(odd).collect()
    }
}
