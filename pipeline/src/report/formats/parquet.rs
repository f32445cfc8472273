//! `calls.parquet` and `guidance.parquet`: the tables of `tsv` for cohorts, in columns. A row group is written as soon as
//! it is full, so that memory does not grow with the cohort.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use pgx_rules::call::GeneCall;
use pgx_rules::guidance::Advice;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, DataFrame, DataType, Field, NamedFrom, ParquetCompression, ParquetWriter, Schema, Series,
};

use super::tsv::{action, genes, message, phenotypes, probability, source};
use super::{Format, Run};
use crate::report::document::Columns;
use crate::report::files::{Aside, Complete, Folder};
use crate::stage::answers::Answers;

/// Rows of a group: the text of a group is copied into columns, some ten megabytes for the longest rows.
pub const GROUP: usize = 16_384;

const CALLS: [&str; 9] =
    ["sample", "gene", "diplotype", "phenotype", "activity_score", "probability", "source", "missing_sites", "message"];
const GUIDANCE: [&str; 9] =
    ["sample", "drug", "source", "population", "classification", "genes", "phenotypes", "action", "text"];

/// The values of a row after the sample; shared by all samples that have the row.
type Row = Arc<[String; 8]>;

struct Tables {
    calls: Table,
    guidance: Table,
}

/// Starts both tables.
pub fn open<'a>(folder: &'a Folder, _run: Run<'a>) -> Result<Box<dyn Format + 'a>> {
    let calls = Table::new(folder.file("calls.parquet")?, CALLS)?;
    let guidance = Table::new(folder.file("guidance.parquet")?, GUIDANCE)?;
    Ok(Box::new(Tables { calls, guidance }))
}

impl Format for Tables {
    fn write(&mut self, answers: &Answers<'_>) -> Result<()> {
        let calls: Vec<Vec<Row>> =
            answers.genes.iter().map(|g| g.distinct.iter().map(|a| call_row(&a.call)).collect()).collect();
        let guidance: Vec<Vec<Vec<Row>>> = answers
            .drugs
            .iter()
            .map(|d| d.distinct.iter().map(|g| g.advice.iter().map(advice_row).collect()).collect())
            .collect();
        for sample in answers.answered() {
            let Some(entry) = answers.samples.get(sample) else { continue };
            let name = &entry.name;
            for (gene, rows) in answers.genes.iter().zip(&calls) {
                if let Some(row) = gene.of_sample.get(sample).and_then(|code| rows.get(*code as usize)) {
                    self.calls.push(name, row)?;
                }
            }
            for (drug, rows) in answers.drugs.iter().zip(&guidance) {
                let rows = drug.of_sample.get(sample).and_then(|code| rows.get(code as usize));
                for row in rows.into_iter().flatten() {
                    self.guidance.push(name, row)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Complete>> {
        Ok(vec![self.calls.finish()?, self.guidance.finish()?])
    }
}

fn call_row(call: &GeneCall) -> Row {
    let columns = Columns::of(call);
    Arc::new([
        call.gene.clone(),
        columns.diplotype,
        columns.phenotype,
        columns.activity_score,
        probability(call),
        source(call.source).to_owned(),
        call.missing.len().to_string(),
        message(call),
    ])
}

fn advice_row(advice: &Advice) -> Row {
    Arc::new([
        advice.drug.clone(),
        advice.source.clone(),
        advice.population.clone(),
        advice.classification.clone(),
        genes(advice),
        phenotypes(advice),
        action(advice.urgency).to_owned(),
        advice.text.clone(),
    ])
}

/// A Parquet file written group by group.
pub struct Groups {
    writer: BatchedWriter<Shared>,
    file: Shared,
}

impl Groups {
    /// Starts a file of these columns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(file: Aside, schema: &Schema) -> Result<Self> {
        let file = Shared(Arc::new(Mutex::new(file)));
        let writer = ParquetWriter::new(file.clone())
            .with_compression(ParquetCompression::Zstd(None))
            .set_parallel(false) // the table engine has a thread pool of its own, which --threads does not reach
            .batched(schema)
            .context("cannot start a Parquet file")?;
        Ok(Self { writer, file })
    }

    /// Writes a group.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, frame: &DataFrame) -> Result<()> {
        self.writer.write_batch(frame).context("cannot write a Parquet file")
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<Complete> {
        self.writer.finish().context("cannot write a Parquet file")?;
        drop(self.writer);
        let file = Arc::into_inner(self.file.0).ok_or_else(|| anyhow!("a Parquet file is still in use"))?;
        file.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
    }
}

/// One Parquet file and the rows that wait for their group.
struct Table {
    groups: Groups,
    names: [&'static str; 9],
    samples: Vec<Arc<str>>,
    rows: Vec<Row>,
}

/// The writer keeps its file to itself; this leaves a handle to end it with.
#[derive(Clone)]
struct Shared(Arc<Mutex<Aside>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

/// Counts are numbers, everything else is text.
fn is_count(name: &str) -> bool {
    name == "missing_sites"
}

impl Table {
    fn new(file: Aside, names: [&'static str; 9]) -> Result<Self> {
        let kind = |name: &str| if is_count(name) { DataType::UInt32 } else { DataType::String };
        let schema: Schema = names.iter().map(|n| Field::new((*n).into(), kind(n))).collect();
        Ok(Self { groups: Groups::open(file, &schema)?, names, samples: Vec::new(), rows: Vec::new() })
    }

    fn push(&mut self, sample: &Arc<str>, row: &Row) -> Result<()> {
        self.samples.push(sample.clone());
        self.rows.push(row.clone());
        if self.rows.len() >= GROUP { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let samples: Vec<&str> = self.samples.iter().map(AsRef::as_ref).collect();
        let mut columns = vec![Column::from(Series::new(self.names[0].into(), samples))];
        for (i, name) in self.names[1..].iter().enumerate() {
            let values = self.rows.iter().map(|row| row.get(i).map(String::as_str).unwrap_or_default());
            let series = if is_count(name) {
                Series::new((*name).into(), values.map(|v| v.parse().unwrap_or(0)).collect::<Vec<u32>>())
            } else {
                Series::new((*name).into(), values.collect::<Vec<&str>>())
            };
            columns.push(Column::from(series));
        }
        let frame = DataFrame::new(self.rows.len(), columns).context("cannot build a table")?;
        self.groups.write(&frame)?;
        self.samples.clear();
        self.rows.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Complete> {
        self.write_group()?;
        self.groups.finish()
    }
}
