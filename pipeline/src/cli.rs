//! The command line: one file a command.

pub mod call;
mod classify;
mod cohort;
mod copy_number;
mod demo;
mod depth;
mod doctor;
mod dose;
mod genotype;
mod knowledge;
mod manual;
mod merge;
mod qc;
mod run;
pub mod status;
pub mod stratify;
pub mod therapies;

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
    /// Run the whole way on demo cohorts, of reference samples and of tumours
    Demo(demo::Args),
    /// Run all stages for the samples of a sheet, with checkpoints
    Run(run::Args),
    /// Call named alleles, phenotypes and drug guidance from variants
    Call(Box<call::Args>),
    /// Summarise a cohort: frequencies, findings, call rates
    Cohort(cohort::Args),
    /// Count copies of genes, find hybrids and name the alleles of each copy, from reads
    CopyNumber(copy_number::Args),
    /// Measure the depth of whole files of reads, in windows
    Depth(depth::Args),
    /// Genotype reads at every site of the panel
    Genotype(genotype::Args),
    /// Merge shards of a cohort into one
    Merge(merge::Args),
    /// Judge reads: coverage of pharmacogenes, sex, contamination, identity
    Qc(qc::Args),
    /// Find molecular subtypes of a cohort from one or several matrices
    Stratify(Box<stratify::Args>),
    /// Learn labels from measurements, and place new patients
    Classify(classify::Args),
    /// Match the variants of tumours to evidence on therapies
    Therapies(Box<therapies::Args>),
    /// Compute doses: the first one, its revision after INRs, time in range
    Dose(dose::Args),
    /// Show, check, import and encode the knowledge that calls are made with
    Knowledge(knowledge::Args),
    /// Say whether this program can do its work on this machine
    Doctor(doctor::Args),
    /// Write a completion script for a shell to standard output
    Completions(manual::Completions),
    /// Write manual pages, one a command
    Man(manual::Pages),
}

impl Cli {
    /// Runs the chosen command; the exit code is part of the interface.
    pub fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Demo(args) => demo::run(args),
            Command::Run(args) => run::run(args),
            Command::Call(args) => call::run(*args),
            Command::Cohort(args) => cohort::run(args),
            Command::CopyNumber(args) => copy_number::run(&args),
            Command::Depth(args) => depth::run(args),
            Command::Genotype(args) => genotype::run(&args),
            Command::Merge(args) => merge::run(&args),
            Command::Qc(args) => qc::run(args),
            Command::Stratify(args) => stratify::run(*args),
            Command::Classify(args) => classify::run(args),
            Command::Therapies(args) => therapies::run(*args),
            Command::Dose(args) => dose::run(args),
            Command::Knowledge(args) => knowledge::run(args),
            Command::Doctor(args) => doctor::run(&args),
            Command::Completions(args) => manual::completions(&args),
            Command::Man(args) => manual::pages(&args),
        }
    }
}
