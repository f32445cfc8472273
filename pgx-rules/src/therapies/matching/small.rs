//! A small variant of a tumour against a known one of the same gene.

use super::index::Known;
use super::{MatchLevel, NotCompared};
use crate::therapies::name::{ExonChange, VariantKind};
use crate::therapies::protein::ProteinChange;
use crate::therapies::tumour::{Consequence, Place, SmallVariant};

/// Bases of an intron in which the loss of a splice site lies.
const SPLICE_SITE: u64 = 2;

type Compared = Result<Option<(MatchLevel, &'static str)>, NotCompared>;

/// How closely they agree, if they do; an error when the question cannot be answered.
pub fn compare(known: &Known<'_>, kind: &VariantKind, variant: &SmallVariant) -> Compared {
    let matched = |level| Ok(Some((level, "")));
    let one_allele = matches!(kind, VariantKind::Protein(_) | VariantKind::Coding(_) | VariantKind::Identifier);
    if one_allele && (known.is_at(variant.place.as_ref()) || is_same_coding(known, variant)) {
        return matched(MatchLevel::ExactAllele);
    }
    let consequence = variant.consequence;
    let gene_level = |holds: bool, note: &'static str| Ok(holds.then_some((MatchLevel::Gene, note)));
    match kind {
        VariantKind::Protein(wanted) => Ok(by_protein(wanted, variant).map(|level| (level, ""))),
        VariantKind::Codon { reference, position } => {
            let is_there = match protein(variant) {
                Some(ProteinChange::Substitution { reference: r, position: p, .. }) => {
                    r == *reference && p == *position
                }
                _ => false,
            };
            Ok(is_there.then_some((MatchLevel::Codon, "")))
        }
        VariantKind::Exon { first, last, change } => exon(known, (*first, *last), *change, variant),
        VariantKind::Domain => region(known, variant, consequence.changes_protein()),
        VariantKind::InternalDuplication => region(known, variant, consequence == Consequence::InframeInsertion),
        VariantKind::Promoter => {
            region(known, variant, matches!(consequence, Consequence::Upstream | Consequence::FivePrimeUtr))
        }
        VariantKind::AnyMutation => gene_level(consequence.changes_protein(), ""),
        VariantKind::LossOfFunction => gene_level(consequence.loses_function(), "loss of function by its consequence"),
        VariantKind::Truncation => gene_level(consequence.truncates(), ""),
        VariantKind::Frameshift => gene_level(consequence == Consequence::Frameshift, ""),
        _ => Ok(None),
    }
}

/// What a tumour's variant is called in outputs: protein change, else coding change, else effect and place.
pub fn label(variant: &SmallVariant) -> String {
    if let Some(protein) = &variant.protein {
        return protein.clone();
    }
    if let Some(coding) = &variant.coding {
        return coding.clone();
    }
    match &variant.place {
        Some(place) => format!("{} {}:{}", variant.consequence.term(), place.contig, place.start),
        None => variant.consequence.term().to_owned(),
    }
}

fn protein(variant: &SmallVariant) -> Option<ProteinChange> {
    variant.protein.as_deref().and_then(ProteinChange::parse)
}

fn by_protein(wanted: &ProteinChange, variant: &SmallVariant) -> Option<MatchLevel> {
    let found = protein(variant)?;
    if wanted.is_same(&found) {
        return Some(MatchLevel::ProteinChange);
    }
    match (wanted, &found) {
        (
            ProteinChange::Substitution { reference, position, alternate },
            ProteinChange::Substitution { reference: other_reference, position: other, alternate: other_alternate },
        ) if reference == other_reference && position == other && *alternate != '*' && *other_alternate != '*' => {
            Some(MatchLevel::OtherChangeAtCodon)
        }
        _ => None,
    }
}

/// The same coding change of the same transcript, whatever the version of either.
fn is_same_coding(known: &Known<'_>, variant: &SmallVariant) -> bool {
    let (Some(coding), Some(transcript)) = (&variant.coding, &variant.transcript) else { return false };
    let coding = plain_coding(coding);
    known.coding().any(|(of, change)| stem(of) == stem(transcript) && plain_coding(change) == coding)
}

/// Without the bases that a deletion or duplication may or may not spell out.
fn plain_coding(change: &str) -> String {
    let change: String = change.chars().filter(|c| !c.is_whitespace()).collect();
    for word in ["delins", "del", "dup"] {
        if let Some((before, bases)) = change.split_once(word)
            && !(word == "del" && bases.contains("ins"))
        {
            return if word == "delins" { change } else { format!("{before}{word}") };
        }
    }
    change
}

/// A transcript without its version.
pub fn stem(transcript: &str) -> &str {
    transcript.split('.').next().unwrap_or(transcript)
}

fn exon(known: &Known<'_>, (first, last): (u32, u32), change: ExonChange, variant: &SmallVariant) -> Compared {
    let consequence = variant.consequence;
    let fits = match change {
        ExonChange::Mutation => consequence.changes_protein(),
        ExonChange::Deletion => consequence == Consequence::InframeDeletion && first == last && !known.loses_exon(),
        ExonChange::Insertion => consequence == Consequence::InframeInsertion,
        ExonChange::Frameshift => consequence == Consequence::Frameshift,
        ExonChange::Skipping => consequence == Consequence::SpliceSite,
    };
    if !fits {
        return Ok(None);
    }
    let margin = if change == ExonChange::Skipping { SPLICE_SITE } else { 0 };
    match known.covers(variant.place.as_ref(), margin) {
        Some(inside) => Ok(inside.then_some((MatchLevel::ExonOrRegion, "by coordinates"))),
        None => by_exon_number(known, first..=last, variant),
    }
}

/// Exons are numbered by transcript: where the release names one, it has to be the same.
fn by_exon_number(known: &Known<'_>, exons: std::ops::RangeInclusive<u32>, variant: &SmallVariant) -> Compared {
    let Some(exon) = variant.exon else { return Err(NotCompared::Coordinates) };
    let theirs = stem(known.transcript());
    let is_same = variant.transcript.as_deref().is_some_and(|t| stem(t) == theirs);
    if !theirs.is_empty() && !is_same {
        return Err(NotCompared::Coordinates);
    }
    let note = if theirs.is_empty() {
        "by the exon number of the annotation; the release names no transcript"
    } else {
        "by the exon number of the same transcript"
    };
    Ok(exons.contains(&exon).then_some((MatchLevel::ExonOrRegion, note)))
}

fn region(known: &Known<'_>, variant: &SmallVariant, fits: bool) -> Compared {
    if !fits {
        return Ok(None);
    }
    match known.covers(variant.place.as_ref(), 0) {
        Some(inside) => Ok(inside.then_some((MatchLevel::ExonOrRegion, "by coordinates"))),
        None => Err(NotCompared::Coordinates),
    }
}

/// Whether two places overlap, one widened by a margin.
pub fn overlaps(place: &Place, start: u64, end: u64, margin: u64) -> bool {
    place.start <= end.saturating_add(margin) && place.end >= start.saturating_sub(margin)
}
