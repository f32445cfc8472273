//! Calls to guidance: for each drug, each distinct combination of what it depends on is looked up once.

use indexmap::{IndexMap, IndexSet};
use pgx_rules::call::{Candidate, GeneCall};
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
    let genes: Vec<GeneClasses<'_>> = answers.genes.par_iter().map(GeneClasses::new).collect();
    chosen
        .par_iter()
        .map(|drug| advise_drug(knowledge, drug, &genes, &patients, &patient_of))
        .filter(|answers| !answers.distinct.is_empty())
        .collect()
}

fn advise_drug(
    knowledge: &Knowledge,
    drug: &Drug,
    genes: &[GeneClasses<'_>],
    patients: &[&Patient],
    patient_of: &[usize],
) -> DrugAnswers {
    let genes = relevant_genes(drug, genes);
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
            let codes = genes.iter().filter_map(|g| g.code(sample, drug.model.is_some())).collect();
            *known.entry((patient, codes)).or_insert_with(|| {
                let calls: Vec<_> = genes.iter().filter_map(|g| g.answers.of(sample)).map(|a| &a.call).collect();
                let nobody = Patient::default();
                distinct.push(advise(knowledge, &calls, patients.get(patient).copied().unwrap_or(&nobody), name));
                u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    DrugAnswers { distinct, of_sample }
}

/// The genes that a drug's guidelines look at.
fn relevant_genes<'a>(drug: &Drug, genes: &'a [GeneClasses<'a>]) -> Vec<&'a GeneClasses<'a>> {
    let named: IndexSet<&str> = drug
        .guidelines
        .iter()
        .flat_map(|g| g.genes.iter())
        .chain(drug.rows.iter().flat_map(|r| r.when.keys()))
        .map(String::as_str)
        .collect();
    genes.iter().filter(|g| named.contains(g.answers.gene.as_str())).collect()
}

/// The calls of a gene, those with the same alleles and phenotypes taken together: tables of guidance look at nothing else.
struct GeneClasses<'a> {
    answers: &'a GeneAnswers,
    /// One entry a distinct call.
    class: Vec<u32>,
}

impl<'a> GeneClasses<'a> {
    fn new(answers: &'a GeneAnswers) -> Self {
        let mut first: IndexMap<String, u32> = IndexMap::new();
        let class = (0..)
            .zip(&answers.distinct)
            .map(|(index, answer)| *first.entry(what_counts(&answer.call)).or_insert(index))
            .collect();
        Self { answers, class }
    }

    /// What tells a sample's guidance apart; a dosing model may also look at the sites themselves.
    fn code(&self, sample: usize, exact: bool) -> Option<u32> {
        let distinct = *self.answers.of_sample.get(sample)?;
        if exact { Some(distinct) } else { self.class.get(distinct as usize).copied() }
    }
}

fn what_counts(call: &GeneCall) -> String {
    let one = |c: &Candidate| format!("{:?} {:?}", c.diplotype, c.phenotype);
    call.candidates.iter().map(one).collect::<Vec<_>>().join("\n")
}
