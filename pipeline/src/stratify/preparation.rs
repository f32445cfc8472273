//! From modalities as they were read to those that subtypes are looked for in, and what a reader must know of that.

mod germline;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use anyhow::{Result, bail};
use cluster::association::clinical::{Test, associations};
use cluster::auto::{Answer, Modality};
use cluster::preparation::Preparation;

use super::clinical::Clinical;
use super::read;
use crate::provenance::FileProvenance;

/// Which patients of several modalities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Patients {
    /// Every patient of any modality
    #[default]
    Union,
    /// Patients that every modality has
    Intersection,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Which patients.
    pub patients: Patients,
    /// What is done to the values.
    pub preparation: Preparation,
    /// Column of the clinical table that names the batch.
    pub batch: Option<String>,
    /// Whether batches are regressed out.
    pub regress_out: bool,
    /// Columns of the clinical table that become features.
    pub clinical_features: Vec<String>,
    /// Germline calls that become features.
    pub calls: Option<PathBuf>,
}

/// Adds the modalities of the clinical table and of the germline calls.
///
/// # Errors
/// When a column or a file cannot be read.
pub fn further(
    plan: &Plan,
    clinical: Option<&Clinical>,
    modalities: &mut Vec<Modality>,
    files: &mut Vec<FileProvenance>,
) -> Result<()> {
    if let (Some(clinical), false) = (clinical, plan.clinical_features.is_empty()) {
        let matrix = clinical.features(&plan.clinical_features)?;
        read::join(modalities, vec![Modality { name: "clinical".to_owned(), matrix }])?;
    }
    if let Some(path) = &plan.calls {
        read::join(modalities, vec![Modality { name: "germline".to_owned(), matrix: germline::matrix(path)? }])?;
        files.push(FileProvenance::read("germline calls", path)?);
    }
    Ok(())
}

/// The patients asked for, and the sentence that says which. Nothing is said of one modality.
///
/// # Errors
/// When no patient is in all modalities, and those were asked for; or no patient is in two.
pub fn patients(plan: &Plan, modalities: Vec<Modality>) -> Result<(Vec<Modality>, Option<String>)> {
    if modalities.len() < 2 {
        return Ok((modalities, None));
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for patient in modalities.iter().flat_map(|m| m.matrix.patients()) {
        *counts.entry(patient).or_default() += 1;
    }
    let (all, everywhere) = (counts.len(), counts.values().filter(|n| **n == modalities.len()).count());
    if counts.values().all(|n| *n == 1) {
        let names: Vec<String> = modalities
            .iter()
            .map(|m| format!("{} ({}, …)", m.name, m.matrix.patients().first().map_or("", String::as_str)))
            .collect();
        bail!("no patient is in two modalities: {}; name the patients alike in all files", names.join(", "));
    }
    if plan.patients == Patients::Union {
        let said = format!("patients: all {all} of any modality; {everywhere} are in all {}", modalities.len());
        return Ok((modalities, Some(said)));
    }
    if everywhere == 0 {
        bail!("no patient is in all {} modalities; take those of any with --patients union", modalities.len());
    }
    let kept = modalities
        .iter()
        .map(|m| {
            let names = m.matrix.patients();
            let rows: Vec<usize> =
                (0..names.len()).filter(|&i| counts.get(names[i].as_str()) == Some(&modalities.len())).collect();
            Modality { name: m.name.clone(), matrix: m.matrix.rows(&rows) }
        })
        .collect();
    let said = format!(
        "patients: the {everywhere} that are in all {} modalities; {} others were left out",
        modalities.len(),
        all - everywhere
    );
    Ok((kept, Some(said)))
}

/// Makes sure that there are more patients than subtypes.
///
/// # Errors
/// When there are not.
pub fn enough(modalities: &[Modality], subtypes: usize) -> Result<()> {
    let patients = modalities.iter().flat_map(|m| m.matrix.patients()).collect::<HashSet<_>>().len();
    if subtypes >= patients {
        bail!(
            "{subtypes} subtypes of {patients} patients: ask for fewer with --subtypes, or leave the choice to rxstrata"
        );
    }
    Ok(())
}

/// The modalities as subtypes are looked for in them; none where nothing was asked for that changes them.
///
/// # Errors
/// When a modality cannot be prepared as asked.
pub fn prepared(
    plan: &Plan,
    clinical: Option<&Clinical>,
    modalities: &[Modality],
    notes: &mut Vec<String>,
) -> Result<Option<Vec<Modality>>> {
    if plan.preparation == Preparation::default() && !plan.regress_out {
        return Ok(None);
    }
    let batches: HashMap<String, String> = match (clinical, &plan.batch) {
        (Some(clinical), Some(column)) => clinical.pairs(column)?.into_iter().collect(),
        _ => HashMap::new(),
    };
    let (found, said) = plan.preparation.apply(modalities, plan.regress_out.then_some(&batches))?;
    notes.extend(said);
    Ok(Some(found))
}

/// Says how the batches are associated with the subtypes.
///
/// # Errors
/// When there is no such column.
pub fn batch(plan: &Plan, clinical: Option<&Clinical>, answer: &Answer, seed: u64) -> Result<Option<String>> {
    let (Some(clinical), Some(column)) = (clinical, &plan.batch) else { return Ok(None) };
    let variable = clinical.category(column, &answer.patients)?;
    let found = associations(&[variable], &answer.partition, seed);
    let Some(found) = found.first().filter(|f| f.test != Test::None) else {
        return Ok(Some(format!("batch '{column}': there is nothing to compare, with one subtype or one batch")));
    };
    let verdict = if found.p < 0.05 {
        "the subtypes may be batches in part; --regress-out-batch takes the means of the batches off"
    } else {
        "no sign that the subtypes are batches"
    };
    let verdict =
        if plan.regress_out && found.p < 0.05 { "an association is left after the regression" } else { verdict };
    Ok(Some(format!(
        "batch '{column}' against the subtypes: Cramér's V {:.2}, p {:.2e} ({} patients): {verdict}",
        found.effect, found.p, found.known
    )))
}
