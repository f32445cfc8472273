//! Depth of whole files of reads: windows as a BED file, contigs as a table.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use noodles_bgzf as bgzf;
use variants::model::ContigDepth;
use variants::reads;

use crate::cli::status::{Classify, Status};
use crate::genotypes::stem;
use crate::progress::Progress;
use crate::report::files::{Complete, Folder};
use crate::structures::file_stem;

/// What is measured.
pub struct Plan {
    /// Files of reads.
    pub reads: Vec<PathBuf>,
    /// FASTA of the reference.
    pub reference: Option<PathBuf>,
    /// Bases of a window.
    pub window: NonZero<u32>,
    /// Threads that unpack a BAM.
    pub threads: NonZero<usize>,
    /// Folder to write into.
    pub output: PathBuf,
    /// No progress bar.
    pub quiet: bool,
}

/// Samples with their mean depth, and files that could not be read.
#[derive(Default)]
pub struct Outcome {
    /// In the order of the files.
    pub samples: Vec<(String, f64)>,
    /// One line each.
    pub failures: Vec<String>,
}

/// Measures all files and writes the tables.
///
/// # Errors
/// When no file could be read, or the output cannot be written.
pub fn run(plan: &Plan) -> Result<Outcome> {
    let folder = Folder::open(&plan.output).status(Status::Output)?;
    let progress = Progress::new(plan.reads.len(), plan.quiet);
    let mut outcome = Outcome::default();
    let mut table = String::from("sample\tcontig\tlength\tbases\tmean\n");
    let mut complete = Vec::new();
    for file in &plan.reads {
        match one(plan, file, &folder) {
            Ok(measured) if outcome.samples.iter().any(|(sample, _)| *sample == measured.sample) => {
                outcome.failures.push(format!("{}: a sample {} is there already", file.display(), measured.sample));
            }
            Ok(measured) => {
                table += &measured.rows;
                outcome.samples.push((measured.sample, measured.mean));
                complete.push(measured.regions);
            }
            Err(error) => outcome.failures.push(format!("{error:#}")),
        }
        progress.step();
    }
    progress.finish();
    if outcome.samples.is_empty() {
        return Err(anyhow::anyhow!("{}", outcome.failures.first().cloned().unwrap_or_default())).status(Status::Input);
    }
    complete.push(folder.write("depth.tsv", table.as_bytes())?);
    complete.into_iter().try_for_each(Complete::publish).status(Status::Output)?;
    Ok(outcome)
}

struct Measured {
    sample: String,
    mean: f64,
    rows: String,
    regions: Complete,
}

fn one(plan: &Plan, file: &Path, folder: &Folder) -> Result<Measured> {
    let mut regions = bgzf::io::Writer::new(folder.file("regions.bed.gz").status(Status::Output)?);
    let (mut contigs, mut text) = (Vec::new(), String::new());
    let sample = reads::depth(file, plan.reference.as_deref(), plan.window, plan.threads, &mut |contig| {
        text.clear();
        write_windows(contig, &mut text);
        contigs.push((contig.name.clone(), contig.length, contig.bases));
        regions.write_all(text.as_bytes())
    })?;
    let sample = sample.unwrap_or_else(|| stem(file));
    let aside = regions.finish().with_context(|| format!("depth of {}", file.display()))?;
    let mean = |bases: u64, length: u64| bases as f64 / length.max(1) as f64;
    let mut rows = String::new();
    for (name, length, bases) in &contigs {
        let _ = writeln!(rows, "{sample}\t{name}\t{length}\t{bases}\t{:.4}", mean(*bases, u64::from(*length)));
    }
    let (length, bases) = contigs.iter().fold((0, 0), |(l, b), (_, length, bases)| (l + u64::from(*length), b + bases));
    let regions = aside.named(&format!("{}.regions.bed.gz", file_stem(&sample))).finish().status(Status::Output)?;
    Ok(Measured { mean: mean(bases, length), sample, rows, regions })
}

/// Rows of a BED file: contig, start, end, mean depth with two digits.
fn write_windows(contig: &ContigDepth, text: &mut String) {
    for (start, end, bases) in contig.rows() {
        // rounded to hundredths without going through floating point
        let length = u64::from(end - start).max(1);
        let hundredths = (200 * bases + length) / (2 * length);
        let _ = writeln!(text, "{}\t{start}\t{end}\t{}.{:02}", contig.name, hundredths / 100, hundredths % 100);
    }
}
