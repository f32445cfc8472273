//! `rxstrata dose warfarin`: the first dose, or its revision after INRs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// Options of `rxstrata dose warfarin`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Patients (TSV), one a row; columns are found by name
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Computes doses.
///
/// # Errors
/// When an input cannot be read or used, or an output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    if !args.quiet {
        eprintln!("rxstrata: nothing is written to {} yet", args.output.display());
    }
    bail!("{}: no model of first doses is there yet", args.table.display())
}
