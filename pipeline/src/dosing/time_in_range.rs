//! A table of INR histories to time in range.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use pgx_rules::dosing::ttr::{Range, TimeInRange, Visit, rosendaal};

use super::table::{identifier, numbers, write_aside};
use crate::tumour::table::Table;

/// One history.
pub struct Answer {
    /// As in the table.
    pub id: String,
    /// Its days; `None` when it cannot be used.
    pub time: Option<TimeInRange>,
    /// Why not.
    pub failure: Option<String>,
}

/// Reads and counts every history.
///
/// # Errors
/// When the file or a column is not there.
pub fn read(path: &Path, range: Range, longest_gap: Option<f64>) -> Result<Vec<Answer>> {
    let table = Table::read(path)?;
    let id = table.need("identifiers", &["id"])?;
    let days = table.need("days", &["days"])?;
    let inrs = table.need("INRs", &["inr"])?;
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let mut answers = Vec::new();
    for (line, row) in &table.rows {
        let id = identifier(&cell(row, id), *line);
        let answer = visits(&cell(row, days), &cell(row, inrs))
            .and_then(|visits| rosendaal(&visits, range, longest_gap).map_err(|e| e.to_string()));
        let failure = answer.as_ref().err().map(|why| format!("{}, line {line}, patient {id}: {why}", path.display()));
        answers.push(Answer { id, time: answer.ok(), failure });
    }
    Ok(answers)
}

fn visits(days: &str, inrs: &str) -> std::result::Result<Vec<Visit>, String> {
    let (days, inrs) = (numbers("day", days)?, numbers("INR", inrs)?);
    if days.len() != inrs.len() {
        return Err(format!("{} days, but {} INRs", days.len(), inrs.len()));
    }
    Ok(days.into_iter().zip(inrs).map(|(day, inr)| Visit { day, inr }).collect())
}

/// Writes the table; a history that cannot be used, or without a counted day, has empty cells.
///
/// # Errors
/// When it cannot be written.
pub fn write(answers: &[Answer], path: &Path) -> Result<()> {
    let mut text = String::from("id\tpercent_in\tpercent_below\tpercent_above\tdays_counted\tdays_left_out\n");
    for answer in answers {
        let percent = answer.time.and_then(|t| t.percent());
        let [inside, below, above] = percent.map_or_else(Default::default, |p| p.map(|v| v.to_string()));
        let days = answer.time.map(|t| (t.counted().to_string(), t.left_out.to_string())).unwrap_or_default();
        let _ = writeln!(text, "{}\t{inside}\t{below}\t{above}\t{}\t{}", answer.id, days.0, days.1); // into a string: cannot fail
    }
    write_aside(path, &text)
}
