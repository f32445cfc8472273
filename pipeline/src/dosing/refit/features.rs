//! Columns of a table as numbers: how each is read is settled on the patients that a model learns from, and kept with it.
//!
//! A missing value is a value of its own: a column beside says that it is missing, so nothing is made up in silence.

use std::collections::BTreeMap;

use pgx_rules::dosing::genotype::{StarAlleles, vkorc1};
use pgx_rules::knowledge::schema::Knowledge;
use serde::{Deserialize, Serialize};

use crate::dosing::table::is_missing;

/// Fewest patients with a level or a missing value for it to be learnt from.
const FEWEST: usize = 10;

/// How a column is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name in the table.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether enough patients lack it that this is learnt from.
    pub learns_missing: bool,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers; a range or a bin (`60-69`, `2-3.5`) counts as its middle, and a missing one as the median.
    Number {
        /// Of the patients learnt from.
        median: f64,
    },
    /// One of several words.
    Word {
        /// Those with enough patients.
        levels: Vec<String>,
    },
    /// Several words at once, separated by `;` or `,`.
    Words {
        /// Those with enough patients.
        levels: Vec<String>,
    },
    /// VKORC1 -1639: A alleles, and whether heterozygous.
    Vkorc1,
    /// CYP2C9: *2, *3, and *5, *6, *8 or *11.
    Cyp2c9,
}

/// A number, also of a range or bin.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('+').trim();
    let plain = text.parse::<f64>().ok().filter(|v| v.is_finite());
    plain.or_else(|| {
        let (low, high) = text.split_once('-')?;
        let (low, high) = (low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?);
        (low <= high && low >= 0.0).then(|| f64::midpoint(low, high))
    })
}

/// What a yes or a no says, however it is written.
fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "y" => Some(true),
        "0" | "no" | "false" | "n" => Some(false),
        _ => None,
    }
}

/// Whether two cells say the same word, or the same yes or no.
fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim()) || (truth(a).is_some() && truth(a) == truth(b))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', ',']).map(str::trim).filter(|w| !w.is_empty())
}

impl Column {
    /// Settles how a column is read, from its cells; `None` where it says the same of everybody.
    pub fn settle(knowledge: &Knowledge, name: &str, cells: &[&str]) -> Option<Self> {
        let stated: Vec<&str> = cells.iter().copied().filter(|c| !is_missing(c)).collect();
        let missing = cells.len() - stated.len();
        let learns_missing = missing >= FEWEST && stated.len() >= FEWEST;
        let of = |kind| Some(Self { name: name.to_owned(), kind, learns_missing });
        if stated.len() < FEWEST {
            return None;
        }
        if stated.iter().all(|c| vkorc1(c).is_ok()) {
            return of(Kind::Vkorc1);
        }
        if stated.iter().all(|c| StarAlleles::read(knowledge, c).is_ok() && c.contains('*')) {
            return of(Kind::Cyp2c9);
        }
        if stated.iter().any(|c| words(c).count() > 1) {
            let levels = frequent(stated.iter().flat_map(|c| words(c)), stated.len());
            return (!levels.is_empty()).then_some(levels).and_then(|levels| of(Kind::Words { levels }));
        }
        let mut numbers: Vec<f64> = stated.iter().filter_map(|c| number(c)).collect();
        if numbers.len() == stated.len() {
            numbers.sort_by(f64::total_cmp);
            let varies = numbers.first() != numbers.last();
            let median = numbers.get(numbers.len() / 2).copied()?;
            return if varies || learns_missing { of(Kind::Number { median }) } else { None };
        }
        let levels = frequent(stated.iter().copied(), stated.len());
        if levels.is_empty() && !learns_missing { None } else { of(Kind::Word { levels }) }
    }

    /// Names of the numbers that the column becomes.
    pub fn labels(&self) -> Vec<String> {
        let name = &self.name;
        let mut labels: Vec<String> = match &self.kind {
            Kind::Number { .. } => vec![name.clone()],
            Kind::Word { levels } | Kind::Words { levels } => levels.iter().map(|l| format!("{name} {l}")).collect(),
            Kind::Vkorc1 => vec![format!("{name} A"), format!("{name} AG")],
            Kind::Cyp2c9 => vec![format!("{name} *2"), format!("{name} *3"), format!("{name} *5, *6, *8, *11")],
        };
        labels.extend(self.learns_missing.then(|| format!("{name} missing")));
        labels
    }

