//! `rxstrata stratify`: measurements of a cohort in, subtypes out.

mod method;
mod mutations;
mod preparation;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use cluster::auto::Settings;

use super::status::{Classify, Status};
use crate::report::files::Folder;
use crate::stratify::meaning::Columns;
use crate::stratify::{run, write};
use mutations::Mutations;

const EXAMPLES: &str = include_str!("help/stratify.txt");

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A matrix and what it measures (mrna, methylation, protein, …); repeat for several modalities
    #[arg(long, value_name = "MODALITY=FILE", required_unless_present_any = ["maf", "annotated_vcf", "calls", "clinical_features"])]
    matrix: Vec<String>,
    #[command(flatten)]
    mutations: Mutations,
    #[command(flatten)]
    preparation: preparation::Options,
    /// Clinical table (TSV, first column the patient): each column is tested against the subtypes
    #[arg(long, value_name = "FILE")]
    clinical: Option<PathBuf>,
    /// Its column of follow-up times
    #[arg(long, value_name = "COLUMN", requires_all = ["clinical", "event"])]
    time: Option<String>,
    /// Its column of events: 1 seen, 0 censored
    #[arg(long, value_name = "COLUMN", requires_all = ["clinical", "time"])]
    event: Option<String>,
    /// Its column of known labels: compared with the subtypes, never used to find them
    #[arg(long, value_name = "COLUMN", requires = "clinical")]
    labels: Option<String>,
    /// A column that is an outcome, so not tested as if it had been known at the start; repeat for several. Pairs of time
    /// and event, and names of follow-up or death, are recognised
    #[arg(long, value_name = "COLUMN", requires = "clinical")]
    outcome: Vec<String>,
    /// Sets of genes (GMT): which of them the markers of each subtype are rich in, and the sets of `--mutation-features
    /// pathways`
    #[arg(long, value_name = "FILE")]
    pathways: Option<PathBuf>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Prepare, cut and choose the number of subtypes without further settings (what happens unless told otherwise)
    #[arg(long, conflicts_with_all = ["method", "subtypes"])]
    auto: bool,
    #[command(flatten)]
    method: method::Method,
    /// Set the number of subtypes instead of choosing it
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(2..=200))]
    subtypes: Option<u16>,
    /// Largest number of subtypes tried [default: 8]
    #[arg(long, value_name = "K")]
    max_subtypes: Option<usize>,
    /// Resamples of each view of the data [default: 100; 30 of each modality with --method]
    #[arg(long, value_name = "N")]
    resamples: Option<usize>,
    /// Seed of every random choice
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
    /// No progress bar and no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Stratifies and writes.
///
/// # Errors
/// When an input cannot be read, too few patients are there, or a file cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    let matrices = matrices(&args.matrix)?;
    if args.max_subtypes.is_some_and(|most| most < 2) || args.resamples.is_some_and(|n| n < 2) {
        return Err(anyhow!("--max-subtypes and --resamples must be at least 2")).status(Status::Usage);
    }
    let groups = args.subtypes.map(usize::from);
    let method = args.method.settings(args.seed, args.max_subtypes, args.resamples, groups)?;
    let plain = Settings::default();
    let most = args.max_subtypes.unwrap_or(plain.most);
    let resamples = args.resamples.unwrap_or(plain.resamples);
    let settings = Settings { seed: args.seed, most, resamples, groups, ..plain };
    let follow_up = args.time.zip(args.event).map(|(time, event)| Columns { time, event });
    let mutations = args.mutations.plan(args.pathways.as_deref())?;
    let plan = run::Plan {
        clinical: args.clinical,
        follow_up,
        labels: args.labels,
        outcomes: args.outcome,
        pathways: args.pathways,
        matrices,
        mutations,
        preparation: args.preparation.plan()?,
        settings,
        method,
        quiet: args.quiet,
    };
    let folder = Folder::open(&args.output).status(Status::Output)?;
    let pool = pool(args.threads)?;
    let outcome = pool.install(|| run::run(&plan)).status(Status::Input)?;
    write::write(&folder, &outcome).status(Status::Output)?;
    if !args.quiet {
        let verdict = &outcome.answer.verdict;
        let sizes: Vec<String> = outcome.answer.partition.sizes().iter().map(ToString::to_string).collect();
        println!(
            "{} patients, {} subtypes ({}): {}",
            outcome.answer.patients.len(),
            sizes.len(),
            sizes.join(", "),
            verdict.reason
        );
        if !outcome.answer.without.is_empty() {
            println!("{} patients are noise, without a subtype", outcome.answer.without.len());
        }
        outcome.notes.iter().for_each(|note| println!("{note}"));
        println!("seed {}; see {}", args.seed, args.output.join("stratify.html").display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads each `MODALITY=FILE`.
///
/// # Errors
/// Wrong usage, where one is not of that form.
pub fn matrices(stated: &[String]) -> Result<Vec<(String, PathBuf)>> {
    stated.iter().map(|text| modality(text)).collect::<Result<_>>().status(Status::Usage)
}

/// The threads of a command; all cores unless a number was asked for.
///
/// # Errors
/// When the system gives none.
pub fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build().context("cannot start threads")
}

fn modality(text: &str) -> Result<(String, PathBuf)> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), PathBuf::from(file))),
        _ => bail!("--matrix '{text}': expected MODALITY=FILE, such as mrna=expression.tsv"),
    }
}
