//! From observations to a call: the rule that a gene names in `gene.toml`, one file a rule.

mod fallback;
mod linked;
mod lowest_function;
mod named_allele;
mod presence;
mod small_variants_only;
mod warnings;

use std::sync::Arc;

use rustc_hash::FxHashSet;
use variants::model::{Observation, Observations, Packed, State};

use crate::call::{CallSource, Candidate, Component, Diplotype, GeneCall, SiteTrace, Strand, Warning};
use crate::knowledge::panel::in_terms_of_definition;
use crate::knowledge::schema::Gene;
use crate::matching::{Definition, Sample, by_name, not_excluded, patterns, view};

/// Biological sex as stated by the user; never inferred silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Two X chromosomes.
    Female,
    /// One X chromosome.
    Male,
}

/// Choices of the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Keep every diplotype that fits, not only the best.
    pub all_matches: bool,
    /// Report combinations of alleles on one strand and partial alleles where no named allele fits.
    pub combinations: bool,
    /// Call genes of the rule `small-variants-only` (CYP2D6), whose structural alleles cannot be seen.
    pub small_variants_only: bool,
}

/// The calls of one gene over all samples of an input: each distinct pattern of genotypes is called once.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortCalls {
    /// Distinct calls, in order of first appearance.
    pub distinct: Vec<GeneCall>,
    /// Index into `distinct`, one a sample.
    pub of_sample: Vec<u32>,
}

/// A calling rule: its name in `gene.toml`, and what it does.
pub struct Rule {
    /// Name in `gene.toml`.
    pub name: &'static str,
    /// Whether undefined alleles are read as reference even when combinations are asked for: they could not be reported.
    reads_undocumented: bool,
    call: fn(&Context<'_>) -> Outcome,
}

/// The rules, by name.
pub const RULES: [Rule; 4] = [named_allele::RULE, lowest_function::RULE, presence::RULE, small_variants_only::RULE];

/// What a rule decides from.
struct Context<'a> {
    gene: &'a Gene,
    definition: &'a Definition<'a>,
    sample: &'a Sample,
    options: CallOptions,
}

/// What a rule found.
#[derive(Default)]
struct Outcome {
    /// Alleles with the match score.
    diplotypes: Vec<(Diplotype, u32)>,
    warnings: Vec<Warning>,
}

/// Calls one gene of one sample, phenotypes included. `observations` has one entry a site of [`Gene::sites`], in terms of
/// the definition (see [`crate::knowledge::panel::in_terms_of_definition`]).
pub fn call(gene: &Gene, observations: &[Observation], sex: Option<Sex>, options: CallOptions) -> GeneCall {
    let observations: Vec<Arc<Observation>> = observations.iter().cloned().map(Arc::new).collect();
    call_with(&Definition::new(gene), &observations, sex, options)
}

/// Calls one gene of every sample. `panel_sites` is the gene's row of [`crate::knowledge::panel::GenePanel::sites`];
/// `sexes` has one entry a sample.
pub fn call_cohort(
    gene: &Gene,
    panel_sites: &[Option<usize>],
    observations: &Observations,
    sexes: &[Option<Sex>],
    options: CallOptions,
) -> CohortCalls {
    let definition = Definition::new(gene);
    let columns = |index: &Option<usize>| index.and_then(|i| observations.columns.get(i));
    let sexes_matter = gene.rule_facts.contains_key("sex_linked") && sexes.len() == observations.samples.len();
    let sex_codes =
        sexes_matter.then(|| Packed::from(sexes.iter().map(|s| s.map_or(0, |s| s as u32 + 1)).collect::<Vec<u32>>()));
    let codes = panel_sites.iter().filter_map(columns).map(|c| &c.codes);
    let patterns = patterns(observations.samples.len(), codes.chain(&sex_codes));
    let translated: Vec<Vec<Arc<Observation>>> = gene
        .sites
        .iter()
        .zip(panel_sites)
        .map(|(site, index)| {
            let panel_site = index.and_then(|i| observations.panel.sites().get(i));
            match (panel_site, columns(index)) {
                (Some(panel_site), Some(column)) => {
                    column.distinct.iter().map(|o| Arc::new(in_terms_of_definition(o, panel_site, site))).collect()
                }
                _ => Vec::new(),
            }
        })
        .collect();
    let missing = Arc::new(Observation::missing());
    let of_first = |&sample: &usize| {
        let row: Vec<Arc<Observation>> = panel_sites
            .iter()
            .zip(&translated)
            .map(|(index, distinct)| {
                let code = columns(index).and_then(|c| c.codes.get(sample));
                code.and_then(|c| distinct.get(c as usize)).cloned().unwrap_or_else(|| missing.clone())
            })
            .collect();
        call_with(&definition, &row, sexes.get(sample).copied().flatten(), options)
    };
    CohortCalls { distinct: patterns.first.iter().map(of_first).collect(), of_sample: patterns.of_sample }
}

