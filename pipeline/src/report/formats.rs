//! Output formats: one file each, one line in [`FORMATS`] each.

mod failures;
mod html;
mod json;
mod outside;
pub mod parquet;
pub mod tsv;
mod vcf;

use anyhow::Result;
use pgx_rules::knowledge::schema::Knowledge;
use serde::Serialize;

use crate::provenance::{InputProvenance, Provenance};
use crate::report::files::{Complete, Folder};
use crate::stage::Failure;
use crate::stage::answers::Answers;

/// What formats may say about the whole run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What calls were made with.
    pub knowledge: &'a Knowledge,
    /// Where results come from.
    pub provenance: &'a Provenance,
}

/// A format being written. Answers come input by input; nothing is held back that grows with their number.
pub trait Format {
    /// Writes the answers of one input.
    fn write(&mut self, answers: &Answers<'_>) -> Result<()>;
    /// Ends the files.
    fn finish(self: Box<Self>) -> Result<Vec<Complete>>;
}

type Open = for<'a> fn(&'a Folder, Run<'a>) -> Result<Box<dyn Format + 'a>>;

/// A line of [`FORMATS`].
pub struct Entry {
    /// Name on the command line.
    pub name: &'static str,
    /// Whether it is written by default for a few samples.
    few: bool,
    /// Whether it is written by default for a cohort.
    cohort: bool,
    /// Whether it shows depths and qualities.
    support: bool,
    open: Open,
}

/// All formats, in the order in which they are written.
pub const FORMATS: [Entry; 6] = [
    Entry { name: "tsv", few: true, cohort: true, support: false, open: tsv::open },
    Entry { name: "json", few: true, cohort: false, support: true, open: json::open },
    Entry { name: "html", few: true, cohort: false, support: true, open: html::open },
    Entry { name: "vcf", few: true, cohort: false, support: true, open: vcf::open },
    Entry { name: "outside", few: true, cohort: false, support: false, open: outside::open },
    Entry { name: "parquet", few: false, cohort: true, support: false, open: parquet::open },
];

/// Above this number of samples, only the cohort formats are written unless others are asked for.
pub const FEW_SAMPLES: usize = 20;

/// The most samples of an input for which a format asked for shows depths and qualities; of none asked for, the usual ones
/// will be chosen by [`FEW_SAMPLES`].
pub fn support_up_to(asked: &[String]) -> usize {
    match FORMATS.iter().any(|f| f.support && asked.iter().any(|name| name == f.name)) {
        true => usize::MAX,
        false if asked.is_empty() => FEW_SAMPLES,
        false => 0,
    }
}

/// Names of all formats.
pub fn names() -> Vec<&'static str> {
    FORMATS.iter().map(|f| f.name).collect()
}

/// The formats of a run.
pub struct Writers<'a> {
    folder: &'a Folder,
    run: Run<'a>,
    open: Vec<Box<dyn Format + 'a>>,
}

impl<'a> Writers<'a> {
    /// Opens the formats asked for, or those that are usual for a few samples or for a cohort.
    pub fn open(folder: &'a Folder, run: Run<'a>, asked: Option<&[String]>, few: bool) -> Result<Self> {
        let wanted = |f: &&Entry| match asked {
            Some(names) => names.iter().any(|n| n == f.name),
            None => (few && f.few) || (!few && f.cohort),
        };
        let open = FORMATS.iter().filter(wanted).map(|f| (f.open)(folder, run)).collect::<Result<_>>()?;
        Ok(Self { folder, run, open })
    }

    /// Writes the answers of one input in all formats.
    pub fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        self.open.iter_mut().try_for_each(|format| format.write(answers))
    }

    /// Ends all files, adds what is said about the run, and gives all of them their names.
    pub fn publish(self, inputs: &[InputProvenance], failures: &[Failure]) -> Result<()> {
        let mut complete = Vec::new();
        for format in self.open {
            complete.extend(format.finish()?);
        }
        complete.push(self.folder.write("provenance.json", &provenance(self.run.provenance, inputs)?)?);
        complete.push(self.folder.write("failures.tsv", failures::table(failures).as_bytes())?);
        complete.into_iter().try_for_each(Complete::publish)
    }

    /// Writes `failures.tsv` alone.
    pub fn publish_failures(folder: &Folder, failures: &[Failure]) -> Result<()> {
        folder.write("failures.tsv", failures::table(failures).as_bytes())?.publish()
    }
}

fn provenance(run: &Provenance, inputs: &[InputProvenance]) -> Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Sidecar<'a> {
        #[serde(flatten)]
        run: &'a Provenance,
        inputs: &'a [InputProvenance],
    }
    let mut bytes = serde_json::to_vec_pretty(&Sidecar { run, inputs })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A field of a table without quoting: tabs and line ends become blanks.
fn field(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(['\t', '\n', '\r']) { text.replace(['\t', '\n', '\r'], " ").into() } else { text.into() }
}
