//! What a unit carries at each site: the pseudogene's sequence in part of it, a named allele in the rest.

use variants::model::SiteKind;

use super::locus::Locus;
use super::site::{LocusSite, allele_code, base_code};
use crate::knowledge::schema::Gene;

/// Code at each site of a locus; [`UNKNOWN`] where nothing is known.
pub type States = Vec<u8>;

/// Nothing is known of a site, or an allele permits several codes there.
pub const UNKNOWN: u8 = 254;

/// A named allele on the unit, one of the forms that its definition permits.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its name.
    pub allele: String,
    /// What it carries.
    pub states: States,
    /// Sites at which it is unlike the usual form.
    pub departures: u32,
}

/// States of a whole pseudogene.
pub fn paralog(sites: &[LocusSite]) -> States {
    sites.iter().map(|site| site.paralog.unwrap_or(UNKNOWN)).collect()
}

/// States of the gene's reference sequence.
pub fn reference(sites: &[LocusSite]) -> States {
    sites.iter().map(|site| site.reference.unwrap_or(UNKNOWN)).collect()
}

/// A unit with the pseudogene's sequence in a half-open range of GRCh37 positions and `rest` elsewhere.
pub fn hybrid(sites: &[LocusSite], rest: &[u8], range: (u32, u32)) -> States {
    let within = |site: &LocusSite| (range.0..range.1).contains(&site.grch37);
    sites
        .iter()
        .zip(rest)
        .map(|(site, &code)| if within(site) { site.paralog.unwrap_or(UNKNOWN) } else { code })
        .collect()
}

/// The forms of every named allele that `supported` permits, on a unit with the pseudogene's sequence in a half-open range of GRCh37
/// positions: what the allele carries there does not matter.
///
/// An allele drops out when it must carry, at some site, a code that is neither the reference allele's nor supported.
/// Where its definition permits several codes, the first form has, at each such site, the usual code, or, where none is known to be
/// usual, a supported one that the reference allele does not have; further forms depart from it at one site or two.
pub fn forms(
    locus: &Locus,
    gene: &Gene,
    sites: &[LocusSite],
    range: (u32, u32),
    supported: &dyn Fn(usize, u8) -> bool,
) -> Vec<Form> {
    let within = |site: &LocusSite| (range.0..range.1).contains(&site.grch37);
    let Some(reference) = gene.alleles.iter().position(|allele| allele.is_reference) else { return Vec::new() };
    let named_elsewhere = |name: &str| {
        let kinds = &locus.about.unit_kind;
        kinds.iter().any(|kind| kind.called.as_deref() == Some(name) || kind.names.values().any(|n| n == name))
    };
    let mut forms = Vec::new();
    for (index, allele) in gene.alleles.iter().enumerate() {
        if allele.is_ignored || named_elsewhere(&allele.name) {
            continue;
        }
        let usual = locus.about.usual_form.iter().find(|form| form.allele == allele.name);
        let mut states = self::reference(sites);
        let mut open: Vec<Open> = Vec::new();
        let mut unusual = 0;
        let mut possible = true;
        for (place, site) in sites.iter().enumerate() {
            let Some(defining) = site.defining.filter(|_| !within(site)) else { continue };
            let codes = |allele: usize| codes(gene, allele, defining, site);
            let ordinary = codes(reference);
            let constrained =
                gene.alleles.get(index).and_then(|a| a.carries.get(defining)).is_some_and(|c| !c.is_empty());
            let permitted = if constrained { codes(index) } else { ordinary.clone() };
            let (Some(slot), Some(&first)) = (states.get_mut(place), permitted.first()) else { continue };
            let likely: Vec<u8> = permitted.iter().copied().filter(|&code| supported(place, code)).collect();
            let usual_code = usual.and_then(|form| form.code(site));
            match likely.as_slice() {
                [] if permitted.iter().all(|code| !ordinary.contains(code)) => {
                    possible = false;
                    break;
                }
                [] => *slot = first,
                [one] => {
                    *slot = *one;
                    unusual += u32::from(usual_code.is_some_and(|code| code != *one));
                }
                // a conversion of part of the gene to the pseudogene is a kind of unit, not a choice of the allele
                [..] if in_conversion(locus, site) => *slot = ordinary.first().copied().unwrap_or(first),
                several => {
                    let fullest = several.iter().copied().find(|code| !ordinary.contains(code)).unwrap_or(first);
                    let own = usual_code.filter(|code| several.contains(code)).unwrap_or(fullest);
                    let departs = u32::from(!usual.is_some_and(|form| form.either.contains(&site.grch37)));
                    *slot = own;
                    let others = several.iter().filter(|code| **code != own);
                    open.extend(others.map(|&code| Open { place, code, departs }));
                }
            }
        }
        if !possible {
            continue;
        }
        let form = |(states, departures): (States, u32)| Form {
            allele: allele.name.clone(),
            states: hybrid(sites, &states, range),
            departures: unusual + departures,
        };
        forms.extend(departures(&states, &open).into_iter().map(form));
    }
    for background in &locus.about.background {
        let place = sites.iter().position(|site| site.grch37 == background.grch37 && site.kind == SiteKind::Base);
        let code = base_code(background.base as u8);
        let (Some(place), Some(code)) = (place, code) else { continue };
        if !supported(place, code) || sites.get(place).is_some_and(within) {
            continue;
        }
        let like: Vec<Form> = forms.iter().filter(|form| form.allele == background.like).cloned().collect();
        for mut form in like {
            if let Some(slot) = form.states.get_mut(place) {
                *slot = code;
            }
            form.allele.clone_from(&background.name);
            forms.push(form);
        }
    }
    forms
}

