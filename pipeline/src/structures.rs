//! Structures of genes from reads: one sample a file.

use std::io::{Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use pgx_rules::knowledge::embedded;
use pgx_rules::structure::locus::Locus;
use pgx_rules::structure::{StructureCall, call};
use serde::Serialize;
use variants::model::Assembly;
use variants::reads::{Alignments, pool};

/// A sample's structures.
#[derive(Debug, Serialize)]
pub struct SampleStructures {
    /// Its name: of the read groups, or of the file.
    pub sample: String,
    /// The file.
    pub file: String,
    /// Assembly by the lengths of the contigs.
    pub assembly: Assembly,
    /// One call a gene.
    pub genes: Vec<StructureCall>,
}

/// Calls all files; bad ones cost one line each.
///
/// # Errors
/// When the answer cannot be written.
pub fn run(files: &[std::path::PathBuf], reference: Option<&Path>, output: Option<&Path>, json: bool) -> Result<ExitCode> {
    let mut samples = Vec::new();
    let mut failed = false;
    for file in files {
        match of_file(file, reference) {
            Ok(sample) => samples.push(sample),
            Err(error) => {
                eprintln!("error: {error:#}");
                failed = true;
            }
        }
    }
    let _ = output;
    let mut out = stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&samples)?)?;
    } else {
        for sample in &samples {
            for gene in &sample.genes {
                let best = gene.ranked.first();
                writeln!(
                    out,
                    "{}\t{}\t{}\t{:.4}\t{}\t{}",
                    sample.sample,
                    gene.gene,
                    gene.diplotype.as_deref().unwrap_or("no call"),
                    best.map_or(0.0, |b| b.posterior),
                    best.map_or("", |b| b.structure.as_str()),
                    gene.segments.iter().map(|s| format!("{} {:.2}", s.name, s.measured)).collect::<Vec<_>>().join(", "),
                )?;
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Calls the genes of one file.
///
/// # Errors
/// When the file or the knowledge does not read.
pub fn of_file(file: &Path, reference: Option<&Path>) -> Result<SampleStructures> {
    let mut alignments = Alignments::open(file, reference)?;
    let assembly = alignments.assembly();
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let sample = alignments.sample().map_or(stem, ToOwned::to_owned);
    let knowledge = embedded()?;
    let mut genes = Vec::new();
    for gene in knowledge.genes.values() {
        let Some(locus) = Locus::embedded(&gene.symbol)? else { continue };
        let sites = locus.sites(gene);
        let pooled = locus.pooled(&gene.contig, &sites, assembly);
        let reads = pool(&mut alignments, &pooled).with_context(|| format!("reads of {}", gene.symbol))?;
        genes.push(call(&locus, gene, &sites, &reads, assembly == Assembly::Grch38));
    }
    Ok(SampleStructures { sample, file: file.display().to_string(), assembly, genes })
}
