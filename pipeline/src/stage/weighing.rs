//! What each distinct call leaves open: the other diplotypes that fit, and the alleles that could not be seen.

use pgx_rules::ambiguity::{unseen, weigh};
use pgx_rules::call::{CallSource, GeneCall};
use pgx_rules::calling::{CallOptions, Sex, call};
use pgx_rules::knowledge::schema::{Gene, Knowledge};
use rayon::prelude::*;
use variants::model::Observation;

use super::answers::{GeneAnswer, GeneAnswers};

/// Fills what the distinct calls leave open, and the probability of each answer among all that fit. `sexes` has one entry a
/// sample. Outside calls are left as they are.
pub fn weigh_all(knowledge: &Knowledge, answers: &mut [GeneAnswers], sexes: &[Option<Sex>], options: CallOptions) {
    answers.par_iter_mut().for_each(|of_gene| {
        let Some(gene) = knowledge.genes.get(&of_gene.gene) else { return };
        let sexes = sexes_of_distinct(of_gene, sexes);
        of_gene.distinct.par_iter_mut().zip(sexes).for_each(|(answer, sex)| {
            if answer.call.source == CallSource::Matcher {
                weigh_one(knowledge, gene, answer, sex, options);
            }
        });
    });
}

/// The sex of the first sample with each distinct call: calling keeps apart what differs by sex.
fn sexes_of_distinct(of_gene: &GeneAnswers, sexes: &[Option<Sex>]) -> Vec<Option<Sex>> {
    let mut found = vec![None; of_gene.distinct.len()];
    for (code, sex) in of_gene.of_sample.iter().zip(sexes).rev() {
        if let Some(slot) = found.get_mut(*code as usize) {
            *slot = *sex;
        }
    }
    found
}

fn weigh_one(knowledge: &Knowledge, gene: &Gene, answer: &mut GeneAnswer, sex: Option<Sex>, options: CallOptions) {
    answer.unseen = unseen(gene, &answer.call);
    if answer.call.sites.is_empty() {
        return;
    }
    let every_match = CallOptions { all_matches: true, ..options };
    let all = call(gene, &observations_of(gene, &answer.call), sex, every_match);
    answer.ambiguity = weigh(knowledge, gene, &answer.call, &all);
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

/// The probability of each answer, as the mean over population groups; 1 where nothing else fits. None where the gene has
/// no frequencies.
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
