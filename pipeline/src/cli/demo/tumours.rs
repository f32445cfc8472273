//! The demo's tumours: the embedded cohort, stratified and matched to therapies by the ordinary commands.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::Path;

use anyhow::{Context, Result};
use clap::Parser;

use super::{Args, put};
use crate::cli::{stratify, therapies};

/// Modality and table.
const MATRICES: [(&str, &[u8]); 4] = [
    ("mrna", include_bytes!("../../../../test-data/acc/mrna.tsv.gz")),
    ("mirna", include_bytes!("../../../../test-data/acc/mirna.tsv.gz")),
    ("protein", include_bytes!("../../../../test-data/acc/protein.tsv.gz")),
    ("copy-number", include_bytes!("../../../../test-data/acc/copy-number.tsv.gz")),
];
const CLINICAL: &[u8] = include_bytes!("../../../../test-data/acc/clinical.tsv.gz");
const LICENCE: &[u8] = include_bytes!("../../../../test-data/acc/LICENSE");

/// Arguments of one command, so that the demo is what a user's own run is.
#[derive(Parser)]
struct Line<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

/// Stratifies the tumours, matches their copy numbers to evidence, and says what came out.
///
/// # Errors
/// When a file cannot be written or a command fails.
pub fn run(args: &Args) -> Result<()> {
    let folder = args.output.join("tumours");
    let input = folder.join("input");
    std::fs::create_dir_all(&input).with_context(|| format!("cannot make the folder {}", input.display()))?;
    let (subtypes, matched) = (folder.join("subtypes"), folder.join("therapies"));
    let mut stratified = command("stratify", &subtypes, args.quiet);
    let mut treated = command("therapies", &matched, args.quiet);
    for (modality, table) in MATRICES {
        let file = put(&input, &format!("{modality}.tsv.gz"), table)?;
        if modality == "copy-number" {
            treated.extend(["--copy-number".to_owned(), file.clone()]);
        }
        stratified.extend(["--matrix".to_owned(), format!("{modality}={file}")]);
    }
    put(&input, "LICENSE", LICENCE)?;
    let clinical = put(&input, "clinical.tsv.gz", CLINICAL)?;
    stratified.extend(["--clinical", &clinical, "--time", "days", "--event", "died"].map(str::to_owned));
    if let Some(threads) = args.threads {
        stratified.extend(["--threads".to_owned(), threads.to_string()]);
    }
    treated.extend(["--tumour-type", "Adrenocortical Carcinoma"].map(str::to_owned));
    let heading =
        format!("\nTumours: adrenocortical carcinomas of The Cancer Genome Atlas. Results: {}\n", folder.display());
    say(args, &heading)?;
    stratify::run(parsed(&stratified)?)?;
    if let Some(line) = survival(&subtypes)? {
        say(args, &line)?;
    }
    therapies::run(parsed(&treated)?)?;
    Ok(())
}

fn command(name: &str, output: &Path, quiet: bool) -> Vec<String> {
    let mut arguments = vec![name.to_owned(), "--output".to_owned(), output.display().to_string()];
    if quiet {
        arguments.push("--quiet".to_owned());
    }
    arguments
}

fn parsed<A: clap::Args>(arguments: &[String]) -> Result<A> {
    let line = Line::try_parse_from(arguments);
    Ok(line.with_context(|| format!("the demo's own {} is not understood", arguments.join(" ")))?.args)
}

fn say(args: &Args, text: &str) -> Result<()> {
    if !args.quiet {
        stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Median survival by subtype and the log-rank p-value, read back from `survival.tsv`; none where it was not written.
fn survival(folder: &Path) -> Result<Option<String>> {
    let path = folder.join("survival.tsv");
    if !path.exists() {
        return Ok(None);
    }
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').flexible(true).from_path(&path).with_context(|| unread(&path))?;
    let (mut text, mut test) = (String::from("Median survival, days:"), String::new());
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| unread(&path))?;
        match row.test.as_str() {
            "log-rank" => test = format!("; log-rank p = {}", row.p),
            _ if row.subtype == "all" => {}
            _ => {
                let separator = if text.ends_with(':') { "" } else { "," };
                let median = if row.median.is_empty() { "not reached" } else { &row.median };
                let _ = write!(text, "{separator} {} {median}", row.subtype); // into a string: cannot fail
            }
        }
    }
    Ok(Some(format!("{text}{test}\n")))
}

fn unread(path: &Path) -> String {
    format!("cannot read {}", path.display())
}

#[derive(serde::Deserialize)]
struct Row {
    subtype: String,
    median: String,
    p: String,
    test: String,
}
