//! `rxstrata merge`: shards of a cohort into one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::merge::{Division, merge};

const EXAMPLES: &str = "\
Shards are folders of `rxstrata call` with --formats tsv, parquet or both: of blocks of samples (--samples, or a file each), or of
genes (--genes) of the same samples; then calls are merged, and guidance is not.

Refused: shards of another version, knowledge release or options, and a sample in two shards.

Examples:
  rxstrata merge shard-*/ -o cohort
  rxstrata cohort cohort -o summary";

/// Options of `rxstrata merge`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folders to merge, in any order
    #[arg(value_name = "DIR", required = true)]
    shards: Vec<PathBuf>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When shards cannot be read or do not go together, or the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let merged = merge(&args.shards, &args.output)?;
    if !args.quiet {
        let by = match merged.division {
            Division::Samples => "sample",
            Division::Genes => "gene",
        };
        println!("{} shards by {by}, {} samples; see {}", args.shards.len(), merged.samples, args.output.display());
        for note in merged.notes {
            eprintln!("rxstrata: note: {note}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
