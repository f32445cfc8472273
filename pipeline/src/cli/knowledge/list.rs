//! `rxstrata knowledge list`: what there is.

use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use pgx_rules::knowledge::schema::{Drug, Gene, Knowledge, SiteRole};

use super::source::KnowledgeSource;

const EXAMPLES: &str = include_str!("../help/list.txt");

/// Options of `rxstrata knowledge list`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What to list
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    source: KnowledgeSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Release, genes, drugs and sources
    All,
    /// Genes only
    Genes,
    /// Drugs only
    Drugs,
    /// Sources only
    Sources,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// Tab-separated, with a header; one of genes, drugs, sources
    Tsv,
}

type Row = Vec<String>;

/// Prints the list.
pub fn run(options: &Args) -> Result<ExitCode> {
    let knowledge = options.source.load()?;
    let mut out = stdout().lock();
    if options.format == Format::Tsv {
        let what = if options.what == What::All { What::Genes } else { options.what };
        let (header, rows) = table(&knowledge, what);
        writeln!(out, "{}", header.join("\t"))?;
        for row in rows {
            writeln!(out, "{}", row.join("\t"))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let release = &knowledge.release;
    let sections: &[What] = match options.what {
        What::All => &[What::Genes, What::Drugs, What::Sources],
        What::Genes => &[What::Genes],
        What::Drugs => &[What::Drugs],
        What::Sources => &[What::Sources],
    };
    writeln!(
        out,
        "Knowledge {} of {}: {} genes, {} drugs",
        release.version,
        release.date,
        knowledge.genes.len(),
        knowledge.drugs.len()
    )?;
    for what in sections {
        let (header, rows) = table(&knowledge, *what);
        writeln!(out)?;
        write!(out, "{}", aligned(&header, &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(knowledge: &Knowledge, what: What) -> (Row, Vec<Row>) {
    let header = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    match what {
        What::All | What::Genes => (
            header(&["gene", "contig", "rule", "sites", "alleles", "functions", "drugs"]),
            knowledge.genes.values().map(|g| gene_row(g, knowledge)).collect(),
        ),
        What::Drugs => {
            (header(&["drug", "sources", "genes", "rows"]), knowledge.drugs.values().map(drug_row).collect())
        }
        What::Sources => (
            header(&["source", "version", "licence", "reference"]),
            knowledge
                .release
                .sources
                .iter()
                .map(|s| vec![s.name.clone(), s.version.clone(), s.licence.clone(), s.reference.clone()])
                .collect(),
        ),
    }
}

fn gene_row(gene: &Gene, knowledge: &Knowledge) -> Row {
    let sites = gene.sites.iter().filter(|s| s.role == SiteRole::Defining).count();
    let asks = |d: &&Drug| d.guidelines.iter().any(|g| g.genes.contains(&gene.symbol));
    let drugs = knowledge.drugs.values().filter(asks).count();
    let contig = if gene.contig.is_empty() { "outside calls only" } else { &gene.contig };
    vec![
        gene.symbol.clone(),
        contig.to_owned(),
        gene.calling.clone(),
        sites.to_string(),
        gene.alleles.len().to_string(),
        gene.functions.len().to_string(),
        drugs.to_string(),
    ]
}

fn drug_row(drug: &Drug) -> Row {
    let mut sources: Vec<&str> = drug.guidelines.iter().map(|g| g.source.as_str()).collect();
    sources.dedup();
    let mut genes: Vec<&str> = Vec::new();
    for gene in drug.guidelines.iter().flat_map(|g| &g.genes) {
        if !genes.contains(&gene.as_str()) {
            genes.push(gene);
        }
    }
    vec![drug.name.clone(), sources.join(", "), genes.join(", "), drug.rows.len().to_string()]
}

/// Columns padded to their widest cell; the last column is not.
pub fn aligned(header: &[String], rows: &[Row]) -> String {
    let lines = || std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| lines().filter_map(|l| l.get(column)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    for line in lines() {
        let mut padded = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            padded.push_str(cell);
            padded.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}
