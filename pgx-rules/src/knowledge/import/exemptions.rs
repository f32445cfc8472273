//! Exceptions to matching (`exemptions.json`).

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::definition::Locus;
use super::{ImportError, read_text};
use crate::knowledge::schema::{Gene, GeneSite, Priority, SiteRole};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exemption {
    #[serde(default)]
    required_positions: Vec<u32>,
    #[serde(default)]
    ignored_positions: Vec<Locus>,
    #[serde(default)]
    extra_positions: Vec<Locus>,
    #[serde(default)]
    ignored_alleles: Vec<String>,
    #[serde(default)]
    unphased_diplotype_priorities: Vec<Tie>,
    #[serde(default)]
    amp1_alleles: Vec<String>,
}

#[derive(Deserialize)]
struct Tie {
    list: Vec<String>,
    pick: String,
}

/// Writes the exceptions of the file into the genes.
pub(super) fn apply(path: &Path, genes: &mut IndexMap<String, Gene>) -> Result<(), ImportError> {
    let text = read_text(path)?;
    let all: IndexMap<String, Exemption> = serde_json::from_str(&text).map_err(|e| ImportError::format(path, e))?;
    for (symbol, exemption) in all {
        let Some(gene) = genes.get_mut(&symbol) else { continue };
        gene.required_sites = exemption.required_positions;
        gene.must_test = exemption.amp1_alleles;
        gene.unphased_priorities = exemption
            .unphased_diplotype_priorities
            .into_iter()
            .map(|t| Priority { among: t.list, pick: t.pick })
            .collect();
        for allele in &mut gene.alleles {
            allele.is_ignored |= exemption.ignored_alleles.contains(&allele.name);
        }
        for locus in exemption.ignored_positions {
            // another variant may start at the same base, for example a substitution where an ignored deletion is anchored
            let same = |s: &&mut GeneSite| s.position == locus.position && s.reference == locus.reference;
            for site in gene.sites.iter_mut().filter(same) {
                site.role = SiteRole::Ignored;
            }
        }
        for locus in exemption.extra_positions {
            add_site(gene, locus);
        }
    }
    Ok(())
}

fn add_site(gene: &mut Gene, locus: Locus) {
    let at = gene.sites.partition_point(|s| s.position < locus.position);
    gene.sites.insert(at, locus.site(SiteRole::Extra));
    for allele in &mut gene.alleles {
        allele.carries.insert(at, Vec::new());
    }
}
