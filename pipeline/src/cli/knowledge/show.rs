//! `rxstrata knowledge show`: all that is known of one gene or drug.

mod drug;
mod gene;

use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;
use pgx_rules::knowledge::schema::{Drug, Gene, Knowledge};

use super::source::KnowledgeSource;

const EXAMPLES: &str = include_str!("../help/show.txt");

/// Options of `rxstrata knowledge show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Gene symbol or generic drug name; case is free
    name: String,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    source: KnowledgeSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// Everything, as one object
    Json,
    /// A gene's alleles or a drug's rows, tab-separated with a header
    Tsv,
}

enum Subject<'k> {
    Gene(&'k Gene),
    Drug(&'k Drug),
}

/// Prints the gene or the drug.
pub fn run(options: &Args) -> Result<ExitCode> {
    let knowledge = options.source.load()?;
    let subject = find(&knowledge, &options.name)?;
    let text = match (options.format, subject) {
        (Format::Text, Subject::Gene(gene)) => gene::text(gene, &knowledge),
        (Format::Text, Subject::Drug(drug)) => drug::text(drug),
        (Format::Tsv, Subject::Gene(gene)) => gene::tsv(gene),
        (Format::Tsv, Subject::Drug(drug)) => drug::tsv(drug),
        (Format::Json, Subject::Gene(gene)) => serde_json::to_string_pretty(gene)? + "\n",
        (Format::Json, Subject::Drug(drug)) => serde_json::to_string_pretty(drug)? + "\n",
    };
    stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn find<'k>(knowledge: &'k Knowledge, name: &str) -> Result<Subject<'k>> {
    let same = |known: &&String| known.eq_ignore_ascii_case(name.trim());
    if let Some(gene) = knowledge.genes.keys().find(same).and_then(|k| knowledge.genes.get(k)) {
        return Ok(Subject::Gene(gene));
    }
    if let Some(drug) = knowledge.drugs.keys().find(same).and_then(|k| knowledge.drugs.get(k)) {
        return Ok(Subject::Drug(drug));
    }
    let start: String = name.trim().chars().take(3).collect::<String>().to_lowercase();
    let near: Vec<&str> = knowledge
        .genes
        .keys()
        .chain(knowledge.drugs.keys())
        .map(String::as_str)
        .filter(|known| !start.is_empty() && known.to_lowercase().starts_with(&start))
        .collect();
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    bail!("no gene or drug '{name}'{hint} (`rxstrata knowledge list` names all)");
}
