//! Which column of a MAF holds what.

use std::path::Path;

use anyhow::{Result, bail};

/// Positions of the columns that are read.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Number of columns in the header.
    pub width: usize,
    pub gene: usize,
    pub classification: usize,
    pub sample: usize,
    pub protein: Option<usize>,
    pub coding: Option<usize>,
    pub transcript: Option<usize>,
    pub exon: Option<usize>,
    pub build: Option<usize>,
    pub contig: Option<usize>,
    pub start: Option<usize>,
    pub end: Option<usize>,
    pub reference: Option<usize>,
    pub first_allele: Option<usize>,
    pub second_allele: Option<usize>,
    pub reference_reads: Option<usize>,
    pub alternate_reads: Option<usize>,
    pub depth: Option<usize>,
    pub fraction: Option<Fraction>,
    pub context: Option<usize>,
}

/// A stated share of reads.
#[derive(Clone, Copy, Debug)]
pub struct Fraction {
    pub column: usize,
    /// Whether its name says that it is a percentage, or leaves it open.
    pub unit: Unit,
}

/// What a stated share is written in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Fraction,
    Percent,
}

/// Columns of a stated share that are met, with what they are written in: `tumor_f` (MuTect) and `t_vaf` are fractions,
/// those of the Washington University pipeline percentages.
const FRACTIONS: &[(&str, Unit)] = &[
    ("tumor_f", Unit::Fraction),
    ("t_vaf", Unit::Fraction),
    ("vaf", Unit::Fraction),
    ("i_tumor_f", Unit::Fraction),
    ("i_tumorvaf_wu", Unit::Percent),
    ("tumorvaf_wu", Unit::Percent),
];

impl Columns {
    /// Finds the columns in a header; the first of several names wins.
    pub fn of(path: &Path, header: &str) -> Result<Self> {
        let names: Vec<&str> = header.split('\t').map(str::trim).collect();
        let find =
            |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|name| name.eq_ignore_ascii_case(w)));
        let need = |name: &str| match find(&[name]) {
            Some(column) => Ok(column),
            None => bail!(
                "{}: no column '{name}' in the header; it has {} tab-separated columns: {}",
                path.display(),
                names.len(),
                shown(&names)
            ),
        };
        Ok(Self {
            width: names.len(),
            gene: need("Hugo_Symbol")?,
            classification: need("Variant_Classification")?,
            sample: need("Tumor_Sample_Barcode")?,
            protein: find(&["HGVSp_Short", "Protein_Change", "HGVSp", "amino_acid_change", "AAChange"]),
            coding: find(&["HGVSc", "cDNA_Change", "i_hgvsc", "Codon_Change"]),
            transcript: find(&["Transcript_ID", "Annotation_Transcript", "i_transcript_name", "Feature"]),
            exon: find(&["Exon_Number", "EXON", "Transcript_Exon"]),
            build: find(&["NCBI_Build"]),
            contig: find(&["Chromosome"]),
            start: find(&["Start_Position"]),
            end: find(&["End_Position"]),
            reference: find(&["Reference_Allele"]),
            first_allele: find(&["Tumor_Seq_Allele1"]),
            second_allele: find(&["Tumor_Seq_Allele2"]),
            reference_reads: find(&["t_ref_count"]),
            alternate_reads: find(&["t_alt_count"]),
            depth: find(&["t_depth"]),
            fraction: FRACTIONS
                .iter()
                .find_map(|(name, unit)| find(&[name]).map(|column| Fraction { column, unit: *unit })),
            context: find(&["CONTEXT", "ref_context", "Ref_Tri"]),
        })
    }
}

/// The columns found, shortened where there are many.
fn shown(names: &[&str]) -> String {
    const LISTED: usize = 40;
    let mut text = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text.push_str(", …");
    }
    text
}
