//! Which named alleles carry the change that defines another: CYP2C9*35 carries that of *2, CYP4F2*4 that of *3.

use crate::call::{Component, Diplotype, Strand};
use crate::knowledge::schema::{Gene, NamedAllele};

/// Whether an allele carries every change of the target, without ambiguity. `None` when the allele has no definition.
pub(in crate::dosing) fn carries(gene: &Gene, allele: &str, target: &str) -> Option<bool> {
    let find = |name: &str| gene.alleles.iter().find(|a| a.name == name);
    let (allele, target) = (find(allele)?, find(target)?);
    let mut changes = changes(gene, target).peekable();
    changes.peek()?;
    Some(changes.all(|(site, bases)| allele.carries.get(site).is_some_and(|own| own.as_slice() == [bases.to_owned()])))
}

/// Sites of an allele where it differs from the reference, with the bases there.
pub(in crate::dosing) fn changes<'g>(
    gene: &'g Gene,
    allele: &'g NamedAllele,
) -> impl Iterator<Item = (usize, &'g str)> {
    allele.carries.iter().enumerate().filter_map(|(i, bases)| match (bases.as_slice(), gene.sites.get(i)) {
        ([one], Some(site)) if *one != site.reference => Some((i, one.as_str())),
        _ => None,
    })
}

/// The two copies of a diplotype, each as the names on it. `None` where there are not two, or a part has no name.
fn copies(diplotype: &Diplotype) -> Option<[Vec<&str>; 2]> {
    match diplotype {
        Diplotype::Pair(a, b) => Some([names(a)?, names(b)?]),
        Diplotype::Single(_) | Diplotype::Listed(_) => None,
    }
}

fn names(strand: &Strand) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for component in &strand.0 {
        let Component::Named(name) = component else { return None };
        names.push(name.as_str());
    }
    Some(names)
}

/// Copies that carry the change of the target; `None` where an allele has no definition.
pub(super) fn count(gene: &Gene, diplotype: &Diplotype, target: &str) -> Option<u8> {
    let mut count = 0;
    for copy in copies(diplotype)? {
        let mut carried = false;
        for name in copy {
            carried |= carries(gene, name, target)?;
        }
        count += u8::from(carried);
    }
    Some(count)
}
