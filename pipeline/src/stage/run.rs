//! Inputs in batches, answers out to the formats; one failing input or sample does not stop the others.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use pgx_rules::calling::Sex;
use pgx_rules::knowledge::panel::{GenePanel, panel};
use pgx_rules::knowledge::schema::Gene;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use variants::model::Assembly;
use variants::observe::{ObserveError, Panels, Source, observe};
use variants::reads::is_alignment;

use super::answers::{Answers, SampleEntry};
use super::naming::Names;
use super::{advising, calling, outside, reads, weighing};
use crate::cli::status::{Classify, Status};
use crate::plan::CallPlan;
use crate::progress::Progress;
use crate::provenance::{InputProvenance, observations_digest};
use crate::report::files::Folder;
use crate::report::formats::{FEW_SAMPLES, Run, Writers};

/// What could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Input or file at fault.
    pub input: String,
    /// Sample, where one alone is concerned.
    pub sample: Option<String>,
    /// Why, with what to do.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sample) = &self.sample {
            write!(f, "sample {sample}: ")?;
        }
        if self.reason.contains(&self.input) {
            self.reason.fmt(f)
        } else {
            write!(f, "{}: {}", self.input, self.reason)
        }
    }
}

/// Outcome of a run in which at least one sample was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Number of samples answered.
    pub answered: usize,
    /// What failed, in the order of the inputs.
    pub failures: Vec<Failure>,
}

/// Runs a plan. Files appear under their names only when all of them are complete.
///
/// # Errors
/// When nothing could be answered, or the output cannot be written.
pub fn run(plan: &CallPlan) -> Result<Summary> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build().context("cannot start threads")?;
    pool.install(|| {
        let folder = Folder::open(&plan.output)?;
        Runner::new(plan, &folder)?.run()
    })
}

struct Runner<'a> {
    plan: &'a CallPlan,
    folder: &'a Folder,
    about: Run<'a>,
    genes: Vec<&'a Gene>,
    grch38: GenePanel,
    grch37: GenePanel,
    names: Names,
    /// Names answered so far, with the number of the input that each came from.
    input_of_sample: FxHashMap<Arc<str>, usize>,
    outside_used: Vec<bool>,
    inputs: Vec<InputProvenance>,
    failures: Vec<Failure>,
    /// How many of the failures are about the assembly.
    assembly_failures: usize,
    answered: usize,
}

impl<'a> Runner<'a> {
    fn new(plan: &'a CallPlan, folder: &'a Folder) -> Result<Self> {
        let genes: Vec<&Gene> = plan.genes.iter().filter_map(|g| plan.knowledge.genes.get(g)).collect();
        let panels = rayon::join(|| panel(&genes, Assembly::Grch38), || panel(&genes, Assembly::Grch37));
        Ok(Self {
            plan,
            folder,
            about: Run { knowledge: &plan.knowledge, provenance: &plan.provenance },
            grch38: panels.0?,
            grch37: panels.1?,
            genes,
            names: Names::default(),
            input_of_sample: FxHashMap::default(),
            outside_used: vec![false; plan.outside.len()],
            inputs: Vec::new(),
            failures: Vec::new(),
            assembly_failures: 0,
            answered: 0,
        })
    }

    fn run(mut self) -> Result<Summary> {
        let progress = Progress::new(self.plan.inputs.len(), self.plan.quiet);
        let mut waiting: Vec<Answers<'a>> = Vec::new();
        let mut writers: Option<Writers<'a>> = None;
        let mut batches = self.plan.inputs.chunks(self.plan.threads);
        let mut alone = match self.plan.inputs.is_empty() {
            true => Some(self.outside_alone().status(Status::Usage)?),
            false => None,
        };
        loop {
            let ready = match alone.take() {
                Some(answers) => vec![answers],
                None => match batches.next() {
                    Some(batch) => self.answer_batch(batch, &progress),
                    None => break,
                },
            };
            waiting.extend(ready);
            let many = self.answered > FEW_SAMPLES || waiting.iter().any(|a| a.samples.len() > FEW_SAMPLES);
            if writers.is_none() && many {
                writers = Some(Writers::open(self.folder, self.about, self.plan.formats.as_deref(), false)?);
            }
            if let Some(writers) = writers.as_mut() {
                for answers in waiting.drain(..) {
                    writers.write(&answers)?;
                }
            }
        }
        self.name_unused_outside_files();
        self.name_absent_samples();
        if self.answered == 0 {
            return self.nothing_answered();
        }
        let mut writers = match writers {
            Some(writers) => writers,
            None => Writers::open(self.folder, self.about, self.plan.formats.as_deref(), true)?,
        };
        for answers in &waiting {
            writers.write(answers)?;
        }
        progress.finish();
        writers.publish(&self.inputs, &self.failures)?;
        Ok(Summary { answered: self.answered, failures: self.failures })
    }

