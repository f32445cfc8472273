//! The compact answers of one input: each distinct call and each distinct guidance once, and which of them a sample has.

use std::sync::Arc;

use pgx_rules::ambiguity::{Ambiguity, UnseenAlleles};
use pgx_rules::call::GeneCall;
use pgx_rules::guidance::Guidance;
use variants::model::{Observations, Packed};

use crate::plan::SampleFacts;
use crate::provenance::InputProvenance;

/// Everything that formats are written from.
#[derive(Debug)]
pub struct Answers<'a> {
    /// What was read, and how; `None` for outside calls alone.
    pub input: Option<(InputProvenance, Observations)>,
    /// What reads say of genes with structures, in the form of outside calls; empty for variants.
    pub structures: String,
    /// Samples in the order of the input.
    pub samples: Vec<SampleEntry<'a>>,
    /// One entry a gene asked for, in the order of the knowledge base.
    pub genes: Vec<GeneAnswers>,
    /// One entry a drug asked for, in the order of the knowledge base.
    pub drugs: Vec<DrugAnswers>,
}

/// A sample.
#[derive(Debug)]
pub struct SampleEntry<'a> {
    /// Name in the input.
    pub name: Arc<str>,
    /// What the user states about it.
    pub facts: &'a SampleFacts,
    /// Name that its own files start with; unique in the run.
    pub file_stem: String,
    /// Why it is not answered, if it is not.
    pub failure: Option<String>,
}

/// One gene over all samples.
#[derive(Debug)]
pub struct GeneAnswers {
    /// Symbol.
    pub gene: String,
    /// For each site of the gene, its index in the panel that was read.
    pub panel_sites: Vec<Option<usize>>,
    /// Distinct answers.
    pub distinct: Vec<GeneAnswer>,
    /// Index into `distinct`, one a sample.
    pub of_sample: Vec<u32>,
}

/// A call with what it leaves open.
#[derive(Debug)]
pub struct GeneAnswer {
    /// The call.
    pub call: GeneCall,
    /// Every diplotype that fits, weighed; `None` when only one does.
    pub ambiguity: Option<Ambiguity>,
    /// What the input could not have shown.
    pub unseen: Option<UnseenAlleles>,
}

/// One drug over all samples.
#[derive(Debug)]
pub struct DrugAnswers {
    /// Distinct guidance.
    pub distinct: Vec<Guidance>,
    /// Index into `distinct`, one a sample.
    pub of_sample: Packed,
}

impl Answers<'_> {
    /// Indices of the samples that are answered, in order.
    pub fn answered(&self) -> impl Iterator<Item = usize> + '_ {
        self.samples.iter().enumerate().filter(|(_, s)| s.failure.is_none()).map(|(i, _)| i)
    }
}

impl GeneAnswers {
    /// The answer of a sample; `None` when the index is out of range.
    pub fn of(&self, sample: usize) -> Option<&GeneAnswer> {
        self.distinct.get(*self.of_sample.get(sample)? as usize)
    }
}

impl DrugAnswers {
    /// The guidance of a sample; `None` when the index is out of range.
    pub fn of(&self, sample: usize) -> Option<&Guidance> {
        self.distinct.get(self.of_sample.get(sample)? as usize)
    }
}
