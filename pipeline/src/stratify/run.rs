//! From files to subtypes.

use std::path::PathBuf;

use anyhow::{Result, bail};
use cluster::auto::{Answer, Modality, Settings, auto, restricted};
use cluster::by_method::{self, by_method};

use super::alterations::Classes;
use super::clinical::Clinical;
use super::meaning::{Asked, Columns, Meaning, meaning};
use super::{mutations, pathways, preparation, read};
use crate::progress::Progress;
use crate::provenance::FileProvenance;

/// What to stratify, and how.
#[derive(Debug)]
pub struct Plan {
    /// Modality and file, in the order given.
    pub matrices: Vec<(String, PathBuf)>,
    /// Mutations of the tumours, where files of them are given.
    pub mutations: Option<mutations::Plan>,
    /// What is done to the values before.
    pub preparation: preparation::Plan,
    /// Clinical table.
    pub clinical: Option<PathBuf>,
    /// Its columns of follow-up.
    pub follow_up: Option<Columns>,
    /// Its column of known labels, to compare with.
    pub labels: Option<String>,
    /// Its columns that are outcomes, besides those whose names say so.
    pub outcomes: Vec<String>,
    /// Sets of genes, GMT.
    pub pathways: Option<PathBuf>,
    /// Every random choice follows from it.
    pub settings: Settings,
    /// One method instead of all that are tried otherwise.
    pub method: Option<by_method::Settings>,
    /// No progress bar.
    pub quiet: bool,
}

/// What was read, and what came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The matrices, patients in rows.
    pub modalities: Vec<Modality>,
    /// The matrices as they were read, where they were then prepared as asked: new patients are placed by these.
    pub measured: Option<Vec<Modality>>,
    /// The files.
    pub files: Vec<FileProvenance>,
    /// What was counted over the mutations.
    pub mutations: Option<mutations::Summary>,
    /// Substitutions by channel, where they were asked for.
    pub spectra: Option<mutations::Spectra>,
    /// Sentences that every reader must see.
    pub notes: Vec<String>,
    /// The subtypes.
    pub answer: Answer,
    /// What they mean.
    pub meaning: Meaning,
    /// Sets of genes that were given, and those with enough genes measured; none where no file was given.
    pub sets: Option<(usize, usize)>,
    /// Kinds of change in each gene, of modalities of mutations.
    pub classes: Vec<Classes>,
    /// Settings used.
    pub settings: Settings,
    /// Those of the one method, where one was named.
    pub method: Option<by_method::Settings>,
}

/// Reads all matrices and finds subtypes.
///
/// # Errors
/// When a file cannot be read, two have the same modality, or no subtypes can be looked for.
pub fn run(plan: &Plan) -> Result<Outcome> {
    let sources: Vec<read::Source<'_>> = read::matrices(&plan.matrices).collect();
    let mut modalities = read::modalities(&sources)?;
    let mut files =
        sources.iter().map(|(_, path, _)| FileProvenance::read("measurements", path)).collect::<Result<Vec<_>>>()?;
    let mutations = plan.mutations.as_ref().map(mutations::read).transpose()?;
    let (mut summary, mut spectra, mut notes, mut classes) = (None, None, Vec::new(), Vec::new());
    if let Some(found) = mutations {
        read::join(&mut modalities, found.modalities)?;
        files.extend(found.files);
        (summary, spectra, notes, classes) = (Some(found.summary), found.spectra, found.notes, found.classes);
    }
    let clinical = plan.clinical.as_deref().map(Clinical::read).transpose()?;
    if let (Some(clinical), Some(path)) = (&clinical, &plan.clinical) {
        let known: usize = modalities.iter().map(|m| clinical.known(m.matrix.patients())).sum();
        if known == 0 && !modalities.is_empty() {
            bail!("{}: none of its patients is in a matrix; the first column must hold the same names", path.display());
        }
        files.push(FileProvenance::read("clinical table", path)?);
    }
    preparation::further(&plan.preparation, clinical.as_ref(), &mut modalities, &mut files)?;
    let (mut modalities, patients) = preparation::patients(&plan.preparation, modalities)?;
    notes.extend(patients);
    let measured = preparation::prepared(&plan.preparation, clinical.as_ref(), &modalities, &mut notes)?
        .map(|prepared| std::mem::replace(&mut modalities, prepared));
    if let Some(groups) = plan.settings.groups {
        preparation::enough(&modalities, groups)?;
    }
    let asked = asked(plan, clinical.as_ref(), &mut files)?;
    let progress = Progress::new(1, plan.quiet);
    let answer = match &plan.method {
        Some(settings) => by_method(&modalities, settings)?,
        None => auto(&modalities, plan.settings)?,
    };
    // Noise takes no part in what the subtypes mean.
    let meant = (!answer.without.is_empty()).then(|| restricted(&modalities, &answer.patients));
    let meant = meant.as_ref().unwrap_or(&modalities);
    let meaning = meaning(&answer, meant, clinical.as_ref(), &asked, plan.settings.seed)?;
    progress.finish();
    if plan.settings.groups.is_none() && plan.method.is_none() && answer.verdict.k == plan.settings.most {
        notes.push(format!(
            "{} subtypes are the most that were tried: more may fit as well; try a larger --max-subtypes",
            plan.settings.most
        ));
    }
    notes.extend(preparation::batch(&plan.preparation, clinical.as_ref(), &answer, plan.settings.seed)?);
    let sets = plan.pathways.as_ref().map(|_| (asked.sets.len(), pathways::testable(&asked.sets, &modalities)));
    Ok(Outcome {
        modalities,
        measured,
        files,
        mutations: summary,
        spectra,
        notes,
        answer,
        meaning,
        sets,
        classes,
        settings: plan.settings,
        method: plan.method,
    })
}

/// What is asked of the subtypes. A column that is not there is an error before anything is computed.
fn asked(plan: &Plan, clinical: Option<&Clinical>, files: &mut Vec<FileProvenance>) -> Result<Asked> {
    if let Some(clinical) = clinical {
        let follow_up = plan.follow_up.iter().flat_map(|c| [&c.time, &c.event]);
        for column in follow_up.chain(&plan.labels).chain(&plan.outcomes).chain(&plan.preparation.batch) {
            clinical.column(column, &[])?;
        }
    }
    let sets = plan.pathways.as_deref().map(pathways::read).transpose()?.unwrap_or_default();
    if let Some(path) = &plan.pathways {
        files.push(FileProvenance::read("sets of genes", path)?);
    }
    Ok(Asked { follow_up: plan.follow_up.clone(), labels: plan.labels.clone(), outcomes: plan.outcomes.clone(), sets })
}
