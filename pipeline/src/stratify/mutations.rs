//! Somatic mutations of a cohort as features: genes, pathways, substitution contexts, burden.

mod burden;
mod cohort;
mod contexts;
mod genes;
mod summary;

use std::path::PathBuf;

use anyhow::{Result, bail};
use cluster::auto::Modality;

use super::alterations::Classes;
use super::pathways;
use crate::provenance::FileProvenance;
pub(super) use cohort::Cohort;
pub use contexts::Spectra;
pub use summary::Summary;

/// Name of the modality of genes.
const GENES: &str = "mutations";

/// A way to make features of mutations; each becomes a modality of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Features {
    /// Modality `mutations`: whether a gene has a protein-altering change
    Genes,
    /// Modality `pathways`: whether any gene of a set (--pathways) has one
    Pathways,
    /// Modality `contexts`: share of each of the 96 substitutions with their neighbours
    Contexts,
    /// Modality `burden`: number of protein-altering and of all changes
    Burden,
}

/// What is read, and what is made of it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// MAF files.
    pub maf: Vec<PathBuf>,
    /// VCF files annotated by VEP or SnpEff.
    pub vcf: Vec<PathBuf>,
    /// Modalities to make, in this order.
    pub features: Vec<Features>,
    /// Gene sets, GMT.
    pub gene_sets: Option<PathBuf>,
    /// Reference sequence with its index, for contexts that no column gives.
    pub reference: Option<PathBuf>,
    /// Size of what was sequenced, in million bases.
    pub megabases: Option<f64>,
}

/// What came of it.
#[derive(Debug)]
pub struct Found {
    /// The features.
    pub modalities: Vec<Modality>,
    /// Kinds of change in each gene.
    pub classes: Vec<Classes>,
    /// The files.
    pub files: Vec<FileProvenance>,
    /// Counts over the cohort.
    pub summary: Summary,
    /// Substitutions by channel, where asked for.
    pub spectra: Option<Spectra>,
    /// Sentences that a reader must see.
    pub notes: Vec<String>,
}

/// Reads the mutations, and makes the features asked for.
///
/// # Errors
/// When a file cannot be read, or a kind of features has nothing to be made of.
pub fn read(plan: &Plan) -> Result<Found> {
    let cohort = Cohort::read(&plan.maf, &plan.vcf)?;
    let role = |role, paths: &[PathBuf]| -> Result<Vec<FileProvenance>> {
        paths.iter().map(|path| FileProvenance::read(role, path)).collect()
    };
    let mut files = role("measurements", &plan.maf)?;
    files.extend(role("measurements", &plan.vcf)?);
    let mut notes = cohort.notes().to_vec();
    let mut spectra = None;
    let (mut modalities, mut classes) = (Vec::new(), Vec::new());
    for &features in &plan.features {
        let (name, matrix) = match features {
            Features::Genes => {
                classes.push(Classes::new(GENES, &cohort));
                (GENES, genes::matrix(&cohort)?)
            }
            Features::Pathways => {
                let Some(path) = &plan.gene_sets else {
                    bail!("features of pathways need gene sets: give a GMT file with --pathways")
                };
                ("pathways", genes::pathways(&cohort, &pathways::read(path)?, path)?)
            }
            Features::Contexts => {
                let found = contexts::spectra(&cohort, plan.reference.as_deref())?;
                notes.extend(found.notes());
                let matrix = found.matrix()?;
                spectra = Some(found);
                ("contexts", matrix)
            }
            Features::Burden => ("burden", burden::matrix(&cohort, plan.megabases)?),
        };
        modalities.push(Modality { name: name.to_owned(), matrix });
    }
    Ok(Found { modalities, classes, files, summary: Summary::of(&cohort, plan.megabases), spectra, notes })
}

#[cfg(test)]
mod tests;
