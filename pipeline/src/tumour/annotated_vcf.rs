//! VCF annotated by VEP (`CSQ`) or SnpEff (`ANN`): the effect of each allele on each gene.

mod annotation;

use std::path::Path;

use anyhow::{Context, Result, bail};
use pgx_rules::therapies::tumour::{Place, SmallVariant};
use variants::model::{Assembly, contig_length};

use super::lines::Lines;
use annotation::Layout;

/// What a file holds.
#[derive(Debug)]
pub struct AnnotatedVcf {
    /// Variants by sample, in the order of the file; samples without a variant too.
    pub samples: Vec<(String, Vec<SmallVariant>)>,
    /// Assembly, where the contigs' lengths show it.
    pub assembly: Option<Assembly>,
    /// Records left out because their filter is not `PASS`.
    pub filtered: usize,
}

struct Header {
    layout: Option<Layout>,
    tumour: Option<String>,
    assembly: Option<Assembly>,
}

/// Reads a file. With a `##tumor_sample` line only that sample is read; without sample columns the file's name is the
/// sample.
///
/// # Errors
/// When the file cannot be read, has no header, no annotation, or a record is malformed; with the line.
pub fn read(path: &Path) -> Result<AnnotatedVcf> {
    let mut lines = Lines::open(path)?;
    let mut header = Header { layout: None, tumour: None, assembly: None };
    let names = loop {
        let Some((number, line)) = lines.next_line()? else { bail!("{}: no #CHROM line", path.display()) };
        let text = String::from_utf8_lossy(line);
        if text.starts_with("##") {
            header.read(&text);
        } else if let Some(columns) = text.strip_prefix("#CHROM") {
            break columns.split('\t').skip(9).map(str::to_owned).collect::<Vec<_>>();
        } else {
            bail!("{}, line {number}: a record before the #CHROM line: this is no VCF", path.display());
        }
    };
    let Some(layout) = header.layout.take() else {
        bail!("{}: no CSQ (VEP) or ANN (SnpEff) in the header; annotate the file first", path.display());
    };
    let columns: Vec<usize> = match header.tumour.as_ref().and_then(|t| names.iter().position(|n| n == t)) {
        Some(tumour) => vec![tumour],
        None => (0..names.len()).collect(),
    };
    let stem = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let stem = stem.trim_end_matches(".gz").trim_end_matches(".vcf").to_owned();
    let mut found = AnnotatedVcf {
        samples: if names.is_empty() {
            vec![(stem, Vec::new())]
        } else {
            columns.iter().filter_map(|c| names.get(*c)).map(|n| (n.clone(), Vec::new())).collect()
        },
        assembly: header.assembly,
        filtered: 0,
    };
    while let Some((number, line)) = lines.next_line()? {
        if line.is_empty() {
            continue;
        }
        let record = str::from_utf8(line).ok().context("it is not UTF-8");
        let read = record.and_then(|text| found.record(text, &layout, &columns));
        read.with_context(|| format!("{}, line {number}", path.display()))?;
    }
    Ok(found)
}

impl Header {
    fn read(&mut self, line: &str) {
        if let Some(layout) = Layout::of_header(line) {
            self.layout = Some(layout);
        } else if let Some(name) = line.strip_prefix("##tumor_sample=") {
            self.tumour = Some(name.trim().to_owned());
        } else if let Some(fields) = line.strip_prefix("##contig=<") {
            let field = |key: &str| fields.trim_end_matches('>').split(',').find_map(|f| f.strip_prefix(key));
            let (Some(id), Some(length)) = (field("ID="), field("length=")) else { return };
            let contig = format!("chr{}", id.trim_start_matches("chr"));
            let is = |a: Assembly| contig_length(a, &contig).is_some_and(|l| length == l.to_string());
            self.assembly = self.assembly.or_else(|| [Assembly::Grch37, Assembly::Grch38].into_iter().find(|a| is(*a)));
        }
    }
}

impl AnnotatedVcf {
    fn record(&mut self, line: &str, layout: &Layout, columns: &[usize]) -> Result<()> {
        let cells: Vec<&str> = line.split('\t').collect();
        let [contig, position, _, reference, alternates, _, filter, info, samples @ ..] = cells.as_slice() else {
            bail!("{} columns, a record has 8 or more", cells.len());
        };
        if !matches!(*filter, "PASS" | "." | "") {
            self.filtered += 1;
            return Ok(());
        }
        let position: u64 = position.parse().with_context(|| format!("POS '{position}' is not a number"))?;
        let alternates: Vec<&str> = alternates.split(',').collect();
        for (index, alternate) in alternates.iter().enumerate() {
            let is_plain = alternate.bytes().all(|b| b.is_ascii_alphabetic());
            if !is_plain {
                continue; // symbolic, spanning or none
            }
            let place = Place::of_vcf(self.assembly, contig, position, reference, alternate);
            let effects = layout.effects(info, reference, &alternates, index);
            for (slot, (_, variants)) in self.samples.iter_mut().enumerate() {
                let cell = columns.get(slot).and_then(|c| samples.get(c + 1));
                if carries(samples.first(), cell, index + 1) {
                    variants.extend(effects.iter().map(|e| SmallVariant { place: Some(place.clone()), ..e.clone() }));
                }
            }
        }
        Ok(())
    }
}

/// Whether a genotype has an allele. Without samples, or without a genotype, the record itself says that it is there.
fn carries(format: Option<&&str>, cell: Option<&&str>, allele: usize) -> bool {
    let (Some(format), Some(cell)) = (format, cell) else { return true };
    let Some(field) = format.split(':').position(|f| f == "GT") else { return true };
    let genotype = cell.split(':').nth(field).unwrap_or(".");
    genotype.split(['/', '|']).any(|a| a.parse() == Ok(allele))
}
