//! `rxstrata cohort`: frequencies and findings of a cohort.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::cohort::{Plan, run as summarise};

const EXAMPLES: &str = "\
Writes phenotypes.tsv, alleles.tsv (with Wilson's 95 % intervals), genes.tsv (call rate, ambiguous, novel combinations, missing
sites), drugs.tsv (samples by the gravest action) and cohort.html.

Examples:
  rxstrata cohort results -o summary
  rxstrata cohort results --groups people.tsv --column population --min-cell 5 -o summary";

/// Options of `rxstrata cohort`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of `rxstrata call`, run or merge, with calls.tsv
    #[arg(value_name = "DIR")]
    calls: PathBuf,
    /// Table with a column sample and one of groups (TSV)
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    /// Its column of groups [default: the first besides sample]
    #[arg(long, value_name = "NAME", requires = "groups")]
    column: Option<String>,
    /// Withhold counts above 0 and below this, so that nobody is recognised by them
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_cell: usize,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When the calls or groups cannot be read, or the output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    let plan = Plan {
        calls: args.calls,
        groups: args.groups.map(|path| (path, args.column)),
        min_cell: args.min_cell,
        output: args.output,
    };
    let summary = summarise(&plan)?;
    if !args.quiet {
        println!(
            "{} samples, {} groups; see {}",
            summary.samples,
            summary.groups,
            plan.output.join("cohort.html").display()
        );
        if summary.ungrouped > 0 {
            eprintln!("rxstrata: note: {} samples are in no group, and count in 'all' only", summary.ungrouped);
        }
    }
    Ok(ExitCode::SUCCESS)
}
