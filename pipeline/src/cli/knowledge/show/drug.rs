//! A drug's guidance for people, and its rows as a table.

use std::fmt::Write;

use pgx_rules::guidance::render;
use pgx_rules::knowledge::schema::{Drug, GuidanceRow};

/// All guidance of a drug. Writing into a string cannot fail, hence the ignored results.
pub fn text(drug: &Drug) -> String {
    let mut out = format!("{}\n", drug.name);
    if let Some(model) = &drug.model {
        let _ =
            writeln!(out, "  dosing model {model}: the guideline is a flow, followed step by step for each patient");
    }
    for guideline in &drug.guidelines {
        let _ = writeln!(out, "\n{} {} on {}", guideline.source, guideline.kind, guideline.genes.join(", "));
        let _ = writeln!(out, "  {}  {}", guideline.version, guideline.url);
        if !guideline.pmids.is_empty() {
            let _ = writeln!(out, "  PMID {}", guideline.pmids.join(", "));
        }
        for row in drug.rows.iter().filter(|r| r.guideline == guideline.id) {
            let _ = writeln!(out, "\n  {}", condition(row));
            let _ = writeln!(out, "    {} ({})", row.population, row.classification);
            for implication in &row.implications {
                let _ = writeln!(out, "    means: {implication}");
            }
            let _ = writeln!(out, "    do:    {}", render::text(&row.actions, &drug.name));
            if let Some(doubt) = &row.confidence {
                let _ = writeln!(out, "    note:  {doubt}");
            }
        }
    }
    out
}

/// One row a row of guidance.
pub fn tsv(drug: &Drug) -> String {
    let mut out = "drug\tguideline\tpopulation\tcondition\tclassification\timplications\ttext\n".to_owned();
    for row in &drug.rows {
        let cells = [
            drug.name.as_str(),
            &row.guideline,
            &row.population,
            &condition(row),
            &row.classification,
            &row.implications.join("; "),
            &render::text(&row.actions, &drug.name),
        ];
        let _ = writeln!(out, "{}", cells.map(one_line).join("\t"));
    }
    out
}

/// `GENE is A or B, and OTHER is C`.
fn condition(row: &GuidanceRow) -> String {
    let genes: Vec<String> =
        row.when.iter().map(|(gene, values)| format!("{gene} is {}", values.join(" or "))).collect();
    if genes.is_empty() { "whatever the genotype".to_owned() } else { genes.join(", and ") }
}

fn one_line(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}
