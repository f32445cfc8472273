//! Genotypes from the calls of `rxstrata call`: calls.json, or calls.tsv.

use std::path::Path;

use anyhow::{Context, Result, bail};
use pgx_rules::dosing::called::{CalledGene, MissingSites, genotypes};
use pgx_rules::dosing::record::Genotypes;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Deserialize;

use super::answer::Untested;
use crate::tumour::lines::read_text;
use crate::tumour::table::Table;

/// What calls say to dose models.
pub struct Called {
    /// Genotypes.
    pub genotypes: Genotypes,
    /// What a person must know about them.
    pub notes: Vec<String>,
    /// Alleles that the variants could not have shown, where the calls say so.
    pub untested: Option<Untested>,
}

#[derive(Deserialize)]
struct Document {
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    sample: String,
    genes: Vec<Gene>,
}

#[derive(Deserialize)]
struct Gene {
    gene: String,
    source: String,
    candidates: Vec<Candidate>,
    missing: Vec<Site>,
    sites: Vec<Site>,
    unseen: Option<Unseen>,
}

#[derive(Deserialize)]
struct Candidate {
    diplotype: Option<String>,
    phenotype: Option<String>,
}

#[derive(Deserialize)]
struct Site {
    rsid: Option<String>,
    #[serde(default)]
    genotype: Option<String>,
}

#[derive(Deserialize)]
struct Unseen {
    alleles: Vec<String>,
    carriers: Vec<Carriers>,
}

#[derive(Deserialize)]
struct Carriers {
    group: String,
    probability: f64,
}

/// Reads the calls of one sample; the only one where none is named.
///
/// # Errors
/// When the file cannot be read, is neither form, or does not hold the sample.
pub fn read(knowledge: &Knowledge, path: &Path, sample: Option<&str>) -> Result<Called> {
    let text = read_text(path)?;
    let (genes, untested) = match text.trim_start().starts_with('{') {
        true => from_json(path, &text, sample)?,
        false => (from_table(path, sample)?, None),
    };
    let (genotypes, notes) = genotypes(knowledge, &genes);
    Ok(Called { genotypes, notes, untested })
}

fn from_json(path: &Path, text: &str, sample: Option<&str>) -> Result<(Vec<CalledGene>, Option<Untested>)> {
    let document: Document = serde_json::from_str(text)
        .with_context(|| format!("{}: not the calls.json that `rxstrata call` writes", path.display()))?;
    let names: Vec<&str> = document.samples.iter().map(|s| s.sample.as_str()).collect();
    let chosen = choose(path, &names, sample)?;
    let Some(sample) = document.samples.iter().find(|s| s.sample == chosen) else { bail!("no sample {chosen}") };
    let untested = sample.genes.iter().find(|g| g.gene == "CYP2C9").and_then(|g| g.unseen.as_ref()).map(|u| Untested {
        what: "CYP2C9".into(),
        alleles: u.alleles.clone(),
        carriers: u.carriers.iter().map(|c| (c.group.clone(), c.probability)).collect(),
        matters: "sites without a genotype: a carrier would be shown as *1".into(),
    });
    Ok((sample.genes.iter().map(called).collect(), untested))
}

fn called(gene: &Gene) -> CalledGene {
    CalledGene {
        gene: gene.gene.clone(),
        is_outside: gene.source == "outside",
        candidates: gene.candidates.iter().map(|c| (c.diplotype.clone(), c.phenotype.clone())).collect(),
        missing: MissingSites::Named(gene.missing.iter().map(|s| s.rsid.clone().unwrap_or_default()).collect()),
        sites: gene.sites.iter().filter_map(|s| Some((s.rsid.clone()?, s.genotype.clone()?))).collect(),
    }
}

fn from_table(path: &Path, sample: Option<&str>) -> Result<Vec<CalledGene>> {
    let table = Table::read(path)?;
    let column = |name: &str| table.need(name, &[&name.replace('_', "")]);
    let columns = ["sample", "gene", "diplotype", "phenotype", "source", "missing_sites"].map(column);
    let [of_sample, gene, diplotype, phenotype, source, missing] = columns;
    let (of_sample, gene, diplotype) = (of_sample?, gene?, diplotype?);
    let (phenotype, source, missing) = (phenotype?, source?, missing?);
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let mut names: Vec<String> = table.rows.iter().map(|(_, row)| cell(row, of_sample)).collect();
    names.dedup();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let chosen = choose(path, &names, sample)?;
    let mut genes = Vec::new();
    for (line, row) in table.rows.iter().filter(|(_, row)| cell(row, of_sample) == chosen) {
        let listed = |text: String| text.split(';').map(|t| Some(t.trim().to_owned())).collect::<Vec<_>>();
        let (diplotypes, phenotypes) = (cell(row, diplotype), cell(row, phenotype));
        let is_called = !diplotypes.is_empty() || !phenotypes.is_empty();
        let (diplotypes, phenotypes) = (listed(diplotypes), listed(phenotypes));
        let filled = |cells: &[Option<String>], i: usize| {
            let one = cells.get(i).or_else(|| cells.first()).cloned().flatten();
            one.filter(|text| !text.is_empty())
        };
        let number = diplotypes.len().max(phenotypes.len());
        let candidates = (0..number).map(|i| (filled(&diplotypes, i), filled(&phenotypes, i)));
        let count = cell(row, missing);
        let Ok(count) = count.parse::<usize>() else {
            bail!("{}, line {line}: missing_sites '{count}' is no number", path.display())
        };
        genes.push(CalledGene {
            gene: cell(row, gene),
            is_outside: cell(row, source) == "outside",
            candidates: candidates.filter(|_| is_called).collect(),
            missing: MissingSites::Counted(count),
            sites: Vec::new(),
        });
    }
    Ok(genes)
}

fn choose(path: &Path, names: &[&str], wanted: Option<&str>) -> Result<String> {
    match (wanted, names) {
        (Some(wanted), _) if names.contains(&wanted) => Ok(wanted.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        (_, []) => bail!("{}: it holds no sample", path.display()),
        (Some(wanted), _) => bail!("{}: no sample {wanted}; there are {}", path.display(), some(names)),
        (None, _) => bail!("{}: several samples ({}); choose one with --sample", path.display(), some(names)),
    }
}

fn some(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().take(8).copied().collect();
    let more = names.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
