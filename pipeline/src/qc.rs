//! Quality of reads for pharmacogenes: what is covered, whose sample it is, and whether it is one person's.

mod identity;
mod page;
mod tables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pgx_rules::calling::Sex;
use pgx_rules::contamination::{Contamination, HomozygousSite, estimate, frequency};
use pgx_rules::knowledge::embedded;
use pgx_rules::knowledge::panel::{GenePanel, panel};
use pgx_rules::knowledge::schema::{Gene, GeneSite};
use pgx_rules::sex::SexChromosomes;
use pgx_rules::structure::locus::Locus;
use serde::Serialize;
use variants::model::Assembly;
use variants::observe::Panels;
use variants::reads::genotype::{Genotyped, SiteGenotype};

use crate::cli::status::{Classify, Status};
use crate::genotypes::{self, ReadOptions};
use crate::report::files::{Complete, Folder};
pub use identity::Identity;

/// Mean depth below which a sample is thin.
const THIN: f64 = 15.0;
/// Share of somebody else's reads above which genotypes are in doubt.
const CONTAMINATED: f64 = 0.03;

/// What is judged.
pub struct Plan {
    /// Files of reads.
    pub reads: Vec<PathBuf>,
    /// FASTA of the reference.
    pub reference: Option<PathBuf>,
    /// Variants of the same people.
    pub variants: Option<PathBuf>,
    /// Sex of all samples, as stated.
    pub sex: Option<Sex>,
    /// Folder to write into.
    pub output: PathBuf,
}

/// Coverage of one gene.
#[derive(Debug, Serialize)]
pub struct GeneCoverage {
    /// Symbol.
    pub gene: String,
    /// Sites of the panel.
    pub sites: usize,
    /// Those with a genotype.
    pub called: usize,
    /// Mean fragments a site.
    pub depth: f64,
    /// Fewest.
    pub least: u32,
    /// Alleles that AMP/CAP want tested (tier 1) and that small variants show, with their sites without a genotype (GRCh38
    /// positions).
    pub must_test: Vec<(String, Vec<u32>)>,
}

/// A sample's quality.
#[derive(Debug, Serialize)]
pub struct SampleQc {
    /// Name of the read groups, or of the file.
    pub sample: String,
    /// The file.
    pub file: String,
    /// By the lengths of the contigs.
    pub assembly: Assembly,
    /// Mean fragments a site, without X and the mitochondrion.
    pub depth: f64,
    /// Sites of the panel.
    pub sites: usize,
    /// Those with a genotype.
    pub called: usize,
    /// Copies of X by the depth of its sites; `None` where it has none.
    pub x_copies: Option<u8>,
    /// X and Y by the reads of each chromosome, as the index of a BAM counts them; `None` when it is not of a whole genome.
    pub sex_chromosomes: Option<SexChromosomes>,
    /// Somebody else's reads; `None` with too few sites.
    pub contamination: Option<Contamination>,
    /// The same person in the variants?
    pub identity: Option<Identity>,
    /// By gene.
    pub genes: Vec<GeneCoverage>,
    /// What a person must look at; empty when all is well.
    pub warnings: Vec<String>,
}

/// Samples, and files that could not be read.
pub struct Outcome {
    /// In the order of the files.
    pub samples: Vec<SampleQc>,
    /// One line each.
    pub failures: Vec<String>,
}

