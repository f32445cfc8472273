//! Calls to guidance: for each drug, each distinct combination of what it depends on is looked up once.

use indexmap::{IndexMap, IndexSet};
use pgx_rules::guidance::{Patient, advise};
use pgx_rules::knowledge::schema::{Drug, Knowledge};
use rayon::prelude::*;

use super::answers::{Answers, DrugAnswers, GeneAnswers};

/// Looks up guidance for the drugs named (all when none is), on the answers of an input.
pub fn advise_all(knowledge: &Knowledge, drugs: &[String], answers: &Answers<'_>) -> Vec<DrugAnswers> {
    let mut patients: Vec<&Patient> = Vec::new();
    let patient_of: Vec<usize> = answers
        .samples
        .iter()
        .map(|s| {
            let known = patients.iter().position(|p| **p == s.facts.patient);
            known.unwrap_or_else(|| {
                patients.push(&s.facts.patient);
                patients.len() - 1
            })
        })
        .collect();
    let chosen: Vec<&Drug> = knowledge.drugs.values().filter(|d| drugs.is_empty() || drugs.contains(&d.name)).collect();
    chosen
        .par_iter()
        .map(|drug| advise_drug(knowledge, drug, answers, &patients, &patient_of))
        .filter(|answers| !answers.distinct.is_empty())
        .collect()
}

fn advise_drug(
    knowledge: &Knowledge,
    drug: &Drug,
    answers: &Answers<'_>,
    patients: &[&Patient],
    patient_of: &[usize],
) -> DrugAnswers {
    let genes = relevant_genes(drug, &answers.genes);
    let name = std::slice::from_ref(&drug.name);
    let mut known: IndexMap<(usize, Vec<u32>), u32> = IndexMap::new();
    let mut distinct = Vec::new();
    if genes.is_empty() {
        return DrugAnswers { distinct, of_sample: Vec::new() };
    }
    let of_sample = patient_of
        .iter()
        .enumerate()
        .map(|(sample, &patient)| {
            let codes = genes.iter().filter_map(|g| g.of_sample.get(sample).copied()).collect();
            *known.entry((patient, codes)).or_insert_with(|| {
                let calls: Vec<_> = genes.iter().filter_map(|g| g.of(sample)).map(|a| &a.call).collect();
                let nobody = Patient::default();
                distinct.push(advise(knowledge, &calls, patients.get(patient).copied().unwrap_or(&nobody), name));
                u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    DrugAnswers { distinct, of_sample }
}

/// The genes that can change what is said about a drug. A drug with a dosing model may look at any.
fn relevant_genes<'a>(drug: &Drug, genes: &'a [GeneAnswers]) -> Vec<&'a GeneAnswers> {
    let named: IndexSet<&str> = drug
        .guidelines
        .iter()
        .flat_map(|g| g.genes.iter())
        .chain(drug.rows.iter().flat_map(|r| r.when.keys()))
        .map(String::as_str)
        .collect();
    let all = drug.model.is_some() && genes.iter().any(|g| named.contains(g.gene.as_str()));
    genes.iter().filter(|g| all || named.contains(g.gene.as_str())).collect()
}
