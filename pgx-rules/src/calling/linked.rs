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
    /// The allele of the causal site alone; the linked allele where the definition has none.
    pub(super) causal_alone: usize,
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
        let causal_alone = (0..definition.len()).find(alone).unwrap_or(both);
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
            (Shows::Variant, _) => (Some(self.causal_alone), None),
            (Shows::Reference, Shows::Variant) => (None, Some(self.contradiction(context.gene))),
            (Shows::Unknown, Shows::Variant) => (Some(self.both), Some(self.proxy_only(context.gene))),
            _ => (None, None),
        }
    }

    /// The alleles of both copies where copies are not spelled out. Within one phase block they are read one by one.
    /// Otherwise counts decide: as many linked alleles as both sites have variants; what the causal site has beyond that
    /// is its own allele; what the proxy has beyond that counts only for copies whose causal base is unknown.
    pub(super) fn by_count(&self, context: &Context<'_>) -> (Vec<usize>, Option<Warning>) {
        if self.share_a_block(context.sample) {
            return self.by_copy(context);
        }
        let [causal, proxy] = [&self.causal, &self.proxy].map(|site| site.both_copies(context.sample));
        let count = |copies: [Shows; 2], what| copies.iter().filter(|s| **s == what).count();
        let (causal_variants, proxy_variants) = (count(causal, Shows::Variant), count(proxy, Shows::Variant));
        let together = causal_variants.min(proxy_variants);
        let proxy_alone = (proxy_variants - together).min(count(causal, Shows::Unknown));
        let mut alleles = vec![self.both; together + proxy_alone];
        alleles.extend(std::iter::repeat_n(self.causal_alone, causal_variants - together));
        let warning = if proxy_variants - together > proxy_alone {
            Some(self.contradiction(context.gene))
        } else {
            (proxy_alone > 0).then(|| self.proxy_only(context.gene))
        };
        (alleles, warning)
    }

    fn share_a_block(&self, sample: &Sample) -> bool {
        let (Some(causal), Some(proxy)) = (self.causal.seen, self.proxy.seen) else { return false };
        sample.blocks.iter().any(|block| block.contains(&causal) && block.contains(&proxy))
    }

    fn by_copy(&self, context: &Context<'_>) -> (Vec<usize>, Option<Warning>) {
        let (mut alleles, mut warning) = (Vec::new(), None);
        for copy in 0..2 {
            let codes: Vec<Code> = context.sample.seen.iter().map(|s| s.codes[copy]).collect();
            let (allele, found) = self.on_copy(context, &codes);
            alleles.extend(allele);
            warning = warning.or(found);
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
    fn both_copies(&self, sample: &Sample) -> [Shows; 2] {
        let seen = self.seen.and_then(|i| sample.seen.get(i));
        seen.map_or([Shows::Unknown; 2], |s| s.codes.map(|c| self.shows(c)))
    }

    fn shows(&self, code: Code) -> Shows {
        match code {
            MISSING => Shows::Unknown,
            code if self.variant.contains(&code) => Shows::Variant,
            _ => Shows::Reference,
        }
    }
}
