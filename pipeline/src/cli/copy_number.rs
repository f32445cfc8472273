//! `rxstrata copy-number`: copies, hybrids and alleles of genes that recombine with a pseudogene, from reads.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::status::{Classify, Status};
use crate::structures;

const EXAMPLES: &str = "\
READS is a BAM or CRAM, sorted and indexed, of a whole genome or of the locus alone, aligned to GRCh37 or GRCh38.
The copies of a gene are counted against a region beside it that has two copies in everyone.
SAMPLE.outside.tsv is what `rxstrata call --outside-calls` reads. Research use: confirm before dosing by it.

Examples:
  rxstrata copy-number patient.bam
  rxstrata copy-number patient.cram --reference GRCh38.fa -o structures
  rxstrata call patient.vcf.gz --outside-calls structures/patient.outside.tsv -o calls";

/// Options of `rxstrata copy-number`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// BAM or CRAM files, one a sample
    #[arg(value_name = "READS", required = true)]
    reads: Vec<PathBuf>,
    /// FASTA that a CRAM was made with
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Folder for structures.tsv, copies.tsv, structures.json, and SAMPLE.structures.html and SAMPLE.outside.tsv; without it a table is printed
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Runs the command: a file that cannot be read costs one line, and the others go on.
///
/// # Errors
/// When no file could be read, two are of one sample, or the answer cannot be written.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut samples = Vec::new();
    let mut failed = 0_usize;
    for file in &args.reads {
        match structures::of_file(file, args.reference.as_deref()) {
            Ok(sample) => samples.push(sample),
            Err(error) => {
                eprintln!("error: {error:#}");
                failed += 1;
            }
        }
    }
    if samples.is_empty() {
        return Err(anyhow::anyhow!("none of {failed} files could be read")).status(Status::Input);
    }
    if let Some(output) = &args.output {
        structures::write(&samples, output)?;
    } else if args.json {
        writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&samples)?)?;
    } else {
        write!(stdout().lock(), "{}", structures::table(&samples))?;
    }
    Ok(if failed > 0 { ExitCode::from(Status::Partial as u8) } else { ExitCode::SUCCESS })
}
