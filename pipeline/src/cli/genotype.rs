//! `rxstrata genotype`: reads in, a VCF with every site of the panel out.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::panel::panel;
use pgx_rules::knowledge::schema::Gene;
use variants::model::Assembly;
use variants::observe::Panels;

use super::status::{Classify, Status};
use crate::genotypes::{self, ReadOptions};
use crate::plan::sex;

const EXAMPLES: &str = include_str!("help/genotype.txt");

/// Options of `rxstrata genotype`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// BAM or CRAM file
    #[arg(value_name = "READS")]
    reads: PathBuf,
    /// VCF to write; compressed and indexed when it ends in .gz [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// FASTA of the reference: needed for CRAM, and then also used around insertions and deletions
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Sex, for genes on X: female or male [default: by the depth of their sites]
    #[arg(long, value_name = "SEX")]
    sex: Option<String>,
    /// Genes whose sites are read, by symbol [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    genes: Vec<String>,
    /// No notes on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When the reads cannot be used, or the answer cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let knowledge = embedded()?;
    let sex = args.sex.as_deref().map(sex).transpose().status(Status::Usage)?;
    let mut genes: Vec<&Gene> = Vec::new();
    for gene in knowledge.genes.values() {
        if args.genes.is_empty() || args.genes.contains(&gene.symbol) {
            genes.push(gene);
        }
    }
    if let Some(unknown) = args.genes.iter().find(|g| !knowledge.genes.contains_key(g.as_str())) {
        let error = (|| bail!("--genes: no sites of {unknown} are known; see: rxstrata knowledge list"))();
        return error.status(Status::Usage);
    }
    let panels =
        Panels { grch38: panel(&genes, Assembly::Grch38)?.panel, grch37: panel(&genes, Assembly::Grch37)?.panel };
    let options = ReadOptions { reference: args.reference.as_deref(), sex: &|_| sex };
    let genotypes = genotypes::of_file(&args.reads, &panels, options).status(Status::Input)?;
    if !args.quiet {
        for note in &genotypes.genotyped.notes {
            eprintln!("rxstrata: warning: {}: {note}", args.reads.display());
        }
    }
    match &args.output {
        Some(output) => genotypes::write(&genotypes, output).status(Status::Output)?,
        None => stdout().lock().write_all(genotypes.vcf.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
