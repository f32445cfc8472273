//! Copies of genes whose whole or partial deletions and duplications depth shows.

use std::fmt::Write as _;

use anyhow::Result;
use pgx_rules::copies::{Expected, GeneCopies, NoCopies, Region, Role, WINDOW, call, patterns, regions};
use serde::Serialize;
use variants::model::WindowCount;
use variants::reads::{Alignments, ReadsError, count_windows};

/// Bases between a gene without reads and the places where the file is looked at for others: more than any of its deletions takes.
const FAR: u32 = 200_000;
/// Bases of each of these places.
const LOOK: u32 = 10_000;
/// Share of two copies' reads that they must have.
const LEAST_AROUND: f64 = 0.1;

/// Copies of one sample.
#[derive(Debug, Serialize)]
pub struct Copies {
    /// What two copies give; `None` when copies cannot be counted.
    pub expected: Option<Expected>,
    /// Why not.
    pub reason: Option<String>,
    /// Copies of X, where they are called.
    pub x_copies: Option<u8>,
    /// One entry a gene.
    pub genes: Vec<GeneCopies>,
}

impl Copies {
    fn none(reason: String) -> Self {
        Self { expected: None, reason: Some(reason), x_copies: None, genes: Vec::new() }
    }
}

/// What two copies give, by the control genes, or why they do not tell.
///
/// # Errors
/// When the file or the tables do not read.
pub fn expected(alignments: &mut Alignments) -> Result<Result<Expected, NoCopies>> {
    let mut control = Vec::new();
    for region in regions()?.iter().filter(|region| region.role == Role::Control) {
        control.push(windows(alignments, region)?.unwrap_or_default());
    }
    Ok(Expected::of(&control))
}

/// Counts the windows of all genes, and calls.
///
/// # Errors
/// When the file or the tables do not read.
pub fn of_alignments(alignments: &mut Alignments, expected: Result<Expected, NoCopies>) -> Result<Copies> {
    let (regions, patterns) = (regions()?, patterns()?);
    let expected = match expected {
        Ok(expected) => expected,
        Err(reason) => return Ok(Copies::none(reason.to_string())),
    };
    let mut genes: Vec<GeneCopies> = Vec::new();
    let mut x_copies = None;
    for group in regions.chunk_by(|a, b| a.gene == b.gene).filter(|g| g.iter().all(|r| r.role == Role::Gene)) {
        let Some(first) = group.first() else { continue };
        let mut parts = Vec::new();
        for region in group {
            if let Some(windows) = windows(alignments, region)? {
                parts.push((region.part, windows));
            }
        }
        let mut answer = call(&first.gene, &parts, &expected, &patterns);
        // a part of a genome that was cut out of it is no deletion
        let is_empty = parts.iter().flat_map(|(_, windows)| windows).all(|window| window.reads == 0);
        if is_empty && !parts.is_empty() && !has_reads_around(alignments, group, &expected)? {
            let note = format!("the file has no reads {FAR} bases before and after the gene either: not counted");
            answer = GeneCopies::unknown(&first.gene, note);
        }
        if parts.is_empty() {
            let (contig, _) = first.on(alignments.assembly());
            answer.notes = vec![format!("the file has no contig {contig}, where this assembly has the gene")];
        }
        if first.is_on_x() {
            x_copies = answer.copies;
        }
        genes.push(answer);
    }
    Ok(Copies { expected: Some(expected), reason: None, x_copies, genes })
}

/// Whether the file has reads far before or after a gene.
fn has_reads_around(alignments: &mut Alignments, gene: &[Region], expected: &Expected) -> Result<bool> {
    let assembly = alignments.assembly();
    let places = gene.iter().map(|region| region.on(assembly));
    let Some((contig, (start, end))) = places.reduce(|(contig, a), (_, b)| (contig, (a.0.min(b.0), a.1.max(b.1))))
    else {
        return Ok(false);
    };
    for first in [start.saturating_sub(FAR + LOOK).max(1), end.saturating_add(FAR)] {
        let windows = count_windows(alignments, contig, (first, first + LOOK), WINDOW)?;
        if expected.ratio(&mut windows.iter()).is_some_and(|ratio| ratio > LEAST_AROUND) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The windows of a region; `None` where the file does not have its contig.
fn windows(alignments: &mut Alignments, region: &Region) -> Result<Option<Vec<WindowCount>>> {
    let assembly = alignments.assembly();
    let (contig, range) = region.on(assembly);
    match count_windows(alignments, contig, range, WINDOW) {
        Ok(windows) => Ok(Some(windows)),
        Err(ReadsError::AbsentContig { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `copies.tsv`: a row a sample and gene.
pub fn table(samples: &[super::SampleStructures]) -> String {
    let mut text = String::from("sample\tgene\tcopies\tposterior\tmeasured\texons\twindows_used\twindows\tnotes\n");
    let number = |n: Option<f64>| n.map(|n| format!("{n:.2}")).unwrap_or_default();
    let whole = |n: Option<u8>| n.map(|n| n.to_string()).unwrap_or_default();
    for sample in samples {
        if let Some(reason) = &sample.copies.reason {
            let _ = writeln!(text, "{}\t\t\t\t\t\t\t\t{reason}", sample.sample);
        }
        for gene in &sample.copies.genes {
            let exons: Vec<String> = gene.parts.iter().map(|p| format!("{}:{}", p.part, whole(p.copies))).collect();
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{:.4}\t{}\t{}\t{}\t{}\t{}",
                sample.sample,
                gene.gene,
                whole(gene.copies),
                gene.posterior,
                number(gene.measured),
                exons.join(","),
                gene.windows.0,
                gene.windows.1,
                gene.notes.join("; ")
            );
        }
    }
    text
}

/// The same as a part of the page.
pub fn section(copies: &Copies) -> String {
    if let Some(reason) = &copies.reason {
        return format!("<h2>Copies of other genes</h2><p class=note>Not counted: {}</p>", super::page::escape(reason));
    }
    let mut rows = String::new();
    for gene in &copies.genes {
        let called = gene.copies.map_or_else(|| "no call".to_owned(), |n| n.to_string());
        let measured = gene.measured.map(|m| format!("{m:.2}")).unwrap_or_default();
        let _ = write!(
            rows,
            "<tr><td>{}<td>{called}<td>{measured}<td>{}<td>{}",
            super::page::escape(&gene.gene),
            bars(gene),
            super::page::escape(&gene.notes.join("; "))
        );
    }
    format!(
        "<h2>Copies of other genes</h2><p class=small>Against genes with two copies in everyone; a bar an exon, the line is two copies. On X, one copy is what men have.</p>\
         <table><tr><th>Gene<th>Copies<th>Measured<th>By exon<th>Notes{rows}</table>"
    )
}

/// A bar an exon, up to four copies.
fn bars(gene: &GeneCopies) -> String {
    const STEP: f64 = 8.0;
    let mut bars = String::new();
    for (index, part) in gene.parts.iter().enumerate() {
        let height = part.measured.unwrap_or(0.0).min(4.0) * 8.0;
        let _ = write!(
            bars,
            "<rect x={:.0} y={:.1} width=6 height={height:.1} fill='#4f93c4'/>",
            index as f64 * STEP,
            32.0 - height
        );
    }
    let width = gene.parts.len() as f64 * STEP;
    format!(
        "<svg viewBox='0 0 {width} 32' style='width:{width}px' role=img aria-label='Copies by exon'>{bars}<line x1=0 x2={width} y1=16 y2=16 \
         stroke='#9b2226' stroke-dasharray='3 3'/></svg>"
    )
}
