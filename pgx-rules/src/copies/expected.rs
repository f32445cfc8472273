//! What two copies give, by the control genes.

use serde::Serialize;
use statrs::function::gamma::ln_gamma;
use thiserror::Error;
use variants::model::WindowCount;

use crate::structure::Scale;

/// Fewest control windows: a locus or a panel of genes has fewer.
const LEAST_WINDOWS: usize = 100;
/// Least reads of a control window, of two copies: 8x of reads of 150 bases.
const LEAST_READS: f64 = 50.0;
/// Coefficient of variation of the control windows above which the depth is not that of a whole genome.
const MOST_VARIATION: f64 = 0.5;
/// Width of the kernel over GC content.
const WIDTH: f64 = 0.03;
/// Least overdispersion: that of good genomes.
const LEAST_DISPERSION: f64 = 0.002;
/// Reads that lie where there is no copy, in copies.
const BACKGROUND: f64 = 0.02;
/// Standard deviation of what a gene's sequence does to all of its windows, beyond its GC content.
pub(super) const GENE_EFFECT: f64 = 0.06;
/// Control genes that this is worth, beside what those of the file show.
const GENES_BEFORE: f64 = 2.0;

/// Why copies cannot be counted.
#[derive(Clone, Debug, Error, PartialEq, Serialize)]
pub enum NoCopies {
    /// Not a whole genome.
    #[error(
        "{covered} of {windows} windows of the control genes have reads: this is no whole genome, and copies are counted in whole genomes only"
    )]
    NoControl {
        /// Control windows with reads.
        covered: usize,
        /// Control windows.
        windows: usize,
    },
    /// Too few reads.
    #[error("{reads:.0} reads a window of the control genes, at least {LEAST_READS} are needed (8x)")]
    LowDepth {
        /// Mean of the control windows.
        reads: f64,
    },
    /// Targeted or amplified.
    #[error(
        "the control genes' depth varies by {variation:.2} of its mean: targeted or amplified sequencing, where depth does not show copies"
    )]
    Uneven {
        /// Coefficient of variation.
        variation: f64,
    },
}

/// What two copies give.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Reads a base, of two copies, and the GC content of each control window.
    #[serde(skip)]
    windows: Vec<(f64, f64)>,
    /// Mean reads of a window of 1,000 bases, two copies.
    pub reads: f64,
    /// Overdispersion: the variance beyond sampling, relative to the square of the mean.
    pub dispersion: f64,
    /// Standard error of the depth of two copies, relative to it, by how the control genes differ among themselves.
    pub error: f64,
}

impl Expected {
    /// Takes the measure of the windows of each control gene.
    ///
    /// # Errors
    /// When they have too few reads, or are too uneven, for copies to be counted.
    pub fn of(genes: &[Vec<WindowCount>]) -> Result<Self, NoCopies> {
        let control: Vec<&WindowCount> = genes.iter().flatten().collect();
        let covered = control.iter().filter(|w| w.reads > 0).count();
        if covered < LEAST_WINDOWS || covered * 10 < control.len() * 9 {
            return Err(NoCopies::NoControl { covered, windows: control.len() });
        }
        let is_usable = |w: &&WindowCount| w.reads > 0 && w.is_sure();
        let usable: Vec<&WindowCount> = control.iter().copied().filter(is_usable).collect();
        let windows: Vec<(f64, f64)> =
            usable.iter().filter_map(|w| Some((w.gc?, f64::from(w.reads) / f64::from(w.length.max(1))))).collect();
        let n = windows.len().max(1) as f64;
        let mean = windows.iter().map(|(_, rate)| rate).sum::<f64>() / n;
        let variation = (windows.iter().map(|(_, rate)| (rate - mean).powi(2)).sum::<f64>() / n).sqrt() / mean;
        let reads = mean * 1_000.0;
        if reads < LEAST_READS {
            return Err(NoCopies::LowDepth { reads });
        }
        if variation > MOST_VARIATION {
            return Err(NoCopies::Uneven { variation });
        }
        let mut this = Self { windows, reads, dispersion: 0.0, error: 0.0 };
        let (mut beyond, mut squares) = (0.0, 0.0);
        for window in usable {
            let expected = this.reads_of(window);
            beyond += (f64::from(window.reads) - expected).powi(2) - expected;
            squares += expected * expected;
        }
        this.dispersion = (beyond / squares).max(LEAST_DISPERSION);
        let off: Vec<f64> = genes.iter().filter_map(|gene| this.ratio(&mut gene.iter().filter(is_usable))).collect();
        let n = (off.len() as f64).max(1.0);
        let squares = off.iter().map(|ratio| (ratio - 1.0).powi(2)).sum::<f64>() + GENES_BEFORE * GENE_EFFECT.powi(2);
        this.error = (squares / (GENES_BEFORE + n - 1.0) / n).sqrt();
        Ok(this)
    }

    /// Reads of windows over what two copies give; `None` without windows.
    pub fn ratio(&self, windows: &mut dyn Iterator<Item = &WindowCount>) -> Option<f64> {
        let (reads, of_two) = windows.fold((0.0, 0.0), |(n, two), w| (n + f64::from(w.reads), two + self.reads_of(w)));
        (of_two > 0.0).then(|| reads / of_two)
    }

    /// Depth of two copies where reads have this GC content and so many aligned bases each.
    pub fn scale(&self, gc: Option<f64>, read_bases: f64) -> Scale {
        Scale { depth: self.rate(gc) * read_bases, variance: self.error.powi(2) }
    }

    /// Reads that two copies give a window: control windows of like GC content count (Nadaraya 1964, Watson 1964).
    pub fn reads_of(&self, window: &WindowCount) -> f64 {
        self.rate(window.gc) * f64::from(window.length)
    }

    /// Reads a base.
    fn rate(&self, gc: Option<f64>) -> f64 {
        let mean = self.reads / 1_000.0;
        match gc {
            None => mean,
            Some(gc) => {
                // the mean counts a little everywhere, so that an odd content is not judged by one control window alone
                let (mut sum, mut weights) = (mean, 1.0);
                for (of, rate) in &self.windows {
                    let weight = (-0.5 * ((gc - of) / WIDTH).powi(2)).exp();
                    sum += weight * rate;
                    weights += weight;
                }
                sum / weights
            }
        }
    }

    /// Log probability of a window's reads, given so many copies and a factor that concerns the whole gene.
    pub fn log_probability(&self, window: &WindowCount, copies: f64, factor: f64) -> f64 {
        let mean = self.reads_of(window) * copies.max(BACKGROUND) / 2.0 * factor;
        let (size, n) = (1.0 / self.dispersion, f64::from(window.reads));
        ln_gamma(n + size) - ln_gamma(size) - ln_gamma(n + 1.0)
            + size * (size / (size + mean)).ln()
            + n * (mean / (size + mean)).ln()
    }
}
