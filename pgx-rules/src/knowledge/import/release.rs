//! A whole release: definitions, exceptions, functions, phenotype rules, frequencies, GRCh37 positions.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::{ImportError, definition, exemptions, grch37, read_text, tables};
use crate::knowledge::schema::{Gene, Lookup, PhenotypeMethod, Undocumented};

/// Where the parts of a release lie.
#[derive(Clone, Debug)]
pub struct ReleaseFolder {
    /// Folder with `alleles/GENE_translation.json(.gz)`, `exemptions.json`, `allele_function.tsv`,
    /// `function_pair_rules.tsv`.
    pub folder: PathBuf,
    /// Our curated facts (`curation/genes.toml`): which genes, their rules.
    pub curation: PathBuf,
    /// Allele counts: `gene allele group count total …`.
    pub frequencies: Option<PathBuf>,
    /// PyPGx's `variant-table.csv`.
    pub grch37: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Curated {
    calling: Option<String>,
    phenotype_method: Option<PhenotypeMethod>,
    undocumented: Option<Undocumented>,
    lookup: Option<Lookup>,
    rename_reference: Option<String>,
    rule_facts: IndexMap<String, Vec<String>>,
    confidence: Vec<String>,
    /// By GRCh38 position: the reference base on GRCh37, read in its sequence, of sites that no table has.
    grch37_reference: IndexMap<String, String>,
}

/// Reads a release into genes, sorted by symbol.
///
/// # Errors
/// When a file is absent or not in its format.
pub fn release(from: &ReleaseFolder) -> Result<IndexMap<String, Gene>, ImportError> {
    let text = read_text(&from.curation)?;
    let curated: IndexMap<String, Curated> =
        toml::from_str(&text).map_err(|e| ImportError::format(&from.curation, e))?;
    let mut genes = IndexMap::new();
    let mut read_in_sequence: Vec<(String, IndexMap<String, String>)> = Vec::new();
    for (symbol, mut facts) in curated {
        read_in_sequence.push((symbol.clone(), std::mem::take(&mut facts.grch37_reference)));
        genes.insert(symbol.clone(), gene(from, &symbol, facts)?);
    }
    genes.sort_keys();
    tables::functions(&from.folder.join("allele_function.tsv"), &mut genes)?;
    tables::pairs(&from.folder.join("function_pair_rules.tsv"), &mut genes)?;
    if let Some(path) = &from.frequencies {
        tables::frequencies(path, "1000-genomes", &mut genes)?;
    }
    exemptions::apply(&from.folder.join("exemptions.json"), &mut genes)?;
    if let Some(path) = &from.grch37 {
        grch37::place(path, &mut genes)?;
        for (symbol, bases) in &read_in_sequence {
            let Some(gene) = genes.get_mut(symbol) else { continue };
            grch37::correct(gene, bases)
                .map_err(|message| ImportError::format(&from.curation, format!("{symbol}: {message}")))?;
        }
    }
    Ok(genes)
}

fn gene(from: &ReleaseFolder, symbol: &str, facts: Curated) -> Result<Gene, ImportError> {
    let mut gene = match definition_path(&from.folder, symbol) {
        Some(path) => definition(&path)?,
        // known from outside calls only
        None => Gene { calling: "presence".into(), ..Gene::new(symbol, "") },
    };
    if let Some(name) = facts.rename_reference {
        let old = std::mem::replace(&mut gene.reference_allele, name.clone());
        gene.alleles.iter_mut().filter(|a| a.is_reference).for_each(|a| a.name.clone_from(&name));
        gene.rule_facts.insert("definition_name_of_reference".into(), vec![old]);
    }
    gene.calling = facts.calling.unwrap_or(gene.calling);
    gene.phenotype_method = facts.phenotype_method.unwrap_or(gene.phenotype_method);
    gene.undocumented = facts.undocumented.unwrap_or(gene.undocumented);
    gene.lookup = facts.lookup.unwrap_or(gene.lookup);
    gene.rule_facts.extend(facts.rule_facts);
    gene.confidence.extend(facts.confidence);
    gene.sources = vec!["definitions".into(), "functions".into()];
    Ok(gene)
}

fn definition_path(folder: &Path, symbol: &str) -> Option<PathBuf> {
    ["json.gz", "json"]
        .iter()
        .map(|ending| folder.join("alleles").join(format!("{symbol}_translation.{ending}")))
        .find(|path| path.is_file())
}
