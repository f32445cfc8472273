//! The tables of a locus: unit, segments, kinds of unit, haplotypes seen in people.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use variants::model::{Assembly, PooledLocus, Segment, SiteKind};

use super::site::{LocusSite, base_code, pooled_sites};
use crate::knowledge::schema::Gene;

/// The tables of one locus do not read, or contradict each other.
#[derive(Debug, Error)]
#[error("tables of the {gene} locus: {message}; the program is damaged: install it again")]
pub struct LocusError {
    /// The gene.
    pub gene: String,
    /// What is wrong.
    pub message: String,
}

/// A gene and its pseudogene.
#[derive(Clone, Debug)]
pub struct Locus {
    /// What `locus.toml` says.
    pub about: About,
    /// Gapless blocks of the alignment of the two units.
    pub blocks: Vec<Block>,
    /// Bases that tell the two apart.
    pub differences: Vec<Difference>,
    /// Haplotypes seen in people.
    pub haplotypes: Vec<Haplotype>,
}

/// `locus.toml`. Positions are GRCh37, 1-based, ranges half-open.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Symbol of the gene.
    pub gene: String,
    /// Symbol of the pseudogene.
    pub paralog: String,
    /// Name of the haplotype that has no unit.
    pub deletion: String,
    /// What positions of the gene on GRCh38 are lower by.
    pub grch38_shift: u32,
    /// Where the tables come from.
    pub sources: Vec<String>,
    /// The part of the gene whose sites are read.
    pub unit: (u32, u32),
    /// All that is read.
    pub range: (u32, u32),
    /// Bases of a window of the depth profile.
    pub window: u32,
    /// Places of one copy number each.
    pub segment: Vec<CountedSegment>,
    /// Kinds of unit.
    pub unit_kind: Vec<UnitKind>,
    /// Alleles that only a hybrid has.
    #[serde(default)]
    pub background: Vec<Background>,
    /// Different alleles known to come together on one chromosome.
    #[serde(default)]
    pub tandem: Vec<Tandem>,
    /// What alleles usually carry where their definition permits several bases.
    #[serde(default)]
    pub usual_form: Vec<UsualForm>,
}

/// An allele that only a hybrid has: another one's sites, and one more.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Its name.
    pub name: String,
    /// The named allele whose sites it has.
    pub like: String,
    /// GRCh37 position of the one more.
    pub grch37: u32,
    /// Reference base there.
    pub reference: char,
    /// Its base there.
    pub base: char,
    /// Where this comes from.
    pub source: String,
}

/// Different alleles known to come together on one chromosome.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tandem {
    /// Their names.
    pub alleles: (String, String),
    /// Where this comes from.
    pub source: String,
}

/// What an allele usually carries where its definition permits several bases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsualForm {
    /// Its name.
    pub allele: String,
    /// Base by GRCh37 position.
    pub carries: IndexMap<String, char>,
    /// GRCh37 positions at which either base is usual.
    pub either: Vec<u32>,
    /// Where this comes from.
    pub source: String,
}

impl UsualForm {
    /// Code of the usual base at a site, where there is one.
    pub fn code(&self, site: &LocusSite) -> Option<u8> {
        let base = self.carries.get(&site.grch37.to_string()).filter(|_| site.kind == SiteKind::Base)?;
        base_code(*base as u8)
    }
}

/// A segment and what its depth counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedSegment {
    /// Its name.
    pub name: String,
    /// What its depth counts.
    pub counts: Counts,
    /// Half-open ranges, pooled.
    pub ranges: Vec<(u32, u32)>,
}

/// What the depth of a segment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Two copies in everyone.
    Control,
    /// Units of gene and pseudogene.
    Units,
    /// Units whose upstream end is the gene's.
    GeneStarts,
    /// Spacers.
    Spacers,
}

