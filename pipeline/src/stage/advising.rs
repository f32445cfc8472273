//! Calls to guidance: for each drug, each distinct combination of what it depends on is looked up once.

use std::hash::{Hash, Hasher};

use indexmap::{IndexMap, IndexSet};
use pgx_rules::call::{Candidate, GeneCall};
use pgx_rules::guidance::{Guidance, Patient, advise};
use pgx_rules::knowledge::schema::{Drug, Knowledge};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use variants::model::Packed;

use super::answers::{Answers, DrugAnswers, GeneAnswers};

/// Looks up guidance for the drugs named (all when none is), on the answers of an input.
pub fn advise_all(knowledge: &Knowledge, drugs: &[String], answers: &Answers<'_>) -> Vec<DrugAnswers> {
    let mut patients: Vec<&Patient> = Vec::new();
    let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
    // samples without facts of their own share one entry in memory
    let mut last: Option<(&Patient, usize)> = None;
    let mut patient_of = Vec::with_capacity(answers.samples.len());
    for sample in &answers.samples {
        let patient = &sample.facts.patient;
        let number = match last {
            Some((same, number)) if std::ptr::eq(same, patient) => number,
            _ => *numbers.entry(format!("{patient:?}")).or_insert_with(|| {
                patients.push(patient);
                patients.len() - 1
            }),
        };
        last = Some((patient, number));
        patient_of.push(number);
    }
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
    let mut distinct = Distinct::default();
    if genes.is_empty() {
        return DrugAnswers { distinct: distinct.kept, of_sample: Packed::default() };
    }
    let of_sample: Vec<u32> = patient_of
        .iter()
        .enumerate()
        .map(|(sample, &patient)| {
            let codes = genes.iter().filter_map(|g| g.code(sample, drug.model.is_some())).collect();
            *known.entry((patient, codes)).or_insert_with(|| {
                let calls: Vec<_> = genes.iter().filter_map(|g| g.answers.of(sample)).map(|a| &a.call).collect();
                let nobody = Patient::default();
                distinct.number(advise(knowledge, &calls, patients.get(patient).copied().unwrap_or(&nobody), name))
            })
        })
        .collect();
    DrugAnswers { distinct: distinct.kept, of_sample: of_sample.into() }
}

/// Guidance, each once: many combinations of calls lead to the same rows.
#[derive(Default)]
struct Distinct {
    kept: Vec<Guidance>,
    /// By a digest of the rows' texts: candidates to compare with.
    alike: FxHashMap<u64, Vec<u32>>,
}

impl Distinct {
    fn number(&mut self, guidance: Guidance) -> u32 {
        let mut hasher = FxHasher::default();
        for advice in &guidance.advice {
            (&advice.source, &advice.population, &advice.classification, &advice.text).hash(&mut hasher);
        }
        for uncovered in &guidance.uncovered {
            (&uncovered.guideline, uncovered.basis.iter().map(|b| &b.diplotype).collect::<Vec<_>>()).hash(&mut hasher);
        }
        let alike = self.alike.entry(hasher.finish()).or_default();
        let same = |number: &&u32| self.kept.get(**number as usize) == Some(&guidance);
        if let Some(known) = alike.iter().find(same) {
            return *known;
        }
        let number = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        alike.push(number);
        self.kept.push(guidance);
        number
    }
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
