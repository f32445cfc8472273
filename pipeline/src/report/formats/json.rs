//! `calls.json`: everything, with the path to each conclusion. Schema: `docs/schema/calls.schema.json`.

use std::io::Write;

use anyhow::{Context, Result};

use super::{Format, Run};
use crate::report::compose::compose;
use crate::report::files::{Aside, Complete, Folder};
use crate::stage::answers::Answers;

/// Version of the document's form; changes when a reader would have to.
const FORM: &str = "1";

struct Json<'a> {
    file: Aside,
    run: Run<'a>,
    first: bool,
}

/// Starts the document.
pub fn open<'a>(folder: &'a Folder, run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    let mut file = folder.file("calls.json")?;
    let provenance = serde_json::to_string(run.provenance)?;
    let written = write!(file, "{{\"form\":\"{FORM}\",\"provenance\":{provenance},\"samples\":[");
    file.check(written)?;
    Ok(Box::new(Json { file, run, first: true }))
}

impl Format for Json<'_> {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        for sample in answers.answered() {
            let Some(document) = compose(self.run, answers, sample) else { continue };
            let separated = self.file.write_all(if self.first { b"\n" } else { b",\n" });
            self.file.check(separated)?;
            serde_json::to_writer(&mut self.file, &document).context("cannot write calls.json")?;
            self.first = false;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Complete>> {
        let closed = self.file.write_all(b"\n]}\n");
        self.file.check(closed)?;
        Ok(vec![self.file.finish()?])
    }
}
