//! `rxstrata knowledge import --civic`: somatic evidence in our layout.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pgx_rules::therapies::import;
use pgx_rules::therapies::store::write_folder;

use crate::therapies::date::Date;

/// Imports a folder; rows that cannot be used are named on standard error.
pub fn run(folder: &Path, date: Option<&str>, output: &Path) -> Result<ExitCode> {
    if let Some(date) = date
        && Date::parse(date).is_none()
    {
        bail!("--date '{date}' is not a date; write it as 2024-04-01");
    }
    let imported = import::civic(folder, date)?;
    for problem in &imported.problems {
        eprintln!("rxstrata: {}, line {}: {}", problem.path.display(), problem.line, problem.what);
    }
    let target = output.join("therapies");
    write_folder(&imported.evidence, &target).with_context(|| format!("cannot write into {}", target.display()))?;
    let evidence = &imported.evidence;
    println!(
        "{} of {}: {} variants, {} items of evidence; {} not accepted, {} rows with a problem",
        evidence.release.source,
        evidence.release.date,
        evidence.variants.len(),
        evidence.items.len(),
        imported.not_accepted,
        imported.problems.len()
    );
    Ok(ExitCode::SUCCESS)
}
