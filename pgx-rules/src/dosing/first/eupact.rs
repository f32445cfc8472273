//! EU-PACT: the maintenance dose, and the loading doses of Avery et al. (Clin Pharmacol Ther 2011;90:701-706).
//!
//! Loading fills the body to where the maintenance dose would bring it, so the slower the elimination, the larger it is
//! beside the maintenance dose: three times that for *3/*3 on day 1. The raw values are given; people are shown what the
//! rail leaves of them.

use super::gather::Gathered;
use super::iwpc::{body, target};
use super::linear::{Equation, Link};
use super::{Dose, DoseModel, Estimate, Stage, blank, outside_all};
use crate::dosing::iwpc::{cyp2c9_term, vkorc1_term};
use crate::dosing::record::{Flag, Record};
use crate::knowledge::schema::Knowledge;

const TABLE: &str = "eupact";

pub(super) const MAINTENANCE: Equation = Equation {
    name: "eupact",
    title: "EU-PACT maintenance",
    stage: Stage::Maintenance,
    uses_genotypes: true,
    table: TABLE,
    equation: "maintenance",
    link: Link::SquareRoot,
    no_interval: "no accuracy of this form of the equation is published that was read; its terms are those of IWPC",
    gather,
};

fn gather(record: &Record) -> Gathered<'_> {
    let mut found = Gathered::new(record);
    body(&mut found, |age| age / 10.0);
    match record.genotypes.vkorc1 {
        None => found.missing.push("VKORC1 -1639".into()),
        some => {
            found.input("VKORC1 -1639", some.map_or("", super::gather::vkorc1).into());
            if let Ok(Some(term)) = vkorc1_term(some) {
                found.part(term, 1.0);
            }
        }
    }
    match &record.genotypes.cyp2c9 {
        None => found.missing.push("CYP2C9".into()),
        Some(stars) if !stars.beyond_equations().is_empty() => {
            found.no_dose = Some(format!("CYP2C9 {} is none of the six diplotypes of *1, *2, *3", stars.name()));
        }
        Some(stars) => {
            found.input("CYP2C9", stars.name());
            if let Ok(Some(term)) = cyp2c9_term(Some((stars.star2, stars.star3))) {
                found.part(term, 1.0);
            }
        }
    }
    found.flag_or_no("amiodarone", Flag::Amiodarone);
    found.outside = outside_all(record, false);
    if record.african() == Some(true) {
        found.outside.push("the trial's patients were White to 98.5 %".into());
    }
    target(&mut found);
    found
}

/// The loading doses.
pub struct Loading;

/// The loading doses of days 1 to 3.
pub const LOADING: Loading = Loading;

impl DoseModel for Loading {
    fn name(&self) -> &'static str {
        "load"
    }

    fn title(&self) -> &'static str {
        "Avery loading doses (EU-PACT)"
    }

    fn stage(&self) -> Stage {
        Stage::Loading
    }

    fn uses_genotypes(&self) -> bool {
        true
    }

    fn estimate(&self, knowledge: &Knowledge, record: &Record) -> Estimate {
        let maintenance = MAINTENANCE.estimate(knowledge, record);
        let mut estimate = Estimate { scale: String::new(), ..blank(self, knowledge.dosing.get(TABLE)) };
        estimate.missing = maintenance.missing;
        estimate.inputs = maintenance.inputs;
        estimate.outside = maintenance.outside;
        estimate.unknown_terms = maintenance.unknown_terms;
        estimate.no_dose = maintenance.no_dose;
        estimate.no_interval = "loading doses have no stable dose to compare with".into();
        let (Some(Dose::Weekly(weekly)), Some(stars)) = (maintenance.dose, &record.genotypes.cyp2c9) else {
            return estimate;
        };
        let rates = knowledge.dosing.get(TABLE).and_then(|table| table.equations.get("elimination"));
        match rates.and_then(|rates| rates.get(&stars.name())) {
            Some(rate) => {
                estimate.inputs.push(("elimination".into(), format!("{rate} 1/hour")));
                estimate.dose = Some(Dose::Days(days(weekly / 7.0, *rate)));
            }
            None => estimate.no_dose = format!("no rate of elimination for CYP2C9 {}", stars.name()),
        }
        if record.african() == Some(true) {
            estimate.outside.push("the loading dose has not been tested in African ancestry".into());
        }
        estimate
    }
}

/// mg on days 1, 2, 3 for a maintenance dose (mg/day) and a rate of elimination (1/hour).
fn days(daily: f64, rate: f64) -> [f64; 3] {
    let left = (-24.0 * rate).exp();
    let full = daily / ((1.0 - left) * (1.0 + left + left * left));
    [1.5 * full - 0.5 * daily, full, 0.5 * full + 0.5 * daily]
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn five_milligrams_of_a_normal_metabolizer_are_loaded_with_the_published_amounts() {
        let rounded = days(5.0, 0.0189).map(|mg| (mg * 100.0).round() / 100.0);
        assert_eq!(rounded, [7.59, 6.72, 5.86]);
        // the slowest elimination: three times the maintenance dose on day 1
        assert!((days(1.0, 0.0075)[0] - 3.09).abs() < 0.005);
    }
}
