//! `rxstrata knowledge verify`: contradictions in a knowledge base.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::read::read_folder;
use pgx_rules::knowledge::verify::{Severity, verify};

const EXAMPLES: &str = include_str!("../help/verify.txt");

/// Options of `rxstrata knowledge verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Knowledge folder [default: the built-in knowledge]
    folder: Option<PathBuf>,
    /// Print errors only, not what is merely worth a look
    #[arg(short, long)]
    quiet: bool,
}

/// Prints findings, errors first; status 1 when there is an error.
pub fn run(options: &Args) -> Result<ExitCode> {
    let findings = match &options.folder {
        Some(folder) => verify(&read_folder(folder)?),
        None => verify(embedded()?),
    };
    let of = |severity: Severity| findings.iter().filter(move |f| f.severity == severity);
    let (errors, notes) = (of(Severity::Error).count(), of(Severity::Note).count());
    let mut out = stdout().lock();
    for finding in of(Severity::Error) {
        writeln!(out, "error: {finding}")?;
    }
    if !options.quiet {
        for finding in of(Severity::Note) {
            writeln!(out, "note: {finding}")?;
        }
    }
    writeln!(out, "{errors} errors, {notes} notes")?;
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
