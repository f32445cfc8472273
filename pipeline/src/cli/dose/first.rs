//! `rxstrata dose warfarin`: the first dose, or its revision after INRs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use pgx_rules::dosing::record::BsaFormula;
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::schema::Knowledge;

use crate::cli::status::{Classify, Status};
use crate::dosing::facts::Facts;
use crate::dosing::single::{Sources, compute, write};
use crate::dosing::{many, text};

const EXAMPLES: &str = include_str!("../help/dose_first.txt");

/// Options of `rxstrata dose warfarin`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Args {
    /// Patients (TSV), one a row; columns are found by name
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    table: Option<PathBuf>,
    /// One patient of the table, as if alone
    #[arg(long, value_name = "ID", requires = "table")]
    patient: Option<String>,
    /// One patient as a JSON object, with the names of the columns
    #[arg(long, value_name = "JSON")]
    record: Option<PathBuf>,
    /// Genotypes from `rxstrata call`: calls.json, or calls.tsv
    #[arg(long, value_name = "FILE")]
    calls: Option<PathBuf>,
    /// Sample of the calls [default: the only one]
    #[arg(long, value_name = "NAME", requires = "calls")]
    sample: Option<String>,
    /// INRs and doses so far (TSV): day, inr, and dose_mg, daily_mg or weekly_mg
    #[arg(long, value_name = "FILE")]
    inr_history: Option<PathBuf>,
    /// Model of `rxstrata dose fit`, to be asked as well
    #[arg(long, value_name = "JSON")]
    model: Option<PathBuf>,
    #[command(flatten)]
    facts: Facts,
    /// Folder to write into; made if it is not there. One patient's answer is printed without it
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Formula of the body surface area
    #[arg(long, value_enum, default_value_t = Bsa::Mosteller)]
    bsa: Bsa,
    /// Say nothing on the terminal
    #[arg(short, long)]
    quiet: bool,
}

/// Formula of the body surface area.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Bsa {
    Mosteller,
    Dubois,
}

impl From<Bsa> for BsaFormula {
    fn from(formula: Bsa) -> Self {
        match formula {
            Bsa::Mosteller => Self::Mosteller,
            Bsa::Dubois => Self::DuBois,
        }
    }
}

/// Computes doses.
///
/// # Errors
/// When an input cannot be read or used, or an output cannot be written.
pub fn run(args: Args) -> Result<ExitCode> {
    let knowledge = embedded().map_err(anyhow::Error::from).status(Status::Mismatch)?;
    match (&args.table, &args.patient) {
        (Some(_), None) => of_table(knowledge, &args),
        _ => of_one(knowledge, &args),
    }
}

fn of_table(knowledge: &Knowledge, args: &Args) -> Result<ExitCode> {
    let Some(table) = &args.table else { return Err(anyhow!("--table is missing")).status(Status::Usage) };
    if !args.facts.stated().is_empty() || args.calls.is_some() || args.inr_history.is_some() {
        let error = "a table of patients has its facts in its columns; for one patient of it add --patient ID";
        return Err(anyhow!(error)).status(Status::Usage);
    }
    let Some(output) = &args.output else {
        return Err(anyhow!("-o DIR is missing: a table of patients needs a folder to write into"))
            .status(Status::Usage);
    };
    let answered = many::compute(knowledge, table, args.model.as_deref(), args.bsa.into()).status(Status::Input)?;
    many::write(&answered, output).status(Status::Output)?;
    for failure in &answered.failures {
        eprintln!("rxstrata: {}", failure.reason);
    }
    let (failed, total) = (answered.failures.len(), answered.total);
    if !args.quiet {
        println!("{total} patients, {failed} without a dose; see {}", output.display());
    }
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ if failed == total => Status::Input.into(),
        _ => Status::Partial.into(),
    })
}

fn of_one(knowledge: &Knowledge, args: &Args) -> Result<ExitCode> {
    let is_silent =
        args.facts.stated().is_empty() && args.record.is_none() && args.table.is_none() && args.calls.is_none();
    if is_silent {
        let error =
            "nothing is stated about the patient: give --age, --height, --vkorc1 …, --record, --calls or --table";
        return Err(anyhow!(error)).status(Status::Usage);
    }
    let sources = Sources {
        stated: args.facts.stated(),
        record: args.record.as_deref(),
        row: args.table.as_deref().zip(args.patient.as_deref()),
        calls: args.calls.as_deref(),
        sample: args.sample.as_deref(),
        history: args.inr_history.as_deref(),
        model: args.model.as_deref(),
        bsa: args.bsa.into(),
    };
    let answer = compute(knowledge, &sources).status(Status::Input)?;
    if let Some(output) = &args.output {
        write(knowledge, &answer, output).status(Status::Output)?;
    }
    if !args.quiet {
        let mut said = text::render(&answer);
        if let Some(output) = &args.output {
            said += &format!("See {}\n", output.join("dose.html").display());
        }
        std::io::stdout().lock().write_all(said.as_bytes())?;
    }
    for reason in answer.refused.iter().filter(|_| args.quiet) {
        eprintln!("rxstrata: {}: {}", answer.id, reason.text);
    }
    Ok(if answer.refused.is_empty() { ExitCode::SUCCESS } else { Status::Input.into() })
}
