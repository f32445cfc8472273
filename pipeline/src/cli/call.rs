//! `rxstrata call`: variants in, calls and guidance out.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use crate::cli::status::{Classify, Status};
use crate::plan::CallPlan;
use crate::report::formats;
use crate::stage;

const EXAMPLES: &str = include_str!("call_help.txt");

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// VCF, BCF or gVCF, plain or compressed, or BAM or CRAM with its index; `-` for variants on standard input
    #[arg(value_name = "INPUT", required_unless_present = "outside_calls")]
    pub inputs: Vec<PathBuf>,
    /// Folder to write into; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Calls of another tool (gene, diplotype, phenotype, activity score). Repeat for several files. With several samples,
    /// name the file SAMPLE.outside.tsv
    #[arg(long, value_name = "FILE")]
    pub outside_calls: Vec<PathBuf>,
    /// Genes to call, by symbol [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "What to answer")]
    pub genes: Vec<String>,
    /// Drugs to look up, by generic name [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "What to answer")]
    pub drugs: Vec<String>,
    /// Report combinations of alleles on one chromosome copy, and partial alleles, where no named allele fits
    #[arg(long, help_heading = "What to answer")]
    pub combinations: bool,
    /// Call CYP2D6 from small variants: copy number, deletions and hybrids cannot be seen
    #[arg(long = "cyp2d6-from-variants", help_heading = "What to answer")]
    pub small_variants_only: bool,
    /// Answer with every diplotype that fits, not only the best
    #[arg(long, help_heading = "What to answer")]
    pub all_matches: bool,
    /// Allele definition in PharmCAT's format (GENE_translation.json); replaces the gene's own
    #[arg(long, value_name = "FILE.json", help_heading = "Knowledge")]
    pub definitions: Vec<PathBuf>,
    /// Knowledge folder to use in place of the built-in one
    #[arg(long, value_name = "DIR", help_heading = "Knowledge")]
    pub knowledge: Option<PathBuf>,
    /// Assembly of the inputs, where they do not say: GRCh38 or GRCh37
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub assembly: Option<String>,
    /// Reference sequence (FASTA with .fai): needed for CRAM; insertions and deletions of variants are normalised against it
    #[arg(long, value_name = "FASTA", help_heading = "Reading")]
    pub reference: Option<PathBuf>,
    /// Samples to read [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Reading")]
    pub samples: Vec<String>,
    /// Least read depth (DP) of a usable genotype; a genotype without DP passes
    #[arg(long, value_name = "READS", help_heading = "Reading")]
    pub min_depth: Option<u32>,
    /// Least genotype quality (GQ) of a usable genotype; a genotype without GQ passes
    #[arg(long, value_name = "PHRED", help_heading = "Reading")]
    pub min_quality: Option<u32>,
    /// Use only records whose FILTER is PASS or empty
    #[arg(long, help_heading = "Reading")]
    pub require_pass: bool,
    /// Read a site without a record as reference. Unsafe unless the input lists variants only and every site was
    /// covered; every output says that it was done
    #[arg(long, help_heading = "Reading")]
    pub missing_as_reference: bool,
    /// Facts by sample: sample, field, value (tab-separated). The fields sex, age, height, weight, race,
    /// african_ancestry, population and medication are used like the options below; others are shown
    #[arg(long, value_name = "TSV", help_heading = "Patient")]
    pub sample_metadata: Option<PathBuf>,
    /// Sex of every sample without one in the metadata: female or male
    #[arg(long, value_name = "SEX", help_heading = "Patient")]
    pub sex: Option<String>,
    /// Age, years
    #[arg(long, value_name = "YEARS", help_heading = "Patient")]
    pub age: Option<String>,
    /// Height, cm
    #[arg(long, value_name = "CM", help_heading = "Patient")]
    pub height: Option<String>,
    /// Weight, kg
    #[arg(long, value_name = "KG", help_heading = "Patient")]
    pub weight: Option<String>,
    /// Race as the warfarin dose model groups it: white, asian, black, mixed
    #[arg(long, value_name = "GROUP", help_heading = "Patient")]
    pub race: Option<String>,
    /// Whether the patient has African ancestry, which decides the branch of the warfarin guideline: yes or no
    #[arg(long, value_name = "YES|NO", help_heading = "Patient")]
    pub african_ancestry: Option<String>,
    /// Population group for the probabilities of diplotypes that fit alike, as the frequencies name it: AFR, AMR, EAS,
    /// EUR or SAS [default: each group beside the others; never inferred]
    #[arg(long, value_name = "GROUP", help_heading = "Patient")]
    pub population: Option<String>,
    /// Drugs taken, by generic name, comma-separated; `none` for none
    #[arg(long, value_name = "A,B", help_heading = "Patient")]
    pub medication: Option<String>,
    /// Formats to write, comma-separated [default: all but parquet; above 20 samples: tsv,parquet]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = PossibleValuesParser::new(formats::names()), help_heading = "Output")]
    pub formats: Vec<String>,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    pub threads: Option<usize>,
    /// No progress bar, no warnings on the terminal
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Say what was read: format, samples, assembly and how it was established
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
}

pub fn run(args: Args) -> Result<ExitCode> {
    let plan = CallPlan::check(args).status(Status::Usage)?;
    let summary = stage::run(&plan).status(Status::Output)?;
    if !plan.quiet {
        for failure in &summary.failures {
            eprintln!("rxstrata: failed: {failure}");
        }
    }
    Ok(if summary.failures.is_empty() { ExitCode::SUCCESS } else { Status::Partial.into() })
}