/// A kind of unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitKind {
    /// Its name in `haplotypes.tsv`.
    pub name: String,
    /// Alternatives of the part that has the pseudogene's sequence.
    pub paralog: Vec<(u32, u32)>,
    /// Name of the unit, whatever allele its other part resembles.
    #[serde(default)]
    pub called: Option<String>,
    /// Name by the allele that its other part resembles.
    #[serde(default)]
    pub names: IndexMap<String, String>,
    /// Share of each of these alleles among such units; equal when not given.
    #[serde(default)]
    pub shares: IndexMap<String, f64>,
    /// The unit is named by its other part, so a part without a name in `names` is unlikely.
    #[serde(default)]
    pub needs_background: bool,
    /// Its upstream end is the pseudogene's.
    #[serde(default)]
    pub starts_in_paralog: bool,
}

/// A row of `blocks.tsv`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Block {
    /// First position in the gene, GRCh37.
    pub gene: u32,
    /// First position in the pseudogene, GRCh37.
    pub paralog: u32,
    /// The same on GRCh38, where it is known.
    pub paralog_grch38: Option<u32>,
    /// Bases.
    pub length: u32,
}

/// A row of `differences.tsv`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Difference {
    /// Position in the gene, GRCh37.
    pub gene: u32,
    /// Base of the gene's reference sequence.
    pub gene_base: char,
    /// Base of the pseudogene's reference sequence.
    pub paralog_base: char,
}

/// Units of one kind and one allele on a haplotype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Index into [`About::unit_kind`].
    pub kind: usize,
    /// Number of such units.
    pub copies: u32,
}

/// A haplotype without its alleles.
#[derive(Clone, Debug)]
pub struct Haplotype {
    /// Its units other than the pseudogene.
    pub groups: Vec<Group>,
    /// Whole pseudogenes.
    pub paralogs: u32,
    /// Spacers.
    pub spacers: u32,
    /// How usual it is, relative to one whole gene. Judged in powers of ten from the sources of the locus; it decides
    /// only between structures that the reads cannot tell apart.
    pub weight: f64,
}

impl Haplotype {
    /// Units of gene and pseudogene.
    pub fn units(&self) -> u32 {
        self.paralogs + self.groups.iter().map(|group| group.copies).sum::<u32>()
    }
}

#[derive(Deserialize)]
struct HaplotypeRow {
    units: String,
    paralogs: u32,
    spacers: u32,
    weight: f64,
}

impl Locus {
    /// Reads the tables.
    ///
    /// # Errors
    /// When one does not parse or names an unknown kind of unit.
    pub fn read(toml: &str, blocks: &str, differences: &str, haplotypes: &str) -> Result<Self, LocusError> {
        let error = |gene: &str, message: String| LocusError { gene: gene.to_owned(), message };
        let about: About = toml::from_str(toml).map_err(|e| error("?", e.to_string()))?;
        let blocks: Vec<Block> = rows(blocks).map_err(|e| error(&about.gene, e))?;
        let differences: Vec<Difference> = rows(differences).map_err(|e| error(&about.gene, e))?;
        let haplotypes = rows::<HaplotypeRow>(haplotypes)
            .and_then(|rows| rows.iter().map(|row| haplotype(row, &about)).collect::<Result<Vec<_>, _>>())
            .map_err(|e| error(&about.gene, e))?;
        Ok(Self { about, blocks, differences, haplotypes })
    }

    /// The loci that the program carries.
    ///
    /// # Errors
    /// When their tables do not read.
    pub fn embedded() -> Result<Vec<Self>, LocusError> {
        let packed = include_bytes!(concat!(env!("OUT_DIR"), "/structures.postcard"));
        let tables: Vec<[String; 4]> =
            postcard::from_bytes(packed).map_err(|e| LocusError { gene: "?".to_owned(), message: e.to_string() })?;
        tables
            .iter()
            .map(|[toml, blocks, differences, haplotypes]| Self::read(toml, blocks, differences, haplotypes))
            .collect()
    }

    /// The part of a kind's alternative that has the pseudogene's sequence, GRCh37, half-open.
    pub fn of_paralog(&self, kind: usize, alternative: usize) -> (u32, u32) {
        let kind = self.about.unit_kind.get(kind);
        kind.and_then(|kind| kind.paralog.get(alternative)).copied().unwrap_or((0, 0))
    }

