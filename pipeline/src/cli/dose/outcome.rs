//! What the twin's commands say at their end.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::status::Status;
use crate::dosing::twin_table::Rows;

/// A table that was answered.
pub struct Outcome<'a> {
    /// What was asked.
    pub rows: &'a Rows,
    /// A sentence for each row that was not, or not wholly, answered.
    pub failures: Vec<String>,
    /// Where the answers are.
    pub output: &'a Path,
    /// Whether to keep to errors.
    pub quiet: bool,
    /// What was done, as a participle.
    pub done: &'a str,
}

/// Says what failed and what was done; the exit status.
pub fn finish(outcome: &Outcome<'_>) -> ExitCode {
    for failure in &outcome.failures {
        eprintln!("rxstrata: {failure}");
    }
    let (total, failed) = (outcome.rows.rows.len(), outcome.failures.len());
    if !outcome.quiet {
        let assumed: BTreeSet<&str> =
            outcome.rows.rows.iter().filter(|r| r.assumed_baseline).map(|r| r.id.as_str()).collect();
        if !assumed.is_empty() {
            println!("{} patients without a baseline INR: taken as 1.0, the models' own", assumed.len());
        }
        println!("{} of {total} patients {}; see {}", total - failed, outcome.done, outcome.output.display());
    }
    match failed {
        0 => ExitCode::SUCCESS,
        all if all == total => Status::Input.into(),
        _ => Status::Partial.into(),
    }
}
