//! A gene's named alleles, indexed by what they accept at each site.

use super::bits::AlleleSet;
use super::sample::{Code, REFERENCE};
use crate::knowledge::schema::{Gene, GeneSite, SiteRole};

/// What a site means that an allele's definition leaves blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    /// The allele carries there what the reference allele carries.
    Reference,
    /// The allele may carry anything there.
    Anything,
}

/// The alleles that may be matched, and the index from site and observed allele to the alleles that accept it.
pub(crate) struct Definition<'g> {
    /// The gene.
    pub(crate) gene: &'g Gene,
    /// Indices into [`Gene::alleles`]: neither ignored nor structural.
    pub(crate) alleles: Vec<usize>,
    /// The reference allele, as a position in `alleles`.
    pub(crate) reference: Option<usize>,
    sites: Vec<SiteIndex>,
}

#[derive(Default)]
struct SiteIndex {
    /// By code of the observed allele: the alleles whose definition names it.
    explicit: Vec<AlleleSet>,
    /// Alleles whose definition names the site, and those that leave it blank; `None` for a site that defines nothing.
    named_and_blank: Option<[AlleleSet; 2]>,
    /// What a blank means under [`Blank::Reference`]; `None` where the reference allele leaves the site blank too.
    filled_with: Option<Code>,
    /// Alleles that accept more than one base here (IUPAC codes).
    ambiguous: Vec<usize>,
}

impl<'g> Definition<'g> {
    /// Indexes a gene. O(alleles × sites).
    pub(crate) fn new(gene: &'g Gene) -> Self {
        let alleles: Vec<usize> = (0..gene.alleles.len())
            .filter(|&i| gene.alleles.get(i).is_some_and(|a| !a.is_ignored && !a.is_structural))
            .collect();
        let reference = alleles.iter().position(|&i| gene.alleles.get(i).is_some_and(|a| a.is_reference));
        let mut definition = Self { gene, alleles, reference, sites: Vec::new() };
        definition.sites = gene.sites.iter().enumerate().map(|(i, s)| definition.index(i, s)).collect();
        definition
    }

    fn index(&self, at: usize, site: &GeneSite) -> SiteIndex {
        if site.role != SiteRole::Defining {
            return SiteIndex::default();
        }
        let n = self.alleles.len();
        let mut explicit = vec![AlleleSet::none(n); site.alternates.len() + 1];
        let [mut named, mut blank] = [AlleleSet::none(n), AlleleSet::none(n)];
        let mut ambiguous = Vec::new();
        for allele in 0..n {
            let bases = self.carries(allele, at);
            if bases.is_empty() { &mut blank } else { &mut named }.insert(allele);
            if bases.len() > 1 {
                ambiguous.push(allele);
            }
            for code in bases.iter().filter_map(|b| code_of(site, b)) {
                if let Some(set) = explicit.get_mut(usize::from(code)) {
                    set.insert(allele);
                }
            }
        }
        let filled_with = self.reference.and_then(|r| match self.carries(r, at) {
            [] => None,
            [one] => code_of(site, one),
            // a reference allele that accepts several bases hands on the base of the assembly
            _ => Some(REFERENCE),
        });
        SiteIndex { explicit, named_and_blank: Some([named, blank]), filled_with, ambiguous }
    }

    /// Number of alleles that may be matched.
    pub(crate) fn len(&self) -> usize {
        self.alleles.len()
    }

    /// What an allele carries at a site; empty where it is not constrained.
    pub(crate) fn carries(&self, allele: usize, site: usize) -> &'g [String] {
        let bases = self.alleles.get(allele).and_then(|&i| self.gene.alleles.get(i)).and_then(|a| a.carries.get(site));
        bases.map_or(&[], Vec::as_slice)
    }

    /// Whether the definition of an allele names the site.
    pub(crate) fn constrains(&self, allele: usize, site: usize) -> bool {
        self.naming(site).is_some_and(|named| named.contains(allele))
    }

    /// Alleles whose definition names a site.
    fn naming(&self, site: usize) -> Option<&AlleleSet> {
        self.sites.get(site)?.named_and_blank.as_ref().map(|[named, _]| named)
    }

    /// Alleles whose definition names any of some sites.
    pub(crate) fn naming_any(&self, sites: impl Iterator<Item = usize>) -> AlleleSet {
        let mut set = AlleleSet::none(self.len());
        sites.filter_map(|s| self.naming(s)).for_each(|named| set.unite(named));
        set
    }

    /// Name under which an allele is reported: a suballele counts as its core allele.
    pub(crate) fn name(&self, allele: usize) -> &'g str {
        let named = self.alleles.get(allele).and_then(|&i| self.gene.alleles.get(i));
        named.map_or("", |a| a.suballele_of.as_deref().unwrap_or(&a.name))
    }

    /// The allele of a name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        (0..self.len())
            .find(|&a| self.alleles.get(a).and_then(|&i| self.gene.alleles.get(i)).is_some_and(|n| n.name == name))
    }

    /// Alleles that accept an observed allele at a site.
    pub(crate) fn accepting(&self, site: usize, code: Code, blank: Blank) -> AlleleSet {
        let nothing = || AlleleSet::none(self.len());
        let Some(index) = self.sites.get(site) else { return nothing() };
        let mut set = index.explicit.get(usize::from(code)).cloned().unwrap_or_else(nothing);
        let filled = blank == Blank::Anything || index.filled_with.is_none_or(|c| c == code);
        if let Some([_, blank]) = index.named_and_blank.as_ref().filter(|_| filled) {
            set.unite(blank);
        }
        set
    }

    /// Alleles that accept more than one base at a site.
    pub(crate) fn ambiguous(&self, site: usize) -> &[usize] {
        self.sites.get(site).map_or(&[], |s| s.ambiguous.as_slice())
    }
}

/// Code of some bases at a site; `None` where the site does not list them.
fn code_of(site: &GeneSite, bases: &str) -> Option<Code> {
    if bases == site.reference {
        return Some(REFERENCE);
    }
    site.alternates.iter().position(|a| a == bases).and_then(|i| Code::try_from(i + 1).ok())
}
