//! From tumours to files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use pgx_rules::therapies::disease::TumourType;
use pgx_rules::therapies::evidence::{Evidence, EvidenceKind};
use pgx_rules::therapies::matching::{Index, MatchLevel};
use pgx_rules::therapies::report::{Findings, findings};
use pgx_rules::therapies::tumour::Tumour;
use pgx_rules::therapies::{embedded, store};
use rayon::prelude::*;

use super::date::Date;
use super::germline::{Germline, GermlineRow};
use super::inputs::{Inputs, read};
use super::json::{Document, FORM, Release, Sample};
use super::page::{self, Facts};
use super::row::StatementRow;
use super::tsv;
use crate::cli::status::{Classify, Status};
use crate::progress::Progress;
use crate::provenance::FileProvenance;
use crate::report::files::{Complete, Folder};

/// Pages are written up to this many tumours, unless asked for.
pub const PAGES: usize = 20;

/// What a run does, checked.
#[derive(Debug)]
pub struct Plan {
    pub inputs: Inputs,
    pub tumour_type: Option<String>,
    pub germline: Option<PathBuf>,
    pub knowledge: Option<PathBuf>,
    pub output: PathBuf,
    pub today: Date,
    /// Write pages for more tumours than [`PAGES`].
    pub pages: bool,
    /// No progress bar.
    pub quiet: bool,
}

/// What a run found, for the terminal.
#[derive(Debug)]
pub struct Summary {
    pub tumours: usize,
    pub with_therapy: usize,
    pub release: String,
    pub notes: Vec<String>,
}

/// What is known of one tumour.
struct Answer<'a> {
    sample: &'a str,
    tumour: &'a Tumour,
    findings: Findings,
    germline_sample: Option<&'a str>,
    germline: Vec<GermlineRow>,
}

/// Reads, matches and writes.
///
/// # Errors
/// When an input cannot be used, or an output cannot be written; then nothing has its final name.
pub fn run(plan: &Plan) -> Result<Summary> {
    let (evidence, origin) = load(plan).status(Status::Mismatch)?;
    let mut tumours = read(&plan.inputs).status(Status::Input)?;
    let germline = plan.germline.as_deref().map(Germline::read).transpose().status(Status::Input)?;
    if let Some(path) = &plan.germline {
        tumours.files.push(FileProvenance::read("germline calls", path)?);
    }
    let index = Index::of(&evidence);
    let tumour_type = plan.tumour_type.as_deref().map(|text| TumourType::find(text, &evidence));
    let only = tumours.tumours.len() == 1;
    let progress = Progress::new(tumours.tumours.len(), plan.quiet);
    let answers: Vec<Answer<'_>> = tumours
        .tumours
        .iter()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(sample, tumour)| {
            let findings = findings(&index, tumour, tumour_type.as_ref());
            let germline_sample = germline.as_ref().and_then(|g| g.sample_of(sample, only));
            let named = named(&findings);
            let rows = germline.as_ref().zip(germline_sample).map(|(g, s)| g.rows(s, &evidence, &named));
            progress.step();
            Answer { sample, tumour, findings, germline_sample, germline: rows.unwrap_or_default() }
        })
        .collect();
    progress.finish();
    let release = release(&index, plan, &origin);
    let mut notes = tumours.notes.clone();
    notes.extend(tumour_type.as_ref().and_then(|t| unknown_type(t, &evidence)));
    let unpaired = answers.iter().filter(|a| germline.is_some() && a.germline_sample.is_none()).count();
    if unpaired > 0 {
        notes.push(format!("{unpaired} tumours have no germline sample of the same name in the calls given."));
    }
    write(plan, &answers, &release, tumour_type.as_ref(), &notes, &tumours.files).status(Status::Output)?;
    let with_therapy = answers.iter().filter(|a| !named(&a.findings).is_empty()).count();
    Ok(Summary {
        tumours: answers.len(),
        with_therapy,
        release: format!("{} of {}, {}", release.source, release.date, release.age),
        notes,
    })
}

fn load(plan: &Plan) -> Result<(Cow<'static, Evidence>, String)> {
    Ok(match &plan.knowledge {
        None => (Cow::Borrowed(embedded()?), "embedded".to_owned()),
        Some(folder) if !folder.join("therapies").is_dir() => {
            (Cow::Borrowed(embedded()?), format!("embedded; {} has no therapies/", folder.display()))
        }
        Some(folder) => (Cow::Owned(store::read_folder(&folder.join("therapies"))?), folder.display().to_string()),
    })
}

/// A tumour type that nothing is near by more than its name.
fn unknown_type(tumour_type: &TumourType, evidence: &Evidence) -> Option<String> {
    if tumour_type.in_ontology {
        return None;
    }
    let what =
        if tumour_type.name.is_empty() { format!("DOID:{}", tumour_type.doid) } else { tumour_type.name.clone() };
    Some(match &evidence.diseases.source {
        Some(source) => format!(
            "The {} does not know the tumour type {what}: how near a study's disease is was judged by its name alone. Give its name there, or its DOID.",
            source.source
        ),
        None => {
            "The knowledge has no ontology of diseases: how near a study's disease is was judged by its name alone."
                .to_owned()
        }
    })
}