fn call_with(
    definition: &Definition<'_>,
    observations: &[Arc<Observation>],
    sex: Option<Sex>,
    options: CallOptions,
) -> GeneCall {
    let gene = definition.gene;
    let rule = RULES.iter().find(|r| r.name == gene.calling);
    let keep_undocumented = options.combinations && !rule.is_some_and(|r| r.reads_undocumented);
    let sample = view(gene, observations, sex, keep_undocumented);
    let mut outcome = Outcome::default();
    let required = missing_required(gene, &sample);
    if sample.seen.is_empty() {
        // nothing is known; `missing` says so
    } else if !required.is_empty() {
        outcome.warnings.push(warnings::required_site(gene, &required));
    } else if let Some(rule) = rule {
        outcome = (rule.call)(&Context { gene, definition, sample: &sample, options });
    }
    let answered = |name: &str| outcome.diplotypes.iter().any(|(d, _)| names(d).any(|n| n == name));
    let not_excluded = not_excluded(definition, &sample, answered);
    let mut warnings = outcome.warnings;
    warnings.extend(warnings::of_sample(gene, &sample));
    warnings.extend(warnings::must_test(gene, &not_excluded));
    let mut call = GeneCall {
        gene: gene.symbol.clone(),
        source: CallSource::Matcher,
        rule: gene.calling.clone(),
        candidates: candidates(outcome.diplotypes),
        phased: sample.is_phased,
        effectively_phased: !sample.seen.is_empty() && sample.is_effectively_phased(),
        missing: sample.missing.clone(),
        not_excluded,
        sites: trace(observations),
        warnings,
    };
    crate::phenotype::assign(gene, &mut call);
    fallback::apply(gene, &sample, &mut call);
    call
}

/// Required sites (indices) that have no usable genotype.
fn missing_required(gene: &Gene, sample: &Sample) -> Vec<usize> {
    let required = |i: &usize| gene.sites.get(*i).is_some_and(|s| gene.required_sites.contains(&s.position));
    sample.missing.iter().copied().filter(required).collect()
}

fn trace(observations: &[Arc<Observation>]) -> Vec<SiteTrace> {
    let seen = observations.iter().enumerate().filter(|(_, o)| o.state != State::Missing);
    seen.map(|(site, observation)| SiteTrace { site, observation: observation.clone() }).collect()
}

/// Candidates by falling score, then by name; each diplotype once.
fn candidates(diplotypes: Vec<(Diplotype, u32)>) -> Vec<Candidate> {
    let mut named: Vec<(String, Diplotype, u32)> =
        diplotypes.into_iter().map(|(diplotype, score)| (diplotype.to_string(), diplotype, score)).collect();
    named.sort_by(|(a, _, x), (b, _, y)| y.cmp(x).then_with(|| by_name(a, b)));
    let mut seen = FxHashSet::default();
    named.retain(|(_, diplotype, _)| seen.insert(diplotype.clone()));
    let candidate = |(_, diplotype, score)| Candidate {
        diplotype: Some(diplotype),
        score,
        functions: Vec::new(),
        phenotype: None,
        posterior: None,
    };
    named.into_iter().map(candidate).collect()
}

/// Names of the alleles of a diplotype.
fn names(diplotype: &Diplotype) -> impl Iterator<Item = &str> {
    let (strands, listed): (Vec<&Strand>, &[String]) = match diplotype {
        Diplotype::Pair(a, b) => (vec![a, b], &[]),
        Diplotype::Single(a) => (vec![a], &[]),
        Diplotype::Listed(names) => (Vec::new(), names),
    };
    let components = strands.into_iter().flat_map(|s| &s.0).filter_map(|c| match c {
        Component::Named(name) => Some(name.as_str()),
        Component::Change(_) => None,
    });
    components.chain(listed.iter().map(String::as_str))
}

/// A strand of one named allele.
fn strand(name: &str) -> Strand {
    Strand(vec![Component::Named(name.to_owned())])
}

#[cfg(test)]
mod tests;
