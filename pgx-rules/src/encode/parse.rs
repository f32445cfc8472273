//! A diplotype's text to the named alleles on each strand. Names come from the definition, since some contain a plus, a comma or
//! (in principle) a slash: text is never split where that would tear a name apart.

use super::Reason;
use crate::knowledge::schema::{Gene, NamedAllele};

/// The strands, one or two, each with its alleles.
pub(super) fn strands<'g>(gene: &'g Gene, diplotype: &str) -> Result<Vec<Vec<&'g NamedAllele>>, Reason> {
    let text = diplotype.trim();
    if let Ok(one) = strand(gene, text) {
        return Ok(vec![one]);
    }
    let mut halves = text.match_indices('/').map(|(at, _)| (text[..at].trim(), text[at + 1..].trim()));
    let read = |(a, b): (&str, &str)| Ok(vec![strand(gene, a)?, strand(gene, b)?]);
    match halves.clone().find_map(|half| read(half).ok()) {
        Some(strands) => Ok(strands),
        None => match (halves.next(), halves.next()) {
            (Some(only), None) => read(only),
            (None, _) if text.contains(" + ") => Err(Reason::NoStrands),
            (None, _) => strand(gene, text).map(|s| vec![s]),
            _ => Err(Reason::NotADiplotype),
        },
    }
}

/// The alleles of one strand: a name, or several in brackets.
fn strand<'g>(gene: &'g Gene, text: &str) -> Result<Vec<&'g NamedAllele>, Reason> {
    match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(inner) => inner.split(" + ").map(|name| allele(gene, name.trim())).collect(),
        None => allele(gene, text).map(|a| vec![a]),
    }
}

fn allele<'g>(gene: &'g Gene, name: &str) -> Result<&'g NamedAllele, Reason> {
    match gene.alleles.iter().find(|a| a.name == name) {
        Some(allele) if !allele.is_structural => Ok(allele),
        Some(_) => Err(Reason::Structural(name.to_owned())),
        None if is_structural_form(gene, name) => Err(Reason::Structural(name.to_owned())),
        None => Err(Reason::UnknownAllele(name.to_owned())),
    }
}

/// Whether the gene assigns a function to a form that has no definition, or the name is a tandem (`*36+*10`) or a number of
/// copies (`*1x2`) of alleles that it knows.
fn is_structural_form(gene: &Gene, name: &str) -> bool {
    let known = |part: &str| gene.functions.contains_key(part) || gene.alleles.iter().any(|a| a.name == part);
    known(name) || name.split('+').map(|part| single_copy(part.trim())).all(known)
}

/// The allele of `*1x2`, `*1x≥3` or `*1xN`; the text itself for one copy.
fn single_copy(part: &str) -> &str {
    match part.rsplit_once('x') {
        Some((allele, copies)) if copies.chars().all(|c| c.is_ascii_digit() || "≥N".contains(c)) => allele,
        _ => part,
    }
}