    /// Position of the counterpart of a gene position (GRCh37) on an assembly; `None` outside the blocks, and where
    /// GRCh38 is not known.
    pub fn counterpart(&self, gene: u32, assembly: Assembly) -> Option<u32> {
        let block = self.blocks.iter().find(|block| (block.gene..block.gene + block.length).contains(&gene))?;
        let first = match assembly {
            Assembly::Grch37 => block.paralog,
            Assembly::Grch38 => block.paralog_grch38?,
        };
        Some(first + (gene - block.gene))
    }

    /// Sites of the unit: differences and the defining sites of the alleles.
    pub fn sites(&self, gene: &Gene) -> Vec<LocusSite> {
        super::site::sites(self, gene)
    }

    /// What is to be read of this locus on an assembly, for sites from [`Locus::sites`].
    pub fn pooled(&self, contig: &str, sites: &[LocusSite], assembly: Assembly) -> PooledLocus {
        let lower = match assembly {
            Assembly::Grch37 => 0,
            Assembly::Grch38 => self.about.grch38_shift,
        };
        let moved = |(start, end): (u32, u32)| (start - lower, end - lower);
        PooledLocus {
            contig: contig.to_owned(),
            range: moved(self.about.range),
            sites: pooled_sites(self, sites, assembly),
            segments: self
                .about
                .segment
                .iter()
                .map(|segment| Segment {
                    name: segment.name.clone(),
                    ranges: segment.ranges.iter().copied().map(moved).collect(),
                })
                .collect(),
            window: self.about.window,
        }
    }
}

fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, String> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())
}

/// Reads `exon9*2+whole`; `-` is no unit.
fn haplotype(row: &HaplotypeRow, about: &About) -> Result<Haplotype, String> {
    let mut groups = Vec::new();
    for part in row.units.split('+').filter(|part| *part != "-") {
        let (name, copies) = part.split_once('*').unwrap_or((part, "1"));
        let kind = about.unit_kind.iter().position(|kind| kind.name == name);
        groups.push(Group {
            kind: kind.ok_or_else(|| format!("haplotype {}: no kind of unit '{name}'", row.units))?,
            copies: copies.parse().map_err(|_| format!("haplotype {}: '{copies}' is no number", row.units))?,
        });
    }
    Ok(Haplotype { groups, paralogs: row.paralogs, spacers: row.spacers, weight: row.weight })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::knowledge::embedded;

    #[test]
    fn tables_agree_with_each_other_and_with_the_knowledge() {
        let locus = Locus::embedded().unwrap().remove(0);
        let gene = embedded().unwrap().genes.get("CYP2D6").unwrap();
        assert!(locus.differences.iter().all(|d| locus.counterpart(d.gene, Assembly::Grch37).is_some()));
        // every defining site lies in the unit, and its GRCh38 position is the constant shift away
        for site in locus.sites(gene) {
            assert_eq!(site.grch37 - site.grch38, locus.about.grch38_shift, "{}", site.grch37);
        }
        for name in ["*5", "*13", "*36", "*61", "*63", "*68", "*83"] {
            let kinds = &locus.about.unit_kind;
            let of_kind =
                kinds.iter().any(|k| k.called.as_deref() == Some(name) || k.names.values().any(|n| n == name));
            assert!(of_kind || locus.about.deletion == name, "{name}");
            assert!(gene.functions.contains_key(name), "{name} has no function");
        }
    }

    #[test]
    fn a_haplotype_of_an_unknown_kind_is_refused() {
        let toml = include_str!("../../knowledge/structures/CYP2D6/locus.toml");
        let error = Locus::read(
            toml,
            "gene\tparalog\tparalog_grch38\tlength\n",
            "gene\tgene_base\tparalog_base\n",
            "units\tparalogs\tspacers\tweight\nodd*2\t1\t1\t0.1\n",
        )
        .unwrap_err();
        assert!(error.to_string().contains("no kind of unit 'odd'"), "{error}");
    }
}
