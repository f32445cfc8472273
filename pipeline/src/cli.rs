//! The command line: one file a command.

mod demo;
mod knowledge;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Pharmacogenomics with the reasons: named alleles, phenotypes and drug guidance from variants.
#[derive(Debug, Parser)]
#[command(name = "rxstrata", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show, check, import and encode the knowledge that calls are made with
    Knowledge(knowledge::Args),
}

impl Cli {
    /// Runs the chosen command; the exit code is part of the interface.
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Knowledge(args) => knowledge::run(args),
        }
    }
}
