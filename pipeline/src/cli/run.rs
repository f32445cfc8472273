//! `rxstrata run`: a samplesheet in, all stages out, with checkpoints.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};

use super::status::{Classify, Status};
use crate::run::config::Config;
use crate::run::{Plan, rules, run as run_all, sheet};

const EXAMPLES: &str = include_str!("help/run.txt");

/// Options of `rxstrata run`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Samplesheet (CSV; TSV by its name), one row a sample
    #[arg(value_name = "SAMPLESHEET", required_unless_present = "schema")]
    sheet: Option<PathBuf>,
    /// Folder to write into; a run that was interrupted goes on there
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["check", "schema"])]
    output: Option<PathBuf>,
    /// Only check the sheet: every fault of it, at once
    #[arg(long)]
    check: bool,
    /// Only print the JSON Schema of the sheet
    #[arg(long, exclusive = true)]
    schema: bool,
    /// Options of the stages (TOML): tables `call`, `therapies` and `stratify`, keys as the long options of these commands
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Failures after which the run is given up [default: none]
    #[arg(long, value_name = "N")]
    max_failures: Option<usize>,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
    /// No progress bar and no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When the sheet or an option is wrong, nothing could be answered, or the output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    if args.schema {
        print!("{}", rules::SCHEMA);
        return Ok(ExitCode::SUCCESS);
    }
    let path = args.sheet.unwrap_or_default();
    let (sheet, faults) = sheet::read(&path).status(Status::Usage)?;
    if !faults.is_empty() {
        let count = faults.len();
        for fault in faults {
            eprintln!("rxstrata: {}: {fault}", path.display());
        }
        let error =
            anyhow!("{}: {count} fault{}, nothing was started", path.display(), if count == 1 { "" } else { "s" });
        return Err(error).status(Status::Usage);
    }
    let config = args.config.as_deref().map(Config::read).transpose().status(Status::Usage)?.unwrap_or_default();
    if args.check {
        println!("{}: {} samples, no fault", path.display(), sheet.rows.len());
        return Ok(ExitCode::SUCCESS);
    }
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let plan = Plan {
        sheet,
        config,
        output: args.output.unwrap_or_default(),
        max_failures: args.max_failures,
        threads: threads.max(1),
        quiet: args.quiet,
    };
    let outcome = run_all(&plan)?;
    if !plan.quiet {
        for failure in &outcome.failures {
            let sample = plan.sheet.rows.get(failure.row).map_or("", |row| row.sample());
            eprintln!("rxstrata: failed: {sample}, {}: {}", failure.stage, failure.reason);
        }
        println!(
            "{} of {} samples complete; {} pieces of work done, {} kept from before; see {}",
            outcome.complete,
            outcome.samples,
            outcome.done,
            outcome.kept,
            plan.output.display()
        );
    }
    match (outcome.complete, outcome.failures.len()) {
        (_, 0) => Ok(ExitCode::SUCCESS),
        (0, _) => Err(anyhow!("no sample could be completed; see failures.tsv")).status(Status::Input),
        _ => Ok(Status::Partial.into()),
    }
}
