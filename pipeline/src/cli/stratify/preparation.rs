//! Options on what is done to the measurements before subtypes are looked for.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cluster::preparation::{Missing, Normalisation, Preparation, Spread};

use crate::cli::status::{Classify, Status};
use crate::stratify::preparation::{Patients, Plan};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Preparation")]
pub struct Options {
    /// Which patients of several modalities: all, or those that every modality has
    #[arg(long, value_name = "WHICH", value_enum, default_value = "union")]
    patients: Patients,
    /// Normalisation of all modalities or of one, instead of logs where the numbers ask for them: none, log (log2 of value +
    /// 1), z-score (by feature), quantile (by patient), rank (by feature); repeat for several modalities
    #[arg(long, value_name = "[MODALITY=]HOW")]
    normalise: Vec<String>,
    /// What becomes of missing values [default: median]: median or mask (the feature's median, or its mean, which adds
    /// nothing to a distance from the centre), neighbours (mean of the ten nearest patients), leave-out (the features), error
    #[arg(long, value_name = "HOW", value_parser = ["median", "mask", "neighbours", "leave-out", "error"])]
    missing: Option<String>,
    /// Keep N features of each modality, those of greatest median absolute deviation or variance
    #[arg(long, value_name = "mad=N | variance=N")]
    select: Option<String>,
    /// Column of the clinical table that names the batch: its association with the subtypes is reported
    #[arg(long, value_name = "COLUMN", requires = "clinical")]
    batch: Option<String>,
    /// Take the means of the batches off every feature; what parts batches by biology goes as well
    #[arg(long, requires = "batch")]
    regress_out_batch: bool,
    /// Columns of the clinical table that become a modality `clinical`: numbers as they are, categories one feature each
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "clinical")]
    clinical_features: Vec<String>,
    /// Germline calls (calls.tsv of `rxstrata call`), which become a modality `germline`: one feature a phenotype of a gene
    #[arg(long, value_name = "FILE")]
    calls: Option<PathBuf>,
}

impl Options {
    /// What was asked for.
    ///
    /// # Errors
    /// Wrong usage, where a value is not of its form.
    pub fn plan(self) -> Result<Plan> {
        let preparation = self.preparation().status(Status::Usage)?;
        Ok(Plan {
            patients: self.patients,
            preparation,
            batch: self.batch,
            regress_out: self.regress_out_batch,
            clinical_features: self.clinical_features,
            calls: self.calls,
        })
    }

    fn preparation(&self) -> Result<Preparation> {
        let missing = self.missing.as_deref().map(|how| match how {
            "mask" => Missing::Mask,
            "neighbours" => Missing::Neighbours,
            "leave-out" => Missing::LeaveOut,
            "error" => Missing::Error,
            _ => Missing::Median,
        });
        Ok(Preparation {
            normalise: self.normalise.iter().map(|text| normalisation(text)).collect::<Result<_>>()?,
            missing,
            select: self.select.as_deref().map(selection).transpose()?,
        })
    }
}

fn normalisation(text: &str) -> Result<(Option<String>, Normalisation)> {
    let (modality, how) = match text.rsplit_once('=') {
        Some((modality, how)) => (Some(modality.to_owned()), how),
        None => (None, text),
    };
    let how = match how {
        "none" => Normalisation::None,
        "log" => Normalisation::Log,
        "z-score" => Normalisation::ZScore,
        "quantile" => Normalisation::Quantile,
        "rank" => Normalisation::Rank,
        _ => bail!("--normalise '{text}': expected none, log, z-score, quantile or rank, such as mrna=log"),
    };
    Ok((modality, how))
}

fn selection(text: &str) -> Result<(Spread, usize)> {
    let parts = || {
        let (by, count) = text.split_once('=')?;
        let by = match by {
            "mad" => Spread::Mad,
            "variance" => Spread::Variance,
            _ => return None,
        };
        Some((by, count.parse().ok().filter(|n| *n > 0)?))
    };
    parts().with_context(|| format!("--select '{text}': expected mad=N or variance=N, such as mad=2000"))
}
