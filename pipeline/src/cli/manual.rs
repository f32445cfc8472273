//! Shell completions and manual pages, generated from the same description as the command line itself.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;

/// Options of `rxstrata completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rxstrata completions bash > ~/.local/share/bash-completion/completions/rxstrata")]
pub struct Completions {
    /// Shell to write for
    #[arg(value_enum)]
    shell: Shell,
}

/// Options of `rxstrata man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rxstrata man -o man/ && man man/rxstrata-call.1")]
pub struct Pages {
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Writes a completion script to standard output.
pub fn completions(args: &Completions) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rxstrata", &mut script);
    stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a page a command into a folder.
pub fn pages(args: &Pages) -> Result<ExitCode> {
    let context = || format!("cannot write manual pages into {}", args.output.display());
    std::fs::create_dir_all(&args.output).with_context(context)?;
    clap_mangen::generate_to(Cli::command(), &args.output).with_context(context)?;
    Ok(ExitCode::SUCCESS)
}
