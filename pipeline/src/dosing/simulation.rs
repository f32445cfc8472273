//! A table of doses to courses of drug and INR.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use pgx_rules::dosing::twin::course::DAY;
use pgx_rules::dosing::twin::rule::Mesh;
use pgx_rules::dosing::twin::{Course, TwinModel};

use super::table::write_aside;
use super::twin_table::{Row, Rows};

/// Highest dose of one day that is read as such, mg: above, the unit is in doubt.
const HIGHEST_DOSE: f64 = 100.0;

/// Simulates every row and writes the courses; gives a sentence for each row that could not be.
///
/// # Errors
/// When the file cannot be written.
pub fn write(rows: &Rows, model: &dyn TwinModel, path: &Path) -> Result<Vec<String>> {
    let mut text = String::from("id\tmodel\thour\tdrug\tinr\n");
    let mut failures = Vec::new();
    for row in &rows.rows {
        match course(row, model) {
            Ok(points) => {
                for (day, (drug, inr)) in points.iter().enumerate() {
                    let hour = day as f64 * DAY;
                    let _ = writeln!(text, "{}\t{}\t{hour}\t{drug}\t{inr}", row.id, model.name()); // into a string: cannot fail
                }
            }
            Err(why) => {
                let days = row.doses.as_ref().map_or(1, |doses| doses.len().max(1));
                for day in 0..days {
                    let _ = writeln!(text, "{}\t{}\t{}\t\t", row.id, model.name(), day as f64 * DAY); // into a string: cannot fail
                }
                failures.push(rows.failure(row, &why));
            }
        }
    }
    write_aside(path, &text)?;
    Ok(failures)
}

/// Drug and INR before each day's dose. The last row ends the course: its drug includes the last dose, as the reference courses
/// have it, which shows only in a model where a dose enters at once.
fn course(row: &Row, model: &dyn TwinModel) -> Result<Vec<(f64, f64)>, String> {
    let person = row.person.as_ref().map_err(Clone::clone)?;
    let doses = doses(row)?;
    let parameters = model.parameters(person).map_err(|e| e.to_string())?;
    let mut course = Course::new(model.mechanism(&parameters), Mesh::Fine);
    let (mut points, mut after_dose) = (Vec::with_capacity(doses.len()), 0.0);
    for dose in doses {
        points.push((course.drug(), course.inr()));
        course.dose(*dose);
        after_dose = course.drug();
        course.advance(DAY);
    }
    if let Some((drug, _)) = points.last_mut() {
        *drug = after_dose;
    }
    Ok(points)
}

/// Doses that a day can have.
pub(super) fn doses(row: &Row) -> Result<&[f64], String> {
    let doses = row.doses.as_ref().map_err(Clone::clone)?;
    if doses.is_empty() {
        return Err("doses_mg is empty".into());
    }
    match doses.iter().enumerate().find(|(_, mg)| !(0.0..=HIGHEST_DOSE).contains(*mg)) {
        Some((day, mg)) => {
            Err(format!("day {day}: a dose of {mg} mg is outside 0 to {HIGHEST_DOSE}; is the unit mg a day?"))
        }
        None => Ok(doses),
    }
}
