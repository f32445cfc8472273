//! Gage et al., Clin Pharmacol Ther 2008;84:326-331: ln(mg/day). Alleles other than CYP2C9*2 and *3 count as *1.

use super::gather::Gathered;
use super::linear::{Equation, Link};
use super::{Stage, outside_all};
use crate::dosing::iwpc::Race;
use crate::dosing::record::{Flag, Record};

const TABLE: &str = "gage";

pub(super) const PHARMACOGENETIC: Equation = Equation {
    name: "gage_pgx",
    title: "Gage, pharmacogenetic",
    stage: Stage::Maintenance,
    uses_genotypes: true,
    table: TABLE,
    equation: "pharmacogenetic",
    link: Link::LogDaily,
    no_interval: "",
    gather: |record| gather(record, true),
};

pub(super) const CLINICAL: Equation = Equation {
    name: "gage_clinical",
    title: "Gage, clinical",
    stage: Stage::Maintenance,
    uses_genotypes: false,
    table: TABLE,
    equation: "clinical",
    link: Link::LogDaily,
    no_interval: "",
    gather: |record| gather(record, false),
};

fn gather(record: &Record, with_genotypes: bool) -> Gathered<'_> {
    let mut found = Gathered::new(record);
    found.body_surface();
    found.number("age", "age", "years", record.age, |v| v);
    found.number("target_inr", "target INR", "", record.target(), |v| v);
    if with_genotypes {
        found.allele_counts();
        found.outside = outside_all(record, false);
    }
    found.flag("amiodarone", Flag::Amiodarone);
    found.flag("smoker", Flag::Smoker);
    found.african_american();
    found.flag("thrombosis", Flag::DvtPe);
    if !with_genotypes && record.flag(Flag::EnzymeInducer) == Some(true) {
        found
            .outside
            .push("an enzyme inducer is taken, which the model does not know: the dose needed is higher".into());
    }
    if record.race == Some(Race::Asian) && !with_genotypes {
        found.outside.push(
            "the equation has no term for Asian people, whose dose is lower on average; without genotypes it will run high".into(),
        );
    }
    found
}
