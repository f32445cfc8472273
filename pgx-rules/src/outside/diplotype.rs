//! Reading of diplotypes as tools write them.

use crate::call::{Component, Diplotype, Strand};
use crate::knowledge::schema::Gene;

/// Calling rule whose genes list alleles without phase.
const LISTING: &str = "lowest-function";

/// Reads `*1/*2`, `*1`, `*13 + *1x2/*36 + *10`, `*1/[*9 + *10]`, `D110E (heterozygous)`, `c.61C>T + c.2933A>G`.
pub(super) fn read(gene: &Gene, text: &str) -> Result<Diplotype, String> {
    for (word, one_copy_is_reference) in [(" (heterozygous)", true), (" (homozygous)", false)] {
        if let Some(allele) = text.strip_suffix(word) {
            let allele = strand(gene, allele)?;
            let other = if one_copy_is_reference { named(&gene.reference_allele) } else { allele.clone() };
            return Ok(Diplotype::Pair(other, allele));
        }
    }
    let mut copies = text.split('/');
    match (copies.next(), copies.next(), copies.next()) {
        (Some(one), None, _) if gene.calling == LISTING && one.contains(" + ") => {
            Ok(Diplotype::Listed(one.split(" + ").map(|n| name(gene, n)).collect::<Result<_, _>>()?))
        }
        (Some(one), None, _) => Ok(Diplotype::Single(strand(gene, one)?)),
        (Some(a), Some(b), None) => Ok(Diplotype::Pair(strand(gene, a)?, strand(gene, b)?)),
        _ => Err(format!("'{text}' has more than two alleles; write alternatives on lines of their own")),
    }
}

fn named(name: &str) -> Strand {
    Strand(vec![Component::Named(name.to_owned())])
}

fn strand(gene: &Gene, text: &str) -> Result<Strand, String> {
    let text = without_symbol(gene, text.trim());
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let components = parts(gene, inner).into_iter().map(|p| component(gene, p)).collect::<Result<_, _>>()?;
    Ok(Strand(components))
}

/// Parts joined by a plus: between blanks always, without blanks (`*36+*10`) unless the whole is a name (`*80+*28`).
fn parts<'t>(gene: &Gene, text: &'t str) -> Vec<&'t str> {
    if text.contains(" + ") {
        return text.split(" + ").collect();
    }
    let is_name = canonical(gene, text.trim()).is_some();
    if !is_name && text.trim_start().starts_with('*') && text.contains("+*") {
        return text.split('+').collect();
    }
    vec![text]
}

fn component(gene: &Gene, text: &str) -> Result<Component, String> {
    let text = text.trim();
    if text.starts_with("g.") && canonical(gene, text).is_none() {
        return Ok(Component::Change(text.to_owned()));
    }
    name(gene, text).map(Component::Named)
}

/// The definition's own name of an allele; a name that it does not have is kept as written.
fn name(gene: &Gene, text: &str) -> Result<String, String> {
    let text = without_symbol(gene, text.trim());
    if text.is_empty() {
        return Err("an allele is empty; write both alleles, as in *1/*2".into());
    }
    let text = text.replace(">=", "≥");
    Ok(canonical(gene, &text).unwrap_or(text))
}

/// `*1` of `CYP2D6*1`.
fn without_symbol<'t>(gene: &Gene, text: &'t str) -> &'t str {
    text.strip_prefix(gene.symbol.as_str()).map_or(text, |rest| rest.trim_start_matches([' ', ':']))
}

/// Whether the gene's definition or functions have an allele of that name, or the name has an open copy number.
pub(super) fn is_known(gene: &Gene, name: &str) -> bool {
    let has = |n: &str| gene.functions.contains_key(n) || gene.alleles.iter().any(|a| a.name == n);
    let copies = || name.rsplit_once('x').is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    has(name) || (copies() && name.rsplit_once('x').is_some_and(|(allele, _)| has(allele)))
}

/// The name in the definition: as written, in other case, by one half of `c.1905+1G>A (*2A)`, by rsID and base, or by the
/// name that the definition's source gives the reference.
fn canonical(gene: &Gene, text: &str) -> Option<String> {
    if is_known(gene, text) {
        return Some(text.to_owned());
    }
    let of_source = gene.rule_facts.get("definition_name_of_reference");
    if of_source.is_some_and(|names| names.iter().any(|n| n == text)) {
        return Some(gene.reference_allele.clone());
    }
    let names: Vec<&str> =
        gene.functions.keys().map(String::as_str).chain(gene.alleles.iter().map(|a| a.name.as_str())).collect();
    unique(&names, |n| n.eq_ignore_ascii_case(text))
        .or_else(|| unique(&names, |n| halves(n).is_some_and(|(a, b)| a == text || b == text)))
        .or_else(|| by_site(gene, &names, text))
}

/// `rs9923231 T` for the allele `rs9923231 variant (T)`.
fn by_site(gene: &Gene, names: &[&str], text: &str) -> Option<String> {
    let (rsid, base) = text.split_once([' ', ':'])?;
    gene.sites.iter().find(|s| s.rsid.as_deref() == Some(rsid))?;
    unique(names, |n| n.starts_with(rsid) && halves(n).is_some_and(|(_, b)| b == base.trim()))
}

/// `c.1905+1G>A` and `*2A` of `c.1905+1G>A (*2A)`.
fn halves(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(')')?.split_once(" (")
}

/// The only name that fits.
fn unique(names: &[&str], fits: impl Fn(&str) -> bool) -> Option<String> {
    let mut fitting = names.iter().copied().filter(|n| fits(n));
    let first = fitting.next()?;
    fitting.all(|n| n == first).then(|| first.to_owned())
}

/// Names of the alleles of a diplotype that the gene does not know.
pub(super) fn unknown_names<'d>(gene: &Gene, diplotype: &'d Diplotype) -> Vec<&'d str> {
    let strands: Vec<&Strand> = match diplotype {
        Diplotype::Pair(a, b) => vec![a, b],
        Diplotype::Single(a) => vec![a],
        Diplotype::Listed(names) => {
            return names.iter().map(String::as_str).filter(|n| !is_known(gene, n)).collect();
        }
    };
    let mut unknown = Vec::new();
    for component in strands.into_iter().flat_map(|s| &s.0) {
        if let Component::Named(name) = component
            && !is_known(gene, name)
            && !unknown.contains(&name.as_str())
        {
            unknown.push(name.as_str());
        }
    }
    unknown
}
