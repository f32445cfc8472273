#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use indexmap::IndexMap;
use smallvec::smallvec;
use variants::model::{Allele, Genotype, Observation, State};

use super::*;
use crate::call::{CallSource, Component, Diplotype, Phenotype, SiteTrace, Strand};
use crate::knowledge::schema::{
    AlleleFunction, Drug, Frequency, GeneSite, GuidanceRow, Lookup, NamedAllele, PhenotypeMethod, Release, SiteRole,
    Undocumented,
};

/// A gene of two sites, the shape of TPMT: `*3A` carries both changes, `*3B` the first, `*3C` the second.
fn gene() -> Gene {
    let site = |position: u32| GeneSite {
        position,
        reference: "C".into(),
        alternates: vec!["T".into()],
        rsid: Some(format!("rs{position}")),
        hgvs: format!("g.{position}C>T"),
        grch37: None,
        role: SiteRole::Defining,
    };
    let allele = |name: &str, first: bool, second: bool| NamedAllele {
        name: name.into(),
        carries: [first, second].iter().map(|c| if *c { vec!["T".into()] } else { vec![] }).collect(),
        is_reference: name == "*1",
        is_structural: false,
        is_ignored: false,
        suballele_of: None,
    };
    let function = |name: &str| AlleleFunction {
        function: if name == "*1" { "Normal function".into() } else { "No function".into() },
        activity: None,
        key: name.into(),
        confidence: None,
    };
    let names = ["*1", "*3A", "*3B", "*3C"];
    let mut reference = allele("*1", false, false);
    reference.carries = vec![vec!["C".into()], vec!["C".into()]];
    Gene {
        symbol: "GENE".into(),
        contig: "chr6".into(),
        calling: "named-allele".into(),
        phenotype_method: PhenotypeMethod::FunctionPair,
        undocumented: Undocumented::NoCall,
        lookup: Lookup::Phenotype,
        reference_allele: "*1".into(),
        sites: vec![site(100), site(200)],
        alleles: vec![reference, allele("*3A", true, true), allele("*3B", true, false), allele("*3C", false, true)],
        functions: names.iter().map(|n| ((*n).to_owned(), function(n))).collect(),
        phenotypes: vec![],
        frequencies: [("*1", 960), ("*3A", 36), ("*3B", 1), ("*3C", 3)]
            .iter()
            .map(|(a, n)| Frequency {
                allele: (*a).into(),
                group: "EUR".into(),
                count: *n,
                total: 1000,
                source: "test".into(),
            })
            .collect(),
        required_sites: vec![],
        unphased_priorities: vec![],
        must_test: vec!["*3B".into()],
        rule_facts: IndexMap::new(),
        confidence: vec![],
        sources: vec![],
    }
}

fn candidate(a: &str, b: &str, phenotype: &str) -> Candidate {
    let strand = |n: &str| Strand(vec![Component::Named(n.into())]);
    Candidate {
        diplotype: Some(Diplotype::Pair(strand(a), strand(b))),
        score: 2,
        functions: vec![],
        phenotype: Some(Phenotype { name: phenotype.into(), activity_score: None, lookup_key: phenotype.into() }),
        posterior: None,
    }
}

fn het(site: usize) -> SiteTrace {
    let genotype =
        Genotype { alleles: smallvec![Allele::Reference, Allele::Alternate(0)], phased: false, phase_set: None };
    SiteTrace {
        site,
        observation: Observation { state: State::Called, genotype: Some(genotype), discrepancies: vec![] }.into(),
    }
}

fn call(candidates: Vec<Candidate>, sites: Vec<SiteTrace>, missing: Vec<usize>) -> GeneCall {
    GeneCall {
        gene: "GENE".into(),
        source: CallSource::Matcher,
        rule: "named-allele".into(),
        candidates,
        phased: false,
        effectively_phased: false,
        missing,
        not_excluded: vec![],
        sites,
        warnings: vec![],
    }
}

fn knowledge(gene: &Gene) -> Knowledge {
    let row = |phenotype: &str, classification: &str| GuidanceRow {
        guideline: "G1".into(),
        population: "general".into(),
        when: IndexMap::from([("GENE".to_owned(), vec![phenotype.to_owned()])]),
        classification: classification.into(),
        implications: vec![],
        actions: vec![],
        confidence: None,
    };
    let drug = Drug {
        name: "drug".into(),
        guidelines: vec![],
        rows: vec![row("Intermediate Metabolizer", "moderate"), row("Poor Metabolizer", "strong")],
        model: None,
    };
    Knowledge {
        release: Release { version: "t".into(), date: "t".into(), sources: vec![] },
        genes: IndexMap::from([("GENE".to_owned(), gene.clone())]),
        drugs: IndexMap::from([("drug".to_owned(), drug)]),
        phenoconversions: IndexMap::new(),
        dosing: IndexMap::new(),
    }
}

