//! Names of fusions.

use super::VariantKind;
use crate::therapies::protein::ProteinChange;

/// What stands before a hyphen without being a gene.
const NOT_GENES: &[&str] = &["NON", "COPY", "GAIN", "LOSS", "WILD", "DEL", "EXON"];

/// Any partner, as releases since 2024 write it: `v::ALK`.
const ANY_PARTNER: &str = "v";

/// `EML4-ALK`, `EML4::ALK`, `EML4::ALK Fusion`, `v::ALK Fusion`.
pub fn pair(gene: &str, name: &str) -> Option<VariantKind> {
    let name = name.strip_suffix(" Fusion").or_else(|| name.strip_suffix(" FUSION")).unwrap_or(name).trim();
    let (five, three) = name.split_once("::").or_else(|| name.split_once("--")).or_else(|| name.split_once('-'))?;
    if five == ANY_PARTNER && is_symbol(three) {
        return Some(VariantKind::AnyFusion(three.to_owned()));
    }
    if three == ANY_PARTNER && is_symbol(five) {
        return Some(VariantKind::AnyFusion(five.to_owned()));
    }
    if !is_symbol(five) || !is_symbol(three) || NOT_GENES.iter().any(|w| five.eq_ignore_ascii_case(w)) {
        return None;
    }
    Some(VariantKind::Fusion { five_prime: partner(gene, five), three_prime: partner(gene, three) })
}

/// A fusion with changes of the gene's protein in it: `BCR-ABL T315I`, `ALK FUSION F1245C`. With breakpoints or types,
/// which are not compared, it is not understood.
pub fn with_change(gene: &str, name: &str) -> Option<VariantKind> {
    let mut words = name.split_whitespace();
    let first = words.next()?;
    let fusion = if first.eq_ignore_ascii_case(gene) {
        let word = words.next()?;
        if !word.eq_ignore_ascii_case("fusion") && !word.eq_ignore_ascii_case("fusions") {
            return None;
        }
        VariantKind::AnyFusion(gene.to_owned())
    } else {
        pair(gene, first)?
    };
    let mut parts = vec![fusion];
    for word in words.flat_map(|w| w.split('-')) {
        if word.eq_ignore_ascii_case("fusion") {
            continue;
        }
        parts.push(match ProteinChange::parse(word) {
            Some(change) => VariantKind::Protein(change),
            None => super::codon(word)?,
        });
    }
    match parts.len() {
        1 => parts.pop(),
        _ => Some(VariantKind::AllOf(parts)),
    }
}

/// Whether it could be a gene symbol: two or more letters and digits, a letter first, not all digits after one letter
/// (`V600` is a codon, `e20` an exon).
fn is_symbol(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest = chars.as_str();
    starts
        && !rest.is_empty()
        && rest.chars().all(|c| c.is_ascii_alphanumeric())
        && !rest.bytes().all(|b| b.is_ascii_digit())
        && ProteinChange::parse(text).is_none()
}

/// A partner written without the number of its symbol is the gene itself: `ABL` beside `ABL1`.
fn partner(gene: &str, written: &str) -> String {
    let number = gene.strip_prefix(written);
    let is_stem = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if is_stem { gene.to_owned() } else { written.to_owned() }
}
