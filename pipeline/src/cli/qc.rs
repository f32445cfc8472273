//! `rxstrata qc`: what reads cover, whose they are, and whether they are one person's.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::status::{Classify, Status};
use crate::plan::sex;
use crate::qc::{Plan, run as judge};

/// Options of `rxstrata qc`.
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("help/qc.txt"))]
pub struct Args {
    /// BAM or CRAM files, one a sample
    #[arg(value_name = "READS", required = true)]
    reads: Vec<PathBuf>,
    /// FASTA of the reference: needed for CRAM
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Variants of the same people: compared by sample name, or with the sample that agrees best
    #[arg(long, value_name = "VCF")]
    variants: Option<PathBuf>,
    /// Sex as stated: female or male; held against the depth of X
    #[arg(long, value_name = "SEX")]
    sex: Option<String>,
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
/// When no file could be read, or the output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    let sex = args.sex.as_deref().map(sex).transpose().status(Status::Usage)?;
    let Args { reads, reference, variants, output, .. } = args;
    let outcome = judge(&Plan { reads, reference, variants, sex, output })?;
    for failure in &outcome.failures {
        eprintln!("rxstrata: failed: {failure}");
    }
    if !args.quiet {
        for sample in &outcome.samples {
            let state =
                if sample.warnings.is_empty() { "nothing to look at".to_owned() } else { sample.warnings.join("; ") };
            println!(
                "{}: depth {:.1}, {} of {} sites; {state}",
                sample.sample, sample.depth, sample.called, sample.sites
            );
        }
    }
    Ok(if outcome.failures.is_empty() { ExitCode::SUCCESS } else { Status::Partial.into() })
}
