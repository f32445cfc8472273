//! Folders of finished work, by key.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// What a folder holds: written last, so that a folder without it, or that differs from it, is no checkpoint.
pub const LIST: &str = "files.tsv";
/// Ending of a folder in the making.
const ASIDE: &str = "part";

/// Digest of a piece of work: its files' bytes and everything else that its result depends on.
///
/// # Errors
/// When a file cannot be read.
pub fn key(texts: &[String], files: &[PathBuf]) -> Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    for text in texts {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    for file in files {
        hasher.update(digest(file)?);
    }
    Ok(hex(&hasher.finalize()).chars().take(32).collect())
}

/// Bytes at either end of a file of reads that its digest covers.
const ENDS: u64 = 1 << 20;

/// Of aligned reads, which are too many to be read twice, their number of bytes, both ends and the index: it knows where every
/// stretch of them begins.
fn digest_of_reads(path: &Path) -> Result<Vec<u8>> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(failed)?;
    let length = file.metadata().with_context(failed)?.len();
    let mut hasher = Sha256::new();
    hasher.update(length.to_le_bytes());
    for start in [0, length.saturating_sub(ENDS)] {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start)).with_context(failed)?;
        file.by_ref().take(ENDS).read_to_end(&mut bytes).with_context(failed)?;
        hasher.update(bytes);
    }
    for index in variants::reads::indices(path) {
        hasher.update(digest(&index)?);
    }
    Ok(hasher.finalize().to_vec())
}

fn digest(path: &Path) -> Result<Vec<u8>> {
    if variants::reads::is_alignment(path) {
        return digest_of_reads(path);
    }
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            return Ok(hasher.finalize().to_vec());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Throws away what a killed run left in the making.
///
/// # Errors
/// When it cannot be removed.
pub fn clear(output: &Path) -> Result<()> {
    let Ok(stages) = fs::read_dir(output.join("work")) else { return Ok(()) };
    for stage in stages.flatten() {
        for folder in fs::read_dir(stage.path()).into_iter().flatten().flatten() {
            let path = folder.path();
            if path.extension().is_some_and(|e| e == ASIDE) {
                fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
    }
    Ok(())
}

/// Whether a folder is a checkpoint: there, and every file as it was written.
pub fn is_whole(folder: &Path) -> bool {
    let Ok(list) = fs::read_to_string(folder.join(LIST)) else { return false };
    list.lines().all(|line| {
        line.split_once('\t')
            .is_some_and(|(sum, name)| digest(&folder.join(name)).is_ok_and(|found| hex(&found) == sum))
    })
}

/// Fills a folder aside, brings it to disk, and gives it its name.
///
/// # Errors
/// What `fill` says, or when the folder cannot be written. Nothing is left then.
pub fn make<T>(folder: &Path, fill: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let aside = folder.with_extension(ASIDE);
    let shown = || format!("cannot write {}", folder.display());
    for old in [&aside, &folder.to_owned()] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(shown)?;
        }
    }
    fs::create_dir_all(&aside).with_context(shown)?;
    let filled = fill(&aside).and_then(|found| {
        seal(&aside).with_context(shown)?;
        Ok(found)
    });
    match filled {
        Ok(found) => {
            fs::rename(&aside, folder).with_context(shown)?;
            if let Some(parent) = folder.parent() {
                File::open(parent).and_then(|f| f.sync_all()).with_context(shown)?;
            }
            Ok(found)
        }
        Err(error) => {
            fs::remove_dir_all(&aside).with_context(shown)?;
            Err(error)
        }
    }
}

/// Writes the list of files, and waits until the disk has them all.
fn seal(folder: &Path) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let mut list = String::new();
    for name in &names {
        let path = folder.join(name);
        File::open(&path)?.sync_all()?;
        list += &format!("{}\t{name}\n", hex(&digest(&path)?));
    }
    fs::write(folder.join(LIST), list)?;
    File::open(folder.join(LIST))?.sync_all()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_counts_only_when_whole() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("work/call/k");
        assert!(!is_whole(&folder));
        make(&folder, |aside| Ok(fs::write(aside.join("a.tsv"), "x\n")?)).unwrap();
        assert!(is_whole(&folder));
        fs::write(folder.join("a.tsv"), "y\n").unwrap();
        assert!(!is_whole(&folder), "a changed file");
        let failed: Result<()> = make(&folder, |_| anyhow::bail!("no"));
        assert!(failed.is_err() && !folder.exists() && !folder.with_extension(ASIDE).exists());
    }

    #[test]
    fn a_key_tells_texts_apart_that_read_alike_when_joined() {
        let of = |texts: &[&str]| key(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>(), &[]).unwrap();
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab"]), of(&["ab"]));
    }
}
