//! Output files: written aside in the folder, and renamed when all of them are complete.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::{Builder, NamedTempFile, TempPath};

/// Bytes held back before a write: few system calls, little memory.
const BUFFER: usize = 256 * 1024;

/// The folder that results go to.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// A file in the making; gone if it is dropped.
#[derive(Debug)]
pub struct Aside {
    writer: BufWriter<NamedTempFile>,
    target: PathBuf,
}

/// A complete file that has not yet taken its name.
#[derive(Debug)]
pub struct Complete {
    temporary: TempPath,
    target: PathBuf,
}

impl Folder {
    /// Makes the folder, and makes sure that files can be written into it.
    ///
    /// # Errors
    /// When it is a file, or cannot be made or written to.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).with_context(|| {
            let what = if path.exists() && !path.is_dir() { "it is a file, not a folder" } else { "check the path" };
            format!("cannot make the output folder {}: {what}", path.display())
        })?;
        let folder = Self { path: path.to_owned() };
        folder.temporary().with_context(|| format!("cannot write into the output folder {}", path.display()))?;
        Ok(folder)
    }

    /// Starts a file.
    pub fn file(&self, name: &str) -> Result<Aside> {
        let target = self.path.join(name);
        let temporary = self.temporary().with_context(|| format!("cannot write {}", target.display()))?;
        Ok(Aside { writer: BufWriter::with_capacity(BUFFER, temporary), target })
    }

    /// Writes a whole file.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<Complete> {
        let mut file = self.file(name)?;
        let written = file.write_all(bytes);
        file.check(written)?;
        file.finish()
    }

    /// Hidden, and with the permissions of an ordinary new file.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        let mut builder = Builder::new();
        builder.prefix(".rxstrata-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666)); // the umask takes its part of it
        }
        builder.tempfile_in(&self.path)
    }
}

impl Aside {
    /// Names the file in an error of writing.
    pub fn check<T>(&self, result: io::Result<T>) -> Result<T> {
        result.with_context(|| format!("cannot write {}", self.target.display()))
    }

    /// Gives it another name: what it is called may stand only in what is read while it is written.
    pub fn named(mut self, name: &str) -> Self {
        self.target.set_file_name(name);
        self
    }

    /// Ends the file.
    pub fn finish(self) -> Result<Complete> {
        let Self { writer, target } = self;
        let file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .with_context(|| format!("cannot write {}", target.display()))?;
        Ok(Complete { temporary: file.into_temp_path(), target })
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Complete {
    /// Where it lies for now.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Gives the file its name, in place of any earlier one.
    pub fn publish(self) -> Result<()> {
        let Self { temporary, target } = self;
        temporary
            .persist(&target)
            .map_err(|e| e.error)
            .with_context(|| format!("cannot give {} its name", target.display()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_no_name_before_it_is_published() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("new/folder")).unwrap();
        let complete = folder.write("a.tsv", b"x\n").unwrap();
        let target = place.path().join("new/folder/a.tsv");
        assert!(!target.exists());
        complete.publish().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"x\n");
        drop(folder.file("b.tsv").unwrap());
        assert_eq!(std::fs::read_dir(place.path().join("new/folder")).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_named() {
        let place = tempfile::NamedTempFile::new().unwrap();
        let error = format!("{:#}", Folder::open(place.path()).unwrap_err());
        assert!(error.contains("it is a file, not a folder"), "{error}");
    }
}
