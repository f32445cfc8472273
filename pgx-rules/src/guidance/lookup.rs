//! Rows of a drug that fit a patient's answers.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::action::urgency;
use super::answer::Answer;
use super::{Advice, Basis, NO_RESULT, Unanswered};
use crate::knowledge::schema::{Drug, GuidanceRow, Guideline};

type Answers<'c> = BTreeMap<&'c str, Vec<Answer>>;

/// Advice of a drug's guidelines, in the order of the file; each row once a distinct lookup.
pub(super) fn advice(drug: &Drug, answers: &Answers<'_>) -> Vec<Advice> {
    drug.guidelines.iter().flat_map(|g| of_guideline(drug, g, answers)).collect()
}

/// A drug without advice, and which genes it wants for.
pub(super) fn unanswered(drug: &Drug, answers: &Answers<'_>) -> Unanswered {
    let mut genes: Vec<String> = Vec::new();
    for gene in drug.guidelines.iter().flat_map(|g| &g.genes) {
        if !genes.contains(gene) {
            genes.push(gene.clone());
        }
    }
    let wanting: Vec<String> = genes.iter().filter(|g| of_gene(answers, g).is_empty()).cloned().collect();
    Unanswered { drug: drug.name.clone(), genes: if wanting.is_empty() { genes } else { wanting } }
}

fn of_gene<'a>(answers: &'a Answers<'_>, gene: &str) -> &'a [Answer] {
    answers.get(gene).map_or(&[], Vec::as_slice)
}

fn of_guideline(drug: &Drug, guideline: &Guideline, answers: &Answers<'_>) -> Vec<Advice> {
    let mut found: IndexMap<(usize, Vec<(String, String)>), Advice> = IndexMap::new();
    for combination in combinations(&genes_of(drug, guideline), answers) {
        for (index, row) in drug.rows.iter().enumerate().filter(|(_, r)| r.guideline == guideline.id) {
            let Some(basis) = fit(row, &combination) else { continue };
            let key = basis.iter().map(|b| (b.gene.clone(), b.lookup.clone())).collect();
            match found.get_mut(&(index, key)) {
                Some(known) => join_diplotypes(&mut known.basis, &basis),
                None => {
                    let key = basis.iter().map(|b| (b.gene.clone(), b.lookup.clone())).collect();
                    found.insert((index, key), row_for(drug, guideline, row, basis));
                }
            }
        }
    }
    found.into_values().collect()
}

/// Genes of a guideline in its order of lookups, then any that only a row names.
fn genes_of<'d>(drug: &'d Drug, guideline: &'d Guideline) -> Vec<&'d str> {
    let rows = drug.rows.iter().filter(|r| r.guideline == guideline.id);
    let mut genes: Vec<&str> = Vec::new();
    for gene in guideline.genes.iter().chain(rows.flat_map(|r| r.when.keys())) {
        if !genes.contains(&gene.as_str()) {
            genes.push(gene);
        }
    }
    genes
}

/// One answer for each gene, or none; every combination. Empty when no gene has an answer.
fn combinations<'a>(genes: &[&'a str], answers: &'a Answers<'_>) -> Vec<Vec<(&'a str, Option<&'a Answer>)>> {
    if genes.iter().all(|g| of_gene(answers, g).is_empty()) {
        return Vec::new();
    }
    let mut combinations = vec![Vec::new()];
    for &gene in genes {
        let choices: Vec<Option<&Answer>> = match of_gene(answers, gene) {
            [] => vec![None],
            some => some.iter().map(Some).collect(),
        };
        combinations = combinations
            .into_iter()
            .flat_map(|c| {
                choices.iter().map(move |choice| {
                    let mut longer: Vec<(&str, Option<&Answer>)> = c.clone();
                    longer.push((gene, *choice));
                    longer
                })
            })
            .collect();
    }
    combinations
}

/// What a row was looked up with, when every gene of it fits and at least one has an answer.
fn fit(row: &GuidanceRow, combination: &[(&str, Option<&Answer>)]) -> Option<Vec<Basis>> {
    let mut basis = Vec::new();
    for (gene, answer) in combination {
        let Some(wanted) = row.when.get(*gene) else { continue };
        match answer {
            Some(answer) => basis.push(basis_of(gene, answer, answer.fits(wanted)?)),
            None if wanted.iter().any(|v| v == NO_RESULT) => {}
            None => return None,
        }
    }
    (!basis.is_empty()).then_some(basis)
}

fn basis_of(gene: &str, answer: &Answer, lookup: String) -> Basis {
    Basis {
        gene: gene.to_owned(),
        diplotype: answer.diplotypes.join(";"),
        phenotype: answer.phenotype.name.clone(),
        activity_score: answer.phenotype.activity_score.clone(),
        lookup,
        phenoconversion: answer.phenoconversion.clone(),
    }
}

/// Two combinations that lead to the same row by the same values are one, with the diplotypes of both.
fn join_diplotypes(known: &mut [Basis], further: &[Basis]) {
    for (basis, other) in known.iter_mut().zip(further) {
        for diplotype in other.diplotype.split(';').filter(|d| !d.is_empty()) {
            if !basis.diplotype.split(';').any(|d| d == diplotype) {
                basis.diplotype = [basis.diplotype.as_str(), diplotype].join(";");
            }
        }
    }
}

fn row_for(drug: &Drug, guideline: &Guideline, row: &GuidanceRow, basis: Vec<Basis>) -> Advice {
    Advice {
        drug: drug.name.clone(),
        source: guideline.source.clone(),
        guideline: guideline.id.clone(),
        population: row.population.clone(),
        classification: row.classification.clone(),
        basis,
        implications: row.implications.clone(),
        urgency: urgency(&row.actions),
        actions: row.actions.clone(),
        text: super::render::text(&row.actions, &drug.name),
        steps: Vec::new(),
        confidence: row.confidence.clone(),
    }
}
