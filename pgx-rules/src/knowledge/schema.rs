//! The knowledge base as values: what the text files of `knowledge/` mean.
//!
//! These types are read from text (`read`), checked (`verify`), and packed for embedding (`pack`); nothing else in
//! the project knows the file layout. They are plain data: positions are 1-based, bases upper case on the plus
//! strand of the named assembly.

pub mod comedication;
mod dosing;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::guidance::action::Action;

pub use comedication::Phenoconversion;
pub use dosing::{Accuracy, DosingTable};

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Knowledge {
    /// Where it comes from.
    pub release: Release,
    /// Genes by symbol, sorted.
    pub genes: IndexMap<String, Gene>,
    /// Drugs by lower-case generic name, sorted.
    pub drugs: IndexMap<String, Drug>,
    /// Effects of co-medication by gene symbol, sorted.
    pub phenoconversions: IndexMap<String, Phenoconversion>,
    /// Coefficients of dosing models by name, sorted.
    pub dosing: IndexMap<String, DosingTable>,
}

/// `RELEASE.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Version of this knowledge base, `YYYY.MM.N`.
    pub version: String,
    /// Date of the assembly, ISO 8601.
    pub date: String,
    /// Sources with their licences.
    pub sources: Vec<Source>,
}

/// A source of facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Short identifier that other files refer to.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Release or date.
    pub version: String,
    /// Licence, SPDX where there is one.
    pub licence: String,
    /// PMID, DOI or address.
    pub reference: String,
}

/// One folder of `genes/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gene {
    /// HGNC symbol.
    pub symbol: String,
    /// Canonical contig, `chr10`; empty for a gene known from outside calls only.
    pub contig: String,
    /// Name of the calling rule (`named-allele`, `lowest-function`, …); see `calling::RULES`.
    pub calling: String,
    /// How alleles become a phenotype.
    pub phenotype_method: PhenotypeMethod,
    /// What an allele that no definition names means at a defining site.
    pub undocumented: Undocumented,
    /// What guidance is looked up with: the phenotype, the activity score, or the alleles themselves.
    pub lookup: Lookup,
    /// Name of the reference allele.
    pub reference_allele: String,
    /// The sites, by GRCh38 position.
    pub sites: Vec<GeneSite>,
    /// The named alleles in the order of the definition, the reference allele first.
    pub alleles: Vec<NamedAllele>,
    /// Function of each named allele (and of structural alleles and copy-number forms that have no definition).
    pub functions: IndexMap<String, AlleleFunction>,
    /// Phenotype of each unordered pair of function keys or activity values.
    pub phenotypes: Vec<PhenotypeRow>,
    /// Frequency of each allele by population group.
    pub frequencies: Vec<Frequency>,
    /// GRCh38 positions without which nothing is called.
    pub required_sites: Vec<u32>,
    /// Diplotypes that tie on unphased data, and which one is taken.
    pub unphased_priorities: Vec<Priority>,
    /// Alleles that AMP/CAP want every assay to test (tier 1).
    pub must_test: Vec<String>,
    /// Free-form facts of a calling rule: the sites of HapB3, the fallback site of SLCO1B1, …
    pub rule_facts: IndexMap<String, Vec<String>>,
    /// What is uncertain about this gene's data, for people.
    pub confidence: Vec<String>,
    /// Source identifiers.
    pub sources: Vec<String>,
}

impl Gene {
    /// A gene of which nothing but its place is known: the general calling rule, no sites, alleles or phenotypes.
    pub fn new(symbol: impl Into<String>, contig: impl Into<String>) -> Self {
        Self {
            symbol: symbol.into(),
            contig: contig.into(),
            calling: "named-allele".into(),
            phenotype_method: PhenotypeMethod::FunctionPair,
            undocumented: Undocumented::NoCall,
            lookup: Lookup::Phenotype,
            reference_allele: String::new(),
            sites: Vec::new(),
            alleles: Vec::new(),
            functions: IndexMap::new(),
            phenotypes: Vec::new(),
            frequencies: Vec::new(),
            required_sites: Vec::new(),
            unphased_priorities: Vec::new(),
            must_test: Vec::new(),
            rule_facts: IndexMap::new(),
            confidence: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// Method from alleles to phenotype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhenotypeMethod {
    /// Sum of the alleles' activity values, then `phenotypes` by score.
    ActivityScore,
    /// Table of unordered pairs of functions.
    FunctionPair,
    /// The gene has no phenotype (CYP4F2): guidance uses its alleles.
    None,
}

/// Treatment of an undefined allele at a defining site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undocumented {
    /// No named allele matches the chromosome copy.
    NoCall,
    /// It is read as reference, with a warning.
    AsReference,
}

/// Lookup key of guidance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lookup {
    /// The phenotype.
    Phenotype,
    /// The activity score.
    ActivityScore,
    /// Presence of alleles (HLA).
    Allele,
}

