//! All inputs together, by tumour.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use indexmap::IndexMap;
use pgx_rules::therapies::tumour::{Place, Tumour};
use variants::model::Assembly;

use crate::provenance::FileProvenance;
use crate::tumour::{annotated_vcf, copy_number, fusions, maf::Maf};

/// What is read.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// MAF files.
    pub maf: Vec<PathBuf>,
    /// Annotated VCF files.
    pub vcf: Vec<PathBuf>,
    /// Copy numbers by gene.
    pub copy_number: Option<PathBuf>,
    /// Fusions.
    pub fusions: Option<PathBuf>,
    /// Assembly of small variants whose file does not say.
    pub assembly: Option<Assembly>,
}

/// Tumours by name, sorted.
#[derive(Debug, Default)]
pub struct Tumours {
    /// By name.
    pub tumours: IndexMap<String, Tumour>,
    /// Files read.
    pub files: Vec<FileProvenance>,
    /// Sentences that every reader must see.
    pub notes: Vec<String>,
}

/// Reads everything.
///
/// # Errors
/// With file and line, at the first thing that cannot be read; and when there is no tumour.
pub fn read(inputs: &Inputs) -> Result<Tumours> {
    let mut all = Tumours::default();
    for path in &inputs.maf {
        all.file("mutations", path)?;
        for row in Maf::open(path)? {
            let row = row?;
            let mut variant = row.variant;
            state(&mut variant.place, inputs.assembly);
            all.tumours.entry(row.sample).or_default().variants.push(variant);
        }
    }
    for path in &inputs.vcf {
        all.file("mutations", path)?;
        let vcf = annotated_vcf::read(path)?;
        if vcf.filtered > 0 {
            all.notes.push(format!(
                "{}: {} records whose FILTER is not PASS were left out.",
                path.display(),
                vcf.filtered
            ));
        }
        for (sample, variants) in vcf.samples {
            let tumour = all.tumours.entry(sample).or_default();
            tumour.variants.extend(variants.into_iter().map(|mut variant| {
                state(&mut variant.place, inputs.assembly);
                variant
            }));
        }
    }
    if let Some(path) = &inputs.copy_number {
        all.file("copy numbers", path)?;
        for (sample, copies) in copy_number::read(path)? {
            all.tumours.entry(sample).or_default().copies.push(copies);
        }
    }
    if let Some(path) = &inputs.fusions {
        all.file("fusions", path)?;
        for (sample, fusion) in fusions::read(path)? {
            all.tumours.entry(sample).or_default().fusions.push(fusion);
        }
    }
    if all.tumours.is_empty() {
        bail!("the inputs hold no tumour: no row of any sample");
    }
    all.tumours.sort_keys();
    all.note_places();
    Ok(all)
}

fn state(place: &mut Option<Place>, assembly: Option<Assembly>) {
    if let Some(place) = place {
        place.assembly = place.assembly.or(assembly);
    }
}

impl Tumours {
    fn file(&mut self, role: &'static str, path: &Path) -> Result<()> {
        self.files.push(FileProvenance::read(role, path)?);
        Ok(())
    }

    /// Coordinates that cannot be compared make exons and regions invisible: that must be said.
    fn note_places(&mut self) {
        let variants = || self.tumours.values().flat_map(|t| &t.variants);
        let of = |assembly| variants().any(|v| v.place.as_ref().is_some_and(|p| p.assembly == assembly));
        let (unknown, newer) = (of(None), of(Some(Assembly::Grch38)));
        if unknown {
            self.notes.push(
                "The assembly of some variants is not known, so that their coordinates were not compared; state it with --assembly."
                    .to_owned(),
            );
        }
        if newer {
            self.notes.push(
                "The evidence has coordinates on GRCh37 and the variants on GRCh38: alleles were compared by their protein and coding changes, exons by their number in the same transcript, other regions not at all."
                    .to_owned(),
            );
        }
    }
}
