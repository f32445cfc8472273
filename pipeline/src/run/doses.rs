//! Warfarin doses for the samples whose facts allow one: a row each, in the order of the sheet.

use std::path::Path;

use anyhow::Result;
use pgx_rules::dosing::record::Record;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::schema::Knowledge;

use super::sheet::Row;
use super::stages::Ended;
use super::{Failure, Plan};
use crate::dosing::answer::{Answer, Beside, answer};
use crate::dosing::fields::Draft;
use crate::dosing::{calls, doses_tsv};

/// Columns of the sheet that dose models read.
const FACTS: [&str; 10] = [
    "sex",
    "race",
    "african_ancestry",
    "age",
    "height_cm",
    "weight_kg",
    "medication",
    "target_inr",
    "smoker",
    "dvt_pe",
];

/// Text of `doses.tsv`, and who has none for a reason.
pub struct Doses {
    pub table: String,
    pub failures: Vec<Failure>,
}

/// Doses of every sample with an age; every model says what it lacks.
///
/// # Errors
/// When the knowledge cannot be used.
pub fn doses(plan: &Plan, ended: &Ended) -> Result<Doses> {
    let knowledge = embedded()?;
    let mut found = Doses { table: doses_tsv::header(false) + "\n", failures: Vec::new() };
    for (place, row) in plan.sheet.rows.iter().enumerate().filter(|(_, row)| row.get("age").is_some()) {
        let folder = ended.folders.iter().find(|(stage, rows, _)| *stage == "call" && rows.contains(&place));
        let Some((_, _, folder)) = folder else { continue };
        match dose(knowledge, row, folder) {
            Ok(answer) if answer.refused.is_empty() => found.table += &(doses_tsv::row(&answer, false) + "\n"),
            Ok(answer) => {
                let reasons: Vec<&str> = answer.refused.iter().map(|r| r.text.as_str()).collect();
                found.table += &(doses_tsv::unread(row.sample(), &reasons.join("; "), false) + "\n");
            }
            Err(error) => {
                let reason = format!("{error:#}");
                found.table += &(doses_tsv::unread(row.sample(), &reason, false) + "\n");
                found.failures.push(Failure { row: place, stage: "dose", reason });
            }
        }
    }
    Ok(found)
}

fn dose(knowledge: &Knowledge, row: &Row, folder: &Path) -> Result<Answer> {
    let calls_json = folder.join("calls.json");
    let path = if calls_json.exists() { calls_json } else { folder.join("calls.tsv") };
    let called = calls::read(knowledge, &path, Some(row.sample()))?;
    let record = Record { genotypes: called.genotypes, ..Record::default() };
    let mut draft = Draft::of(record, called.notes);
    for fact in FACTS {
        if let Some(value) = row.get(fact) {
            draft.set(knowledge, fact, &value.replace(';', ","))?;
        }
    }
    let patient = draft.finish(knowledge, row.sample().to_owned())?;
    Ok(answer(knowledge, patient, Beside { untested: called.untested, ..Beside::default() }))
}