/// A site of a gene, on both assemblies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneSite {
    /// GRCh38 position, 1-based, of the VCF representation.
    pub position: u32,
    /// GRCh38 reference allele.
    pub reference: String,
    /// Alternates that some allele uses.
    pub alternates: Vec<String>,
    /// dbSNP identifier.
    pub rsid: Option<String>,
    /// Genomic HGVS without the accession, `g.94942290C>T`.
    pub hgvs: String,
    /// GRCh37 placement; `None` when it could not be placed.
    pub grch37: Option<Placement>,
    /// What the site is for.
    pub role: SiteRole,
}

/// Where a site lies on GRCh37.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// 1-based position.
    pub position: u32,
    /// Reference allele there (differs from GRCh38 at a few sites).
    pub reference: String,
    /// How the position is known.
    pub evidence: PlacementEvidence,
}

/// Evidence for a GRCh37 placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacementEvidence {
    /// Read in a table that gives both assemblies.
    Table,
    /// The constant offset that all tabled sites of this gene share.
    LocalOffset,
    /// The same offset, and the base was read in the sequence.
    Sequence,
}

/// Role of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteRole {
    /// Named alleles are defined by it.
    Defining,
    /// Reported as a bare genotype (rs12777823).
    Extra,
    /// In the definition, but not used for matching.
    Ignored,
}

/// A named allele.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAllele {
    /// Its name, `*2`.
    pub name: String,
    /// What it carries at each of [`Gene::sites`], same length and order. An empty list means that the allele
    /// does not constrain the site; several entries mean any of them (from IUPAC codes).
    pub carries: Vec<Vec<String>>,
    /// The reference allele.
    pub is_reference: bool,
    /// Needs a structural call; small variants cannot show it.
    pub is_structural: bool,
    /// Definition exists but must never be called (hidden or ignored alleles).
    pub is_ignored: bool,
    /// The core allele that this suballele counts as.
    pub suballele_of: Option<String>,
}

/// Function of an allele.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlleleFunction {
    /// Clinical function in CPIC's words, `Decreased function`.
    pub function: String,
    /// Activity value: a number, `≥3.0` for open copy numbers, or none.
    pub activity: Option<String>,
    /// Key into [`Gene::phenotypes`].
    pub key: String,
    /// What is uncertain about it, for people.
    pub confidence: Option<String>,
}

/// A row from a pair of keys to a phenotype.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhenotypeRow {
    /// Key of one copy.
    pub first: String,
    /// Key of the other; `None` for one copy (hemizygous, mitochondrial).
    pub second: Option<String>,
    /// Phenotype name.
    pub phenotype: String,
    /// Activity score, as written (`1.5`, `≥4.0`).
    pub activity_score: Option<String>,
    /// What guidance is looked up with.
    pub lookup_key: String,
}

/// Frequency of an allele.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frequency {
    /// Named allele.
    pub allele: String,
    /// Population group as the source names it.
    pub group: String,
    /// Chromosomes with it.
    pub count: u32,
    /// Chromosomes looked at.
    pub total: u32,
    /// Source identifier.
    pub source: String,
}

/// A choice between tied diplotypes on unphased data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// The diplotypes that tie, `*1/*6`.
    pub among: Vec<String>,
    /// The one to take.
    pub pick: String,
}

/// One file of `drugs/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// Lower-case generic name.
    pub name: String,
    /// Guidelines and labels that speak of it.
    pub guidelines: Vec<Guideline>,
    /// Guidance, in the order of the file; none where the guideline is a flow, or is known by name only.
    #[serde(default)]
    pub rows: Vec<GuidanceRow>,
    /// Dosing model for drugs whose guideline is a flow (`warfarin`).
    pub model: Option<String>,
}

/// A guideline, label or association table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// Identifier that rows refer to.
    pub id: String,
    /// `CPIC`, `FDA`, `DPWG`.
    pub source: String,
    /// Kind of document.
    pub kind: String,
    /// Genes that it looks at, in the order of lookups.
    pub genes: Vec<String>,
    /// Address.
    pub url: String,
    /// PMIDs of its publications.
    pub pmids: Vec<String>,
    /// State of the text.
    pub version: String,
    /// A guideline of which only some rows are carried: what it says of another result is not known here.
    #[serde(default)]
    pub partial: bool,
}

impl Guideline {
    /// Whether the document may say something of a result that has no row here. Labels and associations always may: they
    /// are prose, of which single statements are carried.
    pub fn is_partial(&self) -> bool {
        self.partial || self.kind != "guideline"
    }
}

/// One row of guidance: when it applies, how strong it is, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuidanceRow {
    /// Guideline identifier.
    pub guideline: String,
    /// Population label of the source; `general` for everyone.
    pub population: String,
    /// Gene → lookup values, any of which fits. All genes must fit.
    pub when: IndexMap<String, Vec<String>>,
    /// `strong`, `moderate`, `optional`, `no recommendation`, `unspecified`.
    pub classification: String,
    /// What the genotype means for this drug, one short clause a gene, `GENE: clause`.
    #[serde(default)]
    pub implications: Vec<String>,
    /// What to do.
    pub actions: Vec<Action>,
    /// What is uncertain about the row, for people.
    pub confidence: Option<String>,
}
