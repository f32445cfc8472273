//! `therapies.json`: everything, with what was not compared.

use std::collections::BTreeMap;

use pgx_rules::therapies::disease::TumourType;
use pgx_rules::therapies::ontology::PartSource;
use serde::Serialize;

use super::germline::GermlineRow;
use super::row::StatementRow;
use crate::provenance::FileProvenance;

/// Version of the document's form; changes when a reader would have to.
pub const FORM: &str = "2";

/// The document.
#[derive(Serialize)]
pub struct Document<'a> {
    pub form: &'static str,
    pub program: &'static str,
    pub version: &'static str,
    pub report_date: String,
    pub release: Release<'a>,
    pub tumour_type: Option<&'a TumourType>,
    pub notes: &'a [String],
    pub files: &'a [FileProvenance],
    pub samples: Vec<Sample<'a>>,
}

/// Where the evidence comes from, and how old it is.
#[derive(Clone, Serialize)]
pub struct Release<'a> {
    pub source: &'a str,
    pub date: &'a str,
    pub age: String,
    pub newest_review: &'a str,
    pub licence: &'a str,
    pub references: &'a [String],
    pub link: &'a str,
    pub origin: &'a str,
    pub variants: usize,
    /// Variants whose free-text name is not understood, and which are never matched.
    pub variants_not_understood: usize,
    pub items: usize,
    /// What nearness of diseases goes by; none where names alone decide.
    pub diseases: Option<&'a PartSource>,
    /// Where other names of genes come from.
    pub gene_names: Option<&'a PartSource>,
}

/// One tumour.
#[derive(Serialize)]
pub struct Sample<'a> {
    pub sample: &'a str,
    pub small_variants: usize,
    pub genes_with_copy_number: usize,
    pub fusions: usize,
    pub statements: Vec<StatementRow<'a>>,
    /// Genes that the input names otherwise than the release, or by a name that several genes have.
    pub gene_names: &'a [String],
    /// Number of items on the tumour's genes that could not be compared, by reason.
    pub not_compared: BTreeMap<String, usize>,
    pub germline_sample: Option<&'a str>,
    pub germline: Vec<GermlineRow>,
}
