//! Diplotypes to genotypes: the inverse of calling. A laboratory gets a positive control for any named allele, the demo its
//! input, and the tests a round trip.
//!
//! Conventions, all of them visible in the result:
//! - every panel site of a stated gene gets a genotype; a gene that is not stated for a sample is missing there, never
//!   reference;
//! - where a named allele leaves a site open, it carries the reference base (GRCh38);
//! - where a named allele allows several bases (IUPAC codes), it carries the reference base if that is among them, and
//!   the first one listed otherwise;
//! - a site that no named allele of its gene speaks of ([`SiteRole::Extra`]) is missing: a diplotype does not say it;
//! - structural alleles cannot be written as small variants and are refused.

mod parse;
mod refusal;

pub use refusal::{Reason, Refusal};

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use smallvec::SmallVec;
use variants::model::{Allele, Assembly, Genotype, Panel};

use crate::knowledge::panel::{GenePanel, GenePanelError, panel};
use crate::knowledge::schema::{Gene, Knowledge, NamedAllele, SiteRole};

/// One statement: a sample's diplotype of a gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Sample name.
    pub sample: String,
    /// Gene symbol.
    pub gene: String,
    /// `A/B`, one allele alone for one copy, `[A + B]` for several on one copy; names of the definition.
    pub diplotype: String,
}

/// Genotypes that show the stated diplotypes.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Sites of all genes with at least one accepted statement.
    pub panel: Arc<Panel>,
    /// Genes that ask for each site of the panel, sorted.
    pub genes: Vec<Vec<String>>,
    /// Samples in order of first statement, refused ones included.
    pub samples: Vec<String>,
    /// Genotypes, panel sites × samples; `None` is missing. Alleles are those of the panel's site.
    pub genotypes: Vec<Vec<Option<Genotype>>>,
    /// Statements that could not be encoded, in order.
    pub refused: Vec<Refusal>,
}

/// Encodes statements on one assembly. With `phased`, the first allele of `A/B` is on the first chromosome copy at every
/// site; without, heterozygous genotypes list the lower allele first and say nothing about phase.
///
/// # Errors
/// When the genes' sites contradict each other.
pub fn encode(
    knowledge: &Knowledge,
    statements: &[Stated],
    assembly: Assembly,
    phased: bool,
) -> Result<Encoded, GenePanelError> {
    let samples: IndexSet<&str> = statements.iter().map(|s| s.sample.as_str()).collect();
    let mut refused = Vec::new();
    let mut accepted: IndexMap<(&str, &str), (&Gene, Vec<Copy>)> = IndexMap::new();
    for (row, stated) in statements.iter().enumerate() {
        let refuse = |reason| Refusal { row, stated: stated.clone(), reason };
        if accepted.contains_key(&(stated.sample.as_str(), stated.gene.as_str())) {
            refused.push(refuse(Reason::Repeated));
            continue;
        }
        match copies(knowledge, stated, assembly) {
            Ok(copies) => {
                accepted.insert((&stated.sample, &stated.gene), copies);
            }
            Err(reason) => refused.push(refuse(reason)),
        }
    }
    let used: BTreeSet<&str> = accepted.keys().map(|(_, gene)| *gene).collect();
    let genes: Vec<&Gene> = knowledge.genes.values().filter(|g| used.contains(g.symbol.as_str())).collect();
    let GenePanel { panel, sites } = panel(&genes, assembly)?;
    let mut genotypes = vec![vec![None; samples.len()]; panel.sites().len()];
    let mut asking = vec![Vec::new(); panel.sites().len()];
    for (gene, sites) in genes.iter().zip(&sites) {
        for index in sites.iter().flatten() {
            asking[*index].push(gene.symbol.clone());
        }
        for (sample, name) in samples.iter().enumerate() {
            let Some((_, copies)) = accepted.get(&(*name, gene.symbol.as_str())) else { continue };
            for (place, (site, index)) in gene.sites.iter().zip(sites).enumerate() {
                if let Some(index) = index.filter(|_| site.role != SiteRole::Extra) {
                    let at = &panel.sites()[index];
                    let alleles = copies.iter().filter_map(|c| c.get(place)).map(|bases| at.allele(bases)).collect();
                    genotypes[index][sample] = Some(genotype(alleles, phased));
                }
            }
        }
    }
    let samples = samples.into_iter().map(str::to_owned).collect();
    Ok(Encoded { panel, genes: asking, samples, genotypes, refused })
}

/// Bases of one chromosome copy at each of a gene's sites.
type Copy = Vec<String>;

fn copies<'k>(knowledge: &'k Knowledge, stated: &Stated, assembly: Assembly) -> Result<(&'k Gene, Vec<Copy>), Reason> {
    let gene = knowledge.genes.get(&stated.gene).ok_or(Reason::UnknownGene)?;
    if gene.sites.is_empty() {
        return Err(Reason::NoSites);
    }
    let strands = parse::strands(gene, &stated.diplotype)?;
    if strands.len() == 1 && !may_be_single(gene) {
        return Err(Reason::OneAllele);
    }
    let copies = strands.iter().map(|strand| copy(gene, strand)).collect::<Result<Vec<_>, _>>()?;
    if assembly == Assembly::Grch37 {
        for (place, site) in gene.sites.iter().enumerate().filter(|(_, s)| s.grch37.is_none()) {
            if copies.iter().any(|c| c.get(place) != Some(&site.reference)) {
                return Err(Reason::Unplaced { position: site.position });
            }
        }
    }
    Ok((gene, copies))
}

/// Whether people may have one copy of the gene: on X in males, and in mitochondria.
fn may_be_single(gene: &Gene) -> bool {
    ["sex_linked", "copies"].iter().any(|fact| gene.rule_facts.contains_key(*fact))
}

/// What a copy that carries these alleles shows at each site.
fn copy(gene: &Gene, strand: &[&NamedAllele]) -> Result<Copy, Reason> {
    let mut bases: Copy = gene.sites.iter().map(|s| s.reference.clone()).collect();
    let mut set_by: Vec<Option<&str>> = vec![None; gene.sites.len()];
    for allele in strand {
        let constrained = allele.carries.iter().enumerate().filter(|(_, choices)| !choices.is_empty());
        for (place, choices) in constrained {
            let (Some(site), Some(slot)) = (gene.sites.get(place), bases.get_mut(place)) else { continue };
            let chosen = choices.iter().find(|b| **b == site.reference).or_else(|| choices.first());
            let Some(chosen) = chosen.filter(|b| **b != site.reference) else { continue };
            if let Some(other) = set_by[place].filter(|_| slot != chosen) {
                let (one, other) = (other.to_owned(), allele.name.clone());
                return Err(Reason::Contradiction { one, other, position: site.position });
            }
            slot.clone_from(chosen);
            set_by[place] = Some(&allele.name);
        }
    }
    Ok(bases)
}

fn genotype(mut alleles: SmallVec<[Allele; 2]>, phased: bool) -> Genotype {
    if !phased {
        alleles.sort();
    }
    Genotype { phased: phased && alleles.len() > 1, phase_set: None, alleles }
}

#[cfg(test)]
mod tests;