    /// Reads and answers some inputs in parallel, in their order.
    fn answer_batch(&mut self, batch: &'a [Source], progress: &Progress) -> Vec<Answers<'a>> {
        let this = &*self;
        let results: Vec<Result<Answers<'a>>> = batch
            .par_iter()
            .map(|source| {
                let result = this.answer_input(source);
                progress.step();
                result
            })
            .collect();
        let mut ready = Vec::new();
        for (source, result) in batch.iter().zip(results) {
            match result {
                Ok(answers) => {
                    let complete = self.complete(answers);
                    ready.push(self.account_for(complete));
                }
                Err(error) => {
                    let input = source.to_string();
                    self.assembly_failures += usize::from(is_about_the_assembly(&error));
                    self.failures.push(Failure { input, sample: None, reason: format!("{error:#}") });
                }
            }
        }
        ready
    }

    /// Observes one input and calls its genes.
    fn answer_input(&self, source: &Source) -> Result<Answers<'a>> {
        let panels = Panels { grch38: self.grch38.panel.clone(), grch37: self.grch37.panel.clone() };
        let reads = match source {
            Source::File(path) if is_alignment(path) => Some(reads::read(path, &panels, self.plan)?),
            _ => None,
        };
        let mut observed = match &reads {
            Some(reads) => observe(&reads.source, &panels, &reads.options)?,
            None => observe(source, &panels, &self.plan.observe)?,
        };
        let mut structures = String::new();
        if let Some(reads) = reads {
            observed.format = reads.format.to_owned();
            observed.indexed = true;
            observed.warnings.extend(reads.notes);
            structures = reads.structures;
        }
        let observations = observed.observations;
        if observations.samples.is_empty() && !self.plan.observe.samples_elsewhere {
            bail!("{}: no sample columns; a file of sites cannot be called", source);
        }
        let assembly = observations.panel.assembly();
        let gene_panel = match assembly {
            Assembly::Grch38 => &self.grch38,
            Assembly::Grch37 => &self.grch37,
        };
        let samples: Vec<SampleEntry<'a>> = observations
            .samples
            .iter()
            .enumerate()
            .map(|(index, name)| SampleEntry {
                name: Arc::from(name.as_str()),
                facts: self.plan.metadata.of(name),
                file_stem: String::new(),
                failure: observed.failed_samples.iter().find(|(i, _)| *i == index).map(|(_, reason)| reason.clone()),
            })
            .collect();
        let sexes: Vec<Option<Sex>> = samples.iter().map(|s| s.facts.sex).collect();
        let mut genes = calling::call_genes(&self.genes, gene_panel, &observations, &sexes, self.plan.call);
        weighing::weigh_all(&self.plan.knowledge, &mut genes, &samples, self.plan.call);
        let input = InputProvenance {
            name: source.to_string(),
            format: observed.format,
            assembly,
            assembly_evidence: observed.assembly_evidence,
            indexed: observed.indexed,
            samples: samples.len(),
            observations_sha256: observations_digest(&observations),
            warnings: observed.warnings,
        };
        Ok(Answers { input: Some((input, observations)), structures, samples, genes, drugs: Vec::new() })
    }

