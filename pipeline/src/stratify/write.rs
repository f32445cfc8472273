//! The tables of a stratification.

mod stability;

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, NamedFrom, ParquetCompression, ParquetWriter, Series};
use serde::Serialize;

use super::classifier;
use super::meaning_tables as tables;
use super::run::Outcome;
use crate::provenance::FileProvenance;
use crate::report::files::{Complete, Folder};

/// Writes everything, then gives all files their names.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Folder, outcome: &Outcome) -> Result<()> {
    let mut files = vec![
        folder.write("subtypes.tsv", subtypes(outcome).as_bytes())?,
        folder.write("choice.tsv", choice(outcome).as_bytes())?,
        folder.write("stability.tsv", stability::clusters(outcome).as_bytes())?,
        folder.write("items.tsv", stability::items(outcome).as_bytes())?,
        folder.write("markers.tsv", tables::markers(outcome).as_bytes())?,
        folder.write("reasons.tsv", tables::reasons(outcome).as_bytes())?,
        folder.write("stratify.json", &summary(outcome)?)?,
        folder.write("stratify.html", super::page::html(outcome)?.as_bytes())?,
    ];
    if let Some(alterations) = tables::alterations(outcome) {
        files.push(folder.write("alterations.tsv", alterations.as_bytes())?);
    }
    if outcome.sets.is_some() {
        files.push(folder.write("pathways.tsv", super::pathways::table(outcome).as_bytes())?);
    }
    if let Some(agreement) = &outcome.meaning.agreement {
        files.push(folder.write("agreement.tsv", super::labels::table(agreement).as_bytes())?);
    }
    if !outcome.meaning.associations.is_empty() || !outcome.meaning.outcomes.is_empty() {
        files.push(folder.write("clinical.tsv", tables::associations(outcome).as_bytes())?);
    }
    if let Some(survival) = &outcome.meaning.survival {
        files.push(folder.write("survival.tsv", tables::survival(survival).as_bytes())?);
    }
    if let Some(mutations) = &outcome.mutations {
        files.push(
            folder.write("mutations.json", &[&serde_json::to_vec_pretty(mutations)?, b"\n".as_slice()].concat())?,
        );
    }
    if let Some(spectra) = &outcome.spectra {
        files.push(folder.write("contexts.tsv", spectra.table().as_bytes())?);
    }
    if let Some(model) = model(outcome) {
        files.push(folder.write("model.json", &classifier::saved(&model)?)?);
    }
    files.push(consensus(folder, outcome)?);
    files.into_iter().try_for_each(Complete::publish)
}

/// What places the next patient, learnt from the patients that made the subtypes.
fn model(outcome: &Outcome) -> Option<cluster::classify::model::Model> {
    let answer = &outcome.answer;
    let labels: Vec<(String, String)> =
        answer.landmarks.iter().map(|&i| (answer.patients[i].clone(), name(answer.partition.labels()[i]))).collect();
    (answer.partition.groups() > 1)
        .then(|| {
            classifier::of_subtypes(
                outcome.measured.as_ref().unwrap_or(&outcome.modalities),
                &labels,
                outcome.settings.seed,
            )
        })
        .flatten()
}

/// Name of a subtype for people: from 1.
pub fn name(group: usize) -> String {
    format!("S{}", group + 1)
}

fn subtypes(outcome: &Outcome) -> String {
    let answer = &outcome.answer;
    let present: Vec<(&str, HashSet<&str>)> = outcome
        .modalities
        .iter()
        .map(|m| (m.name.as_str(), m.matrix.patients().iter().map(String::as_str).collect()))
        .collect();
    let mut text = String::from("patient\tsubtype\tconfidence\trunner_up\tmodalities\n");
    let measured = |patient: &str| -> String {
        let there: Vec<&str> = present.iter().filter(|(_, t)| t.contains(patient)).map(|(name, _)| *name).collect();
        there.join(";")
    };
    let mut without = answer.without.iter().peekable();
    let mut place = 0;
    for (i, patient) in answer.patients.iter().enumerate() {
        while let Some(noise) = without.next_if(|w| w.place == place) {
            line_without(&mut text, noise, &measured(&noise.patient));
            place += 1;
        }
        place += 1;
        let group = answer.partition.labels()[i];
        let runner_up = if answer.runner_up[i] == group { String::new() } else { name(answer.runner_up[i]) };
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{patient}\t{}\t{:.4}\t{runner_up}\t{}",
            name(group),
            answer.confidence[i],
            measured(patient)
        );
    }
    without.for_each(|noise| line_without(&mut text, noise, &measured(&noise.patient)));
    text
}

