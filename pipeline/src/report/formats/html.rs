//! `SAMPLE.html`: the page for people, one a sample.

use anyhow::Result;

use super::{Format, Run};
use crate::report::compose::compose;
use crate::report::files::{Complete, Folder};
use crate::report::html::render;
use crate::stage::answers::Answers;

struct Pages<'a> {
    folder: &'a Folder,
    run: Run<'a>,
    complete: Vec<Complete>,
}

/// Nothing to start: each page is written whole.
pub fn open<'a>(folder: &'a Folder, run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    Ok(Box::new(Pages { folder, run, complete: Vec::new() }))
}

impl Format for Pages<'_> {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        for sample in answers.answered() {
            let Some(document) = compose(self.run, answers, sample) else { continue };
            let Some(entry) = answers.samples.get(sample) else { continue };
            let page = render(self.run.provenance, &document)?;
            self.complete.push(self.folder.write(&format!("{}.html", entry.file_stem), page.as_bytes())?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Complete>> {
        Ok(self.complete)
    }
}
