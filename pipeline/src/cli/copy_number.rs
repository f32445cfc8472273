//! `rxstrata copy-number`: copies, hybrids and alleles of genes that recombine with a pseudogene, from reads.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

const EXAMPLES: &str = "\
READS is a BAM or CRAM, sorted and indexed, of a whole genome or of the locus alone, aligned to GRCh37 or GRCh38.
The copies of one gene are counted against a region beside it that has two copies in everyone.

Examples:
  rxstrata copy-number patient.bam
  rxstrata copy-number patient.cram --reference GRCh38.fa -o structures --json";

/// Options of `rxstrata copy-number`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// BAM or CRAM files, one a sample
    #[arg(value_name = "READS", required = true)]
    reads: Vec<PathBuf>,
    /// FASTA that a CRAM was made with
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Folder for structures.tsv, structures.json and a page a sample; without it a table is printed
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the answer cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    crate::structures::run(&args.reads, args.reference.as_deref(), args.output.as_deref(), args.json)
}
