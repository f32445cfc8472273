//! `rxstrata therapies`: a tumour's variants, matched to evidence.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::ArgGroup;
use variants::model::Assembly;

use super::status::{Classify, Status};
use super::stratify::pool;
use crate::therapies::date::Date;
use crate::therapies::{Inputs, Plan, run as match_tumours};

const EXAMPLES: &str = include_str!("help/therapies.txt");

/// Options of `rxstrata therapies`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(ArgGroup::new("input").args(["maf", "vcf", "copy_number", "fusions"]).required(true).multiple(true)))]
pub struct Args {
    /// Mutations (MAF), plain or gzip. Repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Tumours")]
    maf: Vec<PathBuf>,
    /// Mutations (VCF annotated by VEP or SnpEff), plain or gzip. Repeat for several files
    #[arg(long, value_name = "FILE", help_heading = "Tumours")]
    vcf: Vec<PathBuf>,
    /// Copy numbers: columns gene, sample, state; or GISTIC's genes by samples (-2 to 2)
    #[arg(long, value_name = "TSV", help_heading = "Tumours")]
    copy_number: Option<PathBuf>,
    /// Fusions: columns sample and fusion (EML4::ALK), or sample and both genes
    #[arg(long, value_name = "TSV", help_heading = "Tumours")]
    fusions: Option<PathBuf>,
    /// Assembly of variants whose file does not say: GRCh37 or GRCh38
    #[arg(long, value_name = "NAME", help_heading = "Tumours")]
    assembly: Option<Assembly>,
    /// Disease of all tumours, by name or number in the Disease Ontology (DOID:1909)
    #[arg(long, value_name = "NAME", help_heading = "Tumours")]
    tumour_type: Option<String>,
    /// calls.json of `rxstrata call`, for guidance on the same drugs from the patient's own genome
    #[arg(long, value_name = "JSON", help_heading = "Patient")]
    germline: Option<PathBuf>,
    /// Knowledge folder to use in place of the built-in one; its evidence is in therapies/
    #[arg(long, value_name = "DIR", help_heading = "Knowledge")]
    knowledge: Option<PathBuf>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,
    /// Day of the report, which the age of the evidence is counted to [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Output")]
    report_date: Option<String>,
    /// Write a page for each tumour, however many there are [default: up to 20]
    #[arg(long, help_heading = "Output")]
    pages: bool,
    /// Threads [default: all cores]; the output is the same with any number
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    threads: Option<usize>,
    /// Say nothing on the terminal
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

/// Matches tumours to evidence.
pub fn run(args: Args) -> Result<ExitCode> {
    let today = match &args.report_date {
        None => Date::today(),
        Some(text) => match Date::parse(text) {
            Some(date) => date,
            None => {
                let error = anyhow!("--report-date '{text}' is not a date; write it as 2026-11-25");
                return Err(error).status(Status::Usage);
            }
        },
    };
    let (maf, vcf) = (args.maf, args.vcf);
    let inputs = Inputs { maf, vcf, copy_number: args.copy_number, fusions: args.fusions, assembly: args.assembly };
    let plan = Plan {
        inputs,
        tumour_type: args.tumour_type,
        germline: args.germline,
        knowledge: args.knowledge,
        output: args.output,
        today,
        pages: args.pages,
        quiet: args.quiet,
    };
    let summary = pool(args.threads)?.install(|| match_tumours(&plan))?;
    if !args.quiet {
        for note in &summary.notes {
            eprintln!("rxstrata: {note}");
        }
        println!(
            "{} tumours, {} with evidence on a therapy. Evidence: {}",
            summary.tumours, summary.with_therapy, summary.release
        );
    }
    Ok(ExitCode::SUCCESS)
}