    /// The numbers of one cell; a cell that cannot be read counts as missing.
    pub fn encode(&self, knowledge: &Knowledge, cell: &str) -> Vec<f64> {
        let yes = |b: bool| f64::from(u8::from(b));
        let read = if is_missing(cell) { None } else { self.read(knowledge, cell) };
        let is_absent = read.is_none();
        let mut numbers = read.unwrap_or_else(|| match &self.kind {
            Kind::Number { median } => vec![*median],
            Kind::Word { levels } | Kind::Words { levels } => vec![0.0; levels.len()],
            // between the homozygotes
            Kind::Vkorc1 => vec![1.0, 0.0],
            Kind::Cyp2c9 => vec![0.0; 3],
        });
        numbers.extend(self.learns_missing.then(|| yes(is_absent)));
        numbers
    }

    /// Whether a stated cell is one that the model has not learnt: another word, or not in the form of the column.
    pub fn is_strange(&self, knowledge: &Knowledge, cell: &str) -> bool {
        if is_missing(cell) {
            return false;
        }
        match &self.kind {
            Kind::Word { levels } => !levels.iter().any(|l| same(l, cell)),
            Kind::Words { levels } => !words(cell).all(|w| levels.iter().any(|l| l == w)),
            Kind::Number { .. } | Kind::Vkorc1 | Kind::Cyp2c9 => self.read(knowledge, cell).is_none(),
        }
    }

    fn read(&self, knowledge: &Knowledge, cell: &str) -> Option<Vec<f64>> {
        let yes = |b: bool| f64::from(u8::from(b));
        match &self.kind {
            Kind::Number { .. } => Some(vec![number(cell).or_else(|| truth(cell).map(yes))?]),
            Kind::Word { levels } => Some(levels.iter().map(|l| yes(same(l, cell))).collect()),
            Kind::Words { levels } => Some(levels.iter().map(|l| yes(words(cell).any(|w| w == l))).collect()),
            Kind::Vkorc1 => vkorc1(cell).ok().map(|a| vec![f64::from(a), yes(a == 1)]),
            Kind::Cyp2c9 => StarAlleles::read(knowledge, cell)
                .ok()
                .map(|s| vec![f64::from(s.star2), f64::from(s.star3), s.further.len() as f64]),
        }
    }
}

/// Words of enough patients, but not of all, in order.
fn frequent<'a>(found: impl Iterator<Item = &'a str>, patients: usize) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in found {
        *counts.entry(word.trim()).or_default() += 1;
    }
    let enough = |n: usize| n >= FEWEST && n < patients;
    counts.into_iter().filter(|(_, n)| enough(*n)).map(|(word, _)| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use pgx_rules::knowledge::embedded;

    fn settled(cells: &[&str]) -> Option<Column> {
        let many: Vec<&str> = cells.iter().copied().cycle().take(cells.len() * 12).collect();
        Column::settle(embedded().unwrap(), "c", &many)
    }

    #[test]
    fn a_column_is_read_by_what_it_holds() {
        assert_eq!(settled(&["60-69", "70-79", "90+"]).unwrap().kind, Kind::Number { median: 74.5 });
        assert_eq!(settled(&["GG", "AG", "AA"]).unwrap().kind, Kind::Vkorc1);
        assert_eq!(settled(&["*1/*1", "*1/*3", "*2/*8"]).unwrap().kind, Kind::Cyp2c9);
        assert_eq!(
            settled(&["White", "Black"]).unwrap().kind,
            Kind::Word { levels: vec!["Black".into(), "White".into()] }
        );
        assert_eq!(settled(&["1; 2", "2", "3"]).unwrap().labels(), ["c 1", "c 2", "c 3"]);
        assert_eq!(settled(&["7", "7"]), None);
    }

    #[test]
    fn what_is_missing_is_a_value_of_its_own() {
        let column = settled(&["10", "20", "20", ""]).unwrap();
        let knowledge = embedded().unwrap();
        assert_eq!(column.labels(), ["c", "c missing"]);
        assert_eq!(column.encode(knowledge, "10"), [10.0, 0.0]);
        assert_eq!(column.encode(knowledge, "unknown"), [20.0, 1.0]);
        assert_eq!(column.encode(knowledge, "??"), [20.0, 1.0]);
    }

    #[test]
    fn yes_is_one_and_an_unknown_word_is_strange() {
        let knowledge = embedded().unwrap();
        assert_eq!(settled(&["0", "1", "1"]).unwrap().encode(knowledge, "yes"), [1.0]);
        let race = settled(&["White", "Black"]).unwrap();
        assert_eq!(race.encode(knowledge, "green"), [0.0, 0.0]);
        assert!(race.is_strange(knowledge, "green") && !race.is_strange(knowledge, "white"));
        assert!(!race.is_strange(knowledge, ""));
    }

    #[test]
    fn genotypes_become_counts() {
        let knowledge = embedded().unwrap();
        assert_eq!(settled(&["GG", "AG"]).unwrap().encode(knowledge, "GA"), [1.0, 1.0]);
        assert_eq!(settled(&["*1/*1", "*1/*3"]).unwrap().encode(knowledge, "*2/*11"), [1.0, 0.0, 1.0]);
    }
}
