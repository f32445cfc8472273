//! `rxstrata dose trial`: a simulated trial of dosing policies.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use pgx_rules::dosing::trial::protocol::{Protocol, conduct};
use pgx_rules::dosing::trial::simulator::SIMULATORS;

use crate::cli::status::{Classify, Status};
use crate::dosing::{covariates, trial};

const EXAMPLES: &str = include_str!("../help/dose_trial.txt");

/// Options of `rxstrata dose trial`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Virtual patients; the five ancestry groups take turns
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    patients: usize,
    /// Length, days
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u16).range(30..=365))]
    days: u16,
    /// Seed of everything that is random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Simulators that judge
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = SIMULATORS, default_values = SIMULATORS)]
    simulators: Vec<String>,
    /// People (TSV: race, age or age_bin, height_cm, weight_kg, sex, amiodarone, enzyme_inducer) whose covariates the virtual
    /// patients take, each as a whole, in place of the summaries that ship
    #[arg(long, value_name = "FILE")]
    covariates: Option<PathBuf>,
    /// Leave out the negative control, the sparser visits and the other readings of the variability
    #[arg(long)]
    no_sensitivity: bool,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the trial.
///
/// # Errors
/// When an option cannot be used, or the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let knowledge = pgx_rules::knowledge::embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    if args.patients < 10 {
        return Err(anyhow!("--patients {}: expected at least 10, two a group", args.patients)).status(Status::Usage);
    }
    let covariates = match &args.covariates {
        None => None,
        Some(path) => {
            let (people, left_out) = covariates::read(path).status(Status::Input)?;
            if left_out > 0 {
                eprintln!("rxstrata: {}: {left_out} rows without race, age, height or weight left out", path.display());
            }
            Some(Arc::new(people))
        }
    };
    let protocol = Protocol {
        patients: args.patients,
        days: usize::from(args.days),
        seed: args.seed,
        simulators: args.simulators.clone(),
        shaken: !args.no_sensitivity,
        covariates,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build();
    let pool = pool.context("cannot start threads")?;
    let watch = |what: &str| {
        if !args.quiet {
            eprintln!("{what}");
        }
    };
    let found = pool.install(|| conduct(knowledge, &protocol, watch)).map_err(anyhow::Error::from)?;
    let files = trial::write(knowledge, &found, &args.output).status(Status::Output)?;
    if !args.quiet {
        let met = found.goals.iter().filter(|g| g.met).count();
        println!("{met} of {} goals met", found.goals.len());
        for goal in found.goals.iter().filter(|g| !g.met) {
            println!("missed: {}: {:.1}, asked {:.0}", goal.goal, goal.found, goal.asked);
        }
        for file in files {
            println!("{}", file.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}
