//! `rxstrata run`: all stages for the samples of a sheet, with checkpoints.
//!
//! Each piece of work has a key: a digest of its inputs' bytes, its options, the program's version and the knowledge release.
//! Its results are written into a folder aside, brought to disk, and renamed to `work/STAGE/KEY`; that folder is the
//! checkpoint. A run that is killed leaves whole folders and one or more folders aside, which the next run throws away. Tables
//! of the cohort are then put together from the folders in the order of the sheet, so that an interrupted run and a run of one
//! go end with the same bytes.

mod checkpoint;
pub mod config;
mod doses;
mod publish;
pub mod rules;
pub mod sheet;
mod stages;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cli::status::{Classify, Status};
use crate::progress::Progress;
use crate::report::files::Folder;
use config::Config;
use sheet::Sheet;

/// What is to be done, checked.
pub struct Plan {
    /// The samples.
    pub sheet: Sheet,
    /// Options of the stages.
    pub config: Config,
    /// Folder to write into.
    pub output: PathBuf,
    /// Samples that may fail before the run is given up.
    pub max_failures: Option<usize>,
    /// Threads, at least one.
    pub threads: usize,
    /// No progress bar.
    pub quiet: bool,
}

/// A sample that a stage could not answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Place of the sample in the sheet.
    pub row: usize,
    /// Name of the stage.
    pub stage: &'static str,
    /// Why, in one line.
    pub reason: String,
}

/// How a run ended.
pub struct Outcome {
    /// Samples of the sheet.
    pub samples: usize,
    /// Samples without a failure.
    pub complete: usize,
    /// What failed, by sample and stage.
    pub failures: Vec<Failure>,
    /// Pieces of work that an earlier run had done.
    pub kept: usize,
    /// Pieces of work of this run.
    pub done: usize,
}

/// Runs all stages. Cohort tables appear under their names only when every piece of work has ended.
///
/// # Errors
/// When the output cannot be written, too many samples failed, or no sample could be answered.
pub fn run(plan: &Plan) -> Result<Outcome> {
    let folder = Folder::open(&plan.output).status(Status::Output)?;
    checkpoint::clear(&plan.output).status(Status::Output)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build().context("cannot start threads")?;
    let calls = stages::calls(plan)?;
    // what is wrong with an option is said before anything starts; the germline calls are there only then
    let tumours = stages::tumours(plan, &stages::Ended::default())?.len();
    let cohort = stages::stratification(plan)?;
    let progress = Progress::new(calls.len() + tumours + cohort.len(), plan.quiet);
    let mut ended = pool.install(|| stages::carry_out(plan, &calls, &progress)).status(Status::Output)?;
    let tumours = stages::tumours(plan, &ended)?;
    for jobs in [&tumours, &cohort] {
        ended.and(pool.install(|| stages::carry_out(plan, jobs, &progress)).status(Status::Output)?);
    }
    progress.finish();
    let doses = doses::doses(plan, &ended)?;
    ended.failures.extend(doses.failures.iter().cloned());
    ended.failures.sort();
    ended.failures.dedup();
    let mut failed: Vec<usize> = ended.failures.iter().map(|f| f.row).collect();
    failed.dedup();
    let samples = plan.sheet.rows.len();
    publish::publish(plan, &folder, &ended, &doses.table).status(Status::Output)?;
    let outcome = Outcome {
        samples,
        complete: samples - failed.len(),
        kept: ended.kept,
        done: ended.done,
        failures: ended.failures,
    };
    Ok(outcome)
}
