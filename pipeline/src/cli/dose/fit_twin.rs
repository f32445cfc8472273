//! `rxstrata dose fit-twin`: twins from doses and INRs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use pgx_rules::dosing::twin;
use pgx_rules::dosing::twin::calibration::Calibration;
use pgx_rules::dosing::twin::fit::Spreads;

use super::outcome::{Outcome, finish};
use crate::cli::status::{Classify, Status};
use crate::dosing::individual::{self, Question};
use crate::dosing::twin_table::Rows;

const EXAMPLES: &str = include_str!("../help/dose_fit_twin.txt");

/// Options of `rxstrata dose fit-twin`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The patients' model
    #[arg(long, value_name = "NAME", value_parser = twin::MODELS, default_value = "hamberg2010")]
    model: String,
    /// Spread of log clearance between patients [default: calibrated]
    #[arg(long, value_name = "SD")]
    sd_cl: Option<f64>,
    /// Spread of log EC50 between patients [default: calibrated]
    #[arg(long, value_name = "SD")]
    sd_ec50: Option<f64>,
    /// Spread of a log INR about the model [default: calibrated]
    #[arg(long, value_name = "SD")]
    sd_log_inr: Option<f64>,
    /// Day whose INR is forecast with the doses of the table
    #[arg(long, value_name = "N", default_value_t = 28)]
    forecast_day: usize,
    /// INR that the maintenance dose is for
    #[arg(long, value_name = "INR", default_value_t = 2.5)]
    target: f64,
    /// Patients (TSV): columns id, cyp2c9, vkorc1, age, baseline_inr, doses_mg, days, inr (lists comma-separated)
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Table to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Fits every patient.
///
/// # Errors
/// When an option or the table cannot be used, or the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let knowledge = pgx_rules::knowledge::embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    let model = twin::model(knowledge, &args.model).map_err(anyhow::Error::from).status(Status::Usage)?;
    let calibrated = Calibration::of(knowledge).map_err(anyhow::Error::from)?.spreads;
    let spreads = spreads(args, calibrated).status(Status::Usage)?;
    let rows = Rows::read(&args.table).status(Status::Input)?;
    if !rows.has_inrs {
        return Err(anyhow!("{}: no columns days and inr, so nothing to fit", args.table.display()))
            .status(Status::Input);
    }
    let question = Question { model: model.as_ref(), spreads, day: args.forecast_day, target: args.target };
    let failures = individual::write(&rows, &question, &args.output).status(Status::Output)?;
    Ok(finish(&Outcome { rows: &rows, failures, output: &args.output, quiet: args.quiet, done: "fitted" }))
}

fn spreads(args: &Args, calibrated: Spreads) -> Result<Spreads> {
    let choose = |name: &str, given: Option<f64>, usual: f64| match given {
        Some(value) if value.is_finite() && value > 0.0 => Ok(value),
        Some(value) => Err(anyhow!("{name} {value}: expected a standard deviation above 0")),
        None => Ok(usual),
    };
    Ok(Spreads {
        clearance: choose("--sd-cl", args.sd_cl, calibrated.clearance)?,
        ec50: choose("--sd-ec50", args.sd_ec50, calibrated.ec50)?,
        inr: choose("--sd-log-inr", args.sd_log_inr, calibrated.inr)?,
    })
}
