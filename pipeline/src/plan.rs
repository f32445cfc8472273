//! The checked configuration of a run: nothing invalid gets past it.

mod knowledge;
mod metadata;
mod patient;

pub use metadata::{Metadata, SampleFacts};
pub use patient::sex;

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indexmap::IndexMap;
use pgx_rules::ambiguity::groups;
use pgx_rules::calling::CallOptions;
use pgx_rules::knowledge::schema::Knowledge;
use variants::model::Assembly;
use variants::observe::{ObserveOptions, Source};
use variants::reads::Alignments;

use crate::cli::call::Args;
use crate::cli::status::{Classify, Status};
use crate::provenance::{FileProvenance, KnowledgeProvenance, Provenance};
use crate::report::formats;
use crate::stage::outside;
use crate::structures;

/// What `rxstrata call` is to do.
#[derive(Debug)]
pub struct CallPlan {
    /// Inputs in the order given; empty when there are only outside calls.
    pub inputs: Vec<Source>,
    /// Folder to write into.
    pub output: PathBuf,
    /// What calls are made with, the user's definitions included.
    pub knowledge: Cow<'static, Knowledge>,
    /// Symbols of the genes asked for, in the order of the knowledge base.
    pub genes: Vec<String>,
    /// Drugs asked for; empty for all.
    pub drugs: Vec<String>,
    /// Files of outside calls.
    pub outside: Vec<TextFile>,
    /// Facts about samples.
    pub metadata: Metadata,
    /// How inputs are read.
    pub observe: ObserveOptions,
    /// How genes are called.
    pub call: CallOptions,
    /// Formats asked for; `None` to choose by the number of samples.
    pub formats: Option<Vec<String>>,
    /// Threads, at least one.
    pub threads: usize,
    /// Whether to keep the terminal free of progress and warnings.
    pub quiet: bool,
    /// Whether to say on the terminal what was read.
    pub verbose: bool,
    /// What every output says about the run.
    pub provenance: Provenance,
}

/// A small text file, read as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Path as given.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl CallPlan {
    /// Checks the options, and reads everything but the variants.
    ///
    /// # Errors
    /// When an option contradicts another, names something unknown, or a file cannot be used.
    pub fn check(args: Args) -> Result<Self> {
        let mut files = Vec::new();
        let (knowledge, origin) =
            knowledge::load(args.knowledge.as_deref(), &args.definitions, &mut files).status(Status::Mismatch)?;
        let genes = knowledge::choose("gene", &args.genes, knowledge.genes.keys())?;
        let drugs = match args.drugs.as_slice() {
            [] => Vec::new(),
            some => knowledge::choose("drug", some, knowledge.drugs.keys())?,
        };
        let outside = args
            .outside_calls
            .iter()
            .map(|path| read_text("outside calls", path.clone(), &mut files).status(Status::Input))
            .collect::<Result<Vec<_>>>()?;
        let groups = groups(&knowledge);
        let defaults = patient::from_options(&args, &groups)?;
        let population = defaults.population.clone();
        let table = args
            .sample_metadata
            .clone()
            .map(|p| read_text("sample metadata", p, &mut files))
            .transpose()
            .status(Status::Input)?;
        let metadata = Metadata::new(defaults, table.as_ref(), &groups)?;
        let assembly = args.assembly.as_deref().map(str::parse::<Assembly>).transpose().context("--assembly")?;
        let inputs = sources(&args.inputs)?;
        let threads = threads(args.threads)?;
        let options = recorded(&args, &genes, assembly, population);
        let choices = choices(&args);
        Ok(Self {
            observe: ObserveOptions {
                assembly,
                samples: args.samples,
                samples_elsewhere: inputs.len() > 1,
                min_depth: args.min_depth,
                min_quality: args.min_quality,
                require_pass: args.require_pass,
                missing_as_reference: args.missing_as_reference,
                reference: args.reference,
                threads: if inputs.len() > 1 { 1 } else { threads },
                support_up_to: formats::support_up_to(&args.formats),
            },
            call: CallOptions {
                all_matches: args.all_matches,
                combinations: args.combinations,
                small_variants_only: args.small_variants_only,
            },
            formats: (!args.formats.is_empty()).then_some(args.formats),
            provenance: Provenance {
                program: "rxstrata",
                version: env!("CARGO_PKG_VERSION"),
                knowledge: KnowledgeProvenance::of(&knowledge, origin),
                options,
                choices,
                files,
            },
            inputs,
            output: args.output,
            knowledge,
            genes,
            drugs,
            outside,
            metadata,
            threads,
            quiet: args.quiet,
            verbose: args.verbose,
        })
    }
}

