//! Where a result comes from: program, knowledge, what was read, and the options that matter.
//!
//! Nothing here depends on the clock, the machine or the number of threads, so that the same run gives the same bytes.

use std::path::Path;

use anyhow::{Context, Result};
use indexmap::IndexMap;
use pgx_rules::knowledge::schema::{Knowledge, Source};
use serde::Serialize;
use sha2::{Digest, Sha256};
use variants::model::{Assembly, Observations};

/// What holds for a whole run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// `rxstrata`.
    pub program: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// What calls were made with.
    pub knowledge: KnowledgeProvenance,
    /// Options that change results, as the user gave them or by default, in a fixed order.
    pub options: IndexMap<&'static str, String>,
    /// Sentences that every reader of a result must see: choices that depart from the safe default.
    pub choices: Vec<String>,
    /// Files besides the variants: outside calls, sample metadata, definitions.
    pub files: Vec<FileProvenance>,
}

/// The knowledge base in use.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnowledgeProvenance {
    /// Version of the knowledge base.
    pub version: String,
    /// Its date, ISO 8601.
    pub date: String,
    /// `embedded`, or the folder given by the user.
    pub origin: String,
    /// Its sources with their licences.
    pub sources: Vec<Source>,
}

/// A small file that was read as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileProvenance {
    /// What for: `outside calls`, `sample metadata`, `definitions`.
    pub role: &'static str,
    /// Path as given.
    pub path: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// One input of variants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputProvenance {
    /// Path as given, or `standard input`.
    pub name: String,
    /// Format as found.
    pub format: String,
    /// Assembly that positions refer to.
    pub assembly: Assembly,
    /// How the assembly was established.
    pub assembly_evidence: String,
    /// Whether an index was used to seek.
    pub indexed: bool,
    /// Number of samples read.
    pub samples: usize,
    /// SHA-256, hexadecimal, of what was read: the sites asked for and every sample's observation there. Two files that
    /// show the same at these sites have the same digest.
    pub observations_sha256: String,
    /// Things worth attention that concern the whole input.
    pub warnings: Vec<String>,
}

impl KnowledgeProvenance {
    /// Describes a knowledge base; `origin` is `embedded` or a folder.
    pub fn of(knowledge: &Knowledge, origin: String) -> Self {
        let release = &knowledge.release;
        Self { version: release.version.clone(), date: release.date.clone(), origin, sources: release.sources.clone() }
    }
}

impl FileProvenance {
    /// Describes a file that was read by its path.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(role: &'static str, path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::of(role, path.display().to_string(), &bytes))
    }

    /// Describes a file by its bytes.
    pub fn of(role: &'static str, path: String, bytes: &[u8]) -> Self {
        Self { role, path, sha256: hex(&Sha256::digest(bytes)) }
    }
}

/// Digest of observations: sites, sample names, and what each sample shows.
pub fn observations_digest(observations: &Observations) -> String {
    let mut hasher = Sha256::new();
    hasher.update(observations.panel.assembly().to_string());
    for sample in &observations.samples {
        hasher.update(sample);
        hasher.update([0]);
    }
    for (site, column) in observations.panel.sites().iter().zip(&observations.columns) {
        hasher.update(site.to_string());
        for distinct in &column.distinct {
            hasher.update(format!("{distinct:?}\n"));
        }
        let codes: Vec<u8> = column.codes.to_vec().into_iter().flat_map(|c| c.to_le_bytes()).collect();
        hasher.update(codes);
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing into a string cannot fail
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_published_one_of_sha_256() {
        let file = FileProvenance::of("outside calls", "a.tsv".to_owned(), b"abc");
        assert_eq!(file.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