/// Judges all files and writes the tables.
///
/// # Errors
/// When no file could be read, or the output cannot be written.
pub fn run(plan: &Plan) -> Result<Outcome> {
    let knowledge = embedded()?;
    let genes: Vec<&Gene> = knowledge.genes.values().filter(|gene| !gene.sites.is_empty()).collect();
    let both = [panel(&genes, Assembly::Grch38)?, panel(&genes, Assembly::Grch37)?];
    let mut samples: Vec<SampleQc> = Vec::new();
    let mut failures = Vec::new();
    for file in &plan.reads {
        match one(plan, file, &genes, &both) {
            Ok(sample) if samples.iter().any(|known| known.sample == sample.sample) => {
                failures.push(format!("{}: a sample {} is there already", file.display(), sample.sample));
            }
            Ok(sample) => samples.push(sample),
            Err(error) => failures.push(format!("{error:#}")),
        }
    }
    if samples.is_empty() {
        return Err(anyhow::anyhow!("{}", failures.first().cloned().unwrap_or_default())).status(Status::Input);
    }
    let folder = Folder::open(&plan.output).status(Status::Output)?;
    let json = format!("{}\n", serde_json::to_string_pretty(&samples)?);
    [
        folder.write("qc.tsv", tables::samples(&samples).as_bytes())?,
        folder.write("coverage.tsv", tables::genes(&samples).as_bytes())?,
        folder.write("qc.json", json.as_bytes())?,
        folder.write("rxstrata_qc_mqc.json", tables::multiqc(&samples).as_bytes())?,
        folder.write("qc.html", page::page(&samples).as_bytes())?,
    ]
    .into_iter()
    .try_for_each(Complete::publish)
    .status(Status::Output)?;
    Ok(Outcome { samples, failures })
}

fn one(plan: &Plan, file: &Path, genes: &[&Gene], both: &[GenePanel; 2]) -> Result<SampleQc> {
    let panels = Panels { grch38: both[0].panel.clone(), grch37: both[1].panel.clone() };
    let sex = plan.sex;
    // X is judged by its own depth, whatever is stated
    let options = ReadOptions { reference: plan.reference.as_deref(), sex: &|_| None };
    let read = genotypes::of_file(file, &panels, options)?;
    let gene_panel = if read.assembly == Assembly::Grch38 { &both[0] } else { &both[1] };
    let called = &read.genotyped;
    let on = |x: bool| {
        let sites = gene_panel.panel.sites().iter().zip(&called.sites);
        sites.filter(move |(site, _)| (site.contig == "chrX") == x && site.contig != "chrM").map(|(_, c)| c.depth)
    };
    let mean = |depths: &[u32]| depths.iter().map(|d| f64::from(*d)).sum::<f64>() / depths.len().max(1) as f64;
    let depth = mean(&on(false).collect::<Vec<_>>());
    let x_copies = on(true).any(|depth| depth > 0).then_some(called.x_copies);
    let contamination = contamination(genes, gene_panel, called)?;
    let identity = match &plan.variants {
        Some(variants) => Some(identity::compare(variants, &read, &panels).context("identity")?),
        None => None,
    };
    let mut sample = SampleQc {
        sample: read.sample,
        file: file.display().to_string(),
        assembly: read.assembly,
        depth,
        sites: called.sites.len(),
        called: called.sites.iter().filter(|site| site.copies.is_some()).count(),
        x_copies,
        sex_chromosomes: SexChromosomes::of(&read.mapped),
        contamination,
        identity,
        genes: genes.iter().zip(&gene_panel.sites).map(|(gene, sites)| coverage(gene, sites, called)).collect(),
        warnings: Vec::new(),
    };
    sample.warnings = warnings(&sample, sex);
    Ok(sample)
}

fn coverage(gene: &Gene, sites: &[Option<usize>], called: &Genotyped) -> GeneCoverage {
    let of = |site: &Option<usize>| site.and_then(|index| called.sites.get(index));
    let found: Vec<&SiteGenotype> = sites.iter().filter_map(of).collect();
    // an allele is seen by the sites at which it differs from the reference sequence; deletions have none
    let must_test = gene.must_test.iter().filter_map(|name| {
        let allele = gene.alleles.iter().find(|allele| allele.name == *name)?;
        let differs = |index: usize, site: &GeneSite| {
            allele.carries.get(index).and_then(|bases| bases.first()).is_some_and(|bases| *bases != site.reference)
        };
        let seen_by: Vec<usize> =
            gene.sites.iter().enumerate().filter(|(i, s)| differs(*i, s)).map(|(index, _)| index).collect();
        let open = |index: &&usize| sites.get(**index).and_then(of).is_none_or(|site| site.copies.is_none());
        let missing = seen_by.iter().filter(open).filter_map(|index| Some(gene.sites.get(*index)?.position));
        (!seen_by.is_empty()).then(|| (name.clone(), missing.collect()))
    });
    GeneCoverage {
        gene: gene.symbol.clone(),
        sites: sites.len(),
        called: found.iter().filter(|site| site.copies.is_some()).count(),
        depth: found.iter().map(|site| f64::from(site.depth)).sum::<f64>() / found.len().max(1) as f64,
        least: found.iter().map(|site| site.depth).min().unwrap_or(0),
        must_test: must_test.collect(),
    }
}

