//! VCF annotated by VEP (`CSQ`) or SnpEff (`ANN`): the effect of each allele on each gene.

mod annotation;

use std::path::{Path, PathBuf};

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
    /// Records left out because their filter is not `PASS`.
    pub filtered: usize,
}

/// One alternate allele of one record.
pub struct Allele<'a> {
    /// Where and what it is.
    pub place: &'a Place,
    /// Its effect on each gene; empty where the annotation names no gene.
    pub effects: &'a [SmallVariant],
    /// Whether each sample has it; none where its genotype is missing.
    pub carried: &'a [Option<bool>],
}

/// Reads a file into variants by sample. With a `##tumor_sample` line only that sample is read; without sample columns
/// the file's name is the sample.
///
/// # Errors
/// When the file cannot be read, has no header, no annotation, or a record is malformed; with the line.
pub fn read(path: &Path) -> Result<AnnotatedVcf> {
    let mut open = Reader::open(path)?;
    let mut samples: Vec<(String, Vec<SmallVariant>)> =
        open.samples().iter().map(|name| (name.clone(), Vec::new())).collect();
    open.each(&mut |allele| {
        for ((_, variants), _) in samples.iter_mut().zip(allele.carried).filter(|(_, c)| **c == Some(true)) {
            let placed = |e: &SmallVariant| SmallVariant { place: Some(allele.place.clone()), ..e.clone() };
            variants.extend(allele.effects.iter().map(placed));
        }
        Ok(())
    })?;
    Ok(AnnotatedVcf { samples, filtered: open.filtered })
}

/// A file whose header was read.
pub struct Reader {
    path: PathBuf,
    lines: Lines,
    layout: Layout,
    assembly: Option<Assembly>,
    samples: Vec<String>,
    columns: Vec<usize>,
    /// Sample columns of the header.
    width: usize,
    filtered: usize,
}

impl Reader {
    /// Reads the header.
    ///
    /// # Errors
    /// When the file cannot be read, has no header, or no annotation.
    pub fn open(path: &Path) -> Result<Self> {
        let mut lines = Lines::open(path)?;
        let mut header = Header::default();
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
        let (samples, columns) = header.tumours(path, &names).into_iter().unzip();
        let assembly = header.assembly;
        Ok(Self { path: path.to_owned(), lines, layout, assembly, samples, columns, width: names.len(), filtered: 0 })
    }

    /// Names of the samples read: the tumours, where the file tells them from normal tissue.
    pub fn samples(&self) -> &[String] {
        &self.samples
    }

    /// Records left out so far because their filter is not `PASS`.
    pub fn filtered(&self) -> usize {
        self.filtered
    }

    /// Shows every alternate allele with bases, record by record.
    ///
    /// # Errors
    /// When the file cannot be read, a record is malformed, or `show` fails; with the line.
    pub fn each(&mut self, show: &mut dyn FnMut(&Allele<'_>) -> Result<()>) -> Result<()> {
        while let Some((number, line)) = self.lines.next_line()? {
            if line.is_empty() {
                continue;
            }
            let text = str::from_utf8(line).ok().context("it is not UTF-8");
            let (layout, columns) = (&self.layout, self.columns.as_slice());
            let record = Record { layout, assembly: self.assembly, columns, width: self.width };
            let read = text.and_then(|text| record.show(text, show));
            let passed = read.with_context(|| format!("{}, line {number}", self.path.display()))?;
            self.filtered += usize::from(!passed);
        }
        Ok(())
    }
}

/// What the header says.
#[derive(Default)]
struct Header {
    layout: Option<Layout>,
    tumours: Vec<String>,
    normals: Vec<String>,
    assembly: Option<Assembly>,
}

impl Header {
    fn read(&mut self, line: &str) {
        if let Some(layout) = Layout::of_header(line) {
            self.layout = Some(layout);
        } else if let Some(name) = line.strip_prefix("##tumor_sample=") {
            self.tumours.push(name.trim().to_owned());
        } else if let Some(name) = line.strip_prefix("##normal_sample=") {
            self.normals.push(name.trim().to_owned());
        } else if let Some(fields) = line.strip_prefix("##contig=<") {
            let field = |key: &str| fields.trim_end_matches('>').split(',').find_map(|f| f.strip_prefix(key));
            let (Some(id), Some(length)) = (field("ID="), field("length=")) else { return };
            let contig = format!("chr{}", id.trim_start_matches("chr"));
            let is = |a: Assembly| contig_length(a, &contig).is_some_and(|l| length == l.to_string());
            self.assembly = self.assembly.or_else(|| [Assembly::Grch37, Assembly::Grch38].into_iter().find(|a| is(*a)));
        }
    }

