//! Structures of genes from reads: one sample a file.

pub mod copies;
pub mod page;
mod tables;

use std::path::Path;

use anyhow::{Context, Result};
use pgx_rules::copies::Expected;
use pgx_rules::knowledge::embedded;
use pgx_rules::structure::locus::Locus;
use pgx_rules::structure::{StructureCall, call};
use serde::Serialize;
use variants::model::Assembly;
use variants::reads::{Alignments, pool};

use crate::cli::status::{Classify, Status};
use crate::genotypes::sample_name;
use crate::report::files::{Complete, Folder};

pub use tables::{outside, table};

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
    /// Copies of other genes.
    pub copies: copies::Copies,
}

/// Calls one file: structures, and copies of other genes.
///
/// # Errors
/// When the file or the knowledge does not read.
pub fn of_file(file: &Path, reference: Option<&Path>) -> Result<SampleStructures> {
    let mut alignments = Alignments::open(file, reference)?;
    let expected = copies::expected(&mut alignments)?;
    let loci = Locus::embedded()?;
    Ok(SampleStructures {
        sample: sample_name(&alignments, file),
        file: file.display().to_string(),
        assembly: alignments.assembly(),
        genes: called(&mut alignments, &loci, expected.as_ref().ok())?,
        copies: copies::of_alignments(&mut alignments, expected)?,
    })
}

/// Calls the structures of those genes that are `wanted`, by symbol.
///
/// # Errors
/// When the file or the knowledge does not read.
pub fn of_alignments(alignments: &mut Alignments, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<StructureCall>> {
    let loci: Vec<Locus> = Locus::embedded()?.into_iter().filter(|locus| wanted(&locus.about.gene)).collect();
    if loci.is_empty() {
        return Ok(Vec::new());
    }
    let expected = copies::expected(alignments)?;
    called(alignments, &loci, expected.as_ref().ok())
}

fn called(alignments: &mut Alignments, loci: &[Locus], expected: Option<&Expected>) -> Result<Vec<StructureCall>> {
    let assembly = alignments.assembly();
    let knowledge = embedded()?;
    let mut genes = Vec::new();
    for locus in loci {
        let symbol = &locus.about.gene;
        let gene = knowledge.genes.get(symbol).with_context(|| format!("no alleles of {symbol} are known"))?;
        let sites = locus.sites(gene);
        let pooled = locus.pooled(&gene.contig, &sites, assembly);
        let reads = pool(alignments, &pooled).with_context(|| format!("reads of {}", gene.symbol))?;
        let scale = expected.map(|expected| expected.scale(reads.gc, reads.read_length));
        genes.push(call(locus, gene, &sites, &reads, scale, assembly == Assembly::Grch38));
    }
    Ok(genes)
}

/// Writes `structures.tsv`, `structures.json`, and for each sample a page and, of what is called, `SAMPLE.outside.tsv`.
///
/// # Errors
/// When two files are of one sample, or the folder cannot be written.
pub fn write(samples: &[SampleStructures], output: &Path) -> Result<()> {
    for (index, sample) in samples.iter().enumerate() {
        if let Some(other) = samples.get(..index).unwrap_or_default().iter().find(|s| s.sample == sample.sample) {
            return Err(anyhow::anyhow!(
                "sample {} is in {} and in {}; leave one out, or give each file its own folder",
                sample.sample,
                other.file,
                sample.file
            ))
            .status(Status::Input);
        }
    }
    let folder = Folder::open(output).status(Status::Output)?;
    let mut complete = vec![
        folder.write("structures.tsv", table(samples).as_bytes())?,
        folder.write("copies.tsv", copies::table(samples).as_bytes())?,
        folder.write("structures.json", format!("{}\n", serde_json::to_string_pretty(samples)?).as_bytes())?,
    ];
    for sample in samples {
        let stem = file_stem(&sample.sample);
        complete.push(folder.write(&format!("{stem}.structures.html"), page::page(sample).as_bytes())?);
        let outside = outside(&sample.genes);
        if !outside.is_empty() {
            complete.push(folder.write(&format!("{stem}.outside.tsv"), outside.as_bytes())?);
        }
    }
    complete.into_iter().try_for_each(Complete::publish).status(Status::Output)
}

/// A sample's name as part of a file name.
pub fn file_stem(sample: &str) -> String {
    sample.chars().map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
}
