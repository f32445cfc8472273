//! `rxstrata dose train-policy`: learns the weights of the learned policy.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use pgx_rules::dosing::policy::learned::WEIGHT_NAMES;
use pgx_rules::dosing::trial::search::{Training, learn};

use crate::cli::status::{Classify, Status};
use crate::dosing::table::write_aside;

const EXAMPLES: &str = include_str!("../help/dose_train_policy.txt");

/// Options of `rxstrata dose train-policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Table of weights to write (TOML, as in the knowledge base)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Seed of training patients and candidates
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Training patients
    #[arg(long, value_name = "N", default_value_t = 800, value_parser = clap::value_parser!(u32).range(10..))]
    patients: u32,
    /// Generations
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    generations: u16,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Learns and writes the weights.
///
/// # Errors
/// When the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let knowledge = pgx_rules::knowledge::embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    let training =
        Training { seed: args.seed, patients: args.patients as usize, generations: usize::from(args.generations) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build();
    let pool = pool.context("cannot start threads")?;
    let learned = pool.install(|| {
        learn(knowledge, &training, |g| {
            if !args.quiet {
                eprintln!("generation {}: best {:.4}, followed {:.4}", g.number, g.best, g.followed);
            }
        })
    });
    let weights = learned.map_err(anyhow::Error::from)?;
    let mut text = format!(
        "# Weights of the learned policy. Written by `rxstrata dose train-policy`; do not edit by hand.\n\
         name = \"policy_learned\"\n\
         title = \"Policy learned by the cross-entropy method on simulated training patients (rxstrata dose train-policy)\"\n\
         gives = \"weights\"\n\n[equations.training]\nseed = {}\npatients = {}\ngenerations = {}\n\n[equations.weights]\n",
        training.seed, training.patients, training.generations
    );
    for (name, weight) in WEIGHT_NAMES.iter().zip(weights) {
        let _ = writeln!(text, "{name} = {weight:.4}"); // into a string: cannot fail
    }
    write_aside(&args.output, &text).status(Status::Output)?;
    if !args.quiet {
        println!("{}", args.output.display());
    }
    Ok(ExitCode::SUCCESS)
}
