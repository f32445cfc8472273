//! A phenotype from one site where no alleles can be called.
//!
//! CPIC's statin guideline (PMID 35152405) lets SLCO1B1 be judged by rs4149056 alone. The site and the alleles that stand
//! for its bases are facts of the gene: `fallback_site`, `fallback_reference`, `fallback_variant`.

use super::{strand, warnings};
use crate::call::{Candidate, Diplotype, GeneCall};
use crate::knowledge::schema::Gene;
use crate::matching::{Code, Sample, sorted_pair};

/// Gives a call without candidates the phenotype of the fallback site; the diplotype stays unknown.
pub(super) fn apply(gene: &Gene, sample: &Sample, call: &mut GeneCall) {
    if !call.candidates.is_empty() {
        return;
    }
    let Some((site, diplotype)) = stand_in(gene, sample) else { return };
    let candidate =
        Candidate { diplotype: Some(diplotype), score: 0, functions: Vec::new(), phenotype: None, posterior: None };
    let mut judged = GeneCall { candidates: vec![candidate], ..call.clone() };
    crate::phenotype::assign(gene, &mut judged);
    call.candidates = judged.candidates;
    for candidate in &mut call.candidates {
        candidate.diplotype = None;
    }
    call.warnings.push(warnings::fallback_site(gene, site));
}

/// The fallback site, and the diplotype that stands for what it shows.
fn stand_in(gene: &Gene, sample: &Sample) -> Option<(usize, Diplotype)> {
    let fact = |key: &str| gene.rule_facts.get(key).and_then(|v| v.first());
    let (rsid, reference, variant) = (fact("fallback_site")?, fact("fallback_reference")?, fact("fallback_variant")?);
    let site = gene.sites.iter().position(|s| s.rsid.as_ref() == Some(rsid))?;
    let seen = sample.seen.iter().find(|s| s.site == site)?;
    let allele = |code: Code| match code {
        0 => Some(strand(reference)),
        1 => Some(strand(variant)),
        _ => None,
    };
    let (a, b) = sorted_pair(allele(seen.codes[0])?, allele(seen.codes[1])?);
    Some((site, Diplotype::Pair(a, b)))
}
