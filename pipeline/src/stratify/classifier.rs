//! Models that place the next patient: learnt from labels, saved, applied.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cluster::auto::Modality;
use cluster::classify::assess::{Assessment, Property, assess};
use cluster::classify::measures::Measures;
use cluster::classify::model::{Model, Settings, VERSION};
use cluster::classify::{ClassifyError, Method};
use serde::Deserialize;

use super::clinical::Clinical;
use super::{fairness, read};
use crate::progress::Progress;
use crate::report::files::{Complete, Folder};

/// What to learn, and from what.
#[derive(Debug)]
pub struct Plan {
    /// Modality and file.
    pub matrices: Vec<(String, PathBuf)>,
    /// Table of labels.
    pub labels: PathBuf,
    /// Its column to learn.
    pub target: String,
    /// Its columns to judge by.
    pub by: Vec<String>,
    /// Confidence below which no class is given.
    pub abstain_below: f64,
    /// Seed.
    pub seed: u64,
    /// No progress bar.
    pub quiet: bool,
}

/// A model and what it is worth.
#[derive(Debug)]
pub struct Learnt {
    model: Model,
    assessment: Assessment,
    target: String,
}

/// Learns a model, and judges it by nested cross-validation.
///
/// # Errors
/// When a file or a column cannot be read, or there is too little to learn from.
pub fn fit(plan: &Plan) -> Result<Learnt> {
    let modalities = read::modalities(&read::matrices(&plan.matrices).collect::<Vec<_>>())?;
    let table = Clinical::read(&plan.labels)?;
    let labels = table.pairs(&plan.target)?;
    let properties = plan
        .by
        .iter()
        .map(|name| Ok(Property { name: name.clone(), values: table.pairs(name)? }))
        .collect::<Result<Vec<_>>>()?;
    let settings = Settings { seed: plan.seed, ..Settings::default() };
    let progress = Progress::new(2, plan.quiet);
    let model = Model::fit(&modalities, &labels, &settings)?;
    progress.step();
    let assessment = assess(&modalities, &labels, &properties, plan.abstain_below, &settings)?;
    progress.finish();
    Ok(Learnt { model, assessment, target: plan.target.clone() })
}

/// The model of found subtypes, by nearest shrunken centroid: it places a new patient where the subtypes' mean profiles
/// are nearest. `None` where a subtype is too small to learn from.
pub fn of_subtypes(modalities: &[Modality], labels: &[(String, String)], seed: u64) -> Option<Model> {
    let settings = Settings { seed, methods: vec![Method::NearestCentroid], ..Settings::default() };
    Model::fit(modalities, labels, &settings).ok()
}

/// One line on what the model is worth.
pub fn headline(learnt: &Learnt) -> String {
    let m = &learnt.assessment.measures;
    format!(
        "{} classes of {}: accuracy {:.3} ({:.3} to {:.3}) on {} patients held out",
        learnt.assessment.classes.len(),
        learnt.target,
        m.accuracy,
        m.lower,
        m.upper,
        m.patients
    )
}

/// Sentences on subgroups for which the model is worse, and on those too small to tell.
pub fn warnings(learnt: &Learnt) -> Vec<String> {
    fairness::warnings(&learnt.assessment)
}

/// Writes `model.json`, `performance.tsv`, `performance.json`, `fairness.tsv` and `held-out.tsv`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Folder, learnt: &Learnt) -> Result<()> {
    let files = [
        folder.write("model.json", &saved(&learnt.model)?)?,
        folder.write("performance.tsv", performance(&learnt.assessment).as_bytes())?,
        folder.write("performance.json", &serde_json::to_vec_pretty(&learnt.assessment)?)?,
        folder.write("fairness.tsv", fairness::table(&learnt.assessment).as_bytes())?,
        folder.write("held-out.tsv", held_out(&learnt.assessment).as_bytes())?,
    ];
    files.into_iter().try_for_each(Complete::publish)
}

/// A model as a file holds it.
///
/// # Errors
/// Never with a model that was fitted.
pub fn saved(model: &Model) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(model).context("the model cannot be written as JSON")?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn performance(found: &Assessment) -> String {
    let mut text = String::from(
        "subgroup\tvalue\tclass\tpatients\taccuracy\tlower\tupper\tsensitivity\tspecificity\tauc\tplaced\tplaced_accuracy\tbrier\tcalibration_error\n",
    );
    rows(&mut text, "all", "", &found.measures, &found.classes);
    for group in &found.subgroups {
        rows(&mut text, &group.property, &group.value, &group.measures, &found.classes);
    }
    text
}

