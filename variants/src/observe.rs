//! A panel and a file in, observations out: the one door that other rooms use.

mod collect;
mod column;
mod coverage;
mod error;
mod pass;
mod read;
mod sample;
mod setup;
mod targets;

use std::path::PathBuf;
use std::sync::Arc;

pub use error::ObserveError;

use crate::model::{Assembly, Observations, Panel};

/// The same sites on both assemblies; which one is read depends on the file.
#[derive(Clone, Debug)]
pub struct Panels {
    /// On GRCh38.
    pub grch38: Arc<Panel>,
    /// On GRCh37; sites that could not be placed there are left out.
    pub grch37: Arc<Panel>,
}

impl Panels {
    /// The panel on one assembly.
    pub fn on(&self, assembly: Assembly) -> &Arc<Panel> {
        match assembly {
            Assembly::Grch38 => &self.grch38,
            Assembly::Grch37 => &self.grch37,
        }
    }
}

/// Where variants come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, in any format of [`crate::io`].
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A VCF in memory, under the name that messages use.
    Text {
        /// For messages.
        name: String,
        /// The VCF.
        text: Arc<str>,
    },
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
            Self::Text { name, .. } => f.write_str(name),
        }
    }
}

/// How a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObserveOptions {
    /// Assembly stated by the user; `None` to establish it from the file.
    pub assembly: Option<Assembly>,
    /// Samples to read, by name in the header; empty for all.
    pub samples: Vec<String>,
    /// Whether a sample of `samples` that this file does not have is passed over, since another file may have it.
    pub samples_elsewhere: bool,
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
    /// Depths and qualities are kept ([`crate::model::SiteColumn::support`]) when at most this many samples are read; they
    /// cost far more memory than genotypes. 0 for never, `usize::MAX` for always.
    pub support_up_to: usize,
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
    /// Samples that must not be called: index into [`Observations::samples`], and why, with record and remedy.
    pub failed_samples: Vec<(usize, String)>,
}

/// Reads what each sample carries at the sites of the panel.
///
/// What becomes of odd records, by default:
///
/// | record | observation |
/// |---|---|
/// | REF is not the site's, and no ALT means one of its alleles | `Discordant`, [`ReferenceMismatch`](crate::model::Discrepancy::ReferenceMismatch) |
/// | other REF or place, but an ALT spells one of the site's | read through it, [`Synonym`](crate::model::Discrepancy::Synonym) |
/// | REF and ALT of equal length over a site of single bases (`AC>GT`) | the base at the site is read off, [`Synonym`](crate::model::Discrepancy::Synonym) |
/// | another change over bases of the site, carried by the sample | `Missing`, [`Overlapped`](crate::model::Discrepancy::Overlapped) |
/// | an ALT that no definition names | `Called` with [`Allele::Other`](crate::model::Allele::Other) |
/// | the site is an indel or repeat, the record has only single bases or symbols | as read, with [`NotTheExpectedKind`](crate::model::Discrepancy::NotTheExpectedKind) |
/// | a selected allele is symbolic, `*` or has ambiguous bases | `Discordant` |
/// | `./.`, no GT | `Missing` |
/// | one known copy of two on an autosome: reference | `Missing` (the other copy decides) |
/// | … an alternate (`./1`, `.\|1`) | `Called`, half-missing |
/// | heterozygous, but AD (declared `Number=R`, or not declared) shows reads of one allele | `Discordant` |
/// | FILTER, FT, DP, GQ | noted; `Filtered` only with the options that ask for it |
/// | two records with different ALTs (a split multi-allelic site) | joined copy by copy; `Discordant` if more alleles than copies |
/// | further records with the same ALTs | the first usable one counts, [`DuplicateRecord`](crate::model::Discrepancy::DuplicateRecord) |
/// | a block of reference (`<NON_REF>`, `<*>`, or no ALT, with `END`) over the site | `ReferenceBlock`; DP is MIN_DP where given |
/// | blocks over a part of the site only | `Missing`; several that follow each other and cover it whole count as one |
/// | more than two copies | `Discordant`, [`Ploidy`](crate::model::Discrepancy::Ploidy), and the sample fails |
///
/// # Errors
/// When the file cannot be read, is damaged, or its assembly is undecided.
pub fn observe(source: &Source, panels: &Panels, options: &ObserveOptions) -> Result<Observed, ObserveError> {
    read::read(source, panels, options)
}
