//! `rxstrata dose ttr`: time in range of INR histories.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use pgx_rules::dosing::ttr::{LONGEST_GAP_DAYS, Range};

use crate::cli::status::{Classify, Status};
use crate::dosing::time_in_range;

const EXAMPLES: &str = include_str!("../help/dose_ttr.txt");

/// Options of `rxstrata dose ttr`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Histories (TSV): columns id, days, inr; days and INRs are comma-separated lists
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Table to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Therapeutic range; both ends are inside
    #[arg(long, value_name = "LOW-HIGH", default_value = "2.0-3.0")]
    range: Range,
    /// Days between visits beyond which the time is left out; `none` to count every gap
    #[arg(long, value_name = "DAYS", default_value_t = LONGEST_GAP_DAYS.to_string())]
    longest_gap: String,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Computes the table.
///
/// # Errors
/// When the table cannot be read, or the output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let longest_gap = gap(&args.longest_gap).status(Status::Usage)?;
    let answers = time_in_range::read(&args.table, args.range, longest_gap).status(Status::Input)?;
    time_in_range::write(&answers, &args.output).status(Status::Output)?;
    let failed: Vec<&str> = answers.iter().filter_map(|a| a.failure.as_deref()).collect();
    for failure in &failed {
        eprintln!("rxstrata: {failure}");
    }
    if !args.quiet {
        println!("{} histories, {} not counted; see {}", answers.len(), failed.len(), args.output.display());
    }
    Ok(match failed.len() {
        0 => ExitCode::SUCCESS,
        n if n == answers.len() => Status::Input.into(),
        _ => Status::Partial.into(),
    })
}

fn gap(text: &str) -> Result<Option<f64>> {
    match text.parse::<f64>() {
        _ if text.eq_ignore_ascii_case("none") => Ok(None),
        Ok(days) if days.is_finite() && days > 0.0 => Ok(Some(days)),
        _ => Err(anyhow!("--longest-gap '{text}': expected a number of days above 0, or none")),
    }
}
