//! A panel and a file in, observations out: the one door that other rooms use.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::model::{Assembly, Observations, Panel};

/// The same sites on both assemblies; which one is read depends on the file.
#[derive(Clone, Debug)]
pub struct Panels {
    /// On GRCh38.
    pub grch38: Arc<Panel>,
    /// On GRCh37; sites that could not be placed there are left out.
    pub grch37: Arc<Panel>,
}

/// Where variants come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, in any format of [`crate::io`].
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// How a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObserveOptions {
    /// Assembly stated by the user; `None` to establish it from the file.
    pub assembly: Option<Assembly>,
    /// Samples to read, by name in the header; empty for all.
    pub samples: Vec<String>,
    /// Least read depth (DP) of a usable genotype, reads; `None` for no threshold. A genotype without DP passes.
    pub min_depth: Option<u32>,
    /// Least genotype quality (GQ) of a usable genotype, Phred; `None` for no threshold.
    pub min_quality: Option<u32>,
    /// Whether a record whose FILTER is neither PASS nor empty is unusable.
    pub require_pass: bool,
    /// Whether a missing site counts as homozygous reference. Recorded in every observation that it changes.
    pub missing_as_reference: bool,
    /// Reference sequence (FASTA with `.fai`) to normalise indels against.
    pub reference: Option<PathBuf>,
    /// Threads for decompression; 0 and 1 mean the calling thread only.
    pub threads: usize,
    /// Whether depths and qualities are kept for every sample ([`crate::model::SiteColumn::support`]).
    pub support: bool,
}

/// What was read, and how.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The observations, on the panel of the file's assembly.
    pub observations: Observations,
    /// How the assembly was established, one clause for people: `contig lengths of chr1 and 23 more`.
    pub assembly_evidence: String,
    /// Format as found: `VCF (bgzip)`, `BCF`, `gVCF (gzip)`, ….
    pub format: String,
    /// Whether an index was used to seek.
    pub indexed: bool,
    /// Things worth a person's attention that concern the whole file, in a fixed order.
    pub warnings: Vec<String>,
}

/// Why a file could not be read. Every message names the file, the place in it, what was expected and what to do.
#[derive(Debug, Error)]
pub enum ObserveError {
    /// Reading failed.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The file.
        name: String,
        /// The cause.
        source: std::io::Error,
    },
}

/// Reads what each sample carries at the sites of the panel.
///
/// # Errors
/// When the file cannot be read, is damaged, or its assembly is undecided.
pub fn observe(source: &Source, _panels: &Panels, _options: &ObserveOptions) -> Result<Observed, ObserveError> {
    let name = match source {
        Source::File(path) => path.display().to_string(),
        Source::Stdin => "standard input".to_owned(),
    };
    Err(ObserveError::Io { name, source: std::io::Error::other("no reader is built in") })
}
