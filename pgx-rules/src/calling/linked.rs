//! An allele of two linked sites of which one is causal and the other a proxy (HapB3: rs75017182 in the intron, rs56038477
//! in the exon).
//!
//! The causal site decides. Both variants are the linked allele; the causal one alone is the allele of that site; the
//! proxy alone counts only where the causal site was not seen. Which allele and which sites are facts of the gene:
//! `linked_allele`, `linked_causal_site`, `linked_proxy_site`.

use super::{Context, warnings};
use crate::call::Warning;
use crate::knowledge::schema::Gene;
use crate::matching::{Code, Definition, MISSING, Sample};

/// The linked allele of a gene.
pub(super) struct Linked {
    /// The allele of both sites, by position in the definition.
    pub(super) both: usize,
    /// The allele of the causal site alone.
    pub(super) causal_alone: Option<usize>,
    causal: Site,
    proxy: Site,
}

struct Site {
    /// Index into the gene's sites.
    site: usize,
    /// Index into [`Sample::seen`]; `None` when the site is missing.
    seen: Option<usize>,
    /// Codes that are the linked allele's.
    variant: Vec<Code>,
}

/// What one copy shows at a site.
#[derive(Clone, Copy, PartialEq)]
enum Shows {
    Variant,
    Reference,
    Unknown,
}

impl Linked {
    /// Reads the facts; `None` for a gene without a linked allele.
    pub(super) fn new(gene: &Gene, definition: &Definition<'_>, sample: &Sample) -> Option<Self> {
        let fact = |key: &str| gene.rule_facts.get(key).and_then(|v| v.first());
        let both = definition.find(fact("linked_allele")?)?;
        let site = |rsid: &String| {
            let site = gene.sites.iter().position(|s| s.rsid.as_ref() == Some(rsid))?;
            let place = gene.sites.get(site)?;
            let bases = definition.carries(both, site);
            let codes = place.alternates.iter().enumerate().filter(|(_, a)| bases.contains(a));
            Some(Site {
                site,
                seen: sample.seen.iter().position(|s| s.site == site),
                variant: codes.filter_map(|(i, _)| Code::try_from(i + 1).ok()).collect(),
            })
        };
        let (causal, proxy) = (site(fact("linked_causal_site")?)?, site(fact("linked_proxy_site")?)?);
        let alone = |&allele: &usize| {
            let named: Vec<usize> = (0..gene.sites.len()).filter(|&s| definition.constrains(allele, s)).collect();
            named == [causal.site]
        };
        let causal_alone = (0..definition.len()).find(alone);
        Some(Self { both, causal_alone, causal, proxy })
    }

    /// The two sites.
    pub(super) fn sites(&self) -> [usize; 2] {
        [self.causal.site, self.proxy.site]
    }

    /// Whether either site shows anything but the reference.
    pub(super) fn is_shown(&self, sample: &Sample) -> bool {
        let seen = [&self.causal, &self.proxy].into_iter().filter_map(|s| sample.seen.get(s.seen?));
        seen.into_iter().any(|s| s.codes != [0, 0])
    }

    /// The allele that one copy carries.
    pub(super) fn on_copy(&self, context: &Context<'_>, copy: &[Code]) -> (Option<usize>, Option<Warning>) {
        let shows = |site: &Site| site.seen.and_then(|i| copy.get(i)).map_or(Shows::Unknown, |&c| site.shows(c));
        match (shows(&self.causal), shows(&self.proxy)) {
            (Shows::Variant, Shows::Variant) => (Some(self.both), None),
            (Shows::Variant, _) => (self.causal_alone, None),
            (Shows::Reference, Shows::Variant) => (None, Some(self.contradiction(context.gene))),
            (Shows::Unknown, Shows::Variant) => (Some(self.both), Some(self.proxy_only(context.gene))),
            _ => (None, None),
        }
    }

    /// The alleles of both copies when it is not known which variants are together: as many pairs as both counts allow.
    pub(super) fn by_count(&self, context: &Context<'_>) -> (Vec<usize>, Option<Warning>) {
        let sample = context.sample;
        let copies = |site: &Site| {
            let seen = site.seen.and_then(|i| sample.seen.get(i));
            seen.map(|s| s.codes.map(|c| site.shows(c)))
        };
        let together = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) => sample.blocks.iter().any(|block| block.contains(&a) && block.contains(&b)),
            _ => false,
        };
        let variants = |shows: [Shows; 2]| shows.iter().filter(|s| **s == Shows::Variant).count();
        let whole = |shows: [Shows; 2]| !shows.contains(&Shows::Unknown);
        let alone = |n: usize| self.causal_alone.into_iter().cycle().take(n).collect::<Vec<_>>();
        match (copies(&self.causal), copies(&self.proxy)) {
            (Some(causal), Some(proxy))
                if together(self.causal.seen, self.proxy.seen) || !whole(causal) || !whole(proxy) =>
            {
                self.by_copy(context, causal, proxy)
            }
            (Some(causal), Some(proxy)) => {
                let (causal, proxy) = (variants(causal), variants(proxy));
                let mut alleles = vec![self.both; causal.min(proxy)];
                alleles.extend(alone(causal.saturating_sub(proxy)));
                (alleles, (proxy > causal).then(|| self.contradiction(context.gene)))
            }
            (Some(causal), None) => (alone(variants(causal)), None),
            (None, Some(proxy)) => {
                let n = variants(proxy);
                (vec![self.both; n], (n > 0).then(|| self.proxy_only(context.gene)))
            }
            (None, None) => (Vec::new(), None),
        }
    }

    fn by_copy(&self, context: &Context<'_>, causal: [Shows; 2], proxy: [Shows; 2]) -> (Vec<usize>, Option<Warning>) {
        let mut warning = None;
        let mut alleles = Vec::new();
        for pair in causal.into_iter().zip(proxy) {
            match pair {
                (Shows::Variant, Shows::Variant) => alleles.push(self.both),
                (Shows::Variant, _) => alleles.extend(self.causal_alone),
                (Shows::Reference, Shows::Variant) => warning = Some(self.contradiction(context.gene)),
                (Shows::Unknown, Shows::Variant) => {
                    alleles.push(self.both);
                    warning = Some(self.proxy_only(context.gene));
                }
                _ => {}
            }
        }
        (alleles, warning)
    }

    fn contradiction(&self, gene: &Gene) -> Warning {
        warnings::causal_contradicts_proxy(gene, self.causal.site, self.proxy.site)
    }

    fn proxy_only(&self, gene: &Gene) -> Warning {
        warnings::proxy_only(gene, self.causal.site, self.proxy.site)
    }
}

impl Site {
    fn shows(&self, code: Code) -> Shows {
        match code {
            MISSING => Shows::Unknown,
            code if self.variant.contains(&code) => Shows::Variant,
            _ => Shows::Reference,
        }
    }
}
