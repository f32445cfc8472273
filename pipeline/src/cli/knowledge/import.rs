//! `rxstrata knowledge import`: a published release in our layout.

mod therapies;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use pgx_rules::knowledge::import::{self, GuidanceFolder, ReleaseFolder};
use pgx_rules::knowledge::schema::{Knowledge, Source};
use pgx_rules::knowledge::{embedded, read, verify, write};

const EXAMPLES: &str = include_str!("../help/import.txt");

/// Name of the file that states the licences of imported text.
const LICENCES: &str = "LICENCES-OF-IMPORTED-TEXT.md";

/// Options of `rxstrata knowledge import`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder with alleles/GENE_translation.json, exemptions.json, allele_function.tsv, function_pair_rules.tsv,
    /// recommendations.tsv, gene_drug_guidelines.tsv, citations.tsv (each also as .gz where it is so distributed)
    #[arg(required_unless_present_any = ["civic", "disease_ontology", "hgnc"])]
    release: Option<PathBuf>,
    /// Folder with our curated facts and readings (genes.toml, sentences.toml, implications.toml, guidance.toml)
    #[arg(long, value_name = "DIR", required_unless_present_any = ["civic", "disease_ontology", "hgnc"])]
    curation: Option<PathBuf>,
    /// Allele counts by group: gene, allele, group, count, total
    #[arg(long, value_name = "TSV")]
    frequencies: Option<PathBuf>,
    /// PyPGx's variant-table.csv, for GRCh37 positions
    #[arg(long, value_name = "CSV")]
    grch37: Option<PathBuf>,
    /// Folder with CIViC's files of evidence, variants and (since 2022) molecular profiles: somatic evidence, written to
    /// therapies/
    #[arg(long, value_name = "DIR", conflicts_with_all = ["release", "curation", "frequencies", "grch37"])]
    civic: Option<PathBuf>,
    /// Date of CIViC's release, ISO 8601 [default: from the file names]
    #[arg(long, value_name = "DATE", requires = "civic")]
    date: Option<String>,
    /// Disease Ontology (OBO), for nearness of tumour types: written to therapies/ beside the evidence, which is CIViC's
    /// if given, else the folder's, else the built-in one
    #[arg(long, value_name = "OBO", conflicts_with_all = ["release", "curation", "frequencies", "grch37"])]
    disease_ontology: Option<PathBuf>,
    /// HGNC's complete set (TSV), for other names of genes: written like the diseases
    #[arg(long, value_name = "TSV", requires = "hgnc_date", conflicts_with_all = ["release", "curation", "frequencies", "grch37"])]
    hgnc: Option<PathBuf>,
    /// Date of HGNC's table, which it does not state
    #[arg(long, value_name = "DATE", requires = "hgnc")]
    hgnc_date: Option<String>,
    /// What to do with a sentence that the curation does not know
    #[arg(long, value_enum, default_value_t = Unread::Refuse)]
    unread: Unread,
    /// Also take DPWG guidance, in its own text (CC BY-SA 4.0: mind its terms when you pass the folder or a report on)
    #[arg(long)]
    with_dpwg: bool,
    /// Knowledge folder to write; what the release does not hold (FDA rows, dosing models) is kept from the folder,
    /// or taken from the built-in knowledge where the folder is new
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Treatment of text that nobody has read into actions.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Unread {
    /// Import nothing and list every unknown sentence
    Refuse,
    /// Give the row the source's own text, marked as not yet read
    SourceText,
}

