//! `rxstrata dose simulate`: courses of drug and INR from doses.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use pgx_rules::dosing::twin;

use super::outcome::{Outcome, finish};
use crate::cli::status::{Classify, Status};
use crate::dosing::simulation;
use crate::dosing::twin_table::Rows;

const EXAMPLES: &str = include_str!("../help/dose_simulate.txt");

/// Options of `rxstrata dose simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The patients' model
    #[arg(long, value_name = "NAME", value_parser = twin::MODELS)]
    model: String,
    /// Patients (TSV): columns id, cyp2c9, vkorc1, age, baseline_inr, doses_mg (mg on day 0, 1, …, comma-separated)
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Table to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Simulates every patient.
///
/// # Errors
/// When the table cannot be read, or the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let knowledge = pgx_rules::knowledge::embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    let model = twin::model(knowledge, &args.model).map_err(anyhow::Error::from).status(Status::Usage)?;
    let rows = Rows::read(&args.table).status(Status::Input)?;
    let failures = simulation::write(&rows, model.as_ref(), &args.output).status(Status::Output)?;
    Ok(finish(&Outcome { rows: &rows, failures, output: &args.output, quiet: args.quiet, done: "simulated" }))
}
