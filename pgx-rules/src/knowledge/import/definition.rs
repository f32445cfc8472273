//! One allele definition in PharmCAT's JSON form (`GENE_translation.json`).

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{ImportError, read_text};
use crate::knowledge::schema::{Gene, GeneSite, NamedAllele, SiteRole};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    gene: String,
    chromosome: String,
    variants: Vec<Locus>,
    named_alleles: Vec<Allele>,
    #[serde(default)]
    suballeles_map: IndexMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Locus {
    pub position: u32,
    pub rsid: Option<String>,
    pub chromosome_hgvs_name: String,
    #[serde(rename = "ref")]
    pub reference: String,
    pub alts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allele {
    name: String,
    alleles: Vec<Option<String>>,
    reference: bool,
    #[serde(default)]
    structural_variant: bool,
}

impl Locus {
    pub(super) fn site(self, role: SiteRole) -> GeneSite {
        GeneSite {
            position: self.position,
            reference: self.reference,
            alternates: self.alts,
            rsid: self.rsid,
            hgvs: self.chromosome_hgvs_name,
            grch37: None,
            role,
        }
    }
}

/// Reads a definition. Functions, phenotypes and exceptions to matching are not part of the format: the gene comes with
/// the general calling rule and none of them.
///
/// # Errors
/// When the file cannot be read or is not such a definition.
pub fn definition(path: &Path) -> Result<Gene, ImportError> {
    definition_text(&read_text(path)?, path)
}

/// Reads a definition from its text; `path` is named in errors.
///
/// # Errors
/// When the text is not such a definition.
pub fn definition_text(text: &str, path: &Path) -> Result<Gene, ImportError> {
    let file: File = serde_json::from_str(text).map_err(|e| ImportError::format(path, e))?;
    let n_sites = file.variants.len();
    let mut order: Vec<usize> = (0..n_sites).collect();
    order.sort_by_key(|&i| file.variants[i].position);
    let mut alleles = Vec::with_capacity(file.named_alleles.len());
    for allele in &file.named_alleles {
        if allele.alleles.len() != n_sites {
            let what = format!("allele {} has {} values for {n_sites} variants", allele.name, allele.alleles.len());
            return Err(ImportError::format(path, what));
        }
        let carries = order.iter().map(|&i| allele.alleles[i].as_deref().map_or_else(Vec::new, expand)).collect();
        alleles.push(NamedAllele {
            name: allele.name.clone(),
            carries,
            is_reference: allele.reference,
            is_structural: allele.structural_variant,
            is_ignored: false,
            suballele_of: file.suballeles_map.get(&allele.name).cloned(),
        });
    }
    alleles.sort_by_key(|a| !a.is_reference);
    let Some(reference) = alleles.first().filter(|a| a.is_reference).map(|a| a.name.clone()) else {
        return Err(ImportError::format(path, "no reference allele"));
    };
    let mut sites: Vec<GeneSite> = file.variants.into_iter().map(|l| l.site(SiteRole::Defining)).collect();
    sites.sort_by_key(|s| s.position);
    Ok(Gene { reference_allele: reference, sites, alleles, ..Gene::new(file.gene, file.chromosome) })
}

/// Takes the sites and alleles of `new`, drops the exceptions to matching, and keeps what `old` knows of functions,
/// phenotypes and frequencies.
pub fn replace_definition(old: Option<&Gene>, new: Gene) -> Gene {
    let Some(old) = old else { return new };
    Gene {
        calling: old.calling.clone(),
        phenotype_method: old.phenotype_method,
        undocumented: old.undocumented,
        lookup: old.lookup,
        functions: old.functions.clone(),
        phenotypes: old.phenotypes.clone(),
        frequencies: old.frequencies.clone(),
        rule_facts: old.rule_facts.clone(),
        confidence: vec!["alleles defined by the user's file".into()],
        sources: old.sources.clone(),
        ..new
    }
}

/// The bases that a value of the definition accepts: itself, or those of a single IUPAC letter.
fn expand(value: &str) -> Vec<String> {
    let bases: &[&str] = match value {
        "R" => &["A", "G"],
        "Y" => &["C", "T"],
        "S" => &["C", "G"],
        "W" => &["A", "T"],
        "K" => &["G", "T"],
        "M" => &["A", "C"],
        "B" => &["C", "G", "T"],
        "D" => &["A", "G", "T"],
        "H" => &["A", "C", "T"],
        "V" => &["A", "C", "G"],
        "N" => &["A", "C", "G", "T"],
        other => return vec![other.to_owned()],
    };
    bases.iter().map(|b| (*b).to_owned()).collect()
}