/// Whether a site lies in the short conversion that a kind of unit names by its allele, and tells gene and pseudogene
/// apart: a base that whole genes share with the pseudogene does not.
fn in_conversion(locus: &Locus, site: &LocusSite) -> bool {
    let conversions = locus.about.unit_kind.iter().filter(|kind| kind.needs_background).flat_map(|kind| &kind.paralog);
    let within = conversions.into_iter().any(|&(start, end)| (start..end).contains(&site.grch37));
    within && locus.differences.iter().any(|difference| difference.gene == site.grch37)
}

fn codes(gene: &Gene, allele: usize, defining: usize, site: &LocusSite) -> Vec<u8> {
    let Some(site_of_gene) = gene.sites.get(defining) else { return Vec::new() };
    let carried = gene.alleles.get(allele).and_then(|a| a.carries.get(defining)).map_or(&[][..], Vec::as_slice);
    let mut codes: Vec<u8> =
        carried.iter().filter_map(|bases| allele_code(&site.kind, &site_of_gene.reference, bases)).collect();
    codes.dedup();
    codes
}

/// Another code that an allele may have at a site.
struct Open {
    place: usize,
    code: u8,
    /// 1, or 0 where either code is usual.
    departs: u32,
}

/// Open sites of which every choice is a form; of more, those near the first form and near its opposite.
const ALL_CHOICES: usize = 6;

/// The states as they are and with every choice of the open sites changed; of many, with one or two changed, with all changed, and
/// with all but one.
fn departures(states: &[u8], open: &[Open]) -> Vec<(States, u32)> {
    let changed = |chosen: &dyn Fn(usize) -> bool| {
        let mut changed = states.to_vec();
        let mut departs = 0;
        for (_, open) in open.iter().enumerate().filter(|(index, _)| chosen(*index)) {
            if let Some(slot) = changed.get_mut(open.place) {
                *slot = open.code;
                departs += open.departs;
            }
        }
        (changed, departs)
    };
    let number = open.len();
    if number <= ALL_CHOICES {
        return (0..1_u32 << number).map(|mask| changed(&|index| mask >> index & 1 == 1)).collect();
    }
    let mut made = vec![(states.to_vec(), 0)];
    for first in 0..number {
        made.push(changed(&|index| index == first));
        made.extend((first + 1..number).map(|second| changed(&|index| index == first || index == second)));
    }
    // alleles with many open sites have known opposites: those cost no more than a few departures
    let few = |(states, departs): (States, u32), most: u32| (states, departs.min(most));
    made.extend((0..number).map(|kept| few(changed(&|index| index != kept), 3)));
    made.push(few(changed(&|_| true), 2));
    made
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::knowledge::embedded;

    #[test]
    fn an_allele_departs_from_its_usual_form_where_the_reads_do() {
        let locus = Locus::embedded().unwrap().remove(0);
        let gene = embedded().unwrap().genes.get(&locus.about.gene).unwrap();
        let sites = locus.sites(gene);
        let usual = locus.about.usual_form.first().unwrap();
        let forms_with = |supported: &dyn Fn(usize, u8) -> bool| {
            let all = forms(&locus, gene, &sites, (0, 0), supported);
            all.into_iter().filter(|form| form.allele == usual.allele).collect::<Vec<_>>()
        };
        let places: Vec<usize> = (0..sites.len()).filter(|i| usual.code(&sites[*i]).is_some()).collect();
        assert_eq!(places.len(), usual.carries.len());
        let first = forms_with(&|_, _| true).remove(0);
        assert_eq!(first.departures, 0);
        assert!(places.iter().all(|place| usual.code(&sites[*place]) == Some(first.states[*place])));
        for place in places {
            let without = forms_with(&|site, code| site != place || usual.code(&sites[place]) != Some(code));
            assert!(!without.is_empty() && without.iter().all(|form| form.departures > 0), "{place}");
        }
    }
}
