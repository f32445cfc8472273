//! Official releases are imported, not retyped.
//!
//! [`definition`] reads one allele definition as PharmCAT distributes it (JSON); [`release`] reads a folder of them with
//! the tables of functions, phenotype rules and frequencies, and places sites on GRCh37; [`guidance`] reads the published
//! recommendations through our curation of their sentences.

mod boxes;
mod curation;
mod definition;
mod exemptions;
mod grch37;
mod guidance;
mod guideline;
mod release;
mod rows;
mod sentences;
mod tables;

pub use definition::{definition, definition_text, replace_definition};
pub use guidance::{Guidance, GuidanceFolder, Unread, guidance};
pub use release::{ReleaseFolder, release};

use std::path::PathBuf;

use thiserror::Error;

/// Why an import failed.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file is not in the expected format.
    #[error("{path}: not in the expected format: {what}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Published text that nobody has read into actions.
    #[error(
        "{path}: {} units of text have no reading in {curation}; read each, and add its SHA-256 with our actions \
         (sentences.toml) or clauses (implications.toml), or import them unread as source text:\n{}",
        units.len(),
        units.join("\n")
    )]
    Unread {
        /// The table.
        path: PathBuf,
        /// The curation.
        curation: PathBuf,
        /// Line, guideline, drug, lookup, and the SHA-256 of each unit.
        units: Vec<String>,
    },
}

impl ImportError {
    pub(crate) fn format(path: &std::path::Path, what: impl ToString) -> Self {
        Self::Format { path: path.to_owned(), what: what.to_string() }
    }
}

/// Reads a file, unpacking gzip by its magic bytes.
pub(crate) fn read_text(path: &std::path::Path) -> Result<String, ImportError> {
    use std::io::Read;
    let read = || -> std::io::Result<String> {
        let bytes = std::fs::read(path)?;
        let mut text = String::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
        } else {
            text = String::from_utf8(bytes).map_err(|e| std::io::Error::new(std::io::ErrorKind::InvalidData, e))?;
        }
        Ok(text)
    };
    read().map_err(|source| ImportError::Read { path: path.to_owned(), source })
}
