//! The mutations themselves, from any number of MAF files and annotated VCFs.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use cluster::substitution::complement;
use indexmap::IndexSet;
use pgx_rules::therapies::tumour::{Consequence, Place};
use variants::model::canonical_contig;

use crate::stratify::alterations::Class;
use crate::tumour::annotated_vcf::{Allele, Reader};
use crate::tumour::maf::{Maf, MafRow};

/// What is known of a gene in a tumour; a tumour that is not listed has no protein-altering change there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// A change was looked for, and its genotype is missing.
    Unknown,
    /// A protein-altering change, of this kind.
    Altered(Class),
}

impl State {
    /// Whether a protein-altering change is there.
    pub(super) fn altered(self) -> bool {
        matches!(self, Self::Altered(_))
    }

    /// Both together.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::Altered(a), Self::Altered(b)) => Self::Altered(a.with(b)),
        }
    }
}

/// One base for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Substitution {
    pub(super) tumour: usize,
    /// Contig in canonical form and position, 1-based; none where the file does not say, or on other contigs.
    pub(super) place: Option<(&'static str, u32)>,
    pub(super) reference: u8,
    pub(super) alternate: u8,
    /// The base with its neighbours, on the strand of the reference base, where a column gives them.
    pub(super) context: Option<[u8; 3]>,
}

/// Changes of a tumour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) all: usize,
    pub(super) protein_altering: usize,
}

/// All tumours of a cohort.
#[derive(Debug, Default)]
pub(in crate::stratify) struct Cohort {
    tumours: IndexSet<String>,
    genes: BTreeMap<String, BTreeMap<usize, State>>,
    counts: Vec<Counts>,
    classes: BTreeMap<String, usize>,
    substitutions: Vec<Substitution>,
    /// Stated contexts whose middle is not the reference base.
    contradicted: usize,
    notes: Vec<String>,
    /// The file in which a change was first seen: the same change in a second file is not a second change.
    seen: HashMap<(usize, Change), usize>,
}

/// What makes a change the same change: contig, first base, reference, alternate.
type Change = (String, u64, String, String);

/// A change before it is counted.
struct Found<'a> {
    tumour: usize,
    class: &'a str,
    alters_protein: bool,
    place: Option<&'a Place>,
    alleles: Option<(&'a str, &'a str)>,
    context: Option<&'a str>,
}

impl Cohort {
    /// Reads all files. Tumours keep the order in which they are met, those without any change as well.
    ///
    /// # Errors
    /// When a file cannot be read, with the line; or no tumour is there.
    pub(super) fn read(mafs: &[PathBuf], vcfs: &[PathBuf]) -> Result<Self> {
        let mut cohort = Self::default();
        let several = mafs.len() + vcfs.len() > 1;
        for (number, path) in mafs.iter().enumerate() {
            for row in Maf::open(path)? {
                cohort.row(&row?, several.then_some(number));
            }
        }
        for (number, path) in vcfs.iter().enumerate() {
            cohort.vcf(path, several.then_some(mafs.len() + number))?;
        }
        if cohort.tumours.is_empty() {
            let files: Vec<String> = mafs.iter().chain(vcfs).map(|p| p.display().to_string()).collect();
            bail!("{}: no mutation of any tumour", files.join(", "));
        }
        cohort.seen = HashMap::new();
        Ok(cohort)
    }

    fn row(&mut self, row: &MafRow, file: Option<usize>) {
        let tumour = self.tumour(&row.sample);
        let class = Class::of(row.variant.consequence);
        if let Some(class) = class {
            self.state(&row.variant.gene, tumour, State::Altered(class));
        }
        let alleles = row.alleles.as_ref().map(|(r, a)| (r.as_str(), a.as_str()));
        self.count(
            &Found {
                tumour,
                class: &row.classification,
                alters_protein: class.is_some(),
                place: row.variant.place.as_ref(),
                alleles,
                context: row.context.as_deref(),
            },
            file,
        );
    }

    fn vcf(&mut self, path: &Path, file: Option<usize>) -> Result<()> {
        let mut open = Reader::open(path)?;
        let tumours: Vec<usize> = open.samples().to_vec().iter().map(|name| self.tumour(name)).collect();
        open.each(&mut |allele| {
            self.allele(allele, &tumours, file);
            Ok(())
        })?;
        if open.filtered() > 0 {
            self.notes.push(format!(
                "{}: {} records whose FILTER is not PASS were left out",
                path.display(),
                open.filtered()
            ));
        }
        Ok(())
    }

