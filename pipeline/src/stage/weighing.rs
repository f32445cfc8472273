//! What each distinct call leaves open: the other diplotypes that fit, and the alleles that could not be seen.

use indexmap::IndexMap;
use pgx_rules::ambiguity::{unseen, weigh};
use pgx_rules::call::{CallSource, GeneCall};
use pgx_rules::calling::{CallOptions, call};
use pgx_rules::knowledge::schema::{Gene, Knowledge};
use rayon::prelude::*;
use variants::model::Observation;

use super::answers::{GeneAnswer, GeneAnswers, SampleEntry};
use crate::plan::SampleFacts;

/// Fills what the distinct calls leave open, and the probability of each answer among all that fit. Outside calls are left
/// as they are.
pub fn weigh_all(
    knowledge: &Knowledge,
    answers: &mut [GeneAnswers],
    samples: &[SampleEntry<'_>],
    options: CallOptions,
) {
    answers.par_iter_mut().for_each(|of_gene| {
        let Some(gene) = knowledge.genes.get(&of_gene.gene) else { return };
        keep_populations_apart(of_gene, samples);
        let first = first_sample_of_distinct(of_gene);
        of_gene.distinct.par_iter_mut().zip(first).for_each(|(answer, first)| {
            if answer.call.source == CallSource::Matcher
                && let Some(sample) = samples.get(first)
            {
                weigh_one(knowledge, gene, answer, sample.facts, options);
            }
        });
    });
}

/// Samples with the same call stay together only where the same population group is stated for them.
fn keep_populations_apart(of_gene: &mut GeneAnswers, samples: &[SampleEntry<'_>]) {
    let population = |sample: &SampleEntry<'_>| sample.facts.population.clone();
    let Some(first) = samples.first().map(population) else { return };
    if samples.iter().all(|s| s.facts.population == first) {
        return;
    }
    let mut kept: IndexMap<(u32, Option<String>), GeneAnswer> = IndexMap::new();
    for (code, sample) in of_gene.of_sample.iter_mut().zip(samples) {
        let Some(answer) = of_gene.distinct.get(*code as usize) else { continue };
        let entry = kept.entry((*code, population(sample)));
        *code = u32::try_from(entry.index()).unwrap_or(u32::MAX);
        entry.or_insert_with(|| GeneAnswer::from(answer.call.clone()));
    }
    of_gene.distinct = kept.into_values().collect();
}

/// Calling keeps apart what differs by sex, so that the first sample of each distinct call speaks for all of them.
fn first_sample_of_distinct(of_gene: &GeneAnswers) -> Vec<usize> {
    let mut found = vec![usize::MAX; of_gene.distinct.len()];
    for (sample, code) in of_gene.of_sample.iter().enumerate().rev() {
        if let Some(slot) = found.get_mut(*code as usize) {
            *slot = sample;
        }
    }
    found
}

fn weigh_one(knowledge: &Knowledge, gene: &Gene, answer: &mut GeneAnswer, facts: &SampleFacts, options: CallOptions) {
    let population = facts.population.as_deref();
    answer.unseen = unseen(gene, &answer.call, population);
    if answer.call.sites.is_empty() {
        return;
    }
    let every_match = CallOptions { all_matches: true, ..options };
    let all = call(gene, &observations_of(gene, &answer.call), facts.sex, every_match);
    answer.ambiguity = weigh(knowledge, gene, &answer.call, &all, population);
    set_posteriors(answer);
}

/// A call keeps every observation that it was made from; sites without one are missing.
fn observations_of(gene: &Gene, call: &GeneCall) -> Vec<Observation> {
    let mut observations = vec![Observation::missing(); gene.sites.len()];
    for trace in &call.sites {
        if let Some(slot) = observations.get_mut(trace.site) {
            *slot = trace.observation.as_ref().clone();
        }
    }
    observations
}

/// The probability of each answer in the stated population group, or as the mean over all groups; 1 where nothing else fits. None where the gene has
/// no such frequencies.
fn set_posteriors(answer: &mut GeneAnswer) {
    let alone = answer.call.candidates.len() == 1;
    for candidate in &mut answer.call.candidates {
        let Some(diplotype) = candidate.diplotype.as_ref().map(ToString::to_string) else { continue };
        candidate.posterior = match &answer.ambiguity {
            None => alone.then_some(1.0),
            Some(ambiguity) => ambiguity
                .candidates
                .iter()
                .find(|w| w.diplotype == diplotype && !w.posterior.is_empty())
                .map(|w| w.posterior.iter().map(|g| g.probability).sum::<f64>() / w.posterior.len() as f64),
        };
    }
}
