//! The single measurement that tells most of several fitting diplotypes apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use variants::model::Allele;

use crate::call::{Candidate, Component, Diplotype, GeneCall, Strand};
use crate::knowledge::schema::{Gene, GeneSite, SiteRole};

/// A measurement to order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Assay {
    /// Genotype one site that this input lacks.
    Genotype {
        /// Site as `chr10:94942290 C>T`, GRCh38.
        site: String,
        /// dbSNP identifier.
        rsid: Option<String>,
        /// Whether it leaves a single candidate whatever its result.
        settles: bool,
    },
    /// Find out which alleles of the heterozygous sites lie on one chromosome copy (long reads, or a parent).
    Phase {
        /// The heterozygous sites, GRCh38.
        sites: Vec<String>,
        /// Whether it leaves a single candidate whatever its result.
        settles: bool,
    },
}

/// Picks the assay with the least expected uncertainty left (Shannon entropy under `weights`, one a candidate; equal
/// weights where they are all zero). A genotype is preferred to phasing when they leave the same. `None` when neither
/// tells any two candidates apart.
pub fn settling_assay(gene: &Gene, call: &GeneCall, candidates: &[&Candidate], weights: &[f64]) -> Option<Assay> {
    let equal = vec![1.0; candidates.len()];
    let weights = if weights.iter().sum::<f64>() > 0.0 { weights } else { &equal };
    let before = entropy_left(&vec![Vec::new(); candidates.len()], weights);
    let mut best: Option<(f64, Assay)> = None;
    let mut consider = |left: f64, assay: Assay| {
        if left < before - 1e-9 && best.as_ref().is_none_or(|(least, _)| left < *least - 1e-9) {
            best = Some((left, assay));
        }
    };
    for &index in &call.missing {
        let Some(site) = gene.sites.get(index).filter(|s| s.role == SiteRole::Defining) else { continue };
        let shown: Vec<Vec<String>> = candidates.iter().map(|c| haplotypes(gene, c, &[index])).collect();
        let left = entropy_left(&shown, weights);
        consider(left, Assay::Genotype { site: name(gene, site), rsid: site.rsid.clone(), settles: left < 1e-9 });
    }
    let het = heterozygous_sites(call);
    if het.len() > 1 {
        let shown: Vec<Vec<String>> = candidates.iter().map(|c| haplotypes(gene, c, &het)).collect();
        let left = entropy_left(&shown, weights);
        let sites = het.iter().filter_map(|&i| gene.sites.get(i)).map(|s| name(gene, s)).collect();
        consider(left, Assay::Phase { sites, settles: left < 1e-9 });
    }
    best.map(|(_, assay)| assay)
}

fn name(gene: &Gene, site: &GeneSite) -> String {
    format!("{}:{} {}>{}", gene.contig, site.position, site.reference, site.alternates.join(","))
}

fn heterozygous_sites(call: &GeneCall) -> Vec<usize> {
    call.sites
        .iter()
        .filter(|s| {
            s.observation
                .usable()
                .is_some_and(|g| g.ploidy() == 2 && !g.is_homozygous() && !g.alleles.contains(&Allele::Missing))
        })
        .map(|s| s.site)
        .collect()
}

/// What a candidate's chromosome copies carry at some sites, as sorted strings: order of copies does not matter.
fn haplotypes(gene: &Gene, candidate: &Candidate, sites: &[usize]) -> Vec<String> {
    let strands: Vec<&Strand> = match &candidate.diplotype {
        Some(Diplotype::Pair(a, b)) => vec![a, b],
        Some(Diplotype::Single(a)) => vec![a],
        Some(Diplotype::Listed(_)) | None => Vec::new(),
    };
    let mut shown: Vec<String> = strands.iter().map(|s| haplotype(gene, s, sites)).collect();
    shown.sort();
    shown
}

fn haplotype(gene: &Gene, strand: &Strand, sites: &[usize]) -> String {
    let carried = |index: usize| -> String {
        for part in &strand.0 {
            let Component::Named(allele) = part else { continue };
            let definition = gene.alleles.iter().find(|a| a.name == *allele && !a.is_reference);
            if let Some(bases) = definition.and_then(|a| a.carries.get(index)).filter(|b| !b.is_empty()) {
                return bases.join("|");
            }
        }
        gene.sites.get(index).map(|s| reference_bases(gene, index, s)).unwrap_or_default()
    };
    sites.iter().map(|&i| carried(i)).collect::<Vec<_>>().join(" ")
}

fn reference_bases(gene: &Gene, index: usize, site: &GeneSite) -> String {
    gene.alleles
        .iter()
        .find(|a| a.is_reference)
        .and_then(|a| a.carries.get(index))
        .filter(|b| !b.is_empty())
        .map_or_else(|| site.reference.clone(), |b| b.join("|"))
}

/// Expected entropy, in bits, within the classes of candidates that show the same.
fn entropy_left(shown: &[Vec<String>], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let mut classes: BTreeMap<&[String], Vec<f64>> = BTreeMap::new();
    for (what, weight) in shown.iter().zip(weights) {
        classes.entry(what.as_slice()).or_default().push(weight / total);
    }
    classes
        .values()
        .map(|members| {
            let mass: f64 = members.iter().sum();
            members.iter().filter(|p| **p > 0.0).map(|p| -p * (p / mass).log2()).sum::<f64>()
        })
        .sum()
}
