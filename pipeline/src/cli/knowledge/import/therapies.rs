//! `rxstrata knowledge import --civic`, `--disease-ontology`, `--hgnc`: somatic evidence and what it is read with, in our
//! layout.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pgx_rules::therapies::evidence::Evidence;
use pgx_rules::therapies::store::{read_folder, write_folder};
use pgx_rules::therapies::{embedded, import};

use crate::therapies::date::Date;

/// What is imported, and where to.
pub struct Sources<'a> {
    pub civic: Option<&'a Path>,
    pub date: Option<&'a str>,
    pub disease_ontology: Option<&'a Path>,
    /// Table and its date.
    pub hgnc: Option<(&'a Path, &'a str)>,
    pub output: &'a Path,
}

/// Imports what is given; the rest is kept from the folder, or taken from the built-in evidence where the folder is new.
/// Rows that cannot be used are named on standard error.
pub fn run(sources: &Sources<'_>) -> Result<ExitCode> {
    let target = sources.output.join("therapies");
    let base = if target.join("RELEASE.toml").is_file() { read_folder(&target)? } else { embedded()?.clone() };
    let mut evidence = match sources.civic {
        Some(folder) => {
            let new = civic(folder, sources.date)?;
            Evidence { diseases: base.diseases, genes: base.genes, ..new }
        }
        None => base,
    };
    if let Some(path) = sources.disease_ontology {
        evidence.diseases = import::diseases(path, &evidence)?;
    }
    if let Some((path, date)) = sources.hgnc {
        evidence.genes = import::genes(path, &evidence, date)?;
    }
    write_folder(&evidence, &target).with_context(|| format!("cannot write into {}", target.display()))?;
    if let Some(source) = &evidence.diseases.source {
        println!("{} of {}: {} diseases", source.source, source.release, evidence.diseases.terms.len());
    }
    if let Some(source) = &evidence.genes.source {
        println!("{} of {}: {} other names of genes", source.source, source.release, evidence.genes.names.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn civic(folder: &Path, date: Option<&str>) -> Result<Evidence> {
    if let Some(date) = date
        && Date::parse(date).is_none()
    {
        bail!("--date '{date}' is not a date; write it as 2024-04-01");
    }
    let imported = import::civic(folder, date)?;
    for problem in &imported.problems {
        eprintln!("rxstrata: {}, line {}: {}", problem.path.display(), problem.line, problem.what);
    }
    let evidence = imported.evidence;
    println!(
        "{} of {}: {} variants, {} items of evidence; {} not accepted, {} rows with a problem",
        evidence.release.source,
        evidence.release.date,
        evidence.variants.len(),
        evidence.items.len(),
        imported.not_accepted,
        imported.problems.len()
    );
    Ok(evidence)
}
