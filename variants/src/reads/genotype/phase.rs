//! Phase by fragments that show two heterozygous sites.

use std::collections::BTreeMap;

use super::collect::SiteEvidence;
use super::likelihood::Called;
use crate::model::Panel;

/// Log odds at which two sites are joined: one wrong in a thousand.
const JOINED: f64 = 6.9;

/// Sites whose phase is known relative to each other.
struct Block {
    /// The site, and whether its copies are to change places.
    sites: Vec<(usize, bool)>,
    /// For each fragment, log odds that it comes from the first chromosome rather than the second.
    fragments: BTreeMap<u64, f64>,
}

impl Block {
    /// Log odds that the first chromosome of both is the same one.
    fn agreement(&self, other: &Self) -> f64 {
        let both = self.fragments.iter().filter_map(|(id, x)| Some((*x, *other.fragments.get(id)?)));
        both.map(|(x, y)| log_sum(x + y, 0.0) - log_sum(x, y)).sum()
    }

    /// Adds another, turned round where its chromosomes stand the other way.
    fn join(mut self, other: Self, turned: bool) -> Self {
        self.sites.extend(other.sites.into_iter().map(|(site, swap)| (site, swap != turned)));
        for (id, odds) in other.fragments {
            *self.fragments.entry(id).or_default() += if turned { -odds } else { odds };
        }
        self
    }
}

fn log_sum(a: f64, b: f64) -> f64 {
    let most = a.max(b);
    most + ((a - most).exp() + (b - most).exp()).ln()
}

/// Orders the copies of heterozygous sites, and gives each set the position of its first site.
///
/// Sites are taken in their order; each joins all sets of earlier sites that fragments tie it to.
pub(super) fn phase(panel: &Panel, evidence: &[SiteEvidence], called: &mut [Called]) {
    let mut done: Vec<Block> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    let mut contig = "";
    for (index, site) in panel.sites().iter().enumerate() {
        if site.contig != contig {
            done.append(&mut open);
            contig = &site.contig;
        }
        let (Some(evidence), Some(called)) = (evidence.get(index), called.get(index)) else { continue };
        let Some(&[a, b]) = called.copies.as_deref().filter(|copies| copies.first() != copies.last()) else { continue };
        let odds = evidence.fragments.iter().filter_map(|fragment| {
            let (first, second) = (fragment.likelihoods.get(a)?, fragment.likelihoods.get(b)?);
            Some((fragment.id, (first / second).ln()))
        });
        let mut new = Block { sites: vec![(index, false)], fragments: odds.collect() };
        let mut kept = Vec::new();
        for block in open.drain(..) {
            let score = block.agreement(&new);
            if score.abs() < JOINED {
                kept.push(block);
            } else {
                new = block.join(new, score < 0.0);
            }
        }
        kept.push(new);
        open = kept;
    }
    done.append(&mut open);
    for block in done.iter().filter(|block| block.sites.len() > 1) {
        // the first site keeps its order, so that the sets do not depend on how they grew together
        let Some((first, turned)) = block.sites.iter().min() else { continue };
        let position = panel.sites().get(*first).map(|site| site.position.get());
        for (site, swap) in &block.sites {
            if let Some(called) = called.get_mut(*site) {
                called.phase_set = position;
                if let Some(copies) = called.copies.as_mut().filter(|_| swap != turned) {
                    copies.reverse();
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::collect::Fragment;
    use super::super::likelihood;
    use super::*;
    use crate::model::{Assembly, Position, Site};

    /// Sites of reference C and alternate T; fragments as words of a letter a site, four of each: R, A, or - where it shows nothing.
    fn phased(sites: u32, fragments: &str) -> Vec<(Option<Vec<usize>>, Option<u32>)> {
        let site = |n: u32| Site {
            contig: "chr10".to_owned(),
            position: Position::new(100 * (n + 1)).unwrap(),
            reference: "C".to_owned(),
            alternates: vec!["T".to_owned()],
            rsid: None,
            synonyms: Vec::new(),
        };
        let panel = Panel::new(Assembly::Grch38, (0..sites).map(site).collect()).unwrap();
        let mut evidence = vec![
            SiteEvidence {
                alleles: vec!["C".to_owned(), "T".to_owned()],
                panel_alternates: 1,
                ..SiteEvidence::default()
            };
            sites as usize
        ];
        for (id, fragment) in fragments.split_whitespace().flat_map(|word| [word; 4]).enumerate() {
            for (site, letter) in fragment.chars().enumerate().filter(|(_, letter)| *letter != '-') {
                let likelihoods = if letter == 'A' { vec![0.001, 0.999] } else { vec![0.999, 0.001] };
                evidence[site].fragments.push(Fragment { id: id as u64, likelihoods });
            }
        }
        let mut called: Vec<Called> = evidence.iter().map(|e| likelihood::call(e, 2)).collect();
        phase(&panel, &evidence, &mut called);
        called.into_iter().map(|c| (c.copies, c.phase_set)).collect()
    }

    #[test]
    fn fragments_that_show_two_sites_phase_them() {
        assert_eq!(phased(2, "AA RR"), [(Some(vec![0, 1]), Some(100)), (Some(vec![0, 1]), Some(100))]);
        assert_eq!(phased(2, "AR RA"), [(Some(vec![0, 1]), Some(100)), (Some(vec![1, 0]), Some(100))]);
    }

    #[test]
    fn sites_that_no_fragment_ties_stay_apart() {
        let apart = phased(2, "A- R- -A -R");
        assert!(apart.iter().all(|(copies, set)| *copies == Some(vec![0, 1]) && set.is_none()));
    }

    #[test]
    fn sets_that_interleave_keep_their_own_names() {
        // mate pairs tie the first to the third and the second to the fourth
        let sets: Vec<Option<u32>> = phased(4, "A-R- R-A- -A-A -R-R").into_iter().map(|(_, set)| set).collect();
        assert_eq!(sets, [Some(100), Some(200), Some(100), Some(200)]);
    }

    #[test]
    fn a_later_site_joins_two_sets() {
        let (copies, sets): (Vec<_>, Vec<_>) = phased(3, "A-A R-R -AR -RA").into_iter().unzip();
        assert_eq!(sets, [Some(100); 3]);
        assert_eq!(copies.into_iter().flatten().collect::<Vec<_>>(), [vec![0, 1], vec![1, 0], vec![0, 1]]);
    }
}
