//! `rxstrata demo`: the whole way on the embedded cohorts, reference samples and tumours, by the ordinary commands.

mod headline;
mod tumours;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use pgx_rules::encode::{Stated, encode};
use pgx_rules::knowledge::embedded;
use variants::model::Assembly;

use super::call;
use super::knowledge::encode::{compressed, read_statements, vcf_text};
use super::status::{Classify, Status};

const DIPLOTYPES: &str = include_str!("../../../test-data/demo/diplotypes.tsv");
const STRUCTURAL: &str = include_str!("../../../test-data/demo/cyp2d6.tsv");
const PEOPLE: &str = include_str!("../../../test-data/demo/people.tsv");
const ORIGINS: &str = include_str!("../../../test-data/ORIGINS.md");
const EXAMPLES: &str = include_str!("help/demo.txt");

/// Options of `rxstrata demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder to write into; made if it is not there
    #[arg(short, long, default_value = "demo", value_name = "DIR")]
    output: PathBuf,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
    /// No progress bar and no summary
    #[arg(short, long)]
    quiet: bool,
}

/// Makes the input, runs every command on it, and says what came out.
///
/// # Errors
/// When a file cannot be written or a command fails.
pub fn run(args: Args) -> Result<ExitCode> {
    let arguments = call_arguments(&args)?;
    let line = Line::try_parse_from(&arguments).context("the demo's own call is not understood")?;
    let status = call::run(line.call)?;
    if !args.quiet {
        let summary = headline::summary(&args.output).context("cannot sum up the demo")?;
        stdout().lock().write_all(summary.as_bytes())?;
    }
    tumours::run(&args)?;
    Ok(status)
}

/// The arguments of `rxstrata call`, so that the demo is what a user's own call is.
#[derive(Parser)]
#[command(name = "call")]
struct Line {
    #[command(flatten)]
    call: call::Args,
}

/// Writes the input files and names them.
fn call_arguments(args: &Args) -> Result<Vec<String>> {
    let input = args.output.join("input");
    std::fs::create_dir_all(&input).with_context(|| format!("cannot make the folder {}", input.display()))?;
    let mut arguments = vec!["call".to_owned()];
    arguments.push(put(&input, "people.vcf.gz", &variants()?)?);
    for (sample, text) in outside_calls()? {
        let file = put(&input, &format!("{sample}.outside.tsv"), text.as_bytes())?;
        arguments.extend(["--outside-calls".to_owned(), file]);
    }
    arguments.extend(["--sample-metadata".to_owned(), put(&input, "people.tsv", PEOPLE.as_bytes())?]);
    put(&input, "diplotypes.tsv", DIPLOTYPES.as_bytes())?;
    put(&input, "ORIGINS.md", ORIGINS.as_bytes())?;
    arguments.extend(["--formats", "tsv,json,html,vcf,outside,parquet", "--output"].map(str::to_owned));
    arguments.push(args.output.display().to_string());
    if let Some(threads) = args.threads {
        arguments.extend(["--threads".to_owned(), threads.to_string()]);
    }
    if args.quiet {
        arguments.push("--quiet".to_owned());
    }
    Ok(arguments)
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display())).status(Status::Output)?;
    Ok(path.display().to_string())
}

/// The consensus diplotypes as an unphased VCF, which is what short reads give.
fn variants() -> Result<Vec<u8>> {
    let knowledge = embedded()?;
    let statements: Vec<Stated> = statements("diplotypes.tsv", DIPLOTYPES)?;
    let encoded = encode(knowledge, &statements, Assembly::Grch38, false)?;
    if let Some(refusal) = encoded.refused.first() {
        let Stated { sample, gene, diplotype } = &refusal.stated;
        bail!("the demo's {sample} {gene} {diplotype} cannot be encoded: {}", refusal.reason);
    }
    compressed(&vcf_text(&encoded, &knowledge.release.version))
}

/// What small variants cannot show, as calls of another tool, by sample.
fn outside_calls() -> Result<BTreeMap<String, String>> {
    let mut by_sample: BTreeMap<String, String> = BTreeMap::new();
    for Stated { sample, gene, diplotype } in statements("cyp2d6.tsv", STRUCTURAL)? {
        let _ = writeln!(by_sample.entry(sample).or_default(), "{gene}\t{diplotype}"); // into a string: cannot fail
    }
    Ok(by_sample)
}

fn statements(name: &str, text: &str) -> Result<Vec<Stated>> {
    Ok(read_statements(name, text)?.into_iter().map(|(_, stated)| stated).collect())
}
