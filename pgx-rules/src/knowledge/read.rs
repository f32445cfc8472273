//! Reads the text files of `knowledge/` into [`Knowledge`]: the only place that knows their layout.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::schema::{
    AlleleFunction, DosingTable, Drug, Frequency, Gene, GeneSite, Knowledge, Lookup, NamedAllele, Phenoconversion,
    PhenotypeMethod, PhenotypeRow, Placement, PlacementEvidence, Priority, Release, SiteRole, Undocumented,
};

/// Why a knowledge folder cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file says something that it may not say.
    #[error("{path}: {what}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where there is one.
        what: String,
    },
}

/// `gene.toml`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GeneToml {
    symbol: String,
    contig: String,
    calling: String,
    phenotype_method: PhenotypeMethod,
    undocumented: Undocumented,
    lookup: Lookup,
    reference_allele: String,
    required_sites: Vec<u32>,
    must_test: Vec<String>,
    sources: Vec<String>,
    confidence: Vec<String>,
    rule_facts: IndexMap<String, Vec<String>>,
    #[serde(default)]
    unphased_priorities: Vec<Priority>,
}

impl From<&Gene> for GeneToml {
    fn from(gene: &Gene) -> Self {
        Self {
            symbol: gene.symbol.clone(),
            contig: gene.contig.clone(),
            calling: gene.calling.clone(),
            phenotype_method: gene.phenotype_method,
            undocumented: gene.undocumented,
            lookup: gene.lookup,
            reference_allele: gene.reference_allele.clone(),
            required_sites: gene.required_sites.clone(),
            must_test: gene.must_test.clone(),
            sources: gene.sources.clone(),
            confidence: gene.confidence.clone(),
            rule_facts: gene.rule_facts.clone(),
            unphased_priorities: gene.unphased_priorities.clone(),
        }
    }
}

#[derive(Deserialize)]
struct SiteLine {
    position: u32,
    reference: String,
    alternates: String,
    rsid: Option<String>,
    hgvs: String,
    role: SiteRole,
    grch37_position: Option<u32>,
    grch37_reference: String,
    grch37_evidence: Option<PlacementEvidence>,
}

#[derive(Deserialize)]
struct NameLine {
    allele: String,
    kind: Kind,
    suballele_of: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Reference,
    Structural,
    Ignored,
    Variant,
}

#[derive(Deserialize)]
struct AlleleLine {
    allele: String,
    position: u32,
    bases: String,
}

#[derive(Deserialize)]
struct FunctionLine {
    allele: String,
    function: String,
    activity: Option<String>,
    key: String,
    confidence: Option<String>,
}

/// Reads a whole folder.
///
/// # Errors
/// With the file, and the line where there is one, at the first thing that cannot be understood.
pub fn read_folder(folder: &Path) -> Result<Knowledge, ReadError> {
    let release: Release = toml_file(&folder.join("RELEASE.toml"))?;
    let mut genes = IndexMap::new();
    for path in entries(&folder.join("genes"))? {
        let gene = read_gene(&path)?;
        genes.insert(gene.symbol.clone(), gene);
    }
    let mut drugs = IndexMap::new();
    for path in entries(&folder.join("drugs"))? {
        let drug: Drug = toml_file(&path)?;
        drugs.insert(drug.name.clone(), drug);
    }
    let mut phenoconversions = IndexMap::new();
    for path in entries(&folder.join("phenoconversion"))? {
        let rule: Phenoconversion = toml_file(&path)?;
        phenoconversions.insert(rule.gene.clone(), rule);
    }
    let mut dosing = IndexMap::new();
    for path in entries(&folder.join("dosing"))? {
        let table: DosingTable = toml_file(&path)?;
        dosing.insert(table.name.clone(), table);
    }
    dosing.sort_keys();
    Ok(Knowledge { release, genes, drugs, phenoconversions, dosing })
}

/// Reads one gene folder.
///
/// # Errors
/// See [`read_folder`].
pub fn read_gene(folder: &Path) -> Result<Gene, ReadError> {
    let head: GeneToml = toml_file(&folder.join("gene.toml"))?;
    let sites: Vec<GeneSite> = table::<SiteLine>(&folder.join("sites.tsv"))?.into_iter().map(site).collect();
    let alleles = read_alleles(folder, &sites)?;
    let functions = table::<FunctionLine>(&folder.join("functions.tsv"))?
        .into_iter()
        .map(|l| {
            let f = AlleleFunction { function: l.function, activity: l.activity, key: l.key, confidence: l.confidence };
            (l.allele, f)
        })
        .collect();
    Ok(Gene {
        symbol: head.symbol,
        contig: head.contig,
        calling: head.calling,
        phenotype_method: head.phenotype_method,
        undocumented: head.undocumented,
        lookup: head.lookup,
        reference_allele: head.reference_allele,
        sites,
        alleles,
        functions,
        phenotypes: table::<PhenotypeRow>(&folder.join("phenotypes.tsv"))?,
        frequencies: table::<Frequency>(&folder.join("frequencies.tsv"))?,
        required_sites: head.required_sites,
        unphased_priorities: head.unphased_priorities,
        must_test: head.must_test,
        rule_facts: head.rule_facts,
        confidence: head.confidence,
        sources: head.sources,
    })
}

fn site(line: SiteLine) -> GeneSite {
    let grch37 = match (line.grch37_position, line.grch37_evidence) {
        (Some(position), Some(evidence)) => Some(Placement { position, reference: line.grch37_reference, evidence }),
        _ => None,
    };
    GeneSite {
        position: line.position,
        reference: line.reference,
        alternates: line.alternates.split(',').filter(|a| !a.is_empty()).map(str::to_owned).collect(),
        rsid: line.rsid,
        hgvs: line.hgvs,
        grch37,
        role: line.role,
    }
}

fn read_alleles(folder: &Path, sites: &[GeneSite]) -> Result<Vec<NamedAllele>, ReadError> {
    let mut alleles: IndexMap<String, NamedAllele> = IndexMap::new();
    for line in table::<NameLine>(&folder.join("names.tsv"))? {
        let allele = NamedAllele {
            name: line.allele.clone(),
            carries: vec![Vec::new(); sites.len()],
            is_reference: line.kind == Kind::Reference,
            is_structural: line.kind == Kind::Structural,
            is_ignored: line.kind == Kind::Ignored,
            suballele_of: line.suballele_of,
        };
        alleles.insert(line.allele, allele);
    }
    let path = folder.join("alleles.tsv");
    for line in table::<AlleleLine>(&path)? {
        let index = sites.iter().position(|s| s.position == line.position);
        let (Some(index), Some(allele)) = (index, alleles.get_mut(&line.allele)) else {
            let what = format!("allele {} at {}: not in names.tsv and sites.tsv", line.allele, line.position);
            return Err(ReadError::Content { path, what });
        };
        allele.carries[index] = line.bases.split('|').map(str::to_owned).collect();
    }
    Ok(alleles.into_values().collect())
}

/// Sorted entries of a folder; none when the folder is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let io = |source| ReadError::Io { path: folder.to_owned(), source };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.retain(|p| p.is_dir() || p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    Ok(paths)
}

fn text(path: &Path) -> Result<String, ReadError> {
    std::fs::read_to_string(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })
}

pub(crate) fn toml_file<T: DeserializeOwned>(path: &Path) -> Result<T, ReadError> {
    toml::from_str(&text(path)?).map_err(|e| ReadError::Content { path: path.to_owned(), what: e.to_string() })
}

pub(crate) fn table<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ReadError> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_reader(text(path)?.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| ReadError::Content { path: path.to_owned(), what: e.to_string() })
}
