//! `rxstrata knowledge`: what calls are made with.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use pgx_rules::knowledge::import::{self, ReleaseFolder};
use pgx_rules::knowledge::write::write_gene;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read a published release and write it in the layout of the knowledge folder
    #[command(
        after_help = "Example:\n  rxstrata knowledge import release/ --curation knowledge/curation --grch37 variant-table.csv -o knowledge"
    )]
    Import(Import),
}

#[derive(Debug, clap::Args)]
struct Import {
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

pub fn run(args: Args) -> Result<ExitCode> {
    match args.action {
        Action::Import(options) => import_release(options),
    }
}

fn import_release(options: Import) -> Result<ExitCode> {
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
