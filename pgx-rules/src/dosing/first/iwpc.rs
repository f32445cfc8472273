//! International Warfarin Pharmacogenetics Consortium, N Engl J Med 2009;360:753-764: √(mg/week).
//!
//! The equation has its own terms for unknown genotypes and for missing or mixed race, and counts unknown co-medication as
//! none: these are used, and said.

use super::gather::{Gathered, vkorc1};
use super::linear::{Equation, Link};
use super::{Stage, outside_all};
use crate::dosing::iwpc::Race;
use crate::dosing::iwpc::{TABLE, cyp2c9_term, vkorc1_term};
use crate::dosing::record::{Flag, Record};
use crate::dosing::ttr::Range;

pub(super) const PHARMACOGENETIC: Equation = Equation {
    name: "iwpc_pgx",
    title: "IWPC, pharmacogenetic",
    stage: Stage::Maintenance,
    uses_genotypes: true,
    table: TABLE,
    equation: "pharmacogenetic",
    link: Link::SquareRoot,
    no_interval: "",
    gather: |record| gather(record, true),
};

pub(super) const CLINICAL: Equation = Equation {
    name: "iwpc_clinical",
    title: "IWPC, clinical",
    stage: Stage::Maintenance,
    uses_genotypes: false,
    table: TABLE,
    equation: "clinical",
    link: Link::SquareRoot,
    no_interval: "",
    gather: |record| gather(record, false),
};

fn gather(record: &Record, with_genotypes: bool) -> Gathered<'_> {
    let mut found = Gathered::new(record);
    body(&mut found, |age| (age / 10.0).floor());
    if with_genotypes {
        genotypes(&mut found);
        found.outside = outside_all(record, true);
    }
    race(&mut found);
    found.flag_or_no("inducer", Flag::EnzymeInducer);
    found.flag_or_no("amiodarone", Flag::Amiodarone);
    target(&mut found);
    found
}

/// Age in decades, height, weight.
pub(super) fn body(found: &mut Gathered<'_>, decades: fn(f64) -> f64) {
    let record = found.record;
    found.number("age_decade", "age", "years", record.age, decades);
    found.number("height", "height", "cm", record.height, |v| v);
    found.number("weight", "weight", "kg", record.weight, |v| v);
}

fn genotypes(found: &mut Gathered<'_>) {
    let record = found.record;
    let genotype = record.genotypes.vkorc1;
    found.input("VKORC1 -1639", genotype.map_or("unknown", vkorc1).into());
    if genotype.is_none() {
        found.unknown_terms.push("VKORC1 is not known: the equation's own term for that is used".into());
    }
    let alleles = record.genotypes.cyp2c9.as_ref();
    found.input("CYP2C9", alleles.map_or_else(|| "unknown".into(), crate::dosing::genotype::StarAlleles::name));
    if alleles.is_none() {
        found.unknown_terms.push("CYP2C9 is not known: the equation's own term for that is used".into());
    }
    let terms = [vkorc1_term(genotype), cyp2c9_term(alleles.map(|a| (a.star2, a.star3)))];
    for term in terms {
        match term {
            Ok(Some(term)) => found.part(term, 1.0),
            Ok(None) => {}
            Err(error) => found.no_dose = Some(error.to_string()),
        }
    }
}

fn race(found: &mut Gathered<'_>) {
    let race = found.record.race;
    let shown = match race {
        Some(Race::White) => "White",
        Some(Race::Asian) => "Asian",
        Some(Race::Black) => "Black",
        Some(Race::Mixed) => "mixed or withheld",
        None => "unknown",
    };
    found.input("race", shown.into());
    if race.is_none() {
        found.unknown_terms.push("race is not known: the equation's own term for missing or mixed race is used".into());
    }
    if let Some(term) = race.unwrap_or(Race::Mixed).term() {
        found.part(term, 1.0);
    }
}

/// The equations were fitted for the range 2 to 3.
pub(super) fn target(found: &mut Gathered<'_>) {
    if let Some(target) = found.record.target()
        && !Range::USUAL.contains(target)
    {
        found.outside.push(format!("made for a target INR of 2 to 3; asked for {target}"));
    }
}
