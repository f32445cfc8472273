//! `SAMPLE.outside.tsv`: the calls in the form in which tools of the field hand them to each other (gene, diplotype,
//! phenotype, activity score).

use anyhow::Result;
use pgx_rules::call::GeneCall;
use pgx_rules::outside::export;

use super::{Format, Run};
use crate::report::files::{Complete, Folder};
use crate::stage::answers::Answers;

struct Exports<'a> {
    folder: &'a Folder,
    complete: Vec<Complete>,
}

/// Nothing to start: each file is written whole.
pub fn open<'a>(folder: &'a Folder, _run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    Ok(Box::new(Exports { folder, complete: Vec::new() }))
}

impl Format for Exports<'_> {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        for sample in answers.answered() {
            let Some(entry) = answers.samples.get(sample) else { continue };
            let calls: Vec<&GeneCall> = answers.genes.iter().filter_map(|g| g.of(sample)).map(|a| &a.call).collect();
            let text = export(&calls);
            self.complete.push(self.folder.write(&format!("{}.outside.tsv", entry.file_stem), text.as_bytes())?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Complete>> {
        Ok(self.complete)
    }
}
