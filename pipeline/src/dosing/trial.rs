//! The simulated trial's files: every figure as a table and as JSON, and a page with the comparison by group.

mod drawing;
mod page;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use pgx_rules::dosing::trial::protocol::Trial;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use crate::report::files::{Complete, Folder};

/// `trial.json`.
#[derive(Serialize)]
struct Document<'a> {
    form: &'static str,
    program: &'static str,
    version: &'static str,
    knowledge: &'a str,
    #[serde(flatten)]
    trial: &'a Trial,
}

/// Writes `trial.tsv`, `trial.json` and `trial.html`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(knowledge: &Knowledge, trial: &Trial, output: &Path) -> Result<Vec<PathBuf>> {
    let version = knowledge.release.version.as_str();
    let document = Document {
        form: "rxstrata-trial/1",
        program: "rxstrata",
        version: env!("CARGO_PKG_VERSION"),
        knowledge: version,
        trial,
    };
    let json = serde_json::to_string_pretty(&document)? + "\n";
    let files = [("trial.tsv", table(trial)), ("trial.json", json), ("trial.html", page::render(trial, version)?)];
    let folder = Folder::open(output)?;
    let written: Vec<Complete> =
        files.iter().map(|(name, text)| folder.write(name, text.as_bytes())).collect::<Result<_>>()?;
    for file in written {
        file.publish()?;
    }
    Ok(files.iter().map(|(name, _)| output.join(name)).collect())
}

fn table(trial: &Trial) -> String {
    let mut text = String::from("scenario\tpolicy\tagainst\tby\tstratum\tpatients\tmeasure\tmean\tlow\thigh\n");
    for f in &trial.figures {
        let _ = writeln!(
            text, // into a string: cannot fail
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            f.scenario,
            f.policy,
            f.against,
            f.by,
            f.stratum,
            f.patients,
            f.measure,
            f.mean,
            f.low,
            f.high
        );
    }
    text
}
