//! Names made of words.

use super::{ExonChange, VariantKind};

/// Names that mean one thing, upper case, spaces single.
const KEYWORDS: &[(&str, VariantKind)] = &[
    ("AMPLIFICATION", VariantKind::Amplification),
    ("COPY NUMBER GAIN", VariantKind::Gain),
    ("GAIN", VariantKind::Gain),
    ("DELETION", VariantKind::Deletion),
    ("HOMOZYGOUS DELETION", VariantKind::Deletion),
    ("LOSS", VariantKind::Loss),
    ("COPY NUMBER LOSS", VariantKind::Loss),
    ("LOSS-OF-FUNCTION", VariantKind::LossOfFunction),
    ("LOSS OF FUNCTION", VariantKind::LossOfFunction),
    ("LOSS-OF-FUNCTION MUTATION", VariantKind::LossOfFunction),
    ("INACTIVATING MUTATION", VariantKind::LossOfFunction),
    ("INACTIVATION", VariantKind::LossOfFunction),
    ("DELETERIOUS MUTATION", VariantKind::LossOfFunction),
    ("TRUNCATING MUTATION", VariantKind::Truncation),
    ("TRUNCATION", VariantKind::Truncation),
    ("FRAMESHIFT", VariantKind::Frameshift),
    ("FRAMESHIFT MUTATION", VariantKind::Frameshift),
    ("FRAMESHIFT TRUNCATION", VariantKind::Frameshift),
    ("MUTATION", VariantKind::AnyMutation),
    ("MUTATIONS", VariantKind::AnyMutation),
    ("ANY MUTATION", VariantKind::AnyMutation),
    ("ITD", VariantKind::InternalDuplication),
    ("INTERNAL DUPLICATION", VariantKind::InternalDuplication),
    ("INTERNAL TANDEM DUPLICATION", VariantKind::InternalDuplication),
    ("PROMOTER MUTATION", VariantKind::Promoter),
    ("TKD MUTATION", VariantKind::Domain),
    ("P-LOOP MUTATION", VariantKind::Domain),
    ("WILD TYPE", VariantKind::WildType),
    ("WILDTYPE", VariantKind::WildType),
    ("WILD-TYPE", VariantKind::WildType),
    ("COPY-NEUTRAL LOSS OF HETEROZYGOSITY", VariantKind::Other),
];

/// Words that only ever stand in names of amounts, places and marks of gene products.
const PRODUCT: &[&str] = &["EXPRESSION", "METHYLATION", "PHOSPHORYLATION", "MISLOCALIZATION", "TRANSLOCATION", "SERUM"];

/// Whether a name says "fusion" and no more.
pub fn is_any_fusion(name: &str) -> bool {
    ["FUSION", "FUSIONS", "REARRANGEMENT"].iter().any(|word| name.trim().eq_ignore_ascii_case(word))
}

/// A name that is a keyword, a domain, or of a gene product.
pub fn keyword(gene: &str, name: &str) -> Option<VariantKind> {
    if is_any_fusion(name) {
        return Some(VariantKind::AnyFusion(gene.to_owned()));
    }
    let upper = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    if let Some((_, kind)) = KEYWORDS.iter().find(|(word, _)| *word == upper) {
        return Some(kind.clone());
    }
    if PRODUCT.iter().any(|word| upper.contains(word)) {
        return Some(VariantKind::Expression);
    }
    if upper.ends_with(" DOMAIN MUTATION") || upper.ends_with(" DOMAIN MUT") {
        return Some(VariantKind::Domain);
    }
    let is_identifier =
        upper.strip_prefix("RS").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    is_identifier.then_some(VariantKind::Identifier)
}

/// `EXON 12 MUTATION`, `Exon 2`, `EXON 1-2 DELETION`, `Ex19 del L858R`.
pub fn exon(name: &str) -> Option<VariantKind> {
    let upper = name.to_ascii_uppercase();
    let rest = upper.strip_prefix("EXON").or_else(|| upper.strip_prefix("EX"))?.trim_start();
    let end = rest.find(' ').unwrap_or(rest.len());
    let (numbers, change) = rest.split_at_checked(end)?;
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    let exon = |change| VariantKind::Exon { first, last, change };
    Some(match change.trim() {
        "" | "MUTATION" | "MUTATIONS" => exon(ExonChange::Mutation),
        "DELETION" | "DEL" => exon(ExonChange::Deletion),
        "INSERTION" | "INS" => exon(ExonChange::Insertion),
        "FRAMESHIFT" => exon(ExonChange::Frameshift),
        "SKIPPING" | "SKIPPING MUTATION" => exon(ExonChange::Skipping),
        other => {
            let change = other.strip_prefix("DEL ").and_then(super::ProteinChange::parse)?;
            VariantKind::AllOf(vec![exon(ExonChange::Deletion), VariantKind::Protein(change)])
        }
    })
}
