//! Which file of a release is which, by name.

use std::path::{Path, PathBuf};

use crate::knowledge::import::ImportError;

/// The files that are read.
pub struct Files {
    pub evidence: PathBuf,
    pub variants: PathBuf,
    /// Molecular profiles are optional: until 2022 there were none.
    pub profiles: Option<PathBuf>,
}

impl Files {
    /// Finds them in a folder: `evidence.tsv`, `nightly-AcceptedClinicalEvidenceSummaries.tsv` and the like, with or
    /// without `.gz`. Accepted evidence goes before all evidence.
    pub fn find(folder: &Path) -> Result<Self, ImportError> {
        let entries = std::fs::read_dir(folder)
            .map_err(|source| ImportError::Read { path: folder.to_owned(), source })?
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.is_file());
        let mut paths: Vec<(String, PathBuf)> = entries.filter_map(|p| Some((bare_name(&p)?, p))).collect();
        paths.sort();
        let find = |wanted: &[&str]| {
            wanted.iter().find_map(|w| paths.iter().find(|(name, _)| name.ends_with(w)).map(|(_, path)| path.clone()))
        };
        let need = |what: &str, wanted: &[&str]| {
            let names = wanted.join(", ");
            find(wanted).ok_or_else(|| ImportError::format(folder, format!("no file of {what} (one of {names}.tsv)")))
        };
        Ok(Self {
            evidence: need(
                "evidence",
                &["acceptedclinicalevidencesummaries", "clinicalevidencesummaries", "evidencesummaries", "evidence"],
            )?,
            variants: need("variants", &["variantsummaries", "variants"])?,
            profiles: find(&["molecularprofilesummaries", "molecular_profiles"]),
        })
    }

    /// The date in the name of the evidence file, ISO 8601.
    pub fn date(&self) -> Option<String> {
        const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let name = self.evidence.file_name()?.to_str()?.to_ascii_lowercase();
        let mut parts = name.split('-');
        let day: u8 = parts.next()?.parse().ok()?;
        let month = parts.next()?;
        let month = MONTHS.iter().position(|m| *m == month)? + 1;
        let year: u16 = parts.next()?.parse().ok()?;
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// Lower case, without endings; nothing when it is not a table.
fn bare_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    Some(name.strip_suffix(".tsv")?.to_owned())
}
