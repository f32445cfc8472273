//! `calls.tsv` and `guidance.tsv`: the tables that other programs read. Each distinct row is made once.

use std::fmt::Write as _;
use std::io::Write;

use anyhow::Result;
use pgx_rules::call::{CallSource, GeneCall};
use pgx_rules::guidance::{Advice, Basis, Urgency};

use super::{Format, Run, field};
use crate::report::document::Columns;
use crate::report::files::{Aside, Complete, Folder};
use crate::stage::answers::Answers;

const CALLS: &str = "sample\tgene\tdiplotype\tphenotype\tactivity_score\tprobability\tsource\tmissing_sites\tmessage\n";
const GUIDANCE: &str = "sample\tdrug\tsource\tpopulation\tclassification\tgenes\tphenotypes\taction\ttext\n";

struct Tables {
    calls: Aside,
    guidance: Aside,
}

/// Starts both tables.
pub fn open<'a>(folder: &'a Folder, _run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    let mut tables = Tables { calls: folder.file("calls.tsv")?, guidance: folder.file("guidance.tsv")? };
    let header = tables.calls.write_all(CALLS.as_bytes());
    tables.calls.check(header)?;
    let header = tables.guidance.write_all(GUIDANCE.as_bytes());
    tables.guidance.check(header)?;
    Ok(Box::new(tables))
}

impl Format for Tables {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        let calls: Vec<Vec<String>> =
            answers.genes.iter().map(|g| g.distinct.iter().map(|a| call_row(&a.call)).collect()).collect();
        let guidance: Vec<Vec<Vec<String>>> = answers
            .drugs
            .iter()
            .map(|d| d.distinct.iter().map(|g| g.advice.iter().map(advice_row).collect()).collect())
            .collect();
        for sample in answers.answered() {
            let name = answers.samples.get(sample).map(|s| field(&s.name)).unwrap_or_default();
            for (gene, rows) in answers.genes.iter().zip(&calls) {
                let row = gene.of_sample.get(sample).and_then(|code| rows.get(*code as usize));
                if let Some(row) = row {
                    let written = line(&mut self.calls, &name, row);
                    self.calls.check(written)?;
                }
            }
            for (drug, rows) in answers.drugs.iter().zip(&guidance) {
                let rows = drug.of_sample.get(sample).and_then(|code| rows.get(code as usize));
                for row in rows.into_iter().flatten() {
                    let written = line(&mut self.guidance, &name, row);
                    self.guidance.check(written)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Complete>> {
        Ok(vec![self.calls.finish()?, self.guidance.finish()?])
    }
}

fn line(file: &mut Aside, sample: &str, row: &str) -> std::io::Result<()> {
    file.write_all(sample.as_bytes())?;
    file.write_all(row.as_bytes())
}

/// All but the sample, from the first tab to the line end.
fn call_row(call: &GeneCall) -> String {
    let columns = Columns::of(call);
    let mut row = String::new();
    for value in [
        call.gene.as_str(),
        &columns.diplotype,
        &columns.phenotype,
        &columns.activity_score,
        &probability(call),
        source(call.source),
        &call.missing.len().to_string(),
        &message(call),
    ] {
        row.push('\t');
        row.push_str(&field(value));
    }
    row.push('\n');
    row
}

/// `matcher` or `outside`.
pub fn source(source: CallSource) -> &'static str {
    match source {
        CallSource::Matcher => "matcher",
        CallSource::Outside => "outside",
    }
}

/// One value an alternative, four decimals; empty when none is known.
pub fn probability(call: &GeneCall) -> String {
    let known = call.candidates.iter().any(|c| c.posterior.is_some());
    let text = |p: Option<f64>| p.map(|p| format!("{p:.4}")).unwrap_or_default();
    if known { call.candidates.iter().map(|c| text(c.posterior)).collect::<Vec<_>>().join(";") } else { String::new() }
}

/// What a person should know, in one line.
pub fn message(call: &GeneCall) -> String {
    let mut text = call.warnings.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    if call.candidates.is_empty() && text.is_empty() {
        text.push_str(if call.sites.is_empty() {
            "No call: this input shows none of the gene's sites; a call of another tool can be given."
        } else {
            "No call: no pair of named alleles explains these genotypes."
        });
    }
    if !call.not_excluded.is_empty() {
        let gap = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{gap}Not excluded for lack of sites: {}.", call.not_excluded.join(", ")); // cannot fail
    }
    text
}

/// All but the sample, from the first tab to the line end.
fn advice_row(advice: &Advice) -> String {
    let mut row = String::new();
    for value in [
        advice.drug.as_str(),
        &advice.source,
        &advice.population,
        &advice.classification,
        &genes(advice),
        &phenotypes(advice),
        action(advice.urgency),
        &advice.text,
    ] {
        row.push('\t');
        row.push_str(&field(value));
    }
    row.push('\n');
    row
}

/// Genes of the lookup, joined by `;`.
pub fn genes(advice: &Advice) -> String {
    advice.basis.iter().map(|b| b.gene.as_str()).collect::<Vec<_>>().join(";")
}

/// What each gene was looked up with: the phenotype, followed by the score where the score decided.
pub fn phenotypes(advice: &Advice) -> String {
    let one = |basis: &Basis| match &basis.activity_score {
        Some(score) if *score == basis.lookup && basis.phenotype.is_empty() => score.clone(),
        Some(score) if *score == basis.lookup => format!("{} ({score})", basis.phenotype),
        _ => basis.lookup.clone(),
    };
    advice.basis.iter().map(one).collect::<Vec<_>>().join(";")
}

/// One word for machines: how urgent the row is.
pub fn action(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Avoid => "avoid",
        Urgency::Adjust => "adjust",
        Urgency::Monitor => "monitor",
        Urgency::Standard => "standard",
        Urgency::None => "none",
    }
}
