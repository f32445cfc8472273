//! What a patient's calls say to the flow.

use variants::model::Allele;

use super::carried::{changes, count};
use super::{CYP2C9, CYP4F2, VKORC1};
use crate::call::{CallSource, Candidate, Diplotype, GeneCall};
use crate::dosing::cpic2017::{Cyp2c9, FURTHER_ALLELES, Inputs};
use crate::guidance::Basis;
use crate::knowledge::schema::{Gene, Knowledge, SiteRole};

/// One reading of the calls: where a gene has several candidates, each that matters is a reading of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Genotype {
    pub(super) vkorc1: Option<u8>,
    pub(super) cyp2c9: Option<Cyp2c9>,
    pub(super) further_alleles_tested: bool,
    pub(super) rs12777823: Option<u8>,
    pub(super) cyp4f2: Option<u8>,
    /// Whether CYP2C9 is a poor metaboliser by its own phenotype rules.
    pub(super) poor_cyp2c9: bool,
    pub(super) basis: Vec<Basis>,
}

impl Genotype {
    pub(super) fn flow(&self, african_ancestry: bool) -> Inputs {
        Inputs {
            african_ancestry,
            vkorc1: self.vkorc1,
            cyp2c9: self.cyp2c9.clone(),
            further_alleles_tested: self.further_alleles_tested,
            rs12777823: self.rs12777823,
            cyp4f2: self.cyp4f2,
        }
    }
}

/// Every distinct reading; none when neither CYP2C9 nor VKORC1 has a result.
pub(super) fn genotypes(knowledge: &Knowledge, calls: &[&GeneCall]) -> Vec<Genotype> {
    let find = |symbol: &str| {
        let call = calls.iter().copied().find(|c| c.gene == symbol)?;
        Some((knowledge.genes.get(symbol)?, call))
    };
    let (cyp2c9, vkorc1, cyp4f2) = (find(CYP2C9), find(VKORC1), find(CYP4F2));
    let has_result = |found: Option<(&Gene, &GeneCall)>| found.is_some_and(|(_, call)| !call.candidates.is_empty());
    if !has_result(cyp2c9) && !has_result(vkorc1) {
        return Vec::new();
    }
    let mut readings: Vec<Genotype> = Vec::new();
    for a in candidates(cyp2c9) {
        for b in candidates(vkorc1) {
            for c in candidates(cyp4f2) {
                let reading = read(cyp2c9, vkorc1, cyp4f2, [a, b, c]);
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
    }
    readings
}

type Found<'a> = Option<(&'a Gene, &'a GeneCall)>;

fn candidates<'a>(found: Found<'a>) -> Vec<Option<&'a Candidate>> {
    match found.map(|(_, call)| call.candidates.as_slice()) {
        None | Some([]) => vec![None],
        Some(some) => some.iter().map(Some).collect(),
    }
}

fn read(cyp2c9: Found<'_>, vkorc1: Found<'_>, cyp4f2: Found<'_>, chosen: [Option<&Candidate>; 3]) -> Genotype {
    let [a, b, c] = chosen;
    let star_alleles = cyp2c9.zip(a).and_then(|((gene, call), candidate)| read_cyp2c9(gene, call, candidate));
    let further_alleles_tested = cyp2c9.is_some_and(|(gene, call)| further_tested(gene, call, star_alleles.as_ref()));
    let basis = [(cyp2c9, a), (vkorc1, b), (cyp4f2, c)].into_iter().filter_map(|(f, c)| basis_of(f?.1, c?));
    Genotype {
        vkorc1: b.and_then(read_vkorc1),
        cyp2c9: star_alleles,
        further_alleles_tested,
        rs12777823: cyp2c9.and_then(|(gene, call)| read_extra_site(gene, call)),
        cyp4f2: cyp4f2.zip(c).and_then(|((gene, call), candidate)| {
            assayed(gene, call, "*3").then(|| count(gene, candidate.diplotype.as_ref()?, "*3")).flatten()
        }),
        poor_cyp2c9: a.and_then(|c| c.phenotype.as_ref()).is_some_and(|p| p.name == "Poor Metabolizer"),
        basis: basis.collect(),
    }
}

/// Counts of the alleles that the flow knows; `None` unless *2 and *3 were assayed.
fn read_cyp2c9(gene: &Gene, call: &GeneCall, candidate: &Candidate) -> Option<Cyp2c9> {
    let diplotype = candidate.diplotype.as_ref()?;
    if !assayed(gene, call, "*2") || !assayed(gene, call, "*3") {
        return None;
    }
    let mut further = Vec::new();
    for allele in FURTHER_ALLELES {
        further.extend((0..count(gene, diplotype, allele)?).map(|_| allele.to_owned()));
    }
    Some(Cyp2c9 { star2: count(gene, diplotype, "*2")?, star3: count(gene, diplotype, "*3")?, further })
}

/// Whether *5, *6, *8 and *11 were all looked for. An outside call does not say; one that names any of them did look.
fn further_tested(gene: &Gene, call: &GeneCall, found: Option<&Cyp2c9>) -> bool {
    match call.source {
        CallSource::Matcher => FURTHER_ALLELES.iter().all(|allele| assayed(gene, call, allele)),
        CallSource::Outside => found.is_some_and(|f| !f.further.is_empty()),
    }
}

/// Whether every site that defines an allele had a usable genotype. Outside calls have no sites: their alleles count.
fn assayed(gene: &Gene, call: &GeneCall, allele: &str) -> bool {
    if call.source == CallSource::Outside {
        return true;
    }
    let Some(allele) = gene.alleles.iter().find(|a| a.name == allele) else { return false };
    changes(gene, allele).all(|(site, _)| !call.missing.contains(&site))
}

/// VKORC1 -1639A alleles, from the phenotype's name: an outside call may have nothing else.
fn read_vkorc1(candidate: &Candidate) -> Option<u8> {
    match candidate.phenotype.as_ref()?.name.as_str() {
        "-1639 GG" => Some(0),
        "-1639 AG" => Some(1),
        "-1639 AA" => Some(2),
        _ => None,
    }
}

/// Alternate alleles at rs12777823, which is reported beside CYP2C9 and defines none of its alleles.
fn read_extra_site(gene: &Gene, call: &GeneCall) -> Option<u8> {
    let index = gene.sites.iter().position(|s| s.role == SiteRole::Extra && s.rsid.as_deref() == Some("rs12777823"))?;
    let genotype = call.sites.iter().find(|t| t.site == index)?.observation.usable()?;
    if genotype.ploidy() != 2 {
        return None;
    }
    let mut count = 0;
    for allele in &genotype.alleles {
        match allele {
            Allele::Reference => {}
            Allele::Alternate(0) => count += 1,
            _ => return None,
        }
    }
    Some(count)
}

fn basis_of(call: &GeneCall, candidate: &Candidate) -> Option<Basis> {
    let diplotype = candidate.diplotype.as_ref().map(Diplotype::to_string).unwrap_or_default();
    let phenotype = candidate.phenotype.as_ref();
    let score = phenotype.and_then(|p| p.activity_score.clone());
    let name = phenotype.map(|p| p.name.clone()).unwrap_or_default();
    if diplotype.is_empty() && name.is_empty() {
        return None;
    }
    // the flow looks at alleles; the score is what other tables call the same result
    let lookup = score.clone().or_else(|| phenotype.map(|p| p.name.clone())).unwrap_or_else(|| diplotype.clone());
    Some(Basis {
        gene: call.gene.clone(),
        diplotype,
        phenotype: name,
        activity_score: score,
        lookup,
        phenoconversion: None,
    })
}
