//! A dose model of a clinic's own: learnt from its table, judged on patients held out, and used like a published one.

mod features;
mod judge;
mod learn;
mod model;
mod patients;
mod report;

pub use model::{Model, Reason, Refitted};
pub use patients::Question;

use std::path::Path;

use anyhow::Result;
use pgx_rules::knowledge::schema::Knowledge;

use crate::report::files::Folder;

/// Learns, judges and writes `model.json`, `performance.tsv`, `calibration.tsv` and `held-out.tsv`; gives sentences for people.
///
/// # Errors
/// When the table cannot be read or learnt from, or a file cannot be written.
pub fn fit(knowledge: &Knowledge, question: &Question<'_>, output: &Path) -> Result<Vec<String>> {
    let cohort = patients::read(knowledge, question)?;
    let learnt = learn::learn(&cohort, question)?;
    let judged = judge::judge(knowledge, &cohort, &learnt, question);
    let model = model::Model::of(&cohort, &learnt, &judged, question);
    let folder = Folder::open(output)?;
    let files = [
        ("model.json", serde_json::to_string_pretty(&model)? + "\n"),
        ("performance.tsv", report::performance(&judged)),
        ("calibration.tsv", report::calibration(&judged)),
        ("held-out.tsv", report::held_out(&cohort, &learnt, &judged)),
    ];
    let written: Vec<_> =
        files.iter().map(|(name, text)| folder.write(name, text.as_bytes())).collect::<Result<_>>()?;
    for file in written {
        file.publish()?;
    }
    Ok(report::sentences(&cohort, &learnt, &judged))
}
