//! Observations to calls, gene by gene, in parallel.

use pgx_rules::call::{CallSource, GeneCall};
use pgx_rules::calling::{CallOptions, Sex, call_cohort};
use pgx_rules::knowledge::panel::GenePanel;
use pgx_rules::knowledge::schema::{Gene, SiteRole};
use rayon::prelude::*;
use variants::model::Observations;

use super::answers::{GeneAnswer, GeneAnswers};

/// Calls every gene of every sample. `genes` are those that `panel` was built from, in the same order.
pub fn call_genes(
    genes: &[&Gene],
    panel: &GenePanel,
    observations: &Observations,
    sexes: &[Option<Sex>],
    options: CallOptions,
) -> Vec<GeneAnswers> {
    genes
        .par_iter()
        .zip(panel.sites.par_iter())
        .map(|(gene, sites)| {
            let calls = call_cohort(gene, sites, observations, sexes, options);
            GeneAnswers {
                gene: gene.symbol.clone(),
                panel_sites: sites.clone(),
                distinct: calls.distinct.into_iter().map(GeneAnswer::from).collect(),
                of_sample: calls.of_sample,
            }
        })
        .collect()
}

/// The answers for one sample of which no variants were read.
pub fn without_variants(genes: &[&Gene]) -> Vec<GeneAnswers> {
    genes
        .iter()
        .map(|gene| GeneAnswers {
            gene: gene.symbol.clone(),
            panel_sites: vec![None; gene.sites.len()],
            distinct: vec![GeneAnswer::from(no_call(gene))],
            of_sample: vec![0],
        })
        .collect()
}

fn no_call(gene: &Gene) -> GeneCall {
    GeneCall {
        gene: gene.symbol.clone(),
        source: CallSource::Matcher,
        rule: gene.calling.clone(),
        candidates: Vec::new(),
        phased: false,
        effectively_phased: false,
        missing: (0..).zip(&gene.sites).filter(|(_, s)| s.role == SiteRole::Defining).map(|(i, _)| i).collect(),
        not_excluded: Vec::new(),
        sites: Vec::new(),
        warnings: Vec::new(),
    }
}

impl From<GeneCall> for GeneAnswer {
    fn from(call: GeneCall) -> Self {
        Self { call, ambiguity: None, unseen: None }
    }
}