#[test]
fn two_heterozygous_sites_in_trans_are_weighed_against_cis_and_phasing_settles_them() {
    let gene = gene();
    let cis = candidate("*1", "*3A", "Intermediate Metabolizer");
    let trans = candidate("*3B", "*3C", "Poor Metabolizer");
    let answer = call(vec![cis.clone()], vec![het(0), het(1)], vec![]);
    let all = call(vec![cis, trans], vec![het(0), het(1)], vec![]);
    let ambiguity = weigh(&knowledge(&gene), &gene, &answer, &all, None).expect("two candidates");

    let [first, second] = ambiguity.candidates.as_slice() else { panic!("two candidates") };
    assert_eq!(first.diplotype, "*1/*3A");
    assert!(first.is_answer && !second.is_answer);
    // 2 · 960.5 · 36.5 against 2 · 1.5 · 3.5, over the same total.
    let expected = 960.5 * 36.5 / (960.5 * 36.5 + 1.5 * 3.5);
    assert!((first.posterior[0].probability - expected).abs() < 1e-12);
    assert!(second.changes_phenotype);
    assert_eq!(second.changes_guidance_of, ["drug"]);
    assert!(matches!(&ambiguity.assay, Some(Assay::Phase { sites, settles: true }) if sites.len() == 2));
}

#[test]
fn a_missing_site_that_separates_the_candidates_is_the_assay() {
    let gene = gene();
    let a = candidate("*1", "*3B", "Intermediate Metabolizer");
    let b = candidate("*1", "*3A", "Intermediate Metabolizer");
    let all = call(vec![a, b], vec![het(0)], vec![1]);
    let ambiguity = weigh(&knowledge(&gene), &gene, &all, &all, None).expect("two candidates");
    assert!(
        matches!(&ambiguity.assay, Some(Assay::Genotype { rsid: Some(id), settles: true, .. }) if id == "rs200"),
        "{:?}",
        ambiguity.assay
    );
    assert!(ambiguity.candidates.iter().all(|c| c.changes_guidance_of.is_empty()));
}

#[test]
fn one_candidate_is_not_ambiguous() {
    let gene = gene();
    let single = call(vec![candidate("*1", "*1", "Normal Metabolizer")], vec![], vec![]);
    assert_eq!(weigh(&knowledge(&gene), &gene, &single, &single, None), None);
}

#[test]
fn alleles_hidden_by_a_missing_site_are_named_with_their_carriers() {
    let gene = gene();
    let hidden = unseen(&gene, &call(vec![], vec![], vec![0]), None).expect("a missing site hides alleles");
    assert_eq!(hidden.alleles, ["*3A", "*3B"]);
    assert_eq!(hidden.must_test, ["*3B"]);
    let expected = 1.0 - (1.0 - 0.037_f64).powi(2);
    assert!((hidden.carriers[0].probability - expected).abs() < 1e-12);
    assert_eq!(unseen(&gene, &call(vec![], vec![], vec![]), None), None);
}

/// The gene with a second group, in which the two changes are common apart and never seen together.
fn gene_of_two_groups() -> Gene {
    let mut gene = gene();
    let row = |(allele, count): (&str, u32)| Frequency {
        allele: allele.into(),
        group: "EAS".into(),
        count,
        total: 1000,
        source: "test".into(),
    };
    gene.frequencies.extend([("*1", 600), ("*3B", 200), ("*3C", 200)].map(row));
    gene
}

#[test]
fn a_stated_population_decides_the_order_alone() {
    let gene = gene_of_two_groups();
    let cis = candidate("*1", "*3A", "Intermediate Metabolizer");
    let trans = candidate("*3B", "*3C", "Poor Metabolizer");
    let answer = call(vec![cis.clone()], vec![het(0), het(1)], vec![]);
    let all = call(vec![cis, trans], vec![het(0), het(1)], vec![]);
    let weighed = |population| weigh(&knowledge(&gene), &gene, &answer, &all, population).expect("two candidates");
    let groups_of = |a: &Ambiguity| a.candidates[0].posterior.iter().map(|p| p.group.clone()).collect::<Vec<_>>();

    let eur = weighed(Some("EUR"));
    assert_eq!((eur.candidates[0].diplotype.as_str(), groups_of(&eur)), ("*1/*3A", vec!["EUR".to_owned()]));
    let eas = weighed(Some("EAS"));
    assert_eq!((eas.candidates[0].diplotype.as_str(), groups_of(&eas)), ("*3B/*3C", vec!["EAS".to_owned()]));
    // 2 · 200.5 · 200.5 against 2 · 600.5 · 0.5 (*3A was not seen in the group), over the same total.
    let expected = 200.5 * 200.5 / (200.5 * 200.5 + 600.5 * 0.5);
    assert!((eas.candidates[0].posterior[0].probability - expected).abs() < 1e-12);
    assert!(eas.assumption.contains("EAS"), "{}", eas.assumption);
    assert_eq!(groups_of(&weighed(None)), ["EUR", "EAS"]);
    assert_eq!(groups(&knowledge(&gene)), ["EAS", "EUR"]);
}

#[test]
fn a_stated_population_without_frequencies_gets_no_other_groups_probability() {
    let gene = gene_of_two_groups();
    let a = candidate("*1", "*3A", "Intermediate Metabolizer");
    let b = candidate("*3B", "*3C", "Poor Metabolizer");
    let all = call(vec![a, b], vec![het(0), het(1)], vec![]);
    let ambiguity = weigh(&knowledge(&gene), &gene, &all, &all, Some("SAS")).expect("two candidates");
    assert!(ambiguity.candidates.iter().all(|c| c.posterior.is_empty()));
    let hidden = unseen(&gene, &call(vec![], vec![], vec![0]), Some("SAS")).expect("a missing site hides alleles");
    assert_eq!(hidden.carriers, []);
    let hidden = unseen(&gene, &call(vec![], vec![], vec![0]), Some("EAS")).expect("a missing site hides alleles");
    assert_eq!(hidden.carriers.iter().map(|c| c.group.as_str()).collect::<Vec<_>>(), ["EAS"]);
}
