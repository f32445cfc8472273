//! `therapies.tsv`: one row a tumour × statement.

use std::io::{self, Write};

use pgx_rules::therapies::report::Findings;

use super::row::StatementRow;

/// Columns.
pub const HEADER: &str = "sample\tgene\tvariant\tmatch\ttherapy\tinteraction\teffect\tlevel\tdirection\tdisease\tdisease_match\t\
                          evidence_ids\tpmids\trelease\tevidence_type\tsignificance\tevidence_variant\torigin\trating\tnote\ttier\treason\n";

/// Writes the rows of a tumour.
pub fn write(out: &mut impl Write, sample: &str, findings: &Findings, release: &str) -> io::Result<()> {
    for statement in &findings.statements {
        let row = StatementRow::of(statement);
        let ids: Vec<String> = row.evidence_ids.iter().map(u32::to_string).collect();
        let cells = [
            sample,
            row.gene,
            row.variant,
            row.matched,
            &row.therapy,
            row.interaction,
            row.effect,
            &row.level,
            row.direction,
            row.disease,
            &row.disease_match,
            &ids.join(";"),
            &row.pmids.join(";"),
            release,
            &row.evidence_type,
            row.significance,
            row.evidence_variant,
            row.origin,
            &row.rating.map(|r| r.to_string()).unwrap_or_default(),
            &row.note,
            &tier(&row),
            row.reason,
        ];
        writeln!(out, "{}", cells.map(|c| c.replace(['\t', '\n', '\r'], " ")).join("\t"))?;
    }
    Ok(())
}

/// `I-A`; `I-A if Skin Melanoma` where it depends on what the tumour is.
fn tier(row: &StatementRow<'_>) -> String {
    match &row.tier {
        None => String::new(),
        Some(tier) if row.tier_conditional => format!("{tier} if {}", row.disease),
        Some(tier) => tier.clone(),
    }
}
