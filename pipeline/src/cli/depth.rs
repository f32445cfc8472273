//! `rxstrata depth`: depth of whole files of reads, in windows.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::status::Status;
use crate::depth::{Plan, run as measure};

const EXAMPLES: &str = "\
READS is a BAM or CRAM, sorted by position; no index is needed. Bases under overlapping mates count once; duplicates, secondary
and failed alignments do not count, nor do deletions.
SAMPLE.regions.bed.gz has contig, start, end and mean depth of each window, depth.tsv a row a contig.

Examples:
  rxstrata depth patient.bam -o depth
  rxstrata depth a.bam b.cram --reference GRCh38.fa --window 500 --threads 4 -o depth";

/// Options of `rxstrata depth`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// BAM or CRAM files, one a sample
    #[arg(value_name = "READS", required = true)]
    reads: Vec<PathBuf>,
    /// FASTA that a CRAM was made with
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Bases of a window, 10 or more
    #[arg(long, value_name = "BASES", default_value = "1000", value_parser = clap::value_parser!(u32).range(10..))]
    window: u32,
    /// Threads that unpack a BAM
    #[arg(long, value_name = "N", default_value = "1")]
    threads: NonZero<usize>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command: a file that cannot be read costs one line, and the others go on.
///
/// # Errors
/// When no file could be read, or the output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    let Args { reads, reference, window, threads, output, quiet } = args;
    let window = NonZero::new(window).unwrap_or(NonZero::<u32>::MIN);
    let outcome = measure(&Plan { reads, reference, window, threads, output, quiet })?;
    for failure in &outcome.failures {
        eprintln!("rxstrata: failed: {failure}");
    }
    if !quiet {
        for (sample, mean) in &outcome.samples {
            println!("{sample}: mean depth {mean:.2}");
        }
    }
    Ok(if outcome.failures.is_empty() { ExitCode::SUCCESS } else { Status::Partial.into() })
}
