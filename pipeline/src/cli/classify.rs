//! `rxstrata classify`: learn labels from measurements, and place new patients by what was learnt.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use cluster::classify::model::Settings;

use super::status::{Classify, Status};
use super::stratify::{matrices, pool};
use crate::stratify::classifier;

const EXAMPLES: &str = include_str!("help/classify.txt");

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Learn any label (subtype, response, risk) from labelled patients, and judge the result on patients held out
    Fit(Fit),
    /// Place patients by a saved model
    Place(Place),
}

#[derive(Debug, clap::Args)]
struct Fit {
    /// A matrix and what it measures; repeat for several modalities
    #[arg(long, value_name = "MODALITY=FILE", required = true)]
    matrix: Vec<String>,
    /// Table of labels (TSV, first column the patient)
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// Its column to learn
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// Its columns by which the model is judged apart (sex, ancestry, site), so that an unfair one shows
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    by: Vec<String>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Model of `classify fit` or `stratify`
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// A matrix of a modality that the model knows; those absent are done without
    #[arg(long, value_name = "MODALITY=FILE", required = true)]
    matrix: Vec<String>,
    /// Table to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Confidence below which no class is given, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    abstain_below: f64,
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

/// Runs the task.
///
/// # Errors
/// When an input cannot be read or learnt from, or an output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    match args.task {
        Task::Fit(fit) => run_fit(&fit),
        Task::Place(place) => run_place(&place),
    }
}

fn run_fit(args: &Fit) -> Result<ExitCode> {
    let matrices = matrices(&args.matrix)?;
    let plan = classifier::Plan {
        matrices,
        labels: args.labels.clone(),
        target: args.target.clone(),
        by: args.by.clone(),
        abstain_below: args.common.abstain_below,
        seed: args.common.seed,
        quiet: args.common.quiet,
    };
    let folder = crate::report::files::Folder::open(&args.output).status(Status::Output)?;
    let learnt = args.common.pool()?.install(|| classifier::fit(&plan)).status(Status::Input)?;
    classifier::write(&folder, &learnt).status(Status::Output)?;
    for warning in classifier::warnings(&learnt) {
        eprintln!("rxstrata: {warning}");
    }
    if !args.common.quiet {
        println!("{}", classifier::headline(&learnt));
        println!("seed {}; see {}", args.common.seed, args.output.join("performance.tsv").display());
    }
    Ok(ExitCode::SUCCESS)
}

fn run_place(args: &Place) -> Result<ExitCode> {
    let matrices = matrices(&args.matrix)?;
    let pool = args.common.pool()?;
    let found =
        pool.install(|| classifier::place(&args.model, &matrices, args.common.abstain_below)).status(Status::Input)?;
    classifier::write_table(&args.output, &found.table).status(Status::Output)?;
    if found.without > 0 {
        eprintln!(
            "rxstrata: {} patients were not placed: they have less than half of the features of every modality that the model knows",
            found.without
        );
    }
    if !args.common.quiet {
        let abstained = match found.abstained {
            0 => String::new(),
            n => format!(", {n} below the confidence of {}", args.common.abstain_below),
        };
        println!("{} patients placed{abstained}; see {}", found.placed, args.output.display());
    }
    Ok(ExitCode::SUCCESS)
}

impl Common {
    fn pool(&self) -> Result<rayon::ThreadPool> {
        if !(0.0..=1.0).contains(&self.abstain_below) {
            return Err(anyhow!("--abstain-below {}: expected a share from 0 to 1", self.abstain_below))
                .status(Status::Usage);
        }
        pool(self.threads)
    }
}