fn rows(text: &mut String, property: &str, value: &str, m: &Measures, classes: &[String]) {
    let _ = writeln!(
        // into a string: cannot fail
        text,
        "{property}\t{value}\t\t{}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t\t\t{}\t{:.4}\t{:.4}\t{:.4}",
        m.patients,
        m.accuracy,
        m.lower,
        m.upper,
        m.balanced_accuracy,
        m.placed,
        m.placed_accuracy,
        m.brier,
        m.calibration_error
    );
    for (name, class) in classes.iter().zip(&m.classes) {
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{property}\t{value}\t{name}\t{}\t\t\t\t{:.4}\t{:.4}\t{:.4}\t\t\t\t",
            class.patients,
            class.sensitivity,
            class.specificity,
            class.area
        );
    }
}

fn held_out(found: &Assessment) -> String {
    let mut text = format!("patient\ttruth\tlikeliest\t{}\n", found.classes.join("\t"));
    for patient in &found.patients {
        let probabilities: Vec<String> = patient.probabilities.iter().map(|p| format!("{p:.4}")).collect();
        let (truth, likeliest) = (&found.classes[patient.truth], &found.classes[patient.likeliest]);
        let _ = writeln!(text, "{}\t{truth}\t{likeliest}\t{}", patient.patient, probabilities.join("\t")); // into a string: cannot fail
    }
    text
}

/// The version alone: whatever else another version holds.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

fn read_model(bytes: &[u8]) -> Result<Model> {
    let Versioned { version: found } =
        serde_json::from_slice(bytes).context("it is not a model.json of `classify fit` or `stratify`")?;
    if found != VERSION {
        return Err(ClassifyError::Version { found, expected: VERSION }.into());
    }
    serde_json::from_slice(bytes).context("the model is damaged; fit it again or restore the file")
}

/// Patients as placed.
#[derive(Debug, Default)]
pub struct Placed {
    /// One row a patient.
    pub table: String,
    /// Patients with a class.
    pub placed: usize,
    /// Patients whose confidence is below the level asked for.
    pub abstained: usize,
    /// Patients with less than half of the features of every modality that the model knows.
    pub without: usize,
}

/// Places the patients of these matrices.
///
/// # Errors
/// When the model or a matrix cannot be read, or the model knows none of the modalities.
pub fn place(model: &Path, matrices: &[(String, PathBuf)], abstain_below: f64) -> Result<Placed> {
    let bytes = std::fs::read(model).with_context(|| format!("cannot read {}", model.display()))?;
    let model = read_model(&bytes).with_context(|| format!("{} cannot be used", model.display()))?;
    let modalities = read::modalities(&read::matrices(matrices).collect::<Vec<_>>())?;
    let known: Vec<String> = model.combinations().flat_map(|(names, ..)| names).map(str::to_owned).collect();
    if !modalities.iter().any(|m| known.contains(&m.name)) {
        let mut known = known;
        known.sort();
        known.dedup();
        bail!("the model knows none of the modalities given; it learnt from: {}", known.join(", "));
    }
    let mut counts = Placed::default();
    let mut text = format!(
        "patient\tsubtype\tconfidence\trunner_up\tmodalities\t{}\n",
        model.classes().iter().map(|c| format!("p_{c}")).collect::<Vec<_>>().join("\t")
    );
    for placed in model.place(&modalities, abstain_below) {
        match (&placed.class, placed.probabilities.is_empty()) {
            (Some(_), _) => counts.placed += 1,
            (None, false) => counts.abstained += 1,
            (None, true) => counts.without += 1,
        }
        let probabilities: Vec<String> = match placed.probabilities.as_slice() {
            [] => vec![String::new(); model.classes().len()],
            known => known.iter().map(|p| format!("{p:.4}")).collect(),
        };
        let _ = writeln!(
            // into a string: cannot fail
            text,
            "{}\t{}\t{:.4}\t{}\t{}\t{}",
            placed.patient,
            placed.class.unwrap_or_default(),
            placed.confidence,
            placed.runner_up.unwrap_or_default(),
            placed.modalities.join(";"),
            probabilities.join("\t")
        );
    }
    counts.table = text;
    Ok(counts)
}

/// Writes a table under its name, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_table(path: &Path, table: &str) -> Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .with_context(|| format!("{} is not the name of a file", path.display()))?;
    Folder::open(parent)?.write(name, table.as_bytes())?.publish()
}
