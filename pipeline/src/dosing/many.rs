//! Many patients: a table in, `doses.tsv` and `failures.tsv` out.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use pgx_rules::dosing::record::BsaFormula;
use pgx_rules::knowledge::schema::Knowledge;

use super::answer::{Answer, Beside, answer};
use super::doses_tsv;
use super::patients::{Failure, read};
use super::refit::Model;
use crate::report::files::Folder;

/// A table of patients, answered.
pub struct Answered {
    /// Rows.
    pub total: usize,
    /// Text of `doses.tsv`.
    pub table: String,
    /// Patients who could not be read, or whom no program should dose.
    pub failures: Vec<Failure>,
}

/// Reads and answers every row.
///
/// # Errors
/// When the table cannot be read.
pub fn compute(knowledge: &Knowledge, path: &Path, model: Option<&Path>, bsa: BsaFormula) -> Result<Answered> {
    let patients = read(knowledge, path)?;
    let model = model.map(Model::read).transpose()?;
    let with_model = model.is_some();
    let mut answered =
        Answered { total: patients.len(), table: doses_tsv::header(with_model) + "\n", failures: Vec::new() };
    for patient in patients {
        let row = match patient {
            Ok(mut patient) => {
                patient.record.bsa = bsa;
                let answer = answer(knowledge, patient, Beside { model: model.as_ref(), ..Beside::default() });
                answered.failures.extend(refusal(&answer));
                doses_tsv::row(&answer, with_model)
            }
            Err(failure) => {
                let row = doses_tsv::unread(&failure.id, &failure.reason, with_model);
                answered.failures.push(failure);
                row
            }
        };
        let _ = writeln!(answered.table, "{row}"); // into a string: cannot fail
    }
    Ok(answered)
}

fn refusal(answer: &Answer) -> Option<Failure> {
    let reasons: Vec<&str> = answer.refused.iter().map(|r| r.text.as_str()).collect();
    let reason = format!("patient {}: {}", answer.id, reasons.join("; "));
    (!reasons.is_empty()).then(|| Failure { id: answer.id.clone(), reason })
}

/// Writes both files.
///
/// # Errors
/// When one cannot be written.
pub fn write(answered: &Answered, output: &Path) -> Result<()> {
    let mut failed = String::from("id\treason\n");
    for failure in &answered.failures {
        let _ = writeln!(failed, "{}\t{}", failure.id, failure.reason); // into a string: cannot fail
    }
    let folder = Folder::open(output)?;
    let files =
        [folder.write("doses.tsv", answered.table.as_bytes())?, folder.write("failures.tsv", failed.as_bytes())?];
    for file in files {
        file.publish()?;
    }
    Ok(())
}
