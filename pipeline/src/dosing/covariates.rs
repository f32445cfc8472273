//! A table of people whose covariates virtual patients take.

use std::path::Path;

use anyhow::{Result, bail};
use pgx_rules::dosing::iwpc::Race;
use pgx_rules::dosing::trial::covariates::{Covariates, Person};

use super::table::is_missing;
use crate::tumour::table::Table;

/// Youngest and oldest age, years; shortest and tallest height, cm; lightest and heaviest weight, kg.
const AGES: (f64, f64) = (18.0, 110.0);
const HEIGHTS: (f64, f64) = (120.0, 230.0);
const WEIGHTS: (f64, f64) = (30.0, 250.0);

/// Reads the table; gives the people and the number of rows that lack race, age, height or weight, or are no adults.
///
/// # Errors
/// When a column is not there, or a race has nobody.
pub fn read(path: &Path) -> Result<(Covariates, usize)> {
    let table = Table::read(path)?;
    let need = |what: &str, names: &[&str]| table.need(what, names);
    let columns = [need("races", &["race"])?, need("ages", &["age", "agebin"])?];
    let sizes = [need("heights", &["heightcm", "height"])?, need("weights", &["weightkg", "weight"])?];
    let others = [&["sex"][..], &["amiodarone"][..], &["enzymeinducer", "inducer"][..]].map(|names| table.find(names));
    let people: Vec<Person> = table.rows.iter().filter_map(|(_, row)| person(row, columns, sizes, others)).collect();
    let left_out = table.rows.len() - people.len();
    match Covariates::of(people) {
        Some(covariates) => Ok((covariates, left_out)),
        None => bail!(
            "{}: no usable person of one of White, Asian, Black, mixed ({left_out} rows lack race, age, height or weight)",
            path.display()
        ),
    }
}

fn person(
    row: &[String],
    [race, age]: [usize; 2],
    [height, weight]: [usize; 2],
    others: [Option<usize>; 3],
) -> Option<Person> {
    let cell = |column: usize| row.get(column).map(|c| c.trim()).filter(|c| !is_missing(c));
    let within = |value: f64, (low, high): (f64, f64)| (low..=high).contains(&value).then_some(value);
    let [sex, amiodarone, inducer] = others.map(|column| column.and_then(cell));
    let is_yes =
        |cell: Option<&str>| cell.is_some_and(|c| ["1", "yes", "true"].contains(&c.to_ascii_lowercase().as_str()));
    Some(Person {
        race: race_of(cell(race)?)?,
        age: within(age_of(cell(age)?)?, AGES)?,
        height: within(cell(height)?.parse().ok()?, HEIGHTS)?,
        weight: within(cell(weight)?.parse().ok()?, WEIGHTS)?,
        sex: sex.map(str::to_owned),
        amiodarone: is_yes(amiodarone),
        inducer: is_yes(inducer),
    })
}

/// `Mixed or missing` of the consortium's file is its term for both.
fn race_of(cell: &str) -> Option<Race> {
    Race::read(cell.split_whitespace().next()?)
}

/// Years; the middle of a decade (`60-69`), 92 for `90+`.
fn age_of(cell: &str) -> Option<f64> {
    match (cell.split_once('-'), cell.strip_suffix('+')) {
        (Some((low, high)), _) => Some(f64::midpoint(low.parse().ok()?, high.parse::<f64>().ok()? + 1.0)),
        (None, Some(low)) => Some(low.parse::<f64>().ok()? + 2.0),
        (None, None) => cell.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_years_or_decades() {
        assert_eq!(
            [age_of("67"), age_of("60-69"), age_of("90+"), age_of("old")],
            [Some(67.0), Some(65.0), Some(92.0), None]
        );
    }

    #[test]
    fn a_person_without_a_weight_or_under_age_is_left_out() {
        let row = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let read = |text: &str| person(&row(text), [0, 1], [2, 3], [Some(4), Some(5), None]);
        let found = read("Mixed 50-59 170 72 female 1");
        assert!(found.is_some_and(|p| p.race == Race::Mixed && p.age == 55.0 && p.amiodarone && !p.inducer));
        assert_eq!(read("White 60 170 NA male 0"), None);
        assert_eq!(read("White 12 150 40 male 0"), None);
    }
}
