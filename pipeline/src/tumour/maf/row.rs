//! One row of a MAF.

use std::str::FromStr;

use pgx_rules::therapies::tumour::{Consequence, Place, SmallVariant, contig_name};
use variants::model::Assembly;

use super::MafRow;
use super::columns::{Columns, Unit};

/// Cells that mean "nothing".
const EMPTY: &[&str] = &["", ".", "NA", "N/A", "nan", "null", "None"];

/// Reads a row; the error says what is wrong with it.
pub fn parse(columns: &Columns, line: u64, bytes: &[u8]) -> Result<MafRow, String> {
    let cells: Vec<&[u8]> = bytes.split(|b| *b == b'\t').collect();
    // Trailing empty cells are sometimes cut off; more cells than the header are not a row of this table.
    if cells.len() > columns.width {
        return Err(format!("{} cells, but the header has {} columns", cells.len(), columns.width));
    }
    let row = Row { cells };
    let sample = row.need(columns.sample, "Tumor_Sample_Barcode")?;
    let gene = row.get(Some(columns.gene))?.unwrap_or_default(); // between genes
    let classification = row.need(columns.classification, "Variant_Classification")?;
    let text = |column: Option<usize>| row.get(column).map(|found| found.map(str::to_owned));
    let alleles = alleles(columns, &row)?;
    Ok(MafRow {
        line,
        sample: sample.to_owned(),
        variant: SmallVariant {
            gene: gene.to_owned(),
            consequence: Consequence::of_terms(classification),
            protein: text(columns.protein)?.map(|p| without_sequence(&p)),
            coding: text(columns.coding)?.map(|c| without_sequence(&c)),
            transcript: text(columns.transcript)?,
            exon: row.get(columns.exon)?.and_then(exon_number),
            place: place(columns, &row, alleles.as_ref())?,
        },
        classification: classification.to_owned(),
        alleles,
        allele_fraction: allele_fraction(columns, &row)?,
        context: text(columns.context)?,
    })
}

struct Row<'a> {
    cells: Vec<&'a [u8]>,
}

impl Row<'_> {
    /// A cell, unless it is empty or its column is not there.
    fn get(&self, column: Option<usize>) -> Result<Option<&str>, String> {
        let Some(cell) = column.and_then(|c| self.cells.get(c)) else { return Ok(None) };
        let text = str::from_utf8(cell).map_err(|_| "text that is not UTF-8".to_owned())?.trim();
        Ok(Some(text).filter(|t| !EMPTY.iter().any(|e| e.eq_ignore_ascii_case(t))))
    }

    fn need(&self, column: usize, name: &str) -> Result<&str, String> {
        self.get(Some(column))?.ok_or_else(|| format!("{name} is empty, or the row is cut off"))
    }

    /// A position, 1-based. R writes 47000000 as `4.7e+07`, which is the same whole number.
    fn position(&self, column: Option<usize>, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.get(column)? else { return Ok(None) };
        let whole = |v: f64| (v.fract() == 0.0 && (0.0..1e15).contains(&v)).then_some(v as u64);
        let read = text.parse::<u64>().ok().or_else(|| text.parse().ok().and_then(whole));
        read.map(Some).ok_or_else(|| format!("{name} '{text}' is not a whole number"))
    }

    fn number<T: FromStr>(&self, column: Option<usize>, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.get(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name} '{text}' is not a number"))
    }
}

/// `NP_004324.2:p.V600E` without the part before the colon.
fn without_sequence(text: &str) -> String {
    text.rsplit_once(':').map_or(text, |(_, change)| change).to_owned()
}

/// `15/18` and `15` are exon 15.
fn exon_number(text: &str) -> Option<u32> {
    text.split(['/', '-']).next()?.trim().parse().ok()
}

fn place(columns: &Columns, row: &Row<'_>, alleles: Option<&(String, String)>) -> Result<Option<Place>, String> {
    let (Some(contig), Some(start)) = (row.get(columns.contig)?, row.position(columns.start, "Start_Position")?) else {
        return Ok(None);
    };
    let end = row.position(columns.end, "End_Position")?.unwrap_or(start);
    if end < start {
        return Err(format!("End_Position {end} lies before Start_Position {start}"));
    }
    let assembly = match row.get(columns.build)? {
        None => None,
        Some(build) => Some(Assembly::from_str(build).map_err(|e| format!("NCBI_Build: {e}"))?),
    };
    let Some((reference, alternate)) = alleles.cloned() else { return Ok(None) };
    Ok(Some(Place { assembly, contig: contig_name(contig), start, end, reference, alternate }))
}

/// Reference and tumour bases, empty for `-`.
fn alleles(columns: &Columns, row: &Row<'_>) -> Result<Option<(String, String)>, String> {
    let Some(reference) = row.get(columns.reference)? else { return Ok(None) };
    let second = row.get(columns.second_allele)?.filter(|a| *a != reference);
    let first = row.get(columns.first_allele)?.filter(|a| *a != reference);
    let bases = |text: &str| match text {
        "-" => String::new(),
        bases => bases.to_ascii_uppercase(),
    };
    Ok(second.or(first).map(|alternate| (bases(reference), bases(alternate))))
}

fn allele_fraction(columns: &Columns, row: &Row<'_>) -> Result<Option<f64>, String> {
    let alternate: Option<f64> = row.number(columns.alternate_reads, "t_alt_count")?;
    let reference: Option<f64> = row.number(columns.reference_reads, "t_ref_count")?;
    let depth: Option<f64> = row.number(columns.depth, "t_depth")?;
    let total = reference.zip(alternate).map(|(r, a)| r + a).or(depth);
    if let (Some(alternate), Some(total)) = (alternate, total)
        && total > 0.0
    {
        return share(alternate / total, "t_alt_count");
    }
    let Some(stated) = columns.fraction else { return Ok(None) };
    match row.number::<f64>(Some(stated.column), "the allele fraction")? {
        None => Ok(None),
        Some(value) => share(if stated.unit == Unit::Percent { value / 100.0 } else { value }, "the allele fraction"),
    }
}

fn share(value: f64, name: &str) -> Result<Option<f64>, String> {
    if (0.0..=1.0).contains(&value) {
        Ok(Some(value))
    } else {
        Err(format!("{name} gives a share of {value}, not 0 to 1"))
    }
}
