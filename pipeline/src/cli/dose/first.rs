//! `rxstrata dose warfarin`: the first dose, or its revision after INRs.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use pgx_rules::dosing::record::BsaFormula;
use pgx_rules::knowledge::embedded;

use crate::cli::status::{Classify, Status};
use crate::dosing::answer::{Answer, answer};
use crate::dosing::doses_tsv;
use crate::dosing::patients::{Failure, read};
use crate::report::files::Folder;

/// Options of `rxstrata dose warfarin`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Patients (TSV), one a row; columns are found by name
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
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
    let patients = read(knowledge, &args.table).status(Status::Input)?;
    let mut table = doses_tsv::header() + "\n";
    let mut failures: Vec<Failure> = Vec::new();
    let total = patients.len();
    for patient in patients {
        match patient {
            Ok(mut patient) => {
                patient.record.bsa = args.bsa.into();
                let answer = answer(knowledge, patient, None);
                failures.extend(refusal(&answer));
                let _ = writeln!(table, "{}", doses_tsv::row(&answer)); // into a string: cannot fail
            }
            Err(failure) => {
                let empty = "\t".repeat(doses_tsv::COLUMNS.len() - 1);
                let _ = writeln!(table, "{}{empty}{}", failure.id, failure.reason); // into a string: cannot fail
                failures.push(failure);
            }
        }
    }
    let folder = Folder::open(&args.output).status(Status::Output)?;
    let mut failed = String::from("id\treason\n");
    for failure in &failures {
        let _ = writeln!(failed, "{}\t{}", failure.id, failure.reason); // into a string: cannot fail
        eprintln!("rxstrata: {}", failure.reason);
    }
    let files = [folder.write("doses.tsv", table.as_bytes()), folder.write("failures.tsv", failed.as_bytes())];
    for file in files {
        file.status(Status::Output)?.publish().status(Status::Output)?;
    }
    if !args.quiet {
        println!("{total} patients, {} without a dose; see {}", failures.len(), args.output.display());
    }
    Ok(match failures.len() {
        0 => ExitCode::SUCCESS,
        n if n == total => Status::Input.into(),
        _ => Status::Partial.into(),
    })
}

fn refusal(answer: &Answer) -> Option<Failure> {
    let reasons: Vec<&str> = answer.refused.iter().map(|r| r.text.as_str()).collect();
    let reason = format!("patient {}: {}", answer.id, reasons.join("; "));
    (!reasons.is_empty()).then(|| Failure { id: answer.id.clone(), reason })
}
