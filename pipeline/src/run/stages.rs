//! Pieces of work: which samples, which options, which key; and carrying them out.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, FromArgMatches};
use pgx_rules::ambiguity::groups;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::sheet::Row;
use super::{Failure, Plan, checkpoint};
use crate::cli::status::{Classify, Status};
use crate::cli::{call, stratify, therapies};
use crate::plan::{CallPlan, Metadata, SampleFacts, TextFile};
use crate::progress::Progress;
use crate::provenance::FileProvenance;
use crate::report::formats::FEW_SAMPLES;
use crate::stage;

/// Rows of the sheet that one call answers: a file is opened once for all of its samples.
pub struct Job {
    pub stage: &'static str,
    /// Places in the sheet.
    pub rows: Vec<usize>,
    arguments: Vec<String>,
    /// Facts about the samples.
    facts: String,
    /// Reads beside variants: they give the copies of genes.
    copies_from: Option<PathBuf>,
    /// The patient's calls beside a tumour, as `calls.json`.
    germline: Option<PathBuf>,
    key: String,
}

/// Results by row and stage.
#[derive(Default)]
pub struct Ended {
    /// Folders of results in the order of the sheet, with their stage and rows.
    pub folders: Vec<(&'static str, Vec<usize>, PathBuf)>,
    /// What failed.
    pub failures: Vec<Failure>,
    /// Work of an earlier run.
    pub kept: usize,
    /// Work of this run.
    pub done: usize,
}

impl Ended {
    /// Adds another stage's.
    pub fn and(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.failures.extend(other.failures);
        self.kept += other.kept;
        self.done += other.done;
    }
}

/// Notes of a folder: what failed in it, and how long it took.
#[derive(Serialize, Deserialize)]
pub struct Notes {
    /// Sample and reason.
    pub failures: Vec<(String, String)>,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// Name of the notes in a folder.
pub const NOTES: &str = "notes.json";

/// The calls to make.
///
/// # Errors
/// When an option is wrong or a file cannot be read.
pub fn calls(plan: &Plan) -> Result<Vec<Job>> {
    let mut jobs: Vec<Vec<usize>> = Vec::new();
    let mut job_of: HashMap<(PathBuf, Option<&str>), usize> = HashMap::new();
    for (place, row) in plan.sheet.rows.iter().enumerate() {
        let (vcf, outside, reads) = (row.path("vcf"), row.get("outside_calls"), row.get("bam"));
        match vcf {
            // Calls of another tool, and copies by reads, go to the one sample of a run.
            Some(vcf) if outside.is_none() && reads.is_none() => {
                let next = jobs.len();
                let job = *job_of.entry((vcf, row.get("assembly"))).or_insert(next);
                if job == next {
                    jobs.push(Vec::new());
                }
                jobs[job].push(place);
            }
            None if outside.is_none() && reads.is_none() => {}
            _ => jobs.push(vec![place]),
        }
    }
    jobs.into_iter().map(|rows| call_job(plan, rows)).collect()
}

fn call_job(plan: &Plan, rows: Vec<usize>) -> Result<Job> {
    let samples: Vec<&Row> = rows.iter().filter_map(|&r| plan.sheet.rows.get(r)).collect();
    let first = samples.first().context("no sample")?;
    let mut arguments: Vec<String> = plan.config.call.clone();
    if !arguments.iter().any(|a| a == "--formats") {
        let formats = if rows.len() > FEW_SAMPLES { "tsv" } else { "tsv,json,html" };
        arguments.extend(["--formats".to_owned(), formats.to_owned()]);
    }
    for (column, option) in [("assembly", "--assembly"), ("outside_calls", "--outside-calls")] {
        arguments.extend(first.get(column).into_iter().flat_map(|value| [option.to_owned(), value.to_owned()]));
    }
    let names: Vec<&str> = samples.iter().map(|row| row.sample()).collect();
    arguments.extend(["--samples".to_owned(), names.join(",")]);
    arguments.extend(first.get("vcf").or_else(|| first.get("bam")).map(str::to_owned));
    let copies_from = first.get("vcf").and_then(|_| first.path("bam"));
    let files: Vec<PathBuf> = ["vcf", "bam", "outside_calls"].iter().filter_map(|c| first.path(c)).collect();
    let facts = facts(&samples);
    let checked = parse::<call::Args>("call", &arguments, &plan.output, 1)?;
    let release = CallPlan::check(checked).status(Status::Usage)?.provenance;
    let texts = [arguments.clone(), vec![facts.clone(), serde_json::to_string(&release.knowledge)?]].concat();
    let key = checkpoint::key(&texts, &files).status(Status::Input)?;
    Ok(Job { stage: "call", rows, arguments, facts, copies_from, germline: None, key })
}

/// Columns of the sheet as sample metadata: sample, field, value.
fn facts(samples: &[&Row]) -> String {
    const FIELDS: [(&str, &str); 8] = [
        ("sex", "sex"),
        ("age", "age"),
        ("height_cm", "height"),
        ("weight_kg", "weight"),
        ("race", "race"),
        ("african_ancestry", "african_ancestry"),
        ("population", "population"),
        ("medication", "medication"),
    ];
    let mut text = String::new();
    for row in samples {
        for (column, field) in FIELDS {
            if let Some(value) = row.get(column) {
                let value = if column == "race" { value.to_ascii_lowercase() } else { value.replace(';', ",") };
                text += &format!("{}\t{field}\t{value}\n", row.sample());
            }
        }
    }
    text
}

/// The tumours to match, each beside the patient's own calls where there are any.
///
/// # Errors
/// When an option is wrong or a file cannot be read.
pub fn tumours(plan: &Plan, called: &Ended) -> Result<Vec<Job>> {
    let date = first_day(&plan.output).status(Status::Output)?;
    let mut jobs = Vec::new();
    for (place, row) in plan.sheet.rows.iter().enumerate() {
        let Some(maf) = row.get("tumour_maf") else { continue };
        let mut arguments = plan.config.therapies.clone();
        if !arguments.iter().any(|a| a == "--report-date") {
            arguments.extend(["--report-date".to_owned(), date.clone()]);
        }
        arguments.extend(["--maf".to_owned(), maf.to_owned()]);
        arguments.extend(row.get("tumour_type").into_iter().flat_map(|t| ["--tumour-type".to_owned(), t.to_owned()]));
        parse::<therapies::Args>("therapies", &arguments, &plan.output, 1)?;
        let calls = called.folders.iter().find(|(stage, rows, _)| *stage == "call" && rows.contains(&place));
        let germline = calls.map(|(_, _, folder)| folder.join("calls.json")).filter(|path| path.is_file());
        let files: Vec<PathBuf> = [Some(PathBuf::from(maf)), germline.clone()].into_iter().flatten().collect();
        let key = checkpoint::key(&arguments, &files).status(Status::Input)?;
        let (rows, facts) = (vec![place], String::new());
        jobs.push(Job { stage: "therapies", rows, arguments, facts, copies_from: None, germline, key });
    }
    Ok(jobs)
}

/// Tumours from which on a cohort is stratified unasked: fewer have no groups that could be told from chance.
const LEAST_TUMOURS: usize = 30;

/// The stratification of all tumours, if there are enough of them or the configuration asks for it.
///
/// # Errors
/// When an option is wrong or a file cannot be read.
pub fn stratification(plan: &Plan) -> Result<Vec<Job>> {
    let rows = plan.sheet.rows.iter().enumerate().filter_map(|(place, row)| Some((place, row.path("tumour_maf")?)));
    let (rows, mut files): (Vec<usize>, Vec<PathBuf>) = rows.unzip();
    if rows.is_empty() || (rows.len() < LEAST_TUMOURS && plan.config.stratify.is_empty()) {
        return Ok(Vec::new());
    }
    files.dedup();
    let mut arguments = plan.config.stratify.clone();
    arguments.extend(files.iter().flat_map(|file| ["--maf".to_owned(), file.display().to_string()]));
    parse::<stratify::Args>("stratify", &arguments, &plan.output, 1)?;
    let key = checkpoint::key(&arguments, &files).status(Status::Input)?;
    let facts = String::new();
    Ok(vec![Job { stage: "stratify", rows, arguments, facts, copies_from: None, germline: None, key }])
}

/// Day of the first run into a folder: evidence ages by it, so that a run resumed after midnight says the same.
fn first_day(output: &Path) -> Result<String> {
    let path = output.join("work").join("first-day");
    if let Ok(day) = fs::read_to_string(&path) {
        return Ok(day.trim().to_owned());
    }
    let day = crate::therapies::date::Date::today().to_string();
    fs::create_dir_all(output.join("work"))?;
    let aside = tempfile::NamedTempFile::new_in(output.join("work"))?;
    fs::write(aside.path(), &day)?;
    aside.persist(&path)?;
    Ok(day)
}

fn parse<A: Args + FromArgMatches>(
    command: &'static str,
    arguments: &[String],
    output: &Path,
    threads: usize,
) -> Result<A> {
    let command = A::augment_args(clap::Command::new(command).no_binary_name(true));
    let own = ["--quiet".to_owned(), format!("--threads={threads}"), format!("--output={}", output.display())];
    let matches = command.try_get_matches_from(arguments.iter().cloned().chain(own));
    let parsed = matches.and_then(|matches| A::from_arg_matches(&matches));
    parsed.map_err(|error| anyhow::anyhow!("{}", error.to_string().trim().replace('\n', " "))).status(Status::Usage)
}

/// Carries out what is not done yet. A piece of work that fails is told apart by sample, and does not stop the others.
///
/// # Errors
/// When the output cannot be written, or more samples failed than may.
pub fn carry_out(plan: &Plan, jobs: &[Job], progress: &Progress) -> Result<Ended> {
    let failed = AtomicUsize::new(0);
    let results: Vec<Result<Ended>> = jobs
        .par_iter()
        .map(|job| {
            if plan.max_failures.is_some_and(|most| failed.load(Ordering::Relaxed) > most) {
                return Ok(Ended::default());
            }
            let ended = one(plan, job)?;
            failed.fetch_add(ended.failures.len(), Ordering::Relaxed);
            progress.step();
            Ok(ended)
        })
        .collect();
    let mut all = Ended::default();
    for result in results {
        all.and(result?);
    }
    if let Some(most) = plan.max_failures.filter(|&most| all.failures.len() > most) {
        let first = all.failures.first().map(|f| f.reason.clone()).unwrap_or_default();
        let error = anyhow::anyhow!("more than {most} samples failed, so the run was given up; the first: {first}");
        return Err(error).status(Status::Input);
    }
    Ok(all)
}

fn one(plan: &Plan, job: &Job) -> Result<Ended> {
    let folder = plan.output.join("work").join(job.stage).join(&job.key);
    let mut ended = Ended::default();
    if checkpoint::is_whole(&folder) {
        ended.kept = 1;
    } else {
        let made = checkpoint::make(&folder, |aside| fill(job, aside, plan.threads));
        match made {
            Ok(()) => ended.done = 1,
            Err(error) if is_about_output(&error) => return Err(error),
            // One sample that is not in the file must not cost the others.
            Err(_) if job.stage == "call" && job.rows.len() > 1 => {
                for &row in &job.rows {
                    ended.and(one(plan, &call_job(plan, vec![row])?)?);
                }
                return Ok(ended);
            }
            Err(error) => {
                let reason = format!("{error:#}").replace(['\n', '\t'], " ");
                ended.failures.extend(job.rows.iter().map(|&row| Failure {
                    row,
                    stage: job.stage,
                    reason: reason.clone(),
                }));
                return Ok(ended);
            }
        }
    }
    let notes = notes(&folder)?;
    for (sample, reason) in notes.failures {
        let row = job.rows.iter().copied().find(|&r| plan.sheet.rows.get(r).is_some_and(|row| row.sample() == sample));
        let rows = row.map_or_else(|| job.rows.clone(), |row| vec![row]);
        ended.failures.extend(rows.into_iter().map(|row| Failure { row, stage: job.stage, reason: reason.clone() }));
    }
    ended.folders.push((job.stage, job.rows.clone(), folder));
    Ok(ended)
}

/// The notes of a whole folder.
///
/// # Errors
/// When they cannot be read.
pub fn notes(folder: &Path) -> Result<Notes> {
    let path = folder.join(NOTES);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn is_about_output(error: &anyhow::Error) -> bool {
    crate::cli::status::is(error, Status::Output)
        || error.chain().filter_map(|e| e.downcast_ref::<std::io::Error>()).any(|e| {
            use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
            matches!(e.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | FileTooLarge)
        })
}

fn fill(job: &Job, aside: &Path, threads: usize) -> Result<()> {
    let started = Instant::now();
    let failures = match job.stage {
        "call" => {
            let mut plan = CallPlan::check(parse("call", &job.arguments, aside, 1)?)?;
            let table = TextFile { path: "samplesheet".into(), text: job.facts.clone() };
            plan.metadata = Metadata::new(SampleFacts::default(), Some(&table), &groups(&plan.knowledge))?;
            let bytes = job.facts.as_bytes();
            plan.provenance.files.push(FileProvenance::of("sample metadata", "samplesheet".to_owned(), bytes));
            if let Some(reads) = &job.copies_from {
                plan.count_copies(reads)?;
            }
            let summary = stage::run(&plan)?;
            let named = |f: stage::Failure| (f.sample.clone().unwrap_or_default(), f.reason);
            summary.failures.into_iter().map(named).collect()
        }
        "therapies" => {
            let germline = job.germline.iter().flat_map(|path| ["--germline".to_owned(), path.display().to_string()]);
            let arguments: Vec<String> = job.arguments.iter().cloned().chain(germline).collect();
            therapies::run(parse("therapies", &arguments, aside, 1)?)?;
            Vec::new()
        }
        "stratify" => {
            stratify::run(parse("stratify", &job.arguments, aside, threads)?)?;
            Vec::new()
        }
        other => bail!("no stage {other}"),
    };
    let notes = Notes { failures, seconds: started.elapsed().as_secs_f64() };
    fs::write(aside.join(NOTES), serde_json::to_string(&notes)?)?;
    Ok(())
}