    /// The tumours' names and columns. Callers that name their two columns `TUMOR` and `NORMAL` in every file say nothing
    /// of the patient: there, as without sample columns, the file's name is the sample.
    fn tumours(&self, path: &Path, names: &[String]) -> Vec<(String, usize)> {
        let stem = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let stem =
            ["gz", "bgz", "vcf"].iter().fold(stem.as_str(), |s, e| s.strip_suffix(&format!(".{e}")).unwrap_or(s));
        let is = |name: &str, words: &[&str]| words.iter().any(|w| name.eq_ignore_ascii_case(w));
        if let Some(tumour) = names.iter().position(|n| is(n, &["TUMOR", "TUMOUR"]))
            && names.iter().any(|n| is(n, &["NORMAL"]))
            && names.len() == 2
        {
            return vec![(stem.to_owned(), tumour)];
        }
        let all = || names.iter().cloned().zip(0..);
        let stated: Vec<(String, usize)> = all().filter(|(n, _)| self.tumours.contains(n)).collect();
        match (names.is_empty(), stated.is_empty()) {
            (true, _) => vec![(stem.to_owned(), 0)],
            (false, false) => stated,
            (false, true) => all().filter(|(n, _)| !self.normals.contains(n)).collect(),
        }
    }
}

/// What a record is read with.
struct Record<'a> {
    layout: &'a Layout,
    assembly: Option<Assembly>,
    columns: &'a [usize],
    width: usize,
}

impl Record<'_> {
    /// Shows the alleles of a record, unless its filter is not `PASS`; says whether it was.
    fn show(&self, line: &str, show: &mut dyn FnMut(&Allele<'_>) -> Result<()>) -> Result<bool> {
        let cells: Vec<&str> = line.split('\t').collect();
        let [contig, position, _, reference, alternates, _, filter, info, samples @ ..] = cells.as_slice() else {
            bail!("{} columns, a record has 8 or more", cells.len());
        };
        if self.width > 0 && samples.len() != self.width + 1 {
            bail!("{} columns, but the header has {}", cells.len(), self.width + 9);
        }
        if !matches!(*filter, "PASS" | "." | "") {
            return Ok(false);
        }
        let position: u64 = position.parse().with_context(|| format!("POS '{position}' is not a number"))?;
        let alternates: Vec<&str> = alternates.split(',').collect();
        for (index, alternate) in alternates.iter().enumerate() {
            let is_plain = alternate.bytes().all(|b| b.is_ascii_alphabetic());
            if !is_plain {
                continue; // symbolic, spanning or none
            }
            let place = Place::of_vcf(self.assembly, contig, position, reference, alternate);
            let effects = self.layout.effects(info, reference, &alternates, index);
            let cell = |c: &usize| samples.get(c + 1).copied();
            let carried: Vec<Option<bool>> =
                self.columns.iter().map(|c| carries(samples.first().copied(), cell(c), index + 1)).collect();
            show(&Allele { place: &place, effects: &effects, carried: &carried })?;
        }
        Ok(true)
    }
}

/// Whether a genotype has an allele; none where a part of it is missing and the rest does not have it. Without samples, or
/// without a genotype, the record itself says that it is there.
fn carries(format: Option<&str>, cell: Option<&str>, allele: usize) -> Option<bool> {
    let (Some(format), Some(cell)) = (format, cell) else { return Some(true) };
    let Some(field) = format.split(':').position(|f| f == "GT") else { return Some(true) };
    let genotype = cell.split(':').nth(field).unwrap_or(".");
    let mut alleles = genotype.split(['/', '|']);
    if alleles.clone().any(|a| a.parse() == Ok(allele)) {
        return Some(true);
    }
    (!alleles.any(|a| a.parse::<usize>().is_err())).then_some(false)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(header: &str, columns: &[&str]) -> Vec<String> {
        let mut read = Header::default();
        header.lines().for_each(|l| read.read(l));
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        read.tumours(Path::new("in/T7.somatic.vcf.gz"), &columns).into_iter().map(|(n, _)| n).collect()
    }

    #[test]
    fn normal_tissue_is_no_tumour() {
        assert_eq!(names("##tumor_sample=B", &["A", "B"]), ["B"]);
        assert_eq!(names("##normal_sample=A", &["A", "B", "C"]), ["B", "C"]);
        assert_eq!(names("", &["A", "B"]), ["A", "B"]);
        assert_eq!(names("", &["NORMAL", "TUMOR"]), ["T7.somatic"]);
        assert_eq!(names("", &[]), ["T7.somatic"]);
    }

    #[test]
    fn a_missing_genotype_neither_has_the_allele_nor_has_it_not() {
        let of = |genotype: &str| carries(Some("GT:DP"), Some(genotype), 1);
        assert_eq!(of("0/1:9"), Some(true));
        assert_eq!(of("0|0:9"), Some(false));
        assert_eq!(of("2/0"), Some(false));
        assert_eq!(of("./.:9"), None);
        assert_eq!(of("0/."), None);
        assert_eq!(of("./1"), Some(true));
        assert_eq!(of("."), None);
        assert_eq!(carries(Some("DP"), Some("3"), 1), Some(true));
        assert_eq!(carries(None, None, 1), Some(true));
    }
}
