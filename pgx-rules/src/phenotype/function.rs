//! The function of a chromosome copy.

use crate::call::{Component, Strand};
use crate::knowledge::schema::{AlleleFunction, Gene};

/// What is said of an allele that no source has judged.
const NOT_ASSIGNED: &str = "function not assigned";

/// Fewest copies that the open form `x≥3` stands for.
const OPEN_COPIES: u32 = 3;

/// Function of a named allele. Three copies and more (`*1x7`) count as the open form (`*1x≥3`) where the very number has no
/// function of its own.
pub(super) fn of_name<'g>(gene: &'g Gene, name: &str) -> Option<&'g AlleleFunction> {
    gene.functions.get(name).or_else(|| gene.functions.get(&open_form(name)?))
}

/// `*1x≥3` for `*1x3`, `*1x7`, ….
fn open_form(name: &str) -> Option<String> {
    let (allele, copies) = name.rsplit_once('x')?;
    let copies: u32 = copies.parse().ok()?;
    (copies >= OPEN_COPIES).then(|| format!("{allele}x≥{OPEN_COPIES}"))
}

/// Function of a copy: of its allele, or of its arrangement of several (`*13 + *1x2`) where that is listed as one.
pub(super) fn of_strand<'g>(gene: &'g Gene, strand: &Strand) -> Option<&'g AlleleFunction> {
    let mut names = Vec::new();
    for component in &strand.0 {
        match component {
            Component::Named(name) => names.push(name.as_str()),
            Component::Change(_) => return None,
        }
    }
    if let [one] = names.as_slice() {
        return of_name(gene, one);
    }
    arrangement(gene, &names)
}

/// An arrangement in any order of its parts.
fn arrangement<'g>(gene: &'g Gene, names: &[&str]) -> Option<&'g AlleleFunction> {
    let mut wanted = names.to_vec();
    wanted.sort_unstable();
    let listed = gene.functions.iter().find(|(name, _)| {
        let mut parts: Vec<&str> = name.split(" + ").collect();
        parts.sort_unstable();
        parts == wanted
    });
    listed.map(|(_, function)| function)
}

/// The word for a function in reports.
pub(super) fn word(function: Option<&AlleleFunction>) -> &str {
    function.map_or(NOT_ASSIGNED, |f| f.function.as_str())
}

/// The function of a copy, or of each of its parts where the whole has none.
pub(super) fn describe(gene: &Gene, strand: &Strand) -> String {
    let whole = of_strand(gene, strand);
    if whole.is_some() || strand.0.len() < 2 {
        return word(whole).to_owned();
    }
    let parts: Vec<&str> = strand
        .0
        .iter()
        .map(|c| match c {
            Component::Named(name) => word(of_name(gene, name)),
            Component::Change(_) => NOT_ASSIGNED,
        })
        .collect();
    parts.join(" + ")
}
