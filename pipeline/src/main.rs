//! `rxstrata`: a patient's genome into dosing guidance, a cohort's tumours into subtypes.

mod cli;
mod cohort;
mod depth;
mod dosing;
mod genotypes;
mod merge;
mod plan;
mod progress;
mod provenance;
mod qc;
mod report;
mod run;
mod stage;
mod stratify;
mod structures;
mod therapies;
mod tumour;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rxstrata: error: {error:#}");
            cli::status::of(&error)
        }
    }
}

/// The reader of our output has seen enough: that is success.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|e| e.downcast_ref::<std::io::Error>()).any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
