//! Genotypes at the sites of a panel, from reads.
//!
//! A base is read off where the alignment puts it; where alleles differ in length, each read is aligned again to every
//! allele in its surroundings (`realign`). The likelihood of a genotype is the product over fragments of the mean over its
//! copies (Li 2011, doi:10.1093/bioinformatics/btr509, equation 2, with one term a fragment instead of one a base). Every site gets
//! an answer, so that covered reference differs from what was not seen.

mod collect;
mod likelihood;
mod phase;
mod realign;
mod text;

use crate::io::fasta::Reference;
use crate::model::Panel;

use super::{Alignments, ReadsError};
use likelihood::Called;

/// How reads are genotyped.
#[derive(Default)]
pub struct GenotypeOptions {
    /// Copies of the X chromosome, 1 or 2, where they are known; otherwise depth decides.
    pub x_copies: Option<u8>,
    /// Reference sequence for the surroundings of alleles of several lengths; without it, what most reads show.
    pub reference: Option<Reference>,
}

/// The genotype of one site.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteGenotype {
    /// Index into [`Panel::sites`].
    pub site: usize,
    /// Copies that it was called with, 1 or 2.
    pub ploidy: u8,
    /// REF, the panel's alternates, then what else the reads show; `*` for a base that is deleted.
    pub alleles: Vec<String>,
    /// Indices into `alleles`, one a copy; `None` when the reads do not decide.
    pub copies: Option<Vec<u8>>,
    /// Phred-scaled probability that `copies`, or the best guess, is wrong; at most 99.
    pub quality: u8,
    /// Fragments that were used.
    pub depth: u32,
    /// Fragments that favour each allele.
    pub allele_depths: Vec<u32>,
    /// Phred-scaled likelihoods in the order of the VCF specification, the best one 0.
    pub likelihoods: Vec<u32>,
    /// Fragments that were not used, because they may belong elsewhere (mapping quality 0).
    pub unplaced: u32,
    /// 1-based position of the first site of its phase set; `copies` are then in the order of the two chromosomes.
    pub phase_set: Option<u32>,
    /// Whether the reads of a heterozygote are shared out so unevenly that the genotype is doubtful.
    pub unbalanced: bool,
}

/// Genotypes of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Genotyped {
    /// One for each site of the panel, in its order.
    pub sites: Vec<SiteGenotype>,
    /// Copies of X that genotypes were called with.
    pub x_copies: u8,
    /// What a person should know, in a fixed order.
    pub notes: Vec<String>,
}

pub use text::vcf;

/// Reads genotypes at every site of a panel.
///
/// # Errors
/// As [`Alignments::fetch`]; when the reference sequence cannot be read, or has other bases at a site than the panel.
pub fn genotype(
    alignments: &mut Alignments,
    panel: &Panel,
    mut options: GenotypeOptions,
) -> Result<Genotyped, ReadsError> {
    let mut notes = Vec::new();
    let evidence = collect::collect(alignments, panel, options.reference.as_mut(), &mut notes)?;
    let x_copies = match options.x_copies {
        Some(copies) => copies,
        None => x_copies(panel, &evidence, &mut notes),
    };
    let mut called: Vec<Called> = evidence
        .iter()
        .zip(panel.sites())
        .map(|(evidence, site)| likelihood::call(evidence, copies_of(&site.contig, x_copies)))
        .collect();
    phase::phase(panel, &evidence, &mut called);
    let sites = called.into_iter().enumerate().map(|(site, called)| called.into_genotype(site)).collect();
    Ok(Genotyped { sites, x_copies, notes })
}

fn copies_of(contig: &str, x_copies: u8) -> u8 {
    match contig {
        "chrX" => x_copies,
        "chrY" | "chrM" => 1,
        _ => 2,
    }
}

/// Share of the autosomes' depth below which X has one copy, and above which it has two: half-way is 0.75, and a few sites
/// of one gene vary.
const ONE_COPY: f64 = 0.65;
const TWO_COPIES: f64 = 0.85;

fn x_copies(panel: &Panel, evidence: &[collect::SiteEvidence], notes: &mut Vec<String>) -> u8 {
    let mean = |x: bool| {
        let depths: Vec<f64> =
            panel
                .sites()
                .iter()
                .zip(evidence)
                .filter(|(site, _)| {
                    if x { site.contig == "chrX" } else { !matches!(site.contig.as_str(), "chrX" | "chrY" | "chrM") }
                })
                .map(|(_, evidence)| evidence.fragments.len() as f64)
                .filter(|depth| *depth > 0.0)
                .collect();
        (!depths.is_empty()).then(|| depths.iter().sum::<f64>() / depths.len() as f64)
    };
    let (Some(on_x), Some(elsewhere)) = (mean(true), mean(false)) else { return 2 };
    let ratio = on_x / elsewhere;
    let (copies, doubt) = match ratio {
        r if r < ONE_COPY => (1, ""),
        r if r < TWO_COPIES => (2, ", which lies between one and two: give the sex to settle it"),
        _ => (2, ""),
    };
    notes.push(format!(
        "X was read with {copies} copies by the depth of its sites, {ratio:.2} times that of the others{doubt}"
    ));
    copies
}