impl CallPlan {
    /// Takes the copies of genes from reads that lie beside the one sample's variants.
    ///
    /// # Errors
    /// When the reads cannot be used.
    pub fn count_copies(&mut self, reads: &Path) -> Result<()> {
        let wanted = |gene: &str| self.genes.iter().any(|g| g == gene);
        let mut alignments = Alignments::open(reads, self.observe.reference.as_deref())?;
        let called = structures::of_alignments(&mut alignments, &wanted)?;
        let text = structures::outside(&called);
        if !text.is_empty() {
            let stated: Vec<&str> = self.outside.iter().map(|file| file.text.as_str()).collect();
            let text = outside::unstated(&text, &stated);
            self.provenance.files.push(FileProvenance::of(
                "copies from reads",
                reads.display().to_string(),
                text.as_bytes(),
            ));
            self.outside.push(TextFile { path: reads.to_owned(), text });
        }
        Ok(())
    }
}

fn read_text(role: &'static str, path: PathBuf, files: &mut Vec<FileProvenance>) -> Result<TextFile> {
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read the {role} {}", path.display()))?;
    files.push(FileProvenance::of(role, path.display().to_string(), &bytes));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            bail!("{}, line {line}: not UTF-8; save the {role} as UTF-8 text", path.display());
        }
    };
    Ok(TextFile { path, text })
}

fn sources(paths: &[PathBuf]) -> Result<Vec<Source>> {
    let stdin = |p: &&PathBuf| p.as_os_str() == "-";
    if paths.iter().filter(stdin).count() > 1 {
        bail!("standard input ('-') can be read once only");
    }
    for (i, path) in paths.iter().enumerate() {
        if paths[..i].contains(path) {
            bail!("{} is given twice", path.display());
        }
    }
    Ok(paths.iter().map(|p| if stdin(&p) { Source::Stdin } else { Source::File(p.clone()) }).collect())
}

fn threads(asked: Option<usize>) -> Result<usize> {
    match asked {
        Some(0) => bail!("--threads must be at least 1"),
        Some(n) => Ok(n),
        None => Ok(std::thread::available_parallelism().map_or(1, NonZeroUsize::get)),
    }
}

/// Options that change results. Those that cannot (threads, formats, verbosity) are left out.
fn recorded(
    args: &Args,
    genes: &[String],
    assembly: Option<Assembly>,
    population: Option<String>,
) -> IndexMap<&'static str, String> {
    let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
    let list = |values: &[String], default: &str| {
        if values.is_empty() { default.to_owned() } else { values.join(",") }
    };
    IndexMap::from([
        ("genes", if args.genes.is_empty() { "all".to_owned() } else { genes.join(",") }),
        ("drugs", list(&args.drugs, "all")),
        ("samples", list(&args.samples, "all")),
        ("assembly", or(assembly.map(|a| a.to_string()), "established from each input")),
        ("reference", or(args.reference.as_ref().map(|p| p.display().to_string()), "none")),
        ("population", or(population, "not stated")),
        ("min_depth", or(args.min_depth.map(|d| d.to_string()), "none")),
        ("min_quality", or(args.min_quality.map(|q| q.to_string()), "none")),
        ("require_pass", args.require_pass.to_string()),
        ("missing_as_reference", args.missing_as_reference.to_string()),
        ("all_matches", args.all_matches.to_string()),
        ("combinations", args.combinations.to_string()),
        ("small_variants_only", args.small_variants_only.to_string()),
    ])
}

fn choices(args: &Args) -> Vec<String> {
    let mut choices = Vec::new();
    if args.missing_as_reference {
        choices.push(
            "Sites without a record were read as reference, as the user asked: a variant there would have gone unseen."
                .to_owned(),
        );
    }
    if args.small_variants_only {
        choices.push(
            "Genes with structural alleles were called from small variants: deletions, duplications and hybrids \
             would have gone unseen."
                .to_owned(),
        );
    }
    if args.all_matches {
        choices.push("Every diplotype that fits is given, not only the best.".to_owned());
    }
    for path in &args.definitions {
        choices.push(format!("Alleles of a gene are defined by the user's file {}.", path.display()));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_is_read_once_and_no_file_twice() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert!(sources(&paths(&["-", "-"])).is_err());
        assert!(sources(&paths(&["a.vcf", "a.vcf"])).is_err());
        assert_eq!(
            sources(&paths(&["-", "a.vcf"])).ok(),
            Some(vec![Source::Stdin, Source::File(PathBuf::from("a.vcf"))])
        );
    }

    #[test]
    fn zero_threads_are_refused() {
        assert!(threads(Some(0)).is_err());
        assert_eq!(threads(Some(3)).ok(), Some(3));
    }
}
