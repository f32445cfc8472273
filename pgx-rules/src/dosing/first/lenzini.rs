//! Lenzini et al., Clin Pharmacol Ther 2010;87:572-578: ln(mg/week) on day 4 or 5, from the INR and the last doses.

use super::gather::Gathered;
use super::linear::{Equation, Link};
use super::{Stage, outside_all};
use crate::dosing::record::{Flag, Record};

const TABLE: &str = "lenzini";

pub(super) const PHARMACOGENETIC: Equation = Equation {
    name: "lenzini_pgx",
    title: "Lenzini, pharmacogenetic",
    stage: Stage::Revision,
    uses_genotypes: true,
    table: TABLE,
    equation: "pharmacogenetic",
    link: Link::LogWeekly,
    no_interval: "",
    gather: |record| gather(record, true),
};

pub(super) const CLINICAL: Equation = Equation {
    name: "lenzini_clinical",
    title: "Lenzini, clinical",
    stage: Stage::Revision,
    uses_genotypes: false,
    table: TABLE,
    equation: "clinical",
    link: Link::LogWeekly,
    no_interval: "",
    gather: |record| gather(record, false),
};

fn gather(record: &Record, with_genotypes: bool) -> Gathered<'_> {
    let mut found = Gathered::new(record);
    found.number("age", "age", "years", record.age, |v| v);
    found.body_surface();
    found.number("target_inr", "target INR", "", record.target(), |v| v);
    if with_genotypes {
        found.allele_counts();
        found.outside = outside_all(record, false);
    }
    found.african_american();
    found.flag("stroke", Flag::Stroke);
    found.flag("diabetes", Flag::Diabetes);
    found.flag("amiodarone", Flag::Amiodarone);
    found.flag("fluvastatin", Flag::Fluvastatin);
    let given = record.response;
    found.number("ln_inr", "INR on the morning of day 4 or 5", "", given.inr, f64::ln);
    found.number("dose_2", "dose 2 days before", "mg", given.dose_2, |v| v);
    found.number("dose_3", "dose 3 days before", "mg", given.dose_3, |v| v);
    found.number("dose_4", "dose 4 days before", "mg", given.dose_4, |v| v);
    found
}
