//! `rxstrata knowledge`: what calls are made with. One file a subcommand.

pub mod encode;
mod import;
mod list;
mod show;
mod source;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// Options of `rxstrata knowledge`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List genes, drugs, release and sources
    List(list::Args),
    /// Show all that is known of a gene or a drug
    Show(show::Args),
    /// Find contradictions; the status is 1 when there are any
    Verify(verify::Args),
    /// Read a published release and write it in the layout of the knowledge folder
    Import(import::Args),
    /// Write diplotypes as a VCF, for positive controls and tests
    Encode(encode::Args),
}

/// Runs a subcommand.
///
/// # Errors
/// When an input cannot be used or an output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(options) => list::run(&options),
        Action::Show(options) => show::run(&options),
        Action::Verify(options) => verify::run(&options),
        Action::Import(options) => import::run(options),
        Action::Encode(options) => encode::run(&options),
    }
}
