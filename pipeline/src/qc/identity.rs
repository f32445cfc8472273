//! Whether reads and variants are of one person.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Serialize;
use variants::model::{Allele, Genotype};
use variants::observe::{ObserveOptions, Panels, Source, observe};

use crate::genotypes::SampleGenotypes;

/// Fewest sites with an alternate that identity is judged from.
const LEAST_SITES: usize = 10;
/// Least share of them with equal genotypes in one person's data.
const LEAST_AGREEMENT: f64 = 0.9;

/// Genotypes of reads against those of variants.
#[derive(Debug, Serialize)]
pub struct Identity {
    /// The file of variants.
    pub file: String,
    /// Its sample that agrees best, or the one of the same name.
    pub sample: String,
    /// Sites with a genotype in both and an alternate in either.
    pub sites: usize,
    /// Those with the same genotype.
    pub equal: usize,
    /// `same`, `other`, or `undecided` with too few sites.
    pub verdict: &'static str,
}

impl Identity {
    /// What a person must know of it.
    pub fn warning(&self) -> Option<String> {
        let of = format!("{} of {} sites agree with sample {} of {}", self.equal, self.sites, self.sample, self.file);
        match self.verdict {
            "same" => None,
            "other" => Some(format!("{of}: these are two people")),
            _ => Some(format!("{of}: too few to tell whether it is one person")),
        }
    }
}

/// Compares with the sample of the same name, or else with the only one, or the one that agrees best.
///
/// # Errors
/// When the variants cannot be read, or are on another assembly.
pub fn compare(variants: &Path, reads: &SampleGenotypes, panels: &Panels) -> Result<Identity> {
    let options = ObserveOptions::default();
    let theirs = observe(&Source::File(variants.to_owned()), panels, &options)?.observations;
    let text = Source::Text { name: reads.sample.clone(), text: Arc::from(reads.vcf.as_str()) };
    let ours = observe(&text, panels, &options)?.observations;
    anyhow::ensure!(
        theirs.panel.assembly() == ours.panel.assembly(),
        "{} is on {}, the reads are on {}",
        variants.display(),
        theirs.panel.assembly(),
        ours.panel.assembly()
    );
    let named = theirs.samples.iter().position(|name| *name == reads.sample);
    let candidates: Vec<usize> = named.map_or_else(|| (0..theirs.samples.len()).collect(), |index| vec![index]);
    let best = candidates
        .into_iter()
        .map(|index| {
            let (mut sites, mut equal) = (0, 0);
            for site in 0..ours.columns.len() {
                let genotype = |o: &variants::model::Observations, sample| {
                    o.get(sample, site).and_then(|observation| observation.usable().cloned())
                };
                let (Some(a), Some(b)) = (genotype(&ours, 0), genotype(&theirs, index)) else { continue };
                let (a, b) = (sorted(&a), sorted(&b));
                if a.iter().chain(&b).any(|allele| *allele != Allele::Reference) {
                    sites += 1;
                    equal += usize::from(a == b);
                }
            }
            (index, sites, equal)
        })
        .max_by(|a, b| (a.2 * b.1.max(1)).cmp(&(b.2 * a.1.max(1))).then(b.0.cmp(&a.0)));
    let (index, sites, equal) = best.context("no sample in the variants")?;
    let verdict = match equal as f64 / sites.max(1) as f64 {
        _ if sites < LEAST_SITES => "undecided",
        share if share >= LEAST_AGREEMENT => "same",
        _ => "other",
    };
    let sample = theirs.samples.get(index).cloned().unwrap_or_default();
    Ok(Identity { file: variants.display().to_string(), sample, sites, equal, verdict })
}

/// The alleles without order; one copy counts as two alike, since callers write one X either way.
fn sorted(genotype: &Genotype) -> Vec<Allele> {
    let mut alleles: Vec<Allele> = genotype.alleles.to_vec();
    if let [one] = alleles.as_slice() {
        alleles = vec![one.clone(), one.clone()];
    }
    alleles.sort();
    alleles
}
