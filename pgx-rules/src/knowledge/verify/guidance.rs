//! Contradictions and gaps in a drug's guidance.

use super::{Report, Severity};
use crate::knowledge::schema::{Drug, Gene, GuidanceRow, Knowledge};

/// Errors: a row without a guideline, an action, a gene or a value; two rows for one result of one population. Notes: a
/// value that no result of the gene leads to, and a result of the gene that the guideline's rows pass over.
pub(super) fn check(drug: &Drug, knowledge: &Knowledge, report: &mut Report<'_>) {
    for (index, row) in drug.rows.iter().enumerate() {
        if !drug.guidelines.iter().any(|g| g.id == row.guideline) {
            report(
                Severity::Error,
                format!("a row names the guideline {}, which the file does not list", row.guideline),
            );
        }
        if row.actions.is_empty() {
            report(Severity::Error, format!("{} says nothing to do", described(row)));
        }
        conditions(row, knowledge, report);
        if let Some(other) = drug.rows[..index].iter().find(|other| overlap(row, other)) {
            report(Severity::Error, format!("{} and {} apply to the same result", described(other), described(row)));
        }
    }
    uncovered(drug, knowledge, report);
}

fn conditions(row: &GuidanceRow, knowledge: &Knowledge, report: &mut Report<'_>) {
    for (symbol, values) in &row.when {
        let Some(gene) = knowledge.genes.get(symbol) else {
            report(Severity::Error, format!("a row depends on {symbol}, which is no gene here"));
            continue;
        };
        if values.is_empty() {
            report(Severity::Error, format!("a row depends on {symbol}, but names no value"));
        }
        for value in values.iter().filter(|v| !is_reachable(gene, v)) {
            report(Severity::Note, format!("no result of {symbol} leads to '{value}'"));
        }
    }
}

/// Whether one result satisfies both rows: same guideline, population and genes, and a common value for each gene.
fn overlap(a: &GuidanceRow, b: &GuidanceRow) -> bool {
    a.guideline == b.guideline
        && a.population == b.population
        && a.when.len() == b.when.len()
        && a.when
            .iter()
            .all(|(gene, values)| b.when.get(gene).is_some_and(|others| values.iter().any(|v| others.contains(v))))
}

fn described(row: &GuidanceRow) -> String {
    let when: Vec<String> = row.when.iter().map(|(gene, values)| format!("{gene} = {}", values.join(", "))).collect();
    format!("the row of {} for {} where {}", row.guideline, row.population, when.join("; "))
}

/// Results of a gene for which a guideline with rows on that gene has none.
fn uncovered(drug: &Drug, knowledge: &Knowledge, report: &mut Report<'_>) {
    for guideline in &drug.guidelines {
        for gene in guideline.genes.iter().filter_map(|symbol| knowledge.genes.get(symbol)) {
            let named: Vec<&String> = drug
                .rows
                .iter()
                .filter(|r| r.guideline == guideline.id)
                .filter_map(|r| r.when.get(&gene.symbol))
                .flatten()
                .collect();
            if named.is_empty() {
                continue;
            }
            let mut missing: Vec<&str> = Vec::new();
            for result in gene.phenotypes.iter().map(|p| p.lookup_key.as_str()) {
                if !named.iter().any(|n| n.as_str() == result) && !missing.contains(&result) {
                    missing.push(result);
                }
            }
            if !missing.is_empty() {
                report(
                    Severity::Note,
                    format!("{} has no row for {} {}", guideline.id, gene.symbol, missing.join(", ")),
                );
            }
        }
    }
}

/// Whether some result of the gene is looked up with this value.
fn is_reachable(gene: &Gene, value: &str) -> bool {
    let words = [" positive", " negative"];
    let presence = words.iter().any(|w| value.ends_with(w));
    presence
        || ["No Result", "n/a", "Indeterminate"].contains(&value)
        || gene.phenotypes.iter().any(|p| p.lookup_key == value || p.phenotype == value)
}