/// Imports a release, or somatic evidence; nothing is written when any part of it cannot be used.
pub fn run(options: Args) -> Result<ExitCode> {
    if options.civic.is_some() || options.disease_ontology.is_some() || options.hgnc.is_some() {
        return therapies::run(&therapies::Sources {
            civic: options.civic.as_deref(),
            date: options.date.as_deref(),
            disease_ontology: options.disease_ontology.as_deref(),
            hgnc: options.hgnc.as_deref().zip(options.hgnc_date.as_deref()),
            output: &options.output,
        });
    }
    let (Some(release), Some(curation)) = (options.release, options.curation) else {
        bail!("give a release and --curation, or --civic, --disease-ontology or --hgnc");
    };
    let base = base(&options.output)?;
    let genes = import::release(&ReleaseFolder {
        folder: release.clone(),
        curation: curation.join("genes.toml"),
        frequencies: options.frequencies,
        grch37: options.grch37,
    })?;
    let guidance = import::guidance(&GuidanceFolder {
        folder: release,
        curation,
        base: &base,
        unread: match options.unread {
            Unread::Refuse => import::Unread::Refuse,
            Unread::SourceText => import::Unread::SourceText,
        },
        dpwg: options.with_dpwg,
    })?;
    let mut knowledge = Knowledge { genes, drugs: guidance.drugs, ..base.into_owned() };
    let unusable = drop_rows_without_gene(&mut knowledge);
    knowledge.release.sources.retain(|s| !guidance.licensed_ids.contains(&s.id));
    knowledge.release.sources.extend(guidance.foreign.iter().cloned());
    refuse_contradictions(&knowledge)?;
    put(&knowledge, &guidance.foreign, &options.output)
        .with_context(|| format!("cannot write {}; the import is incomplete", options.output.display()))?;
    for gene in knowledge.genes.values() {
        println!("{}: {} sites, {} alleles", gene.symbol, gene.sites.len(), gene.alleles.len());
    }
    let rows: usize = knowledge.drugs.values().map(|d| d.rows.len()).sum();
    println!("{} drugs, {rows} rows of guidance, {} units of text unread", knowledge.drugs.len(), guidance.unread);
    for line in unusable {
        println!("left out: {line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What the release does not hold: from the folder where it is a knowledge folder, else built in.
fn base(output: &Path) -> Result<Cow<'static, Knowledge>> {
    if output.join("RELEASE.toml").is_file() {
        return Ok(Cow::Owned(read::read_folder(output)?));
    }
    Ok(Cow::Borrowed(embedded()?))
}

/// A row on a gene that the knowledge lacks can never be looked up; returns what was dropped, for people.
fn drop_rows_without_gene(knowledge: &mut Knowledge) -> Vec<String> {
    let mut dropped = Vec::new();
    let genes = &knowledge.genes;
    for drug in knowledge.drugs.values_mut() {
        drug.rows.retain(|row| {
            let unknown = row.when.keys().find(|gene| !genes.contains_key(*gene));
            if let Some(gene) = unknown {
                dropped.push(format!("{} {}: {gene} is no gene of the release", drug.name, row.guideline));
            }
            unknown.is_none()
        });
    }
    dropped.dedup();
    dropped
}

fn refuse_contradictions(knowledge: &Knowledge) -> Result<()> {
    let errors: Vec<String> = verify::verify(knowledge)
        .iter()
        .filter(|f| f.severity == verify::Severity::Error)
        .map(ToString::to_string)
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    bail!("the release contradicts itself or the curation; nothing was written:\n{}", errors.join("\n"))
}

/// Writes aside, then renames file by file: no file is ever half written under its final name.
fn put(knowledge: &Knowledge, foreign: &[Source], output: &Path) -> Result<()> {
    std::fs::create_dir_all(output)?;
    let aside = tempfile::Builder::new().prefix(".import-").tempdir_in(output)?;
    write::write_folder(knowledge, aside.path())?;
    let licences = output.join(LICENCES);
    if foreign.is_empty() {
        if licences.is_file() {
            std::fs::remove_file(licences)?;
        }
    } else {
        std::fs::write(aside.path().join(LICENCES), notice(foreign))?;
    }
    place(aside.path(), output)
}

fn place(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, target) = entry.map(|e| (e.path(), to.join(e.file_name())))?;
        if path.is_dir() {
            place(&path, &target)?;
        } else {
            std::fs::rename(&path, &target)?;
        }
    }
    Ok(())
}

fn notice(foreign: &[Source]) -> String {
    let mut out =
        "# Text of others in this folder\n\nRows of guidance with a `source-text` action hold the text of their \
                   source. Whoever passes this folder, or outputs made with it, on to others keeps these terms.\n"
            .to_owned();
    for source in foreign {
        let _ = write!(out, "\n- {}. Licence: {}. {}\n", source.name, source.licence, source.reference);
    }
    out
}
