//! Where the material for checking lies, which is no part of the repository.

use std::path::{Path, PathBuf};

/// A file below `shared/` beside the repository or one of its parents; says that a test is skipped where it is absent.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared").join(relative))
        .find(|path| path.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: shared/{relative} is not here");
    }
    found
}

/// Rows of a tab-separated table as values by column name.
pub fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines
        .map(|line| header.iter().map(|h| (*h).to_owned()).zip(line.split('\t').map(str::to_owned)).collect())
        .collect()
}
