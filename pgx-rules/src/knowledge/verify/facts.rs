//! Facts of a calling rule (`rule_facts` in `gene.toml`): what they name must exist, or the rule would be off silently.

use super::{Report, Severity};
use crate::knowledge::schema::Gene;

/// Facts that name an allele.
const ALLELES: [&str; 3] = ["linked_allele", "fallback_reference", "fallback_variant"];
/// Facts that name a site by its rsID.
const SITES: [&str; 3] = ["linked_causal_site", "linked_proxy_site", "fallback_site"];
/// Facts that only make sense together.
const TOGETHER: [&[&str]; 2] = [
    &["linked_allele", "linked_causal_site", "linked_proxy_site"],
    &["fallback_site", "fallback_reference", "fallback_variant"],
];

pub(super) fn check(gene: &Gene, report: &mut Report<'_>) {
    let fact = |key: &str| gene.rule_facts.get(key).and_then(|v| v.first());
    let site = |rsid: &String| gene.sites.iter().position(|s| s.rsid.as_ref() == Some(rsid));
    for key in ALLELES {
        if let Some(name) = fact(key).filter(|n| gene.alleles.iter().all(|a| a.name != **n)) {
            report(Severity::Error, format!("{key} names {name}, which is not defined"));
        }
    }
    for key in SITES {
        if let Some(rsid) = fact(key).filter(|r| site(r).is_none()) {
            report(Severity::Error, format!("{key} names {rsid}, which is no site"));
        }
    }
    for group in TOGETHER {
        let given = group.iter().filter(|k| fact(k).is_some()).count();
        if given != 0 && given != group.len() {
            report(Severity::Error, format!("{} belong together, but {given} of them are given", group.join(", ")));
        }
    }
    let linked = fact("linked_allele").and_then(|name| gene.alleles.iter().find(|a| a.name == *name));
    for key in ["linked_causal_site", "linked_proxy_site"] {
        let index = fact(key).and_then(site);
        if let (Some(allele), Some(index)) = (linked, index)
            && allele.carries.get(index).is_none_or(Vec::is_empty)
        {
            report(Severity::Error, format!("{} carries nothing at its {key}", allele.name));
        }
    }
}
