//! `rxstrata cohort`: what a cohort's calls amount to, by group.

mod count;
mod groups;
mod multiqc;
mod page;
mod tables;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::status::{Classify, Status};
use crate::report::files::{Complete, Folder};

/// What is asked.
#[derive(Debug)]
pub struct Plan {
    /// Folder of `call`, `merge` or `run`.
    pub calls: PathBuf,
    /// Table of groups, and its column; everybody together without it.
    pub groups: Option<(PathBuf, Option<String>)>,
    /// A count above 0 and below this is not shown.
    pub min_cell: usize,
    /// Folder to write into.
    pub output: PathBuf,
}

/// What was summarised.
#[derive(Debug)]
pub struct Summary {
    /// Samples.
    pub samples: usize,
    /// Groups, all together included.
    pub groups: usize,
    /// Samples of the calls that the table of groups does not name.
    pub ungrouped: usize,
}

/// Counts and writes.
///
/// # Errors
/// When the calls or the groups cannot be read, or the output cannot be written.
pub fn run(plan: &Plan) -> Result<Summary> {
    let groups = groups::Groups::read(plan.groups.as_ref()).status(Status::Input)?;
    let counted = count::count(&plan.calls, &groups).status(Status::Input)?;
    let folder = Folder::open(&plan.output).status(Status::Output)?;
    let tables = tables::all(&counted, plan.min_cell);
    let mut complete = Vec::new();
    for (name, text) in tables.iter().chain(&multiqc::sections(&counted, plan.min_cell)) {
        complete.push(folder.write(name, text.as_bytes())?);
    }
    complete.push(folder.write("cohort.html", page::page(&counted, plan.min_cell, &release(&plan.calls)).as_bytes())?);
    complete.into_iter().try_for_each(Complete::publish).status(Status::Output)?;
    let samples = counted.groups.first().map_or(0, |g| g.samples);
    Ok(Summary { samples, groups: counted.groups.len(), ungrouped: counted.ungrouped })
}

/// Program and knowledge as the calls' provenance has them.
fn release(calls: &Path) -> String {
    let read = |name: &str| std::fs::read_to_string(calls.join(name)).ok();
    let parsed: Option<serde_json::Value> =
        read("provenance.json").or_else(|| read("run.json")).and_then(|text| serde_json::from_str(&text).ok());
    let Some(about) = parsed else { return "calls without provenance".to_owned() };
    let knowledge = about["knowledge"]["version"].as_str().or_else(|| about["knowledge"].as_str()).unwrap_or("unknown");
    format!("rxstrata {}, knowledge {knowledge}", about["version"].as_str().unwrap_or("unknown"))
}
