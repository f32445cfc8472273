//! The cohort's files, put together from the folders of finished work in the order of the sheet.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use pgx_rules::knowledge::embedded;
use serde::Serialize;

use super::Plan;
use super::checkpoint;
use super::stages::{Ended, NOTES, notes};
use crate::report::files::{Complete, Folder};

/// `run.json`: where the results come from.
#[derive(Serialize)]
struct Manifest<'a> {
    form: &'static str,
    program: &'static str,
    version: &'static str,
    knowledge: String,
    options: &'a super::config::Config,
    samples: Vec<Sample<'a>>,
}

#[derive(Serialize)]
struct Sample<'a> {
    sample: &'a str,
    complete: bool,
    /// Key of each piece of work, which is its folder under `work/STAGE`.
    stages: Vec<(&'static str, String)>,
}

/// Writes everything aside, then gives all of it its names.
///
/// # Errors
/// When something cannot be written.
pub fn publish(plan: &Plan, folder: &Folder, ended: &Ended, doses: &str) -> Result<()> {
    let mut complete = Vec::new();
    for (stage, name) in [("call", "calls.tsv"), ("call", "guidance.tsv"), ("therapies", "therapies.tsv")] {
        complete.extend(joined(folder, ended, stage, name)?);
    }
    if doses.lines().count() > 1 {
        complete.push(folder.write("doses.tsv", doses.as_bytes())?);
    }
    let mut failures = String::from("sample\tstage\treason\n");
    for failure in &ended.failures {
        let sample = plan.sheet.rows.get(failure.row).map_or("", |row| row.sample());
        failures += &format!("{sample}\t{}\t{}\n", failure.stage, failure.reason);
    }
    complete.push(folder.write("failures.tsv", failures.as_bytes())?);
    complete.push(folder.write("run.json", &manifest(plan, ended)?)?);
    complete.push(folder.write("times.tsv", times(plan, ended)?.as_bytes())?);
    complete.extend(pages(plan, ended)?);
    complete.extend(subtypes(plan, ended)?);
    complete.into_iter().try_for_each(Complete::publish)
}

/// One table of all folders of a stage, under one header.
fn joined(folder: &Folder, ended: &Ended, stage: &str, name: &str) -> Result<Option<Complete>> {
    let mut file = folder.file(name)?;
    let mut header: Option<String> = None;
    let mut folders: Vec<_> = ended.folders.iter().filter(|(s, ..)| *s == stage).collect();
    folders.sort_by_key(|(_, rows, _)| rows.first().copied());
    for (_, _, from) in folders {
        let path = from.join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        if header.is_none() {
            let written = writeln!(file, "{first}");
            file.check(written)?;
            header = Some(first.to_owned());
        }
        let written = file.write_all(rest.as_bytes());
        file.check(written)?;
    }
    header.map(|_| file.finish()).transpose()
}

fn manifest(plan: &Plan, ended: &Ended) -> Result<Vec<u8>> {
    let sample = |(place, row): (usize, &'_ super::sheet::Row)| {
        let of = |(stage, rows, path): &(&'static str, Vec<usize>, std::path::PathBuf)| {
            rows.contains(&place).then(|| (*stage, name_of(path)))
        };
        (place, row.sample().to_owned(), ended.folders.iter().filter_map(of).collect::<Vec<_>>())
    };
    let rows: Vec<_> = plan.sheet.rows.iter().enumerate().map(sample).collect();
    let samples = rows.iter().map(|(place, name, stages)| Sample {
        sample: name,
        complete: !ended.failures.iter().any(|f| f.row == *place),
        stages: stages.clone(),
    });
    let manifest = Manifest {
        form: "rxstrata-run/1",
        program: "rxstrata",
        version: env!("CARGO_PKG_VERSION"),
        knowledge: embedded()?.release.version.clone(),
        options: &plan.config,
        samples: samples.collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// How long each piece of work took when it was done: the one file of results that differs from run to run.
fn times(plan: &Plan, ended: &Ended) -> Result<String> {
    let mut text = String::from("stage\tkey\tsamples\tfirst_sample\tseconds\n");
    for (stage, rows, path) in &ended.folders {
        let first = rows.first().and_then(|&r| plan.sheet.rows.get(r)).map_or("", |row| row.sample());
        let seconds = notes(path)?.seconds;
        text += &format!("{stage}\t{}\t{}\t{first}\t{seconds:.3}\n", name_of(path), rows.len());
    }
    Ok(text)
}

/// Copies of the pages, in one folder.
fn pages(plan: &Plan, ended: &Ended) -> Result<Vec<Complete>> {
    let mut complete = Vec::new();
    let mut folder: Option<Folder> = None;
    for (_, _, from) in ended.folders.iter().filter(|(stage, ..)| *stage != "stratify") {
        let mut names: Vec<String> =
            fs::read_dir(from)?.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name.ends_with(".html"));
        names.sort();
        for name in names {
            let reports = match &folder {
                Some(reports) => reports,
                None => folder.insert(Folder::open(&plan.output.join("reports"))?),
            };
            let bytes = fs::read(from.join(&name)).with_context(|| format!("cannot read {name}"))?;
            complete.push(reports.write(&name, &bytes)?);
        }
    }
    Ok(complete)
}

/// Copies of everything that the stratification of the tumours wrote.
fn subtypes(plan: &Plan, ended: &Ended) -> Result<Vec<Complete>> {
    let Some((_, _, from)) = ended.folders.iter().find(|(stage, ..)| *stage == "stratify") else {
        return Ok(Vec::new());
    };
    let folder = Folder::open(&plan.output.join("subtypes"))?;
    let mut names: Vec<String> =
        fs::read_dir(from)?.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| ![NOTES, checkpoint::LIST].contains(&name.as_str()));
    names.sort();
    let copy = |name: &String| folder.write(name, &fs::read(from.join(name))?);
    names.iter().map(copy).collect()
}
