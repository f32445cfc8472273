//! Rows of the tables that the twin's commands read.

use std::path::{Path, PathBuf};

use anyhow::Result;
use pgx_rules::dosing::twin::Person;
use pgx_rules::dosing::twin::person::{alleles, vkorc1};

use super::table::{identifier, is_missing, numbers};
use crate::tumour::table::Table;

/// Baseline INR where none was measured: the models' own.
const USUAL_BASELINE: f64 = 1.0;

/// A table of people with their doses.
pub struct Rows {
    path: PathBuf,
    /// One a row.
    pub rows: Vec<Row>,
    /// Whether a column with days and one with INRs is there.
    pub has_inrs: bool,
}

/// One row.
pub struct Row {
    /// As in the table.
    pub id: String,
    line: usize,
    /// Facts about the person.
    pub person: Result<Person, String>,
    /// mg on day 0, 1, ….
    pub doses: Result<Vec<f64>, String>,
    /// Days with an INR.
    pub days: Result<Vec<f64>, String>,
    /// INRs.
    pub inrs: Result<Vec<f64>, String>,
    /// Whether the baseline INR is the models' own, for want of a measured one.
    pub assumed_baseline: bool,
}

impl Rows {
    /// Reads the table.
    ///
    /// # Errors
    /// When the file, the identifiers or the doses are not there.
    pub fn read(path: &Path) -> Result<Self> {
        let table = Table::read(path)?;
        let (id, doses) = (table.need("identifiers", &["id"])?, table.need("doses", &["dosesmg"])?);
        let columns = ["cyp2c9", "vkorc1", "age", "baselineinr", "days", "inr"].map(|name| table.find(&[name]));
        let [_, _, _, _, days, inr] = columns;
        let rows = table.rows.iter().map(|(line, cells)| row(*line, cells, id, doses, columns)).collect();
        Ok(Self { path: path.to_owned(), rows, has_inrs: days.is_some() && inr.is_some() })
    }

    /// A sentence on a row that could not be answered.
    pub fn failure(&self, row: &Row, why: &str) -> String {
        format!("{}, line {}, patient {}: {why}", self.path.display(), row.line, row.id)
    }
}

fn row(line: usize, cells: &[String], id: usize, doses: usize, columns: [Option<usize>; 6]) -> Row {
    let cell = |column: Option<usize>| column.and_then(|c| cells.get(c)).map_or("", String::as_str);
    let [cyp2c9, genotype, age, baseline, days, inr] = columns.map(cell);
    Row {
        id: identifier(cell(Some(id)), line),
        line,
        person: person(cyp2c9, genotype, age, baseline),
        doses: numbers("dose in mg", cell(Some(doses))),
        days: numbers("day", days),
        inrs: numbers("INR", inr),
        assumed_baseline: is_missing(baseline),
    }
}

fn person(cyp2c9: &str, genotype: &str, age: &str, baseline: &str) -> Result<Person, String> {
    let number = |what: &str, cell: &str| match cell.parse::<f64>() {
        _ if is_missing(cell) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(format!("'{cell}' is no {what}")),
    };
    let read = |what: &str, cell: &str, found: bool| match found || is_missing(cell) {
        true => Ok(()),
        false => Err(format!("'{cell}' is no genotype of {what}")),
    };
    let (diplotype, alleles_a) = (alleles(cyp2c9), vkorc1(genotype));
    read("CYP2C9 (expected two alleles, as *1/*2)", cyp2c9, diplotype.is_some())?;
    read("VKORC1 (expected GG, AG or AA)", genotype, alleles_a.is_some())?;
    let baseline = number("baseline INR", baseline)?.unwrap_or(USUAL_BASELINE);
    Ok(Person::new(diplotype, alleles_a, number("age in years", age)?, baseline))
}
