//! Rows of a drug that fit a patient's answers.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::action::urgency;
use super::answer::{Answer, Results};
use super::{Advice, Basis, NO_RESULT, Unanswered, Uncovered, lookups};
use crate::knowledge::schema::{Drug, GuidanceRow, Guideline};

type Answers<'c> = BTreeMap<&'c str, Results>;
/// One answer for each gene of a guideline, or none.
type Combination<'a> = Vec<(&'a str, Option<&'a Answer>)>;

/// Advice of a drug's guidelines, in the order of the file, each row once a distinct lookup; and the guidelines that have no
/// row for the results, each once a distinct lookup.
pub(super) fn of_drug(drug: &Drug, answers: &Answers<'_>) -> (Vec<Advice>, Vec<Uncovered>) {
    let (mut advice, mut uncovered) = (Vec::new(), Vec::new());
    for guideline in &drug.guidelines {
        let (mut rows, mut silent) = of_guideline(drug, guideline, answers);
        advice.append(&mut rows);
        uncovered.append(&mut silent);
    }
    (advice, uncovered)
}

/// The genes without a result that a drug without advice wants for; `None` when each of its genes has one.
pub(super) fn unanswered(drug: &Drug, answers: &Answers<'_>) -> Option<Unanswered> {
    let mut genes: Vec<String> = Vec::new();
    for gene in drug.guidelines.iter().flat_map(|g| genes_of(drug, g)) {
        let wanting = of_gene(answers, gene).is_empty() && without_phenotype(answers, gene).is_empty();
        if wanting && !genes.iter().any(|g| g == gene) {
            genes.push(gene.to_owned());
        }
    }
    (!genes.is_empty()).then(|| Unanswered { drug: drug.name.clone(), genes })
}

fn of_gene<'a>(answers: &'a Answers<'_>, gene: &str) -> &'a [Answer] {
    answers.get(gene).map_or(&[], |r| r.answers.as_slice())
}

/// Diplotypes of a gene that has no phenotype to look anything up with.
fn without_phenotype<'a>(answers: &'a Answers<'_>, gene: &str) -> &'a [String] {
    answers.get(gene).map_or(&[], |r| r.without_phenotype.as_slice())
}

type Lookups = Vec<(String, String)>;

fn of_guideline(drug: &Drug, guideline: &Guideline, answers: &Answers<'_>) -> (Vec<Advice>, Vec<Uncovered>) {
    let mut found: IndexMap<(usize, Lookups), Advice> = IndexMap::new();
    let mut silent: IndexMap<Lookups, Uncovered> = IndexMap::new();
    for combination in combinations(&genes_of(drug, guideline), answers) {
        let mut covered = false;
        for (index, row) in rows_of(drug, guideline) {
            let Some(basis) = fit(row, &combination) else { continue };
            covered = true;
            match found.entry((index, lookups(&basis))) {
                Entry::Occupied(mut known) => join_diplotypes(&mut known.get_mut().basis, &basis),
                Entry::Vacant(place) => {
                    place.insert(row_for(drug, guideline, row, basis));
                }
            }
        }
        if covered {
            continue;
        }
        let Some(basis) = without_row(drug, guideline, &combination, answers) else { continue };
        match silent.entry(lookups(&basis)) {
            Entry::Occupied(mut known) => join_diplotypes(&mut known.get_mut().basis, &basis),
            Entry::Vacant(place) => {
                place.insert(uncovered(drug, guideline, basis));
            }
        }
    }
    (found.into_values().collect(), silent.into_values().collect())
}

fn rows_of<'d>(drug: &'d Drug, guideline: &'d Guideline) -> impl Iterator<Item = (usize, &'d GuidanceRow)> {
    drug.rows.iter().enumerate().filter(|(_, r)| r.guideline == guideline.id)
}

/// The results for which no row of a guideline would fit, whatever the genes without a result were.
///
/// `None` when a row waits for such a gene only, when no row looks at a gene that has a result, and for a guideline that is
/// a flow, whose answers come from a model.
fn without_row(
    drug: &Drug,
    guideline: &Guideline,
    combination: &[(&str, Option<&Answer>)],
    answers: &Answers<'_>,
) -> Option<Vec<Basis>> {
    let has_rows = rows_of(drug, guideline).next().is_some();
    if drug.model.is_some() && !has_rows && !guideline.is_partial() {
        return None;
    }
    let answered: Vec<(&str, Option<&Answer>)> = combination.iter().filter(|(_, a)| a.is_some()).copied().collect();
    let waits = |row: &GuidanceRow| {
        row.when.keys().all(|g| without_phenotype(answers, g).is_empty()) && fit(row, &answered).is_some()
    };
    if rows_of(drug, guideline).any(|(_, row)| waits(row)) {
        return None;
    }
    let looked_at = |gene: &str| !has_rows || rows_of(drug, guideline).any(|(_, row)| row.when.contains_key(gene));
    let result = |&(gene, answer): &(&str, Option<&Answer>)| match (answer, without_phenotype(answers, gene)) {
        (Some(answer), _) => Some(basis_of(gene, answer, answer.values.join("/"))),
        (None, []) => None,
        (None, diplotypes) => Some(Basis {
            gene: gene.to_owned(),
            diplotype: diplotypes.join(";"),
            phenotype: String::new(),
            activity_score: None,
            lookup: String::new(),
            phenoconversion: None,
        }),
    };
    let basis: Vec<Basis> = combination.iter().filter(|(gene, _)| looked_at(gene)).filter_map(result).collect();
    (!basis.is_empty()).then_some(basis)
}

fn uncovered(drug: &Drug, guideline: &Guideline, basis: Vec<Basis>) -> Uncovered {
    Uncovered {
        drug: drug.name.clone(),
        source: guideline.source.clone(),
        guideline: guideline.id.clone(),
        partial: guideline.is_partial() || rows_of(drug, guideline).next().is_none(),
        basis,
    }
}

/// Genes of a guideline in its order of lookups, then any that only a row names.
fn genes_of<'d>(drug: &'d Drug, guideline: &'d Guideline) -> Vec<&'d str> {
    let mut genes: Vec<&str> = Vec::new();
    for gene in guideline.genes.iter().chain(rows_of(drug, guideline).flat_map(|(_, r)| r.when.keys())) {
        if !genes.contains(&gene.as_str()) {
            genes.push(gene);
        }
    }
    genes
}

/// One answer for each gene, or none; every combination. Empty when no gene has a result.
fn combinations<'a>(genes: &[&'a str], answers: &'a Answers<'_>) -> Vec<Combination<'a>> {
    if genes.iter().all(|g| of_gene(answers, g).is_empty() && without_phenotype(answers, g).is_empty()) {
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
                    let mut longer: Combination<'_> = c.clone();
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
