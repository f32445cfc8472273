//! Options on somatic mutations.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use crate::cli::status::{Classify, Status};
use crate::stratify::mutations::{Features, Plan};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Mutations")]
pub struct Mutations {
    /// Somatic mutations (MAF); may be repeated. Genes with a protein-altering change in at least 3 % of the tumours become
    /// the modality `mutations`
    #[arg(long, value_name = "FILE")]
    maf: Vec<PathBuf>,
    /// Somatic mutations (VCF with VEP's CSQ or SnpEff's ANN), of one or several tumours; may be repeated
    #[arg(long, value_name = "FILE")]
    annotated_vcf: Vec<PathBuf>,
    /// What to make of the mutations
    #[arg(long, value_name = "A,B", value_enum, value_delimiter = ',', default_value = "genes")]
    mutation_features: Vec<Features>,
    /// Reference sequence for `contexts` (FASTA with .fai), where no column of the MAF gives the neighbouring bases
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Million bases sequenced, to give the burden per megabase
    #[arg(long, value_name = "NUMBER")]
    exome_megabases: Option<f64>,
}

impl Mutations {
    /// What to read; none without files of mutations. `pathways` is the file of gene sets.
    ///
    /// # Errors
    /// Wrong usage, where options do not go together.
    pub fn plan(self, pathways: Option<&Path>) -> Result<Option<Plan>> {
        let usage = |what: &str| Err(anyhow!("{what}")).status(Status::Usage);
        let wants = |features| self.mutation_features.contains(&features);
        if self.exome_megabases.is_some_and(|m| !m.is_finite() || m <= 0.0) {
            return usage("--exome-megabases must be a number above 0");
        }
        if wants(Features::Pathways) && pathways.is_none() {
            return usage("--mutation-features pathways needs sets of genes: give a GMT file with --pathways");
        }
        if self.reference.is_some() && !wants(Features::Contexts) {
            return usage("--reference serves --mutation-features contexts only");
        }
        if self.maf.is_empty() && self.annotated_vcf.is_empty() {
            if self.mutation_features != [Features::Genes] || self.exome_megabases.is_some() {
                return usage("features of mutations need mutations: give --maf or --annotated-vcf");
            }
            return Ok(None);
        }
        let mut features = Vec::new();
        for &wanted in &self.mutation_features {
            if !features.contains(&wanted) {
                features.push(wanted);
            }
        }
        Ok(Some(Plan {
            maf: self.maf,
            vcf: self.annotated_vcf,
            features,
            gene_sets: pathways.map(Path::to_path_buf),
            reference: self.reference,
            megabases: self.exome_megabases,
        }))
    }
}
