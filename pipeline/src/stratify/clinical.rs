//! A clinical table: one row a patient, any columns.

mod outcomes;

use std::path::Path;

use anyhow::{Context, Result, bail};
use cluster::association::clinical::{Values, Variable};
use cluster::matrix::FeatureMatrix;
use cluster::survival::FollowUp;
use indexmap::IndexMap;
use ndarray::Array2;

use crate::tumour::lines::Lines;

const MISSING: [&str; 6] = ["", "NA", "NaN", "null", "[Not Available]", "."];
/// Categories up to which a column of text says something of groups.
const CATEGORIES: usize = 20;

/// The table.
#[derive(Debug)]
pub struct Clinical {
    file: String,
    columns: Vec<String>,
    rows: IndexMap<String, Vec<Option<String>>>,
}

impl Clinical {
    /// Reads a TSV, plain or gzip, whose first column names the patient.
    ///
    /// # Errors
    /// When it cannot be read, a row has another number of cells than the header, or a patient is there twice.
    pub fn read(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        let mut lines = Lines::open(path)?;
        let mut cells = || -> Result<Option<(u64, Vec<String>)>> {
            Ok(lines
                .next_line()?
                .map(|(n, line)| (n, String::from_utf8_lossy(line).split('\t').map(|c| c.trim().to_owned()).collect())))
        };
        let Some((_, header)) = cells()? else {
            bail!("{file}: the file is empty; expected a header and a row a patient")
        };
        let columns: Vec<String> = header.into_iter().skip(1).collect();
        let mut rows = IndexMap::new();
        while let Some((number, row)) = cells()? {
            if row.len() == 1 && row.iter().all(String::is_empty) {
                continue;
            }
            if row.len() != columns.len() + 1 {
                bail!("{file}, line {number}: {} cells, but the header has {}", row.len(), columns.len() + 1);
            }
            let mut row = row.into_iter();
            let patient = row.next().unwrap_or_default();
            let values = row.map(|c| (!MISSING.contains(&c.as_str())).then_some(c)).collect();
            if rows.insert(patient.clone(), values).is_some() {
                bail!("{file}, line {number}: patient '{patient}' is there more than once; keep one row");
            }
        }
        Ok(Self { file, columns, rows })
    }

    /// How many of these patients have a row.
    pub fn known(&self, patients: &[String]) -> usize {
        patients.iter().filter(|p| self.rows.contains_key(*p)).count()
    }

