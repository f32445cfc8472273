//! Genotypes for dose models from calls of variants, as `rxstrata call` writes them.
//!
//! A genotype is known only where its sites were seen: a *1/*1 with a missing site of *3 is no *1/*1. Where several
//! candidates fit that a dose model would read differently, the gene is left unknown, and said to be.

use super::cpic2017::FURTHER_ALLELES;
use super::genotype::{StarAlleles, cyp4f2, site, vkorc1};
use super::record::Genotypes;
use super::warfarin::carried::changes;
use super::warfarin::{CYP2C9, CYP4F2, VKORC1};
use crate::knowledge::schema::{Gene, Knowledge};

/// One gene as it was called.
#[derive(Clone, Debug, PartialEq)]
pub struct CalledGene {
    /// Symbol.
    pub gene: String,
    /// Whether another tool made the call: its sites are not known.
    pub is_outside: bool,
    /// Diplotypes and phenotypes that fit best.
    pub candidates: Vec<(Option<String>, Option<String>)>,
    /// Sites without a usable genotype.
    pub missing: MissingSites,
    /// rsID and genotype in bases of the plus strand, where there is one.
    pub sites: Vec<(String, String)>,
}

/// What is known of missing sites.
#[derive(Clone, Debug, PartialEq)]
pub enum MissingSites {
    /// Their rsIDs; empty text for a site without one.
    Named(Vec<String>),
    /// Only their number.
    Counted(usize),
}

/// What the calls of one sample say to dose models, and what a person must know about it.
pub fn genotypes(knowledge: &Knowledge, calls: &[CalledGene]) -> (Genotypes, Vec<String>) {
    let mut found = Genotypes::default();
    let mut notes = Vec::new();
    let call = |symbol: &str| Some((knowledge.genes.get(symbol)?, calls.iter().find(|c| c.gene == symbol)?));
    if let Some((gene, call)) = call(CYP2C9) {
        read_cyp2c9(knowledge, gene, call, &mut found, &mut notes);
    }
    if let Some((_, call)) = call(VKORC1) {
        let readings = call.candidates.iter().map(|(diplotype, phenotype)| {
            let text = phenotype.as_deref().or(diplotype.as_deref())?;
            vkorc1(text).ok()
        });
        found.vkorc1 = one(readings);
        if found.vkorc1.is_none() {
            notes.push(not_read(call));
        }
    }
    if let Some((_, call)) = call(CYP4F2).filter(|(gene, call)| assayed(gene, call, "*3") == Some(true)) {
        let readings = call.candidates.iter().map(|(diplotype, _)| cyp4f2(knowledge, diplotype.as_deref()?).ok());
        found.cyp4f2 = one(readings);
        if found.cyp4f2.is_none() {
            notes.push(not_read(call));
        }
    }
    (found, notes)
}

fn read_cyp2c9(knowledge: &Knowledge, gene: &Gene, call: &CalledGene, found: &mut Genotypes, notes: &mut Vec<String>) {
    found.rs12777823 = call
        .sites
        .iter()
        .find(|(rsid, _)| rsid == "rs12777823")
        .and_then(|(_, genotype)| site(genotype, "rs12777823", 'G', 'A').ok());
    match ["*2", "*3"].map(|allele| assayed(gene, call, allele)) {
        [Some(true), Some(true)] => {}
        [None, _] | [_, None] => {
            notes.push(
                "CYP2C9 is left unknown: sites are missing, and only calls.json says which; a missing site of *2 or *3 \
                 would hide the allele"
                    .into(),
            );
            return;
        }
        _ => {
            notes.push("CYP2C9 is left unknown: a site of *2 or *3 has no genotype".into());
            return;
        }
    }
    let read = |diplotype: &Option<String>| StarAlleles::read(knowledge, diplotype.as_deref()?).ok();
    let readings: Vec<Option<StarAlleles>> = call.candidates.iter().map(|(diplotype, _)| read(diplotype)).collect();
    let said = |stars: &StarAlleles| (stars.star2, stars.star3, stars.further.clone());
    let agree = one(readings.iter().map(|r| r.as_ref().map(said))).is_some();
    found.cyp2c9 = readings.into_iter().next().flatten().filter(|_| agree);
    let Some(stars) = &found.cyp2c9 else {
        notes.push(not_read(call));
        return;
    };
    found.further_tested = match call.is_outside {
        // another tool does not say what it looked for; an allele that it found was looked for
        true => (!stars.further.is_empty()).then_some(true),
        false => Some(FURTHER_ALLELES.iter().all(|allele| assayed(gene, call, allele) == Some(true))),
    };
}

/// The one value that all readings agree on.
fn one<T: PartialEq>(mut readings: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = readings.next()??;
    readings.all(|reading| reading.as_ref() == Some(&first)).then_some(first)
}

