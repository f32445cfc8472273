//! Substitutions by their neighbours: 96 channels a tumour.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cluster::matrix::FeatureMatrix;
use cluster::substitution::{CHANNELS, channel, channel_name};
use ndarray::Array2;
use variants::io::fasta::{Reference, Stretches};

use super::cohort::{Cohort, Substitution};

/// Share of the contexts that may contradict the reference base before the reference must be the wrong one.
const CONTRADICTED: f64 = 0.01;
/// Substitutions below which a tumour's spectrum is mostly chance.
const FEW: u32 = 50;

/// Substitutions of each tumour by channel.
#[derive(Debug)]
pub struct Spectra {
    tumours: Vec<String>,
    /// Tumours × channels.
    counts: Array2<u32>,
    /// Substitutions whose neighbours are not known.
    without: usize,
}

/// Counts substitutions by channel, with the neighbours that a column of the MAF gives, else those of the reference.
///
/// # Errors
/// When no neighbours are known, the reference cannot be read, or it is of another assembly.
pub(super) fn spectra(cohort: &Cohort, reference: Option<&Path>) -> Result<Spectra> {
    let all = cohort.substitutions();
    if all.is_empty() {
        bail!("no mutation is one base for another, or the files have no bases: there are no contexts to count");
    }
    let stated = all.iter().filter(|s| s.context.is_some()).count();
    wrong(cohort.contradicted(), stated + cohort.contradicted(), "the column of contexts")?;
    let lacking: Vec<&Substitution> = all.iter().filter(|s| s.context.is_none()).collect();
    let bases = match reference {
        Some(path) if !lacking.is_empty() => Some(around(&lacking, path)?),
        _ => None,
    };
    let mut spectra =
        Spectra { counts: Array2::zeros((cohort.tumours().len(), CHANNELS)), tumours: cohort.tumours(), without: 0 };
    for s in all {
        let context = s.context.or_else(|| neighbours(s, bases.as_ref()?));
        match context.and_then(|c| channel(c, s.alternate)) {
            Some(channel) => spectra.counts[[s.tumour, channel]] += 1,
            None => spectra.without += 1,
        }
    }
    if spectra.without == all.len() {
        bail!(
            "the neighbours of none of the {} substitutions are known: the MAF has no column CONTEXT, ref_context or Ref_Tri; \
             give the sequence of its assembly with --reference",
            all.len()
        );
    }
    Ok(spectra)
}

/// Reads the neighbours of each substitution, and makes sure that the reference has the base that was replaced.
fn around(substitutions: &[&Substitution], path: &Path) -> Result<Stretches> {
    let mut windows: BTreeMap<&'static str, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for (contig, position) in substitutions.iter().filter_map(|s| s.place) {
        windows.entry(contig).or_default().insert((position.saturating_sub(1).max(1), position.saturating_add(1)));
    }
    let windows: Vec<_> = windows.into_iter().map(|(contig, places)| (contig, places.into_iter().collect())).collect();
    let bases = Reference::open(path)
        .and_then(|mut reference| reference.read(&windows))
        .with_context(|| format!("cannot read {}, a FASTA with its index (.fai) beside it", path.display()))?;
    let read: Vec<([u8; 3], u8)> =
        substitutions.iter().filter_map(|s| Some((window(s, &bases)?, s.reference))).collect();
    let others = read.iter().filter(|(context, reference)| context[1] != *reference).count();
    wrong(others, read.len(), &path.display().to_string())?;
    Ok(bases)
}

fn wrong(contradicted: usize, known: usize, source: &str) -> Result<()> {
    if contradicted as f64 > CONTRADICTED * known as f64 {
        bail!(
            "{source} has another base at {contradicted} of {known} substitutions than the mutations have: it is of another \
             assembly, or the positions are"
        );
    }
    Ok(())
}

fn window(s: &Substitution, bases: &Stretches) -> Option<[u8; 3]> {
    let (contig, position) = s.place?;
    bases.bases(contig, position.checked_sub(1)?, position.checked_add(1)?)?.try_into().ok()
}

/// The neighbours in the reference, where it has the base that was replaced.
fn neighbours(s: &Substitution, bases: &Stretches) -> Option<[u8; 3]> {
    window(s, bases).filter(|context| context[1] == s.reference)
}

impl Spectra {
    /// Tumours × channels: shares of each tumour's substitutions; all missing for a tumour without one.
    ///
    /// # Errors
    /// Never with tumours of distinct names.
    pub(super) fn matrix(&self) -> Result<FeatureMatrix> {
        let totals: Vec<f64> = self.counts.rows().into_iter().map(|r| f64::from(r.sum())).collect();
        let kept: Vec<usize> = (0..totals.len()).filter(|&t| totals[t] > 0.0).collect();
        let values = Array2::from_shape_fn((kept.len(), CHANNELS), |(row, c)| {
            f64::from(self.counts[[kept[row], c]]) / totals[kept[row]]
        });
        let tumours = kept.iter().map(|&t| self.tumours[t].clone()).collect();
        Ok(FeatureMatrix::new(tumours, (0..CHANNELS).map(channel_name).collect(), values)?)
    }

    /// What a reader must know.
    pub(super) fn notes(&self) -> Vec<String> {
        let totals: Vec<u32> = self.counts.rows().into_iter().map(|r| r.sum()).collect();
        let few = totals.iter().filter(|t| **t < FEW).count();
        let mut notes = Vec::new();
        if few > 0 {
            notes.push(format!(
                "{few} of {} tumours have fewer than {FEW} substitutions with known neighbours: their spectra are mostly chance",
                totals.len()
            ));
        }
        if self.without > 0 {
            notes.push(format!(
                "the neighbours of {} substitutions are not known; they are in no context",
                self.without
            ));
        }
        notes
    }

    /// Channels × tumours as a table, the form in which programs for signatures read them.
    pub fn table(&self) -> String {
        let mut text = format!("channel\t{}\n", self.tumours.join("\t"));
        for (c, column) in self.counts.columns().into_iter().enumerate() {
            let cells: Vec<String> = column.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "{}\t{}", channel_name(c), cells.join("\t")); // into a string: cannot fail
        }
        text
    }
}
