#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::knowledge::embedded;

fn broken(change: impl FnOnce(&mut Knowledge)) -> Vec<String> {
    let mut knowledge = embedded().expect("the embedded knowledge decodes").clone();
    change(&mut knowledge);
    verify(&knowledge).into_iter().filter(|f| f.severity == Severity::Error).map(|f| f.to_string()).collect()
}

fn gene<'a>(knowledge: &'a mut Knowledge, symbol: &str) -> &'a mut Gene {
    knowledge.genes.get_mut(symbol).expect("a gene of the embedded knowledge")
}

#[test]
fn the_embedded_knowledge_has_no_contradiction() {
    assert_eq!(broken(|_| ()), Vec::<String>::new());
}

#[test]
fn an_unknown_calling_rule_is_found() {
    let found = broken(|k| gene(k, "CYP2C9").calling = "guess".into());
    assert_eq!(found, ["genes/CYP2C9: unknown calling rule 'guess'"]);
}

#[test]
fn a_reference_base_that_contradicts_its_hgvs_is_found() {
    let found = broken(|k| {
        let site = gene(k, "VKORC1").sites.first_mut().expect("a site");
        site.hgvs = site.hgvs.replace('C', "G");
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("contradicts the reference allele"), "{found:?}");
}

#[test]
fn two_phenotypes_for_one_score_are_found() {
    let found = broken(|k| {
        let gene = gene(k, "CYP2C9");
        let mut row = gene.phenotypes.iter().find(|p| p.activity_score.is_some()).expect("a scored row").clone();
        row.first = "7".into();
        row.phenotype = "Other".into();
        gene.phenotypes.push(row);
    });
    assert!(found.iter().any(|f| f.contains("means")), "{found:?}");
}

#[test]
fn an_allele_without_any_constraint_is_found() {
    let found = broken(|k| {
        let allele = gene(k, "CYP2C9").alleles.get_mut(1).expect("a second allele");
        allele.carries.iter_mut().for_each(Vec::clear);
    });
    assert!(found.iter().any(|f| f.contains("is constrained at no site")), "{found:?}");
}

#[test]
fn a_frequency_above_one_is_found() {
    let found = broken(|k| {
        let row = gene(k, "CYP2C9").frequencies.first_mut().expect("frequencies");
        row.count = row.total + 1;
    });
    assert!(found.iter().any(|f| f.contains("frequency of")), "{found:?}");
}

#[test]
fn a_linked_site_that_does_not_exist_is_found() {
    let found = broken(|k| {
        gene(k, "DPYD").rule_facts.insert("linked_proxy_site".into(), vec!["rs1".into()]);
    });
    assert_eq!(found, ["genes/DPYD: linked_proxy_site names rs1, which is no site"]);
}

#[test]
fn a_fallback_without_its_alleles_is_found() {
    let found = broken(|k| {
        gene(k, "SLCO1B1").rule_facts.shift_remove("fallback_variant");
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("belong together"), "{found:?}");
}

fn row<'a>(knowledge: &'a mut Knowledge, drug: &str) -> &'a mut crate::knowledge::schema::GuidanceRow {
    knowledge.drugs.get_mut(drug).and_then(|d| d.rows.first_mut()).expect("a drug with rows")
}

#[test]
fn a_row_that_says_nothing_to_do_is_found() {
    let found = broken(|k| row(k, "clopidogrel").actions.clear());
    assert!(found.len() == 1 && found[0].contains("says nothing to do"), "{found:?}");
}

#[test]
fn two_rows_for_one_result_are_found() {
    let found = broken(|k| {
        let copy = row(k, "clopidogrel").clone();
        k.drugs.get_mut("clopidogrel").expect("the drug").rows.push(copy);
    });
    assert!(found.len() == 1 && found[0].contains("apply to the same result"), "{found:?}");
}

#[test]
fn a_row_of_an_unknown_guideline_or_gene_is_found() {
    let found = broken(|k| {
        let row = row(k, "clopidogrel");
        row.guideline = "NONE".into();
        row.when.insert("GENE0".into(), vec!["Normal Metabolizer".into()]);
    });
    assert_eq!(found.len(), 2, "{found:?}");
}