/// A patient without a subtype, in its place among the others.
fn line_without(text: &mut String, noise: &cluster::auto::Without, measured: &str) {
    let _ = writeln!(text, "{}\t\t{:.4}\t\t{measured}", noise.patient, noise.confidence); // into a string: cannot fail
}

fn choice(outcome: &Outcome) -> String {
    let mut text = format!(
        "k\tchosen\tagreement\tstandard_error\tagreement_by_modality\tambiguous_share\tarea\tdelta_area\tdispersion\tsizes\t{}\n",
        stability::MEASURES
    );
    let answer = &outcome.answer;
    let areas: Vec<f64> = answer.candidates.iter().map(|c| c.area).collect();
    let deltas = cluster::consensus::delta_areas(&areas);
    for (c, delta) in answer.candidates.iter().zip(deltas) {
        let chosen = match (c.k == answer.verdict.k, answer.verdict.structure) {
            (true, true) => "yes",
            (true, false) => "best, but no structure",
            (false, _) if answer.verdict.also.contains(&c.k) => "as good",
            (false, _) => "no",
        };
        let by_modality: Vec<String> =
            outcome.modalities.iter().zip(&c.by_modality).map(|(m, a)| format!("{}={a:.4}", m.name)).collect();
        let sizes: Vec<String> = c.sizes.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{chosen}\t{:.4}\t{:.4}\t{}\t{:.4}\t{:.4}\t{delta:.4}\t{:.4}\t{}\t{}",
            c.k,
            c.agreement,
            c.standard_error,
            by_modality.join(";"),
            c.ambiguous,
            c.area,
            c.dispersion,
            sizes.join(";"),
            stability::measures(outcome, c.k)
        );
    }
    text
}

#[derive(Serialize)]
struct Summary<'a> {
    /// Version of the document's form, which docs/schema/stratify.schema.json states.
    form: &'static str,
    program: &'static str,
    version: &'static str,
    settings: cluster::auto::Settings,
    method: Option<cluster::by_method::Settings>,
    files: &'a [FileProvenance],
    notes: &'a [String],
    modalities: Vec<Described<'a>>,
    patients: usize,
    subtypes: Vec<usize>,
    verdict: &'a cluster::auto::Verdict,
    candidates: &'a [cluster::auto::Candidate],
    /// Every number of subtypes as its consensus is; of `items`, in the order of the consensus matrix, the consensus of a
    /// patient with its own subtype, and its silhouette.
    per_k: Vec<stability::Described<'a>>,
    /// Patients that belong to no subtype.
    without: &'a [cluster::auto::Without],
    views: Vec<&'a str>,
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    patients: usize,
    features: usize,
    missing_share: f64,
    scale: cluster::prepare::Scale,
}

fn summary(outcome: &Outcome) -> Result<Vec<u8>> {
    let answer = &outcome.answer;
    let summary = Summary {
        form: "1",
        program: "rxstrata",
        version: env!("CARGO_PKG_VERSION"),
        settings: outcome.settings,
        method: outcome.method,
        files: &outcome.files,
        notes: &outcome.notes,
        modalities: outcome
            .modalities
            .iter()
            .map(|m| Described {
                name: &m.name,
                patients: m.matrix.patients().len(),
                features: m.matrix.features().len(),
                missing_share: m.matrix.missing_share(),
                scale: m.matrix.scale(),
            })
            .collect(),
        patients: answer.patients.len(),
        subtypes: answer.partition.sizes(),
        verdict: &answer.verdict,
        candidates: &answer.candidates,
        per_k: stability::described(outcome),
        without: &answer.without,
        views: answer.views.iter().map(|v| v.name.as_str()).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&summary)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn consensus(folder: &Folder, outcome: &Outcome) -> Result<Complete> {
    let answer = &outcome.answer;
    let names: Vec<&str> = answer.landmarks.iter().map(|&i| answer.patients[i].as_str()).collect();
    let mut columns = vec![Column::from(Series::new("patient".into(), &names))];
    for (patient, column) in names.iter().zip(answer.consensus.columns()) {
        columns.push(Column::from(Series::new((*patient).into(), column.to_vec())));
    }
    let mut frame = DataFrame::new(names.len(), columns).context("cannot build the consensus table")?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .set_parallel(false)
        .finish(&mut frame)
        .context("cannot write the consensus table")?;
    folder.write("consensus.parquet", &bytes)
}