/// Therapies that evidence names for a tumour, lower case.
fn named(findings: &Findings) -> BTreeSet<String> {
    let holds = |s: &&pgx_rules::therapies::report::Statement| {
        s.kind == EvidenceKind::Predictive && s.matched != MatchLevel::OtherChangeAtCodon
    };
    let statements = findings.statements.iter().filter(holds);
    statements.flat_map(|s| s.therapies.split(',')).filter(|t| !t.is_empty()).map(str::to_lowercase).collect()
}

fn release<'a>(index: &Index<'a>, plan: &Plan, origin: &'a str) -> Release<'a> {
    let evidence = index.evidence();
    let release = &evidence.release;
    let (variants_not_understood, variants) = index.not_understood();
    Release {
        source: &release.source,
        date: &release.date,
        age: Date::parse(&release.date).map_or_else(|| "age not known".to_owned(), |d| d.age(plan.today)),
        newest_review: &release.newest_review,
        licence: &release.licence,
        references: &release.references,
        link: &release.link,
        origin,
        variants,
        variants_not_understood,
        items: evidence.items.len(),
        diseases: evidence.diseases.source.as_ref(),
        gene_names: evidence.genes.source.as_ref(),
    }
}

fn write(
    plan: &Plan,
    answers: &[Answer<'_>],
    release: &Release<'_>,
    tumour_type: Option<&TumourType>,
    notes: &[String],
    files: &[FileProvenance],
) -> Result<()> {
    let folder = Folder::open(&plan.output)?;
    let mut complete: Vec<Complete> = Vec::new();
    let mut table = folder.file("therapies.tsv")?;
    let label = format!("{} {} ({})", release.source, release.date, release.age);
    let written = table.write_all(tsv::HEADER.as_bytes());
    table.check(written)?;
    for answer in answers {
        let written = tsv::write(&mut table, answer.sample, &answer.findings, &label);
        table.check(written)?;
    }
    complete.push(table.finish()?);
    let document = Document {
        form: FORM,
        program: "rxstrata",
        version: env!("CARGO_PKG_VERSION"),
        report_date: plan.today.to_string(),
        release: release.clone(),
        tumour_type,
        notes,
        files,
        samples: answers.iter().map(sample).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).context("cannot write therapies.json")?;
    bytes.push(b'\n');
    complete.push(folder.write("therapies.json", &bytes)?);
    if plan.pages || answers.len() <= PAGES {
        let report_date = plan.today.to_string();
        for answer in answers {
            let counts = counts(answer.tumour);
            let facts = Facts {
                sample: answer.sample,
                report_date: &report_date,
                release,
                tumour_type: tumour_type.map(shown),
                counts: &counts,
                notes,
                germline_sample: answer.germline_sample,
                germline: &answer.germline,
            };
            let page = page::render(&facts, &answer.findings)?;
            complete.push(folder.write(&format!("{}.therapies.html", file_name(answer.sample)), page.as_bytes())?);
        }
    }
    complete.into_iter().try_for_each(Complete::publish)
}

fn sample<'a>(answer: &'a Answer<'a>) -> Sample<'a> {
    Sample {
        sample: answer.sample,
        small_variants: answer.tumour.variants.len(),
        genes_with_copy_number: answer.tumour.copies.len(),
        fusions: answer.tumour.fusions.len(),
        statements: answer.findings.statements.iter().map(StatementRow::of).collect(),
        gene_names: &answer.findings.gene_names,
        not_compared: answer.findings.not_compared.iter().map(|(reason, n)| (reason.to_string(), *n)).collect(),
        germline_sample: answer.germline_sample,
        germline: answer.germline.clone(),
    }
}

fn counts(tumour: &Tumour) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    format!(
        "{}, copy numbers of {}, {} read",
        count(tumour.variants.len(), "small variant", "small variants"),
        count(tumour.copies.len(), "gene", "genes"),
        count(tumour.fusions.len(), "fusion", "fusions")
    )
}

fn shown(tumour_type: &TumourType) -> String {
    match (tumour_type.name.as_str(), tumour_type.doid.as_str()) {
        ("", doid) => format!("DOID:{doid}, which the release does not name"),
        (name, "") => format!("{name}, which is not known by this name"),
        (name, doid) => format!("{name} (DOID:{doid})"),
    }
}

/// A sample's name as part of a file's: what could lead elsewhere becomes `_`.
fn file_name(sample: &str) -> String {
    let name: String =
        sample.chars().map(|c| if c.is_alphanumeric() || "-_.+".contains(c) { c } else { '_' }).collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}
