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
    /// Sites at which it is unlike the form that has all that the definition permits.
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

/// The forms of every named allele that `supported` permits.
///
/// An allele drops out when it must carry, at some site, a code that is neither the reference allele's nor supported.
/// Where its definition permits several codes, the first form has, at each such site, a supported code that the reference
/// allele does not have; further forms depart from it at one site or two.
pub fn forms(locus: &Locus, gene: &Gene, sites: &[LocusSite], supported: &dyn Fn(usize, u8) -> bool) -> Vec<Form> {
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
        let mut states = self::reference(sites);
        let mut open: Vec<(usize, u8)> = Vec::new();
        let mut possible = true;
        for (place, site) in sites.iter().enumerate() {
            let Some(defining) = site.defining else { continue };
            let codes = |allele: usize| codes(gene, allele, defining, site);
            let ordinary = codes(reference);
            let constrained =
                gene.alleles.get(index).and_then(|a| a.carries.get(defining)).is_some_and(|c| !c.is_empty());
            let permitted = if constrained { codes(index) } else { ordinary.clone() };
            let (Some(slot), Some(&first)) = (states.get_mut(place), permitted.first()) else { continue };
            let likely: Vec<u8> = permitted.iter().copied().filter(|&code| supported(place, code)).collect();
            match likely.as_slice() {
                [] if permitted.iter().all(|code| !ordinary.contains(code)) => {
                    possible = false;
                    break;
                }
                [] => *slot = first,
                [one] => *slot = *one,
                // a conversion of part of the gene to the pseudogene is a kind of unit, not a choice of the allele
                [..] if in_conversion(locus, site) => *slot = ordinary.first().copied().unwrap_or(first),
                several => {
                    let own = several.iter().copied().find(|code| !ordinary.contains(code)).unwrap_or(first);
                    *slot = own;
                    open.extend(several.iter().filter(|code| **code != own).map(|code| (place, *code)));
                }
            }
        }
        if !possible {
            continue;
        }
        let form = |(states, departures)| Form { allele: allele.name.clone(), states, departures };
        forms.extend(departures(&states, &open).into_iter().map(form));
    }
    for background in &locus.about.background {
        let place = sites.iter().position(|site| site.grch37 == background.grch37 && site.kind == SiteKind::Base);
        let code = base_code(background.base as u8);
        let (Some(place), Some(code)) = (place, code) else { continue };
        if !supported(place, code) {
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
/// apart.
fn in_conversion(locus: &Locus, site: &LocusSite) -> bool {
    let conversions = locus.about.unit_kind.iter().filter(|kind| kind.needs_background).flat_map(|kind| &kind.paralog);
    let within = conversions.into_iter().any(|&(start, end)| (start..end).contains(&site.grch37));
    within && site.paralog.is_some() && site.paralog != site.reference
}

fn codes(gene: &Gene, allele: usize, defining: usize, site: &LocusSite) -> Vec<u8> {
    let Some(site_of_gene) = gene.sites.get(defining) else { return Vec::new() };
    let carried = gene.alleles.get(allele).and_then(|a| a.carries.get(defining)).map_or(&[][..], Vec::as_slice);
    let mut codes: Vec<u8> =
        carried.iter().filter_map(|bases| allele_code(&site.kind, &site_of_gene.reference, bases)).collect();
    codes.dedup();
    codes
}

/// The states as they are, with one open site changed, and with two; then with all changed, and with all but one.
fn departures(states: &[u8], open: &[(usize, u8)]) -> Vec<(States, u32)> {
    let changed = |states: &[u8], (place, code): (usize, u8)| {
        let mut states = states.to_vec();
        if let Some(slot) = states.get_mut(place) {
            *slot = code;
        }
        states
    };
    let mut made = vec![(states.to_vec(), 0)];
    for (index, first) in open.iter().enumerate() {
        let once = changed(states, *first);
        for second in open.iter().skip(index + 1).filter(|second| second.0 != first.0) {
            made.push((changed(&once, *second), 2));
        }
        made.push((once, 1));
    }
    if open.len() > 2 {
        let all = open.iter().fold(states.to_vec(), |states, change| changed(&states, *change));
        for (place, _) in open {
            let own = states.get(*place).copied().unwrap_or(UNKNOWN);
            made.push((changed(&all, (*place, own)), 3));
        }
        made.push((all, 2));
    }
    made
}
