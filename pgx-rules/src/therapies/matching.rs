//! A tumour against the variants of a release: which are there, and how closely they agree.

mod copies;
mod index;
mod names;
mod small;

use std::fmt;

use serde::Serialize;

use super::name::VariantKind;
use super::profile::Profile;
use super::tumour::{Fusion, SmallVariant, Tumour};

pub use index::Index;

/// How closely a tumour's variant agrees with what evidence speaks of, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchLevel {
    /// The same bases at the same place, or the same coding change of the same transcript.
    ExactAllele,
    /// The same change of the protein.
    ProteinChange,
    /// A fusion of the same two genes, in the same order.
    Fusion,
    /// The copy number that the evidence speaks of.
    CopyNumber,
    /// Evidence on a codon, and another residue there.
    Codon,
    /// Evidence on an exon or a region, and a change of the right kind in it.
    ExonOrRegion,
    /// Evidence on any fusion of a gene, and one.
    FusionAnyPartner,
    /// Evidence on the gene, and a change with the right effect somewhere in it.
    Gene,
    /// Evidence on another change at the same codon: related, not a match.
    OtherChangeAtCodon,
}

impl MatchLevel {
    /// The word of the outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::ExactAllele => "exact-allele",
            Self::ProteinChange => "protein-change",
            Self::Fusion => "fusion",
            Self::CopyNumber => "copy-number",
            Self::Codon => "codon",
            Self::ExonOrRegion => "exon-or-region",
            Self::FusionAnyPartner => "fusion-any-partner",
            Self::Gene => "gene",
            Self::OtherChangeAtCodon => "other-change-at-codon",
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::ExactAllele => "this very allele",
            Self::ProteinChange => "this protein change",
            Self::Fusion => "this fusion",
            Self::CopyNumber => "this copy number",
            Self::Codon => "any change at this codon",
            Self::ExonOrRegion => "any such change in this exon or region",
            Self::FusionAnyPartner => "any fusion of this gene",
            Self::Gene => "any such change in this gene",
            Self::OtherChangeAtCodon => "another change at this codon",
        }
    }
}

/// Agreement of something in the tumour with a known variant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// How closely.
    pub level: MatchLevel,
    /// Gene in the tumour.
    pub gene: String,
    /// What the tumour has, as its input writes it.
    pub found: String,
    /// What a reader must know of the comparison; empty for nothing.
    pub note: String,
}

/// Why a known variant could not be compared with a tumour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotCompared {
    /// Its name is free text that is not understood.
    Name,
    /// It speaks of expression, methylation or other marks, which the inputs do not show.
    GeneProduct,
    /// It speaks of the absence of a change, which is never concluded.
    WildType,
    /// It is known by coordinates, and these could not be compared: another assembly, or none.
    Coordinates,
}

impl fmt::Display for NotCompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the name of the variant is free text that is not understood",
            Self::GeneProduct => {
                "expression, methylation or other marks of the gene product, which the inputs do not show"
            }
            Self::WildType => "the absence of a change, which is never concluded from a list of variants",
            Self::Coordinates => "known by coordinates only, which could not be compared",
        })
    }
}

/// Hits of one kind in a tumour, and why there may be none.
fn hits(known: &index::Known<'_>, kind: &VariantKind, tumour: &Tumour) -> Result<Vec<Hit>, NotCompared> {
    match kind {
        VariantKind::Other => Err(NotCompared::Name),
        VariantKind::Expression => Err(NotCompared::GeneProduct),
        VariantKind::WildType => Err(NotCompared::WildType),
        VariantKind::AllOf(parts) => {
            let parts = parts.iter().map(|p| hits(known, p, tumour)).collect::<Result<Vec<_>, _>>()?;
            Ok(together(parts))
        }
        VariantKind::AnyOf(parts) => {
            let parts = parts.iter().map(|p| hits(known, p, tumour)).collect::<Result<Vec<_>, _>>()?;
            Ok(best_of_each(parts.concat()))
        }
        VariantKind::Fusion { five_prime, three_prime } => {
            let same = |f: &&Fusion| f.five_prime == *five_prime && f.three_prime == *three_prime;
            Ok(tumour.fusions.iter().filter(same).map(|f| fusion_hit(MatchLevel::Fusion, known, f)).collect())
        }
        VariantKind::AnyFusion(gene) => {
            let with = |f: &&Fusion| f.five_prime == *gene || f.three_prime == *gene;
            Ok(tumour.fusions.iter().filter(with).map(|f| fusion_hit(MatchLevel::FusionAnyPartner, known, f)).collect())
        }
        _ => {
            let mut found = copies::hits(known.gene(), kind, tumour);
            let variants: Vec<&SmallVariant> = tumour.variants.iter().filter(|v| v.gene == known.gene()).collect();
            let mut unplaced = None;
            for variant in variants {
                match small::compare(known, kind, variant) {
                    Ok(Some((level, note))) => found.push(Hit {
                        level,
                        gene: variant.gene.clone(),
                        found: small::label(variant),
                        note: note.to_owned(),
                    }),
                    Ok(None) => {}
                    Err(reason) => unplaced = Some(reason),
                }
            }
            match unplaced {
                Some(reason) if found.is_empty() => Err(reason),
                _ => Ok(best_of_each(found)),
            }
        }
    }
}

fn fusion_hit(level: MatchLevel, known: &index::Known<'_>, fusion: &Fusion) -> Hit {
    let found = format!("{}::{}", fusion.five_prime, fusion.three_prime);
    Hit { level, gene: known.gene().to_owned(), found, note: String::new() }
}

/// Of several hits of the same thing the closest, sorted.
fn best_of_each(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort();
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        if !kept.iter().any(|k| k.gene == hit.gene && k.found == hit.found) {
            kept.push(hit);
        }
    }
    kept
}

/// All parts must be there: the closest hit of each, and the least close of their levels. Another change at a codon is no
/// part of anything.
fn together(parts: Vec<Vec<Hit>>) -> Vec<Hit> {
    let mut chosen: Vec<Hit> = Vec::new();
    for part in parts {
        match part.into_iter().filter(|h| h.level != MatchLevel::OtherChangeAtCodon).min() {
            Some(best) => chosen.push(best),
            None => return Vec::new(),
        }
    }
    let Some(level) = chosen.iter().map(|h| h.level).max() else { return Vec::new() };
    let mut genes: Vec<&str> = chosen.iter().map(|h| h.gene.as_str()).collect();
    genes.dedup();
    let join = |parts: Vec<&str>, by: &str| parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(by);
    vec![Hit {
        level,
        gene: genes.join(" + "),
        found: join(chosen.iter().map(|h| h.found.as_str()).collect(), " + "),
        note: join(chosen.iter().map(|h| h.note.as_str()).collect(), "; "),
    }]
}

/// Hits of a whole profile. What a NOT excludes would have to be known to be absent: such a profile is not matched.
fn profile_hits(profile: &Profile, of: &dyn Fn(u32) -> Vec<Hit>) -> Vec<Hit> {
    match profile {
        Profile::Variant(id) => of(*id),
        Profile::Any(parts) => best_of_each(parts.iter().flat_map(|p| profile_hits(p, of)).collect()),
        Profile::All(parts) => together(parts.iter().map(|p| profile_hits(p, of)).collect()),
        Profile::Not(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
