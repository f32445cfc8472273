//! Contradictions in `phenoconversion/` and `dosing/`.

use std::collections::BTreeSet;

use super::{Finding, Severity};
use crate::knowledge::schema::{Accuracy, DosingTable, Knowledge, PhenotypeMethod};

/// Checks both folders.
pub(super) fn check(knowledge: &Knowledge, findings: &mut Vec<Finding>) {
    for rule in knowledge.phenoconversions.values() {
        let mut error = |what: String| {
            let place = format!("phenoconversion/{}.toml", rule.gene);
            findings.push(Finding { severity: Severity::Error, place, what });
        };
        match knowledge.genes.get(&rule.gene) {
            None => error(format!("{} is no gene here", rule.gene)),
            Some(gene) if gene.phenotype_method != PhenotypeMethod::ActivityScore => {
                error(format!("{} has no activity score that a factor could change", rule.gene));
            }
            Some(_) => {}
        }
        for (strength, factor) in rule.factors.iter().filter(|(_, f)| !(0.0..=1.0).contains(*f)) {
            error(format!("factor {factor} of '{strength}' is not between 0 and 1"));
        }
        let mut seen = BTreeSet::new();
        for inhibitor in &rule.inhibitors {
            if !seen.insert(&inhibitor.drug) {
                error(format!("{} is listed twice", inhibitor.drug));
            }
            if !rule.factors.contains_key(&inhibitor.strength) && inhibitor.note.is_none() {
                error(format!("{} is '{}', which has no factor and no note", inhibitor.drug, inhibitor.strength));
            }
        }
        if rule.sources.is_empty() {
            error("no source".into());
        }
    }
    for table in knowledge.dosing.values() {
        let infinite = table.equations.values().flatten().find(|(_, c)| !c.is_finite());
        if table.title.is_empty() || table.equations.is_empty() || infinite.is_some() {
            findings.push(Finding {
                severity: Severity::Error,
                place: format!("dosing/{}.toml", table.name),
                what: "needs a title, and equations with finite coefficients".into(),
            });
        }
        for found in table.accuracy.iter().filter(|found| !is_sound(table, found)) {
            findings.push(Finding {
                severity: Severity::Error,
                place: format!("dosing/{}.toml", table.name),
                what: format!(
                    "accuracy of '{}': needs an equation of the file, a share, and factors or a margin",
                    found.equation
                ),
            });
        }
    }
}

fn is_sound(table: &DosingTable, found: &Accuracy) -> bool {
    table.equations.contains_key(&found.equation)
        && (0.0..=1.0).contains(&found.share)
        && found.factors.is_some() != found.margin.is_some()
}
