//! Genotypes of a panel from reads, as a VCF.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use noodles_bgzf as bgzf;
use pgx_rules::calling::Sex;
use pgx_rules::sex::ChromosomeReads;
use variants::io::fasta::Reference;
use variants::model::Assembly;
use variants::observe::Panels;
use variants::reads::Alignments;
use variants::reads::genotype::{GenotypeOptions, Genotyped, genotype, vcf};

use crate::report::files::Folder;

/// What a file of reads shows at the sites of a panel.
pub struct SampleGenotypes {
    /// Name of the read groups, or of the file.
    pub sample: String,
    /// By the lengths of the contigs.
    pub assembly: Assembly,
    /// `BAM` or `CRAM`.
    pub format: &'static str,
    /// Mapped reads of each chromosome, as the index counts them; empty where it does not.
    pub mapped: Vec<ChromosomeReads>,
    /// The genotypes.
    pub genotyped: Genotyped,
    /// The same as a VCF.
    pub vcf: String,
}

/// How a file is genotyped.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// FASTA of the reference: needed for CRAM, and used for the surroundings of alleles of several lengths.
    pub reference: Option<&'a Path>,
    /// Sex of a sample, where it is known.
    pub sex: &'a dyn Fn(&str) -> Option<Sex>,
}

/// Opens reads and genotypes them at the panel of their assembly.
///
/// # Errors
/// When the reads or the reference cannot be used.
pub fn of_file(file: &Path, panels: &Panels, options: ReadOptions<'_>) -> Result<SampleGenotypes> {
    let mut alignments = Alignments::open(file, options.reference)?;
    let sample = sample_name(&alignments, file);
    let panel = panels.on(alignments.assembly());
    let reference = options.reference.map(|path| {
        Reference::open(path).with_context(|| {
            format!("reference {}: it needs an index beside it: samtools faidx {}", path.display(), path.display())
        })
    });
    let x_copies = (options.sex)(&sample).map(|sex| if sex == Sex::Male { 1 } else { 2 });
    let genotyped = genotype(&mut alignments, panel, GenotypeOptions { x_copies, reference: reference.transpose()? })?;
    let names = |contig: &str| alignments.contig_name(contig).unwrap_or(contig).to_owned();
    let program = concat!("rxstrata ", env!("CARGO_PKG_VERSION"));
    let vcf = vcf(&genotyped, panel, &sample, &names, program);
    let of = |(contig, length, reads): (&str, u32, u64)| ChromosomeReads { contig: contig.to_owned(), length, reads };
    Ok(SampleGenotypes {
        sample,
        assembly: alignments.assembly(),
        format: alignments.format(),
        mapped: alignments.mapped().into_iter().map(of).collect(),
        genotyped,
        vcf,
    })
}

/// The sample of a file: by its read groups, else by the file's name.
pub fn sample_name(alignments: &Alignments, file: &Path) -> String {
    alignments.sample().map_or_else(|| stem(file), ToOwned::to_owned)
}

/// A file's name without its extension.
pub fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes a VCF: plain, or by the ending `.gz` in BGZF with its index beside it.
///
/// # Errors
/// When the files cannot be written.
pub fn write(genotypes: &SampleGenotypes, output: &Path) -> Result<()> {
    let parent = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = output.file_name().context("the output has no file name")?.to_string_lossy().into_owned();
    let folder = Folder::open(parent)?;
    if !name.ends_with(".gz") {
        return folder.write(&name, genotypes.vcf.as_bytes())?.publish();
    }
    let mut packed = bgzf::io::Writer::new(Vec::new());
    packed.write_all(genotypes.vcf.as_bytes())?;
    let vcf = folder.write(&name, &packed.finish()?)?;
    let index = noodles::vcf::fs::index(vcf.path()).context("the index cannot be made")?;
    // human contigs are short enough for this kind, the only one that every program reads
    let noodles::vcf::Index::Tabix(index) = index else { bail!("{name}: contigs are too long for a .tbi index") };
    let mut bytes = Vec::new();
    noodles::tabix::io::Writer::new(&mut bytes).write_index(&index)?;
    vcf.publish()?;
    folder.write(&format!("{name}.tbi"), &bytes)?.publish()
}
