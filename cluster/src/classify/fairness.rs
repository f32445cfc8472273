//! Whether a model is worse for some patients than for others: each subgroup against the rest, with the uncertainty that
//! its size leaves.
//!
//! A difference of shares has Newcombe's interval (1998, PMID 9595617, method 10), its p is Fisher's exact, and p values are
//! adjusted over all comparisons (Benjamini and Hochberg). A gap that is not significant is not a gap that is not there:
//! unless the interval says that it is small, the verdict is that it cannot be told.

use serde::Serialize;

use super::assess::{HeldOut, Property};
use super::measures::wilson;
use crate::association::adjust::benjamini_hochberg;
use crate::association::fisher::TwoByTwo;

/// Patients on either side below which a share says little: its 95 % interval is wider than ±0.2.
pub const FEW: usize = 20;
/// A gap that matters: above it a subgroup may not be called alike.
pub const GAP: f64 = 0.1;
/// Adjusted p at which a gap is taken to be there.
const SIGNIFICANT: f64 = 0.05;

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Share of patients placed right.
    Accuracy,
    /// Share of the patients of this class placed in it.
    Sensitivity(usize),
    /// Share of patients whose confidence reaches the level asked for.
    Placed,
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The model is worse for these patients.
    Worse,
    /// The model is better for these patients.
    Better,
    /// A gap of more than [`GAP`] is excluded.
    Alike,
    /// No gap is shown, and none is excluded.
    NotExcluded,
    /// Fewer than [`FEW`] patients on one side, and no gap so large that it shows all the same.
    TooFew,
}

impl Verdict {
    /// The word of the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Alike => "alike",
            Self::NotExcluded => "not excluded",
            Self::TooFew => "too few",
        }
    }
}

/// One subgroup against the patients with another value of the property, by one measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The property.
    pub property: String,
    /// Its value.
    pub value: String,
    /// What is compared.
    pub measure: Measure,
    /// Patients of the subgroup that the measure is over.
    pub patients: usize,
    /// The measure among them, 0 to 1.
    pub share: f64,
    /// Patients of the rest.
    pub rest_patients: usize,
    /// The measure among them.
    pub rest_share: f64,
    /// `share - rest_share`: below 0 the model is worse for the subgroup.
    pub gap: f64,
    /// Lower end of its 95 % interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Adjusted over all comparisons.
    pub p_adjusted: f64,
    /// What it says.
    pub verdict: Verdict,
}

/// Compares every value of every property, by accuracy, by the sensitivity of each of `classes`, and, where a level of
/// confidence is asked for, by the share of patients that reach it. A measure that has no patients on one side is left out.
pub fn compare(patients: &[HeldOut], properties: &[Property], classes: usize, abstain_below: f64) -> Vec<Comparison> {
    let mut measures = vec![Measure::Accuracy];
    measures.extend((0..classes).map(Measure::Sensitivity));
    measures.extend((abstain_below > 0.0).then_some(Measure::Placed));
    let mut found = Vec::new();
    let mut p = Vec::new();
    for property in properties {
        let values: std::collections::HashMap<&str, &str> =
            property.values.iter().map(|(patient, value)| (patient.as_str(), value.as_str())).collect();
        let mut names: Vec<&str> = values.values().copied().collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 {
            continue;
        }
        for name in names {
            for measure in &measures {
                let (mut inside, mut outside) = (Count::default(), Count::default());
                for patient in patients {
                    let Some(value) = values.get(patient.patient.as_str()) else { continue };
                    let Some(hit) = hit(patient, measure, abstain_below) else { continue };
                    if *value == name { inside.add(hit) } else { outside.add(hit) }
                }
                if inside.all > 0 && outside.all > 0 {
                    p.push(inside.against(outside));
                    found.push(comparison(&property.name, name, measure.clone(), inside, outside));
                }
            }
        }
    }
    for (comparison, adjusted) in found.iter_mut().zip(benjamini_hochberg(&p)) {
        comparison.p_adjusted = adjusted;
        comparison.verdict = verdict(comparison);
    }
    found
}