    /// One column, a cell a patient; none where the patient or the value is not there.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn column(&self, name: &str, patients: &[String]) -> Result<Vec<Option<&str>>> {
        let Some(at) = self.columns.iter().position(|c| c == name) else {
            bail!("{}: no column '{name}'; there are: {}", self.file, self.columns.join(", "));
        };
        Ok(patients.iter().map(|p| self.rows.get(p).and_then(|r| r[at].as_deref())).collect())
    }

    /// Patient and value of one column, for those who have it.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn pairs(&self, name: &str) -> Result<Vec<(String, String)>> {
        let patients: Vec<String> = self.rows.keys().cloned().collect();
        let column = self.column(name, &patients)?;
        Ok(patients.iter().zip(column).filter_map(|(p, v)| Some((p.clone(), v?.to_owned()))).collect())
    }

    /// One column as categories, whatever it holds.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn category(&self, name: &str, patients: &[String]) -> Result<Variable> {
        let values = self.column(name, patients)?.into_iter().map(|c| c.map(str::to_owned)).collect();
        Ok(Variable { name: name.to_owned(), values: Values::Categorical(values) })
    }

    /// These columns as features of all patients of the table: numbers as they are; of categories each is a feature, 1 or 0.
    /// An empty cell is missing.
    ///
    /// # Errors
    /// When there is no such column, or it has more than twenty categories.
    pub fn features(&self, columns: &[String]) -> Result<FeatureMatrix> {
        let patients: Vec<String> = self.rows.keys().cloned().collect();
        let mut features: Vec<(String, Vec<f64>)> = Vec::new();
        for name in columns {
            let cells = self.column(name, &patients)?;
            let number = |c: &str| c.parse().ok().filter(|v: &f64| v.is_finite());
            let numbers: Option<Vec<f64>> = cells.iter().map(|c| c.map_or(Some(f64::NAN), number)).collect();
            if let Some(numbers) = numbers {
                features.push((name.clone(), numbers));
                continue;
            }
            let distinct: std::collections::BTreeSet<&str> = cells.iter().flatten().copied().collect();
            if distinct.len() > CATEGORIES {
                bail!(
                    "{}: column '{name}' has {} categories, too many to be features; the most is {CATEGORIES}",
                    self.file,
                    distinct.len()
                );
            }
            for category in distinct {
                let is = |c: &Option<&str>| c.map_or(f64::NAN, |c| f64::from(u8::from(c == category)));
                features.push((format!("{name}={category}"), cells.iter().map(is).collect()));
            }
        }
        let values = Array2::from_shape_fn((patients.len(), features.len()), |(p, f)| features[f].1[p]);
        FeatureMatrix::new(patients, features.into_iter().map(|(name, _)| name).collect(), values)
            .with_context(|| self.file.clone())
    }

    /// Columns that can be tested: numbers, or text of at most twenty categories; those named in `without` are left out.
    pub fn variables(&self, patients: &[String], without: &[&str]) -> Result<Vec<Variable>> {
        let mut found = Vec::new();
        for name in self.columns.iter().filter(|c| !without.contains(&c.as_str())) {
            let column = self.column(name, patients)?;
            let numbers: Option<Vec<f64>> = column
                .iter()
                .map(|c| c.map_or(Some(f64::NAN), |c| c.parse().ok().filter(|v: &f64| v.is_finite())))
                .collect();
            let distinct: std::collections::BTreeSet<&str> = column.iter().flatten().copied().collect();
            let values = match numbers {
                Some(numbers) if distinct.len() > 2 => Values::Numeric(numbers),
                _ if (2..=CATEGORIES).contains(&distinct.len()) => {
                    Values::Categorical(column.iter().map(|c| c.map(str::to_owned)).collect())
                }
                _ => continue,
            };
            found.push(Variable { name: name.clone(), values });
        }
        Ok(found)
    }

    /// Follow-up of those patients who have both columns, and their places in `patients`.
    ///
    /// # Errors
    /// When a column is absent, a time is not a number or is negative, or an event is neither 1 nor 0: patient and
    /// column are named.
    pub fn follow_up(&self, patients: &[String], time: &str, event: &str) -> Result<(FollowUp, Vec<usize>)> {
        let (times, events) = (self.column(time, patients)?, self.column(event, patients)?);
        let (mut kept, mut known_times, mut known_events) = (Vec::new(), Vec::new(), Vec::new());
        for (i, patient) in patients.iter().enumerate() {
            let (Some(t), Some(e)) = (times[i], events[i]) else { continue };
            let place = |column: &str| format!("{}: patient '{patient}', column '{column}'", self.file);
            let t: f64 = t.parse().with_context(|| format!("{}: '{t}' is not a number", place(time)))?;
            if !t.is_finite() {
                bail!("{}: {t} is infinite or not a number; a follow-up time is a finite number", place(time));
            }
            if t < 0.0 {
                bail!(
                    "{}: {t}; a follow-up time counts from the start of observation and is not negative",
                    place(time)
                );
            }
            let e = match e.to_lowercase().as_str() {
                "1" | "1.0" | "true" | "dead" | "deceased" => true,
                "0" | "0.0" | "false" | "alive" | "living" | "censored" => false,
                _ => bail!("{}: '{e}'; expected 1 (event seen) or 0 (censored)", place(event)),
            };
            kept.push(i);
            known_times.push(t);
            known_events.push(Some(e));
        }
        Ok((FollowUp::new(known_times, &known_events)?, kept))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Clinical> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("c.tsv");
        std::fs::write(&path, text).unwrap();
        Clinical::read(&path)
    }

    #[test]
    fn columns_are_numbers_or_categories_and_names_are_neither() {
        let rows: String = (0..30).map(|i| format!("P{i}\t{i}\t{}\tname{i}\n", i % 2)).collect();
        let clinical = table(&format!("patient\tage\tsex\tid\n{rows}")).unwrap();
        let patients: Vec<String> = (0..30).map(|i| format!("P{i}")).collect();
        let found = clinical.variables(&patients, &[]).unwrap();
        let names: Vec<&str> = found.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(names, ["age", "sex"]);
    }

    #[test]
    fn a_negative_time_is_named() {
        let clinical = table("patient\tdays\tdead\nP1\t-3\t1\nP2\tNA\t0\n").unwrap();
        let patients = ["P1".to_owned(), "P2".to_owned()];
        let error = clinical.follow_up(&patients, "days", "dead").unwrap_err().to_string();
        assert!(error.contains("patient 'P1', column 'days'") && error.contains("not negative"), "{error}");
        assert!(
            clinical.follow_up(&patients, "time", "dead").unwrap_err().to_string().contains("there are: days, dead")
        );
    }
}