fn not_read(call: &CalledGene) -> String {
    let candidates: Vec<&str> = call.candidates.iter().filter_map(|(d, p)| d.as_deref().or(p.as_deref())).collect();
    match candidates.as_slice() {
        [] => format!("{} is left unknown: it has no call", call.gene),
        [one] => format!("{} is left unknown: '{one}' cannot be read by dose models", call.gene),
        several => format!("{} is left unknown: several answers fit ({})", call.gene, several.join("; ")),
    }
}

/// Whether every site that defines an allele had a genotype; `None` where that cannot be told.
fn assayed(gene: &Gene, call: &CalledGene, allele: &str) -> Option<bool> {
    if call.is_outside {
        return Some(true);
    }
    let missing = match &call.missing {
        MissingSites::Counted(0) => return Some(true),
        MissingSites::Counted(_) => return None,
        MissingSites::Named(rsids) => rsids,
    };
    let allele = gene.alleles.iter().find(|a| a.name == allele)?;
    let is_seen = |site: usize| {
        let rsid = gene.sites.get(site).and_then(|s| s.rsid.as_ref());
        rsid.map_or(missing.is_empty(), |rsid| !missing.contains(rsid))
    };
    Some(changes(gene, allele).all(|(site, _)| is_seen(site)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::knowledge::embedded;

    fn called(gene: &str, diplotypes: &[&str], missing: &[&str]) -> CalledGene {
        CalledGene {
            gene: gene.into(),
            is_outside: false,
            candidates: diplotypes.iter().map(|d| (Some((*d).to_owned()), None)).collect(),
            missing: MissingSites::Named(missing.iter().map(|m| (*m).to_owned()).collect()),
            sites: vec![("rs12777823".into(), "G|A".into())],
        }
    }

    fn read(call: CalledGene) -> (Genotypes, Vec<String>) {
        genotypes(embedded().unwrap(), &[call])
    }

    #[test]
    fn a_complete_call_says_all_that_models_ask() {
        let (found, notes) = read(called("CYP2C9", &["*1/*8"], &[]));
        assert_eq!(found.cyp2c9.unwrap().further, ["*8"]);
        assert_eq!((found.further_tested, found.rs12777823, notes.len()), (Some(true), Some(1), 0));
        let mut vkorc1 = called("VKORC1", &["rs9923231 reference (C)/rs9923231 variant (T)"], &[]);
        vkorc1.candidates[0].1 = Some("-1639 AG".into());
        assert_eq!(read(vkorc1).0.vkorc1, Some(1));
        assert_eq!(read(called("CYP4F2", &["*1/*4"], &[])).0.cyp4f2, Some(1));
    }

    #[test]
    fn a_missing_site_hides_its_allele() {
        // the sites of *3, *8 and CYP4F2*3
        let (found, notes) = read(called("CYP2C9", &["*1/*1"], &["rs1057910"]));
        assert_eq!(found.cyp2c9, None);
        assert!(notes[0].contains("a site of *2 or *3 has no genotype"), "{notes:?}");
        let (found, _) = read(called("CYP2C9", &["*1/*1"], &["rs7900194"]));
        assert!(found.cyp2c9.is_some());
        assert_eq!(found.further_tested, Some(false));
        assert_eq!(read(called("CYP4F2", &["*1/*1"], &["rs2108622"])).0.cyp4f2, None);
    }

    #[test]
    fn a_count_of_missing_sites_is_not_enough() {
        let mut call = called("CYP2C9", &["*1/*1"], &[]);
        call.missing = MissingSites::Counted(2);
        let (found, notes) = read(call.clone());
        assert_eq!(found.cyp2c9, None);
        assert!(notes[0].contains("only calls.json says which"), "{notes:?}");
        call.missing = MissingSites::Counted(0);
        assert_eq!(read(call).0.further_tested, Some(true));
    }

    #[test]
    fn candidates_that_models_read_differently_leave_the_gene_unknown() {
        let (found, notes) = read(called("CYP2C9", &["*1/*2", "*1/*3"], &[]));
        assert_eq!(found.cyp2c9, None);
        assert!(notes[0].contains("several answers fit (*1/*2; *1/*3)"), "{notes:?}");
        // *1 and *9 are the same to them
        assert!(read(called("CYP2C9", &["*1/*2", "*9/*2"], &[])).0.cyp2c9.is_some());
        assert_eq!(read(called("CYP2C9", &[], &[])).0.cyp2c9, None);
    }

    #[test]
    fn another_tool_does_not_say_what_it_looked_for() {
        let outside = |diplotype: &str| CalledGene { is_outside: true, ..called("CYP2C9", &[diplotype], &[]) };
        assert_eq!(read(outside("*1/*1")).0.further_tested, None);
        assert_eq!(read(outside("*1/*11")).0.further_tested, Some(true));
    }
}
