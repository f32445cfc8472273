//! Options of a consensus by one method.

use anyhow::{Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser};
use cluster::by_method::{Resample, Settings};
use cluster::methods::{METHODS, method};

use crate::cli::status::{Classify, Status};

#[derive(Debug, clap::Args)]
pub struct Method {
    /// Consensus by one method on the 1,500 most variable features of each modality, instead of by all that --auto tries
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(METHODS.iter().map(|m| PossibleValue::new(m.name()).help(m.about()))))]
    method: Option<String>,
    /// What each resample draws [default: patients]
    #[arg(long, value_name = "WHAT", requires = "method", value_parser = ["patients", "features", "both"])]
    resample: Option<String>,
    /// Share of it that a resample holds [default: 0.8]
    #[arg(long, value_name = "SHARE", requires = "method")]
    share: Option<f64>,
    /// Bootstraps (patients drawn with replacement) by which the stability of each subtype is judged; 0 to judge it by the
    /// resamples [default: 30]
    #[arg(long, value_name = "N", requires = "method")]
    bootstraps: Option<usize>,
    /// Patients above which so many, drawn at random, make the subtypes and the others are placed; bounds memory
    /// [default: 1000]
    #[arg(long, value_name = "N", requires = "method")]
    landmarks: Option<usize>,
    /// Patients that a subtype needs, for dbscan and hdbscan [default: 2 % of the patients, and 5]
    #[arg(long, value_name = "N", requires = "method")]
    group_size: Option<usize>,
    /// Distance of neighbours, for dbscan [default: where the distances to neighbours bend]
    #[arg(long, value_name = "DISTANCE", requires = "method")]
    reach: Option<f64>,
}

impl Method {
    /// Settings of the method, where one was named. `most` is none where the user did not set it.
    ///
    /// # Errors
    /// Wrong usage, where an option is out of range or means nothing to the method.
    pub fn settings(
        &self,
        seed: u64,
        most: Option<usize>,
        resamples: Option<usize>,
        groups: Option<usize>,
    ) -> Result<Option<Settings>> {
        let Some(method) = self.method.as_deref().and_then(method) else { return Ok(None) };
        self.refuse(method, most, groups).status(Status::Usage)?;
        let plain = Settings::new(method);
        let mut settings = Settings {
            seed,
            resamples: resamples.unwrap_or(plain.resamples),
            groups,
            most: most.unwrap_or(plain.most),
            share: self.share.unwrap_or(plain.share),
            bootstraps: self.bootstraps.unwrap_or(plain.bootstraps),
            landmarks: self.landmarks.unwrap_or(plain.landmarks),
            resample: match self.resample.as_deref() {
                Some("features") => Resample::Features,
                Some("both") => Resample::Both,
                _ => Resample::Patients,
            },
            ..plain
        };
        settings.density.least = self.group_size;
        settings.density.reach = self.reach;
        Ok(Some(settings))
    }

    fn refuse(
        &self,
        method: &'static dyn cluster::methods::Method,
        most: Option<usize>,
        groups: Option<usize>,
    ) -> Result<()> {
        let name = method.name();
        let density = method.by_density().is_some();
        if density && (groups.is_some() || most.is_some()) {
            bail!(
                "{name} finds the number of subtypes itself: leave out --subtypes and --max-subtypes, or set --group-size"
            );
        }
        if !density && (self.group_size.is_some() || self.reach.is_some()) {
            bail!("--group-size and --reach are for dbscan and hdbscan, not for {name}");
        }
        if name != "dbscan" && self.reach.is_some() {
            bail!("--reach is for dbscan: {name} looks at all distances");
        }
        if self.share.is_some_and(|share| share.is_nan() || share <= 0.0 || share >= 1.0) {
            bail!("--share must be above 0 and below 1");
        }
        if self.reach.is_some_and(|reach| !reach.is_finite() || reach <= 0.0) {
            bail!("--reach must be a distance above 0");
        }
        if self.group_size.is_some_and(|least| least < 2) || self.landmarks.is_some_and(|n| n < 6) {
            bail!("--group-size must be at least 2, and --landmarks at least 6");
        }
        Ok(())
    }
}