    /// Outside calls and guidance.
    fn complete(&mut self, mut answers: Answers<'a>) -> Answers<'a> {
        let plan = self.plan;
        if !plan.outside.is_empty() || !answers.structures.is_empty() {
            let only = plan.inputs.len() <= 1 && answers.samples.len() == 1;
            outside::apply(&plan.knowledge, &plan.outside, only, &mut answers, &mut self.outside_used);
        }
        answers.drugs = advising::advise_all(&plan.knowledge, &plan.drugs, &answers);
        answers
    }

    /// The one sample of a run without variants.
    fn outside_alone(&mut self) -> Result<Answers<'a>> {
        let plan = self.plan;
        let mut subjects: Vec<String> = plan.outside.iter().map(|f| outside::subject(&f.path)).collect();
        subjects.sort();
        subjects.dedup();
        let name = match (plan.observe.samples.as_slice(), subjects.as_slice()) {
            ([name], _) => name.clone(),
            (_, [name]) => name.clone(),
            _ => bail!(
                "without variants, outside calls are about one patient, but these files name {}; run once for each, or \
                 say --samples NAME if they are one",
                subjects.join(", ")
            ),
        };
        let facts = plan.metadata.of(&name);
        let samples = vec![SampleEntry { name: name.into(), facts, file_stem: String::new(), failure: None }];
        let genes = calling::without_variants(&self.genes);
        let complete =
            self.complete(Answers { input: None, structures: String::new(), samples, genes, drugs: Vec::new() });
        Ok(self.account_for(complete))
    }

    /// Gives each sample its file name, and keeps the books on failures and names used twice.
    fn account_for(&mut self, mut answers: Answers<'a>) -> Answers<'a> {
        let input = answers.input.as_ref().map_or_else(|| "outside calls".to_owned(), |(i, _)| i.name.clone());
        for sample in &mut answers.samples {
            if let Some(first) = self.input_of_sample.get(&sample.name) {
                let first = self.inputs.get(*first).map_or(input.as_str(), |i| i.name.as_str());
                sample.failure.get_or_insert_with(|| {
                    format!("a sample of this name was already answered from {first}; rename one of them")
                });
            }
            match &sample.failure {
                Some(reason) => self.failures.push(Failure {
                    input: input.clone(),
                    sample: Some(sample.name.to_string()),
                    reason: reason.clone(),
                }),
                None => {
                    self.input_of_sample.insert(sample.name.clone(), self.inputs.len());
                    sample.file_stem = self.names.stem(&sample.name);
                    self.answered += 1;
                }
            }
        }
        if let Some((input, _)) = &answers.input {
            if self.plan.verbose {
                eprintln!(
                    "rxstrata: {}: {}, {} samples, {} by {}{}",
                    input.name,
                    input.format,
                    input.samples,
                    input.assembly,
                    input.assembly_evidence,
                    if input.indexed { ", by index" } else { "" }
                );
            }
            if !self.plan.quiet {
                for warning in &input.warnings {
                    eprintln!("rxstrata: warning: {}: {warning}", input.name);
                }
            }
            self.inputs.push(input.clone());
        }
        answers
    }

    /// Samples asked for that none of several inputs has.
    fn name_absent_samples(&mut self) {
        for wanted in self.plan.observe.samples.iter().filter(|_| self.plan.observe.samples_elsewhere) {
            let failed = self.failures.iter().any(|failure| failure.sample.as_deref() == Some(wanted));
            if !failed && !self.input_of_sample.contains_key(wanted.as_str()) {
                self.failures.push(Failure {
                    input: "--samples".to_owned(),
                    sample: Some(wanted.clone()),
                    reason: format!("none of the {} inputs has it", self.plan.inputs.len()),
                });
            }
        }
    }

    fn name_unused_outside_files(&mut self) {
        for (file, used) in self.plan.outside.iter().zip(&self.outside_used) {
            if !used {
                self.failures.push(Failure {
                    input: file.path.display().to_string(),
                    sample: Some(outside::subject(&file.path)),
                    reason: "no sample of this name was read; with several samples, name the file SAMPLE.outside.tsv"
                        .to_owned(),
                });
            }
        }
    }

    /// The folder says why, if there is more to say than one line can.
    fn nothing_answered(self) -> Result<Summary> {
        Writers::publish_failures(self.folder, &self.failures)?;
        let only_assembly = !self.failures.is_empty() && self.assembly_failures == self.failures.len();
        let status = if only_assembly { Status::Mismatch } else { Status::Input };
        let error = match self.failures.as_slice() {
            [] => anyhow!("nothing was asked for"),
            [one] => anyhow!("{one}"),
            [first, rest @ ..] => anyhow!("{first} (and {} more, see failures.tsv)", rest.len()),
        };
        Err(error).status(status)
    }
}

fn is_about_the_assembly(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(
            ObserveError::AssemblyContradiction { .. }
                | ObserveError::AssemblyUndecided { .. }
                | ObserveError::WrongAssembly { .. }
        )
    )
}
