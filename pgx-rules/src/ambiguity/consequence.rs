//! Whether another result of a gene would change what a prescriber is told.

use crate::knowledge::schema::{Drug, GuidanceRow, Knowledge};

/// Drugs for which two lookup values of one gene lead to different guidance, whatever the other genes are.
pub fn drugs_that_change(knowledge: &Knowledge, gene: &str, before: &str, after: &str) -> Vec<String> {
    knowledge.drugs.values().filter(|d| differs(d, gene, before, after)).map(|d| d.name.clone()).collect()
}

fn differs(drug: &Drug, gene: &str, before: &str, after: &str) -> bool {
    let rows = |value: &str| -> Vec<&GuidanceRow> {
        drug.rows.iter().filter(|r| r.when.get(gene).is_some_and(|v| v.iter().any(|w| w == value))).collect()
    };
    let (before, after) = (rows(before), rows(after));
    before.len() != after.len()
        || before.iter().any(|row| !after.iter().any(|other| same_advice(row, other, gene)))
        || after.iter().any(|row| !before.iter().any(|other| same_advice(row, other, gene)))
}

/// Same circumstances apart from the gene, same advice.
fn same_advice(a: &GuidanceRow, b: &GuidanceRow, gene: &str) -> bool {
    let others = |row: &GuidanceRow| -> Vec<(String, Vec<String>)> {
        row.when.iter().filter(|(g, _)| *g != gene).map(|(g, v)| (g.clone(), v.clone())).collect()
    };
    a.guideline == b.guideline
        && a.population == b.population
        && a.classification == b.classification
        && a.actions == b.actions
        && others(a) == others(b)
}
