//! `rxstrata dose fit`: a dose model from a clinic's own table.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use pgx_rules::knowledge::embedded;

use crate::cli::status::{Classify, Status};
use crate::dosing::refit::{Question, fit};

const EXAMPLES: &str = include_str!("../help/dose_fit.txt");

/// Options of `rxstrata dose fit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Patients on a stable dose (TSV), one a row
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Column with the stable dose, mg/week
    #[arg(long, value_name = "COLUMN", default_value = "dose_mg_week")]
    target: String,
    /// Columns not to learn from [those known only once the dose is are never learnt from]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Columns by whose values the model is judged apart [default: race, where there is one]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    by: Vec<String>,
    /// Use only patients who have these columns
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    complete: Vec<String>,
    /// Use only patients with this value. Repeat for several columns
    #[arg(long, value_name = "COLUMN=VALUE")]
    only: Vec<String>,
    /// Folds of the judging cross-validation
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(3..=20))]
    folds: u8,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Folds of the cross-validation that chooses settings.
const INNER: usize = 5;

/// Learns and judges.
///
/// # Errors
/// When the table cannot be read or learnt from, or an output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.threads == Some(0) {
        return Err(anyhow!("--threads 0: expected at least 1")).status(Status::Usage);
    }
    let knowledge = embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    let question = Question {
        table: &args.table,
        target: &args.target,
        exclude: &args.exclude,
        by: &args.by,
        complete: &args.complete,
        only: &args.only,
        seed: args.seed,
        folds: [usize::from(args.folds), INNER],
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.unwrap_or(0)).build()?;
    let said = pool.install(|| fit(knowledge, &question, &args.output)).status(Status::Input)?;
    if !args.quiet {
        for line in said {
            println!("{line}");
        }
        println!("see {}", args.output.join("performance.tsv").display());
    }
    Ok(ExitCode::SUCCESS)
}
