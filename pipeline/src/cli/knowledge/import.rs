//! `rxstrata knowledge import`: a published release in our layout.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use pgx_rules::knowledge::import::{self, ReleaseFolder};
use pgx_rules::knowledge::write::write_gene;

const EXAMPLES: &str = include_str!("../help/import.txt");

/// Options of `rxstrata knowledge import`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder with alleles/GENE_translation.json, exemptions.json, allele_function.tsv, function_pair_rules.tsv
    release: PathBuf,
    /// Folder with our curated facts (genes.toml)
    #[arg(long, value_name = "DIR")]
    curation: PathBuf,
    /// Allele counts by group: gene, allele, group, count, total
    #[arg(long, value_name = "TSV")]
    frequencies: Option<PathBuf>,
    /// PyPGx's variant-table.csv, for GRCh37 positions
    #[arg(long, value_name = "CSV")]
    grch37: Option<PathBuf>,
    /// Knowledge folder to write into
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Imports the genes of a release.
pub fn run(options: Args) -> Result<ExitCode> {
    let from = ReleaseFolder {
        folder: options.release,
        curation: options.curation.join("genes.toml"),
        frequencies: options.frequencies,
        grch37: options.grch37,
    };
    let genes = import::release(&from)?;
    for gene in genes.values() {
        write_gene(gene, &options.output.join("genes")).with_context(|| format!("cannot write {}", gene.symbol))?;
        println!("{}: {} sites, {} alleles", gene.symbol, gene.sites.len(), gene.alleles.len());
    }
    Ok(ExitCode::SUCCESS)
}