/// Homozygous sites of single bases, in genes whose reads no pseudogene shares.
fn contamination(genes: &[&Gene], gene_panel: &GenePanel, called: &Genotyped) -> Result<Option<Contamination>> {
    let shared: BTreeSet<String> = Locus::embedded()?.into_iter().map(|locus| locus.about.gene).collect();
    let mut sites = Vec::new();
    for (gene, places) in genes.iter().zip(&gene_panel.sites).filter(|(gene, _)| !shared.contains(&gene.symbol)) {
        for (index, place) in places.iter().enumerate() {
            let Some(site) = place.and_then(|place| called.sites.get(place)) else { continue };
            let single = site.alleles.iter().all(|allele| allele.len() == 1);
            let Some([first, rest @ ..]) = site.copies.as_deref().filter(|_| single && site.depth >= 8) else {
                continue;
            };
            if rest.iter().any(|copy| copy != first) {
                continue;
            }
            let Some(own) = site.alleles.get(usize::from(*first)) else { continue };
            let depth = site.allele_depths.iter().sum();
            let with_own = site.allele_depths.get(usize::from(*first)).copied().unwrap_or(0);
            if let Some(frequency) = frequency(gene, index, own) {
                sites.push(HomozygousSite { other: depth - with_own, depth, frequency: 1.0 - frequency });
            }
        }
    }
    Ok(estimate(&sites))
}

/// What a person must know of Y beside the sex that is stated, or beside X where none is.
fn about_y(found: SexChromosomes, sex: Option<Sex>) -> Option<String> {
    let has_y = found.has_y()?;
    let is = if has_y { "has a Y" } else { "has no Y" };
    match sex {
        Some(Sex::Male) if !has_y => Some(format!("stated male, but {is} by its reads: is it the right sample?")),
        Some(Sex::Female) if has_y => Some(format!("stated female, but {is} by its reads: is it the right sample?")),
        Some(_) => None,
        None if has_y == (found.x > 1.5) => Some(format!(
            "{is} and {:.1} copies of X by its reads: a rare karyotype, or the reads of two people",
            found.x
        )),
        None => None,
    }
}

fn warnings(sample: &SampleQc, sex: Option<Sex>) -> Vec<String> {
    let mut warnings = Vec::new();
    if sample.depth < THIN {
        warnings.push(format!("mean depth {:.1}, below {THIN}: genotypes stay open at some sites", sample.depth));
    }
    if let (Some(sex), Some(copies)) = (sex, sample.x_copies)
        && (sex == Sex::Male) != (copies == 1)
    {
        let stated = if sex == Sex::Male { "male" } else { "female" };
        warnings
            .push(format!("stated {stated}, but the depth of X is that of {copies} copies: is it the right sample?"));
    }
    warnings.extend(sample.sex_chromosomes.and_then(|found| about_y(found, sex)));
    if let Some(found) = sample.contamination.filter(|found| found.low > CONTAMINATED) {
        warnings.push(format!(
            "{:.0} % of the reads ({:.0} to {:.0} %) come from somebody else: heterozygotes are in doubt",
            100.0 * found.share,
            100.0 * found.low,
            100.0 * found.high
        ));
    }
    warnings.extend(sample.identity.as_ref().and_then(Identity::warning));
    let open: Vec<String> = sample
        .genes
        .iter()
        .flat_map(|gene| {
            gene.must_test.iter().filter(|(_, missing)| !missing.is_empty()).map(|(a, _)| format!("{}{a}", gene.gene))
        })
        .collect();
    if !open.is_empty() {
        warnings.push(format!("{} alleles that every test should see have sites without a genotype", open.len()));
    }
    warnings
}