    fn allele(&mut self, allele: &Allele<'_>, tumours: &[usize], file: Option<usize>) {
        let worst = allele.effects.iter().map(|e| e.consequence).min().unwrap_or(Consequence::Other);
        // The most severe effect on each gene, over its transcripts.
        let mut genes: BTreeMap<&str, Consequence> = BTreeMap::new();
        for effect in allele.effects {
            let worst = genes.entry(&effect.gene).or_insert(effect.consequence);
            *worst = (*worst).min(effect.consequence);
        }
        for (&tumour, carried) in tumours.iter().zip(allele.carried) {
            if *carried == Some(false) {
                continue;
            }
            for (gene, consequence) in &genes {
                if let Some(class) = Class::of(*consequence) {
                    self.state(gene, tumour, carried.map_or(State::Unknown, |_| State::Altered(class)));
                }
            }
            if carried.is_some() {
                let (reference, alternate) = (allele.place.reference.as_str(), allele.place.alternate.as_str());
                self.count(
                    &Found {
                        tumour,
                        class: worst.term(),
                        alters_protein: worst.changes_protein(),
                        place: Some(allele.place),
                        alleles: Some((reference, alternate)),
                        context: None,
                    },
                    file,
                );
            }
        }
    }

    fn tumour(&mut self, name: &str) -> usize {
        if let Some(known) = self.tumours.get_index_of(name) {
            return known;
        }
        self.counts.push(Counts::default());
        self.tumours.insert_full(name.to_owned()).0
    }

    fn state(&mut self, gene: &str, tumour: usize, state: State) {
        if !self.genes.contains_key(gene) {
            self.genes.insert(gene.to_owned(), BTreeMap::new());
        }
        if let Some(tumours) = self.genes.get_mut(gene) {
            let known = tumours.entry(tumour).or_insert(state);
            *known = known.with(state);
        }
    }

    /// Counts a change, unless an earlier file had it. `file` is none where there is one file only.
    fn count(&mut self, found: &Found<'_>, file: Option<usize>) {
        if let (Some(file), Some(place)) = (file, found.place) {
            let change = (place.contig.clone(), place.start, place.reference.clone(), place.alternate.clone());
            if *self.seen.entry((found.tumour, change)).or_insert(file) != file {
                return;
            }
        }
        if let Some(counts) = self.counts.get_mut(found.tumour) {
            counts.all += 1;
            counts.protein_altering += usize::from(found.alters_protein);
        }
        *self.classes.entry(found.class.to_owned()).or_default() += 1;
        let Some((&[reference], &[alternate])) = found.alleles.map(|(r, a)| (r.as_bytes(), a.as_bytes())) else {
            return;
        };
        let context = found.context.and_then(|text| {
            let oriented = around(text.as_bytes(), reference);
            self.contradicted += usize::from(oriented.is_none());
            oriented
        });
        let place = found.place.and_then(|p| Some((canonical_contig(&p.contig)?, u32::try_from(p.start).ok()?)));
        self.substitutions.push(Substitution { tumour: found.tumour, place, reference, alternate, context });
    }

    /// Names of the tumours.
    pub(in crate::stratify) fn tumours(&self) -> Vec<String> {
        self.tumours.iter().cloned().collect()
    }

    /// Tumour, gene and kind of each gene that is altered.
    pub(in crate::stratify) fn alterations(&self) -> impl Iterator<Item = (&str, &str, Class)> {
        self.genes.iter().flat_map(|(gene, states)| {
            states.iter().filter_map(|(&tumour, &state)| match state {
                State::Altered(class) => Some((self.tumours.get_index(tumour)?.as_str(), gene.as_str(), class)),
                State::Unknown => None,
            })
        })
    }

    /// Genes by name, each with the tumours in which it is altered, or in which that is not known.
    pub(super) fn genes(&self) -> &BTreeMap<String, BTreeMap<usize, State>> {
        &self.genes
    }

    /// Changes of each tumour.
    pub(super) fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// Changes by class, as the files name them.
    pub(super) fn classes(&self) -> &BTreeMap<String, usize> {
        &self.classes
    }

    /// One base for another.
    pub(super) fn substitutions(&self) -> &[Substitution] {
        &self.substitutions
    }

    /// Stated contexts whose middle is not the reference base on either strand.
    pub(super) fn contradicted(&self) -> usize {
        self.contradicted
    }

    /// What a reader must know of how the files were read.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The middle three of an odd number of bases, turned so that the middle one is `reference`: some programs write the
/// strand of the pyrimidine. None where the middle is neither the base nor its complement.
fn around(text: &[u8], reference: u8) -> Option<[u8; 3]> {
    let middle = text.len() / 2;
    let (true, &[before, base, after]) = (text.len() % 2 == 1, text.get(middle.checked_sub(1)?..=middle + 1)?) else {
        return None;
    };
    if base.eq_ignore_ascii_case(&reference) {
        return Some([before, base, after].map(|b| b.to_ascii_uppercase()));
    }
    (complement(base) == Some(reference.to_ascii_uppercase()))
        .then(|| Some([complement(after)?, complement(base)?, complement(before)?]))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_turned_to_the_strand_of_its_reference_base() {
        assert_eq!(around(b"ccaTGAcc", b'G'), None, "an even number of bases has no middle");
        assert_eq!(around(b"caTGAcc", b'G'), Some(*b"TGA"));
        assert_eq!(around(b"TGA", b'C'), Some(*b"TCA"));
        assert_eq!(around(b"TGA", b'T'), None);
        assert_eq!(around(b"G", b'G'), None);
        assert_eq!(around(b"", b'G'), None);
    }
}
