//! `rxstrata knowledge encode`: diplotypes to a VCF.

mod vcf;

pub use vcf::vcf_text;

use std::collections::BTreeSet;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use noodles_bgzf as bgzf;
use pgx_rules::encode::{Encoded, Stated, encode};
use variants::model::Assembly;

use super::source::KnowledgeSource;

const EXAMPLES: &str = include_str!("../help/encode.txt");

/// Options of `rxstrata knowledge encode`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Tab-separated diplotypes: sample, gene, diplotype
    diplotypes: PathBuf,
    /// VCF to write; bgzip-compressed when it ends in .gz; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Write which chromosome copy carries what, in the order of A/B [the default]
    #[arg(long, conflicts_with = "unphased")]
    phased: bool,
    /// Write genotypes as a short-read caller would, without phase
    #[arg(long)]
    unphased: bool,
    /// Assembly of the positions: GRCh38 or GRCh37
    #[arg(long, default_value = "GRCh38", value_name = "NAME")]
    assembly: Assembly,
    /// Genes to encode; lines about others are passed over
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    genes: Vec<String>,
    #[command(flatten)]
    source: KnowledgeSource,
}

/// Encodes the table; status 1 when a line was refused.
pub fn run(options: &Args) -> Result<ExitCode> {
    let knowledge = options.source.load()?;
    let name = options.diplotypes.display().to_string();
    let bytes = std::fs::read(&options.diplotypes).with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
    if let Some(gene) = options.genes.iter().find(|g| !knowledge.genes.contains_key(g.as_str())) {
        bail!("unknown gene '{gene}' (`rxstrata knowledge list genes` names all)");
    }
    let all = read_statements(&name, &text)?;
    let samples: BTreeSet<&str> = all.iter().map(|(_, s)| s.sample.as_str()).collect();
    let wanted = |s: &Stated| options.genes.is_empty() || options.genes.contains(&s.gene);
    let (lines, statements): (Vec<u64>, Vec<Stated>) = all.iter().filter(|(_, s)| wanted(s)).cloned().unzip();
    let encoded = encode(&knowledge, &statements, options.assembly, !options.unphased)?;
    for refusal in &encoded.refused {
        let Stated { sample, gene, diplotype } = &refusal.stated;
        let line = lines.get(refusal.row).copied().unwrap_or_default();
        eprintln!("rxstrata: refused: {name}, line {line}: {sample} {gene} {diplotype}: {}", refusal.reason);
    }
    if encoded.panel.sites().is_empty() {
        bail!("{name}: none of {} lines could be encoded; nothing was written", statements.len());
    }
    write(&options.output, &vcf_text(&encoded, &knowledge.release.version))?;
    summarise(&encoded, statements.len(), samples.len());
    Ok(if encoded.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summarise(encoded: &Encoded, lines: usize, samples_in_file: usize) {
    eprintln!(
        "rxstrata: {} of {lines} diplotypes of {} samples ({samples_in_file} in the file) encoded at {} sites, {} refused",
        lines - encoded.refused.len(),
        encoded.samples.len(),
        encoded.panel.sites().len(),
        encoded.refused.len(),
    );
}

/// Statements with their 1-based line. The columns `sample`, `gene` and `diplotype` are found by name; others are ignored.
///
/// # Errors
/// When a column is absent, or a line lacks a sample or a gene.
pub fn read_statements(name: &str, text: &str) -> Result<Vec<(u64, Stated)>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().with_context(|| format!("{name}: the header cannot be read"))?.clone();
    let column = |wanted: &str| {
        header.iter().position(|h| h.trim().eq_ignore_ascii_case(wanted)).with_context(|| {
            let found: Vec<&str> = header.iter().collect();
            format!("{name}: no column '{wanted}' in the header, which has: {}", found.join(", "))
        })
    };
    let columns = [column("sample")?, column("gene")?, column("diplotype")?];
    let mut statements = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("{name}: a line cannot be read"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let [sample, gene, diplotype] = columns.map(|c| record.get(c).unwrap_or_default().trim().to_owned());
        if sample.is_empty() || gene.is_empty() {
            bail!("{name}, line {line}: expected sample, gene and diplotype separated by tabs");
        }
        statements.push((line, Stated { sample, gene, diplotype }));
    }
    Ok(statements)
}

/// Writes beside the final name and renames, so that half a file is never found under it.
fn write(path: &Path, text: &str) -> Result<()> {
    if path.as_os_str() == "-" {
        return Ok(stdout().lock().write_all(text.as_bytes())?);
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let context = || format!("cannot write {}", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
    if path.extension().is_some_and(|e| e == "gz" || e == "bgz") {
        file.write_all(&compressed(text)?).with_context(context)?;
    } else {
        file.write_all(text.as_bytes()).with_context(context)?;
    }
    open_to_others(file.path()).with_context(context)?;
    file.persist(path).map_err(|e| e.error).with_context(context)?;
    Ok(())
}

/// Text in BGZF.
///
/// # Errors
/// When compression fails.
pub fn compressed(text: &str) -> Result<Vec<u8>> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(text.as_bytes())?;
    Ok(writer.finish()?)
}

/// Temporary files are for their owner alone; a result is an ordinary file.
fn open_to_others(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}
