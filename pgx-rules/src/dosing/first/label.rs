//! The FDA-approved label's table of 2010: a range of maintenance doses by VKORC1 and CYP2C9.

use super::gather::vkorc1;
use super::{Dose, DoseModel, Estimate, Stage, blank};
use crate::dosing::record::{Flag, Record};
use crate::knowledge::schema::Knowledge;

const TABLE: &str = "label";

/// Highest dose of the label's lowest band, mg/day: "highly sensitive".
const HIGHLY_SENSITIVE: f64 = 2.0;

pub(super) struct Label;

pub(super) const MODEL: Label = Label;

impl DoseModel for Label {
    fn name(&self) -> &'static str {
        "fda_label"
    }

    fn title(&self) -> &'static str {
        "FDA label table"
    }

    fn stage(&self) -> Stage {
        Stage::Maintenance
    }

    fn uses_genotypes(&self) -> bool {
        true
    }

    fn estimate(&self, knowledge: &Knowledge, record: &Record) -> Estimate {
        let mut estimate = blank(self, knowledge.dosing.get(TABLE));
        estimate.no_interval = "the table gives a range; it does not say for how many it holds".into();
        match cell(knowledge, record) {
            Cell::Missing(missing) => estimate.missing = missing,
            Cell::None(genotype) => estimate.no_dose = format!("{genotype} is not in the table"),
            Cell::Daily(genotype, [low, high]) => {
                estimate.inputs.push(("genotype".into(), genotype));
                estimate.dose = Some(Dose::Range([7.0 * low, 7.0 * high]));
            }
        }
        for (flag, does) in [(Flag::EnzymeInducer, "needs more"), (Flag::Amiodarone, "needs less")] {
            if record.flag(flag) == Some(true) {
                estimate
                    .outside
                    .push(format!("the table does not know of co-medication: with {} a person {does}", flag.name()));
            }
        }
        estimate
    }
}

enum Cell {
    Missing(Vec<String>),
    None(String),
    Daily(String, [f64; 2]),
}

fn cell(knowledge: &Knowledge, record: &Record) -> Cell {
    let (Some(alleles), Some(stars)) = (record.genotypes.vkorc1, &record.genotypes.cyp2c9) else {
        let genes =
            [(record.genotypes.vkorc1.is_none(), "VKORC1 -1639"), (record.genotypes.cyp2c9.is_none(), "CYP2C9")];
        return Cell::Missing(genes.iter().filter(|(is, _)| *is).map(|(_, gene)| (*gene).to_owned()).collect());
    };
    let genotype = format!("{} {}", vkorc1(alleles), stars.name());
    let found = knowledge.dosing.get(TABLE).and_then(|table| table.equations.get(&genotype));
    match found.and_then(|row| Some([*row.get("low")?, *row.get("high")?])) {
        Some(daily) => Cell::Daily(genotype, daily),
        None => Cell::None(genotype),
    }
}

/// Whether the genotype is in the label's lowest band, or makes a poor metabolizer by alleles that the table does not know;
/// `None` where neither can be told.
pub fn highly_sensitive(knowledge: &Knowledge, record: &Record) -> Option<bool> {
    let is_poor = record.genotypes.cyp2c9.as_ref().is_some_and(|stars| stars.is_poor(knowledge));
    match cell(knowledge, record) {
        Cell::Daily(_, [_, high]) => Some(high <= HIGHLY_SENSITIVE),
        Cell::Missing(_) | Cell::None(_) => is_poor.then_some(true),
    }
}