/// Whether a patient counts for a measure, and if so whether it is a hit.
fn hit(patient: &HeldOut, measure: &Measure, abstain_below: f64) -> Option<bool> {
    let is_right = patient.likeliest == patient.truth;
    match measure {
        Measure::Accuracy => Some(is_right),
        Measure::Sensitivity(class) => (patient.truth == *class).then_some(is_right),
        Measure::Placed => Some(patient.probabilities.get(patient.likeliest).is_some_and(|p| *p >= abstain_below)),
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    hits: u64,
    all: u64,
}

impl Count {
    fn add(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.all += 1;
    }

    fn share(self) -> f64 {
        self.hits as f64 / self.all as f64
    }

    fn against(self, rest: Self) -> f64 {
        let missed = |c: Self| c.all - c.hits;
        TwoByTwo { both: self.hits, first: missed(self), second: rest.hits, neither: missed(rest) }.exact().p
    }
}

fn comparison(property: &str, value: &str, measure: Measure, inside: Count, outside: Count) -> Comparison {
    let (share, rest_share) = (inside.share(), outside.share());
    let (low, high) = wilson(share, inside.all as f64);
    let (rest_low, rest_high) = wilson(rest_share, outside.all as f64);
    let gap = share - rest_share;
    Comparison {
        property: property.to_owned(),
        value: value.to_owned(),
        measure,
        patients: inside.all as usize,
        share,
        rest_patients: outside.all as usize,
        rest_share,
        gap,
        lower: gap - (share - low).hypot(rest_high - rest_share),
        upper: gap + (high - share).hypot(rest_share - rest_low),
        p_adjusted: 1.0,
        verdict: Verdict::NotExcluded,
    }
}

fn verdict(found: &Comparison) -> Verdict {
    if found.p_adjusted < SIGNIFICANT {
        return if found.gap < 0.0 { Verdict::Worse } else { Verdict::Better };
    }
    if found.patients.min(found.rest_patients) < FEW {
        return Verdict::TooFew;
    }
    if found.lower > -GAP && found.upper < GAP { Verdict::Alike } else { Verdict::NotExcluded }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Patients of two classes, `wrong` of them placed in the other.
    fn group(name: &str, size: usize, wrong: usize) -> (Vec<HeldOut>, Vec<(String, String)>) {
        let patient = |i: usize| {
            let truth = i % 2;
            let likeliest = if i < wrong { 1 - truth } else { truth };
            let probabilities = if likeliest == 0 { vec![0.8, 0.2] } else { vec![0.2, 0.8] };
            HeldOut { patient: format!("{name}{i}"), truth, likeliest, probabilities }
        };
        ((0..size).map(patient).collect(), (0..size).map(|i| (format!("{name}{i}"), name.to_owned())).collect())
    }

    fn compared(groups: &[(&str, usize, usize)]) -> Vec<Comparison> {
        let (mut patients, mut values) = (Vec::new(), Vec::new());
        for (name, size, wrong) in groups {
            let (p, v) = group(name, *size, *wrong);
            patients.extend(p);
            values.extend(v);
        }
        compare(&patients, &[Property { name: "site".to_owned(), values }], 2, 0.0)
    }

    fn accuracy<'a>(found: &'a [Comparison], value: &str) -> &'a Comparison {
        found.iter().find(|c| c.value == value && c.measure == Measure::Accuracy).unwrap()
    }

    #[test]
    fn a_gap_of_newcombes_example_has_his_interval() {
        // Newcombe 1998, table II (a): 56 of 70 against 48 of 80, method 10 gives 0.0524 to 0.3339.
        let found = comparison("p", "v", Measure::Accuracy, Count { hits: 56, all: 70 }, Count { hits: 48, all: 80 });
        assert!((found.gap - 0.2).abs() < 1e-12);
        assert!((found.lower - 0.0524).abs() < 5e-5 && (found.upper - 0.3339).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn a_subgroup_that_the_model_fails_is_named_with_its_numbers() {
        let found = compared(&[("A", 80, 4), ("B", 30, 12)]);
        let b = accuracy(&found, "B");
        assert_eq!((b.verdict, b.patients, b.rest_patients), (Verdict::Worse, 30, 80));
        assert!((b.share - 0.6).abs() < 1e-12 && (b.gap + 0.35).abs() < 1e-12 && b.upper < 0.0, "{b:?}");
        assert_eq!(accuracy(&found, "A").verdict, Verdict::Better);
    }

    #[test]
    fn few_patients_are_no_proof_that_all_is_well() {
        assert_eq!(accuracy(&compared(&[("A", 80, 4), ("B", 8, 1)]), "B").verdict, Verdict::TooFew);
        assert_eq!(accuracy(&compared(&[("A", 80, 4), ("B", 8, 7)]), "B").verdict, Verdict::Worse, "few, but plain");
        assert_eq!(accuracy(&compared(&[("A", 40, 4), ("B", 40, 6)]), "B").verdict, Verdict::NotExcluded);
        assert_eq!(accuracy(&compared(&[("A", 400, 20), ("B", 400, 20)]), "B").verdict, Verdict::Alike);
    }

    #[test]
    fn one_value_is_compared_with_nothing() {
        assert_eq!(compared(&[("A", 30, 3)]), []);
    }
}
