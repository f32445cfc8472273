//! Reads as an input of calling: genotypes of the panel, and copies and hybrids where a gene has them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use variants::observe::{ObserveOptions, Panels, Source};
use variants::reads::Alignments;

use crate::genotypes::{self, ReadOptions};
use crate::plan::CallPlan;
use crate::structures;

/// A file of reads, made ready for calling.
pub struct FromReads {
    /// Its genotypes.
    pub source: Source,
    /// How they are observed.
    pub options: ObserveOptions,
    /// `BAM` or `CRAM`.
    pub format: &'static str,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Genes with structures, in the form of outside calls.
    pub structures: String,
}

/// Genotypes a file of reads, and calls the genes whose copies recombine.
///
/// # Errors
/// When the reads cannot be used.
pub fn read(path: &Path, panels: &Panels, plan: &CallPlan) -> Result<FromReads> {
    let reference = plan.observe.reference.as_deref();
    let sex_of = |sample: &str| plan.metadata.of(sample).sex;
    let genotypes = genotypes::of_file(path, panels, ReadOptions { reference, sex: &sex_of })?;
    let mut notes = genotypes.genotyped.notes;
    let mut structures = String::new();
    // what the genotypes say stands, whatever becomes of the copies
    let wanted = |gene: &str| plan.genes.iter().any(|g| g == gene);
    match Alignments::open(path, reference)
        .map_err(Into::into)
        .and_then(|mut a| structures::of_alignments(&mut a, &wanted))
    {
        Ok(called) => {
            for gene in &called {
                notes.extend(gene.notes.iter().map(|note| format!("{}: {note}", gene.gene)));
            }
            structures = structures::outside(&called);
        }
        Err(error) => notes.push(format!("copies of genes were not counted: {error:#}")),
    }
    Ok(FromReads {
        source: Source::Text { name: path.display().to_string(), text: Arc::from(genotypes.vcf) },
        // alleles were told apart in their surroundings already
        options: ObserveOptions { reference: None, threads: 1, ..plan.observe.clone() },
        format: genotypes.format,
        notes,
        structures,
    })
}
