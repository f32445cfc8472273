//! Names of variants in releases of evidence: free text, read into kinds that can be compared.
//!
//! What cannot be read with certainty is [`VariantKind::Other`]: never matched, but counted.

mod fusion;
mod words;

use super::protein::ProteinChange;

/// What a name speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VariantKind {
    /// One change of the protein: `V600E`.
    Protein(ProteinChange),
    /// Any other residue at a codon: `V600`.
    Codon {
        /// Residue of the reference.
        reference: char,
        /// Where.
        position: u32,
    },
    /// One change of the coding sequence: `c.393T>C`.
    Coding(String),
    /// One change known by its dbSNP number only; compared by its coordinates.
    Identifier,
    /// A change in exons: `EXON 12 MUTATION`.
    Exon {
        /// First exon.
        first: u32,
        /// Last exon.
        last: u32,
        /// Which changes.
        change: ExonChange,
    },
    /// A protein change in a named domain, known by the coordinates of the row: `TKD MUTATION`.
    Domain,
    /// An in-frame repeat within the coordinates of the row: `ITD`.
    InternalDuplication,
    /// A change in the promoter, within the coordinates of the row.
    Promoter,
    /// Many copies.
    Amplification,
    /// More copies.
    Gain,
    /// The gene is deleted.
    Deletion,
    /// The gene is lost.
    Loss,
    /// A change after which little or no protein is made.
    LossOfFunction,
    /// A protein that ends early.
    Truncation,
    /// A shift of the reading frame.
    Frameshift,
    /// Any change of the protein.
    AnyMutation,
    /// A fusion of two named genes.
    Fusion {
        /// 5′ gene.
        five_prime: String,
        /// 3′ gene.
        three_prime: String,
    },
    /// A fusion of this gene with whatever partner.
    AnyFusion(String),
    /// Amount or place of the gene product, or marks on it: not visible in the inputs.
    Expression,
    /// The gene without a change: never concluded from a variant's absence.
    WildType,
    /// One of several.
    AnyOf(Vec<VariantKind>),
    /// All of several.
    AllOf(Vec<VariantKind>),
    /// Not understood.
    Other,
}

/// Which changes of an exon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExonChange {
    /// Any that changes the protein.
    Mutation,
    /// Loss of residues in frame.
    Deletion,
    /// Gain of residues in frame.
    Insertion,
    /// Shift of the frame.
    Frameshift,
    /// A splice site of the exon is lost.
    Skipping,
}

/// A name read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantName {
    /// What it speaks of.
    pub kind: VariantKind,
    /// The change of the coding sequence that stands behind it in parentheses.
    pub coding: Option<String>,
}

impl VariantName {
    /// Reads a name of a variant of a gene.
    pub fn parse(gene: &str, name: &str) -> Self {
        let (name, coding) = split_coding(name);
        // releases since 2024 file a fusion under both its genes: `BCR::ABL1`, `Fusion`
        let kind = match fusion::pair(gene, gene) {
            Some(fusion) if words::is_any_fusion(name) => fusion,
            Some(fusion) => match kind(gene, name) {
                VariantKind::Other => VariantKind::Other,
                within => VariantKind::AllOf(vec![fusion, within]),
            },
            None => kind(gene, name),
        };
        Self { kind, coding }
    }
}

/// `V62fs (c.180del)` apart; also without parentheses.
fn split_coding(name: &str) -> (&str, Option<String>) {
    let name = name.trim();
    if let Some((before, rest)) = name.split_once("(c.")
        && let Some(change) = rest.trim_end().strip_suffix(')')
        && !before.trim().is_empty()
    {
        return (before.trim(), Some(format!("c.{}", change.trim())));
    }
    match name.split_once(" c.") {
        Some((before, change)) if !change.contains(' ') => (before.trim(), Some(format!("c.{change}"))),
        _ => (name, None),
    }
}

fn kind(gene: &str, name: &str) -> VariantKind {
    if let Some(whole) = simple(gene, name) {
        return whole;
    }
    if let Some(parts) = split_and(name) {
        let parts: Vec<VariantKind> = parts.iter().map(|p| kind(gene, p)).collect();
        return VariantKind::AllOf(parts);
    }
    if let Some(parts) = fusion::with_change(gene, name) {
        return parts;
    }
    if let Some(alternatives) = alternatives(name) {
        return VariantKind::AnyOf(alternatives);
    }
    // a name that repeats its gene: `FGFR2 mutations`
    match name.split_once(' ') {
        Some((first, rest)) if first.eq_ignore_ascii_case(gene) => {
            simple(gene, rest.trim()).unwrap_or(VariantKind::Other)
        }
        _ => VariantKind::Other,
    }
}

/// Names of one thing.
fn simple(gene: &str, name: &str) -> Option<VariantKind> {
    words::keyword(gene, name)
        .or_else(|| words::exon(name))
        .or_else(|| codon(name))
        .or_else(|| ProteinChange::parse(name).map(VariantKind::Protein))
        .or_else(|| coding(name))
        .or_else(|| fusion::pair(gene, name))
}

fn codon(name: &str) -> Option<VariantKind> {
    let reference = name.chars().next().filter(char::is_ascii_uppercase)?;
    let digits = name.get(1..)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let position = digits.parse().ok().filter(|_| is_number)?;
    Some(VariantKind::Codon { reference, position })
}

fn coding(name: &str) -> Option<VariantKind> {
    let is_coding = name.starts_with("c.") && !name.contains('?') && !name.contains(' ');
    is_coding.then(|| VariantKind::Coding(name.to_owned()))
}

/// Parts joined by `and` or `AND`.
fn split_and(name: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = name.replace(" AND ", " and ").split(" and ").map(|p| p.trim().to_owned()).collect();
    (parts.len() > 1 && parts.iter().all(|p| !p.is_empty())).then_some(parts)
}

/// `S310F/Y`, `G12/G13`.
fn alternatives(name: &str) -> Option<Vec<VariantKind>> {
    let parts: Vec<&str> = name.split('/').collect();
    let (first, others) = parts.split_first()?;
    if others.is_empty() {
        return None;
    }
    let read = |text: &str| codon(text).or_else(|| ProteinChange::parse(text).map(VariantKind::Protein));
    let mut kinds = vec![read(first)?];
    for other in others {
        let stem = first.get(..first.len().checked_sub(1)?)?;
        let whole = if other.chars().count() == 1 { format!("{stem}{other}") } else { (*other).to_owned() };
        kinds.push(read(&whole)?);
    }
    Some(kinds)
}

#[cfg(test)]
mod tests;
