//! What guidance is looked up with: the distinct answers of one gene.

use crate::call::{GeneCall, Phenotype};
use crate::knowledge::schema::{Knowledge, Lookup};
use crate::phenotype::NO_SCORE;

use super::{Patient, phenoconversion};

/// One answer of a gene, with every diplotype that leads to it.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) diplotypes: Vec<String>,
    pub(super) phenotype: Phenotype,
    /// Values that a row may name: presence of each allele, or every score of a phenotype given without one.
    pub(super) values: Vec<String>,
    pub(super) phenoconversion: Option<String>,
}

/// What a gene says.
#[derive(Clone, Debug, Default)]
pub(super) struct Results {
    /// Distinct answers in the order of the candidates; none when no candidate has a phenotype.
    pub(super) answers: Vec<Answer>,
    /// Diplotypes of a gene that was called but has no phenotype to look anything up with.
    pub(super) without_phenotype: Vec<String>,
}

/// What a call says.
pub(super) fn of_call(knowledge: &Knowledge, call: &GeneCall, patient: &Patient) -> Results {
    let answers = answers(knowledge, call, patient);
    let diplotypes = call.candidates.iter().filter_map(|c| c.diplotype.as_ref().map(ToString::to_string));
    let without_phenotype = if answers.is_empty() { diplotypes.collect() } else { Vec::new() };
    Results { answers, without_phenotype }
}

fn answers(knowledge: &Knowledge, call: &GeneCall, patient: &Patient) -> Vec<Answer> {
    let gene = knowledge.genes.get(&call.gene);
    let lookup = gene.map_or(Lookup::Phenotype, |g| g.lookup);
    let comedication = gene.zip(knowledge.phenoconversions.get(&call.gene)).zip(patient.medication.as_deref());
    let mut answers: Vec<Answer> = Vec::new();
    for candidate in &call.candidates {
        let Some(phenotype) = candidate.phenotype.clone() else { continue };
        let converted =
            comedication.and_then(|((g, rule), taken)| phenoconversion::convert(g, rule, taken, &phenotype));
        let (phenotype, reason) = match converted {
            Some(converted) => (converted.phenotype, Some(converted.reason)),
            None => (phenotype, None),
        };
        let diplotype = candidate.diplotype.as_ref().map(ToString::to_string);
        if let Some(known) = answers.iter_mut().find(|a| a.phenotype == phenotype && a.phenoconversion == reason) {
            known.diplotypes.extend(diplotype);
            continue;
        }
        answers.push(Answer {
            diplotypes: diplotype.into_iter().collect(),
            values: values(lookup, &phenotype),
            phenotype,
            phenoconversion: reason,
        });
    }
    answers
}

fn values(lookup: Lookup, phenotype: &Phenotype) -> Vec<String> {
    match lookup {
        _ if phenotype.lookup_key == NO_SCORE => vec![NO_SCORE.to_owned()], // its slash joins nothing
        Lookup::Phenotype => vec![phenotype.lookup_key.clone()],
        Lookup::ActivityScore | Lookup::Allele => phenotype.lookup_key.split('/').map(str::to_owned).collect(),
    }
}

impl Answer {
    /// The values of a row that this answer has, joined; `None` when the row is about something else.
    ///
    /// A row may also name the phenotype of a gene that is otherwise looked up by score.
    pub(super) fn fits(&self, wanted: &[String]) -> Option<String> {
        let shared: Vec<&str> = self.values.iter().filter(|v| wanted.contains(v)).map(String::as_str).collect();
        if !shared.is_empty() {
            return Some(shared.join("/"));
        }
        wanted.contains(&self.phenotype.name).then(|| self.phenotype.name.clone())
    }
}
