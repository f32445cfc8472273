//! Names of genes: the tumour's input and the release may each write their own.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Hit;
use super::index::Index;
use crate::therapies::genes::{GeneName, NameKind};
use crate::therapies::name::VariantKind;
use crate::therapies::tumour::Tumour;

/// Names other than a release's own symbols, by name.
pub type Names<'a> = FxHashMap<&'a str, &'a GeneName>;

/// A tumour with its genes named as the release names them.
pub struct Renamed<'a> {
    pub tumour: Tumour,
    /// Symbol of the release, and the name in the input.
    given: BTreeMap<String, &'a GeneName>,
    /// Symbols of the release that the input uses as well.
    as_is: BTreeSet<String>,
    /// Names that several genes have.
    unclear: BTreeSet<&'a GeneName>,
}

impl<'a> Index<'a> {
    /// Gives genes the symbols of the release. A symbol that the release uses is never read as the alias of another gene.
    pub(super) fn rename(&self, tumour: &Tumour) -> Renamed<'a> {
        let mut renamed = Renamed {
            tumour: tumour.clone(),
            given: BTreeMap::new(),
            as_is: BTreeSet::new(),
            unclear: BTreeSet::new(),
        };
        let Renamed { tumour, given, as_is, unclear } = &mut renamed;
        let mut rename = |gene: &mut String| {
            if self.is_symbol(gene) {
                as_is.insert(gene.clone());
                return;
            }
            let Some(name) = self.names.get(gene.as_str()) else { return };
            if name.also.is_empty() {
                given.insert(name.symbol.clone(), *name);
                gene.clone_from(&name.symbol);
            } else {
                unclear.insert(*name);
            }
        };
        tumour.variants.iter_mut().for_each(|v| rename(&mut v.gene));
        tumour.copies.iter_mut().for_each(|c| rename(&mut c.gene));
        for fusion in &mut tumour.fusions {
            rename(&mut fusion.five_prime);
            rename(&mut fusion.three_prime);
        }
        renamed
    }
}

impl Renamed<'_> {
    /// Says in a hit that its gene has another name in the input.
    pub fn note(&self, hit: &mut Hit) {
        let genes = hit.gene.split(" + ").chain(hit.found.split("::"));
        let mut said: Vec<String> = Vec::new();
        for name in genes.filter_map(|g| self.given.get(g)) {
            let sentence = self.sentence(name);
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
        said.extend(Some(hit.note.clone()).filter(|n| !n.is_empty()));
        hit.note = said.join("; ");
    }

    fn sentence(&self, name: &GeneName) -> String {
        let also = if self.as_is.contains(&name.symbol) { "also " } else { "" };
        format!("{} {also}given as {}", name.symbol, name.name)
    }

    /// What a reader must know, for the whole tumour.
    pub fn sentences(&self) -> Vec<String> {
        let kind = |kind| match kind {
            NameKind::Approved => "approved symbol",
            NameKind::Previous => "previous symbol",
            NameKind::Alias => "alias",
        };
        let given = self.given.values().map(|n| format!("{} ({})", self.sentence(n), kind(n.kind)));
        let unclear = self.unclear.iter().map(|n| {
            let others = n.also.replace(',', ", ");
            format!("{} was matched to nothing: it is a name of {}, and of {others}", n.name, n.symbol)
        });
        given.chain(unclear).collect()
    }
}

/// A fusion with its partners named as the release names genes elsewhere.
pub fn rename_partners(kind: VariantKind, names: &Names<'_>) -> VariantKind {
    let rename = |gene: String| match names.get(gene.as_str()).filter(|n| n.also.is_empty()) {
        Some(name) => name.symbol.clone(),
        None => gene,
    };
    let all = |parts: Vec<VariantKind>| parts.into_iter().map(|p| rename_partners(p, names)).collect();
    match kind {
        VariantKind::Fusion { five_prime, three_prime } => {
            VariantKind::Fusion { five_prime: rename(five_prime), three_prime: rename(three_prime) }
        }
        VariantKind::AnyFusion(gene) => VariantKind::AnyFusion(rename(gene)),
        VariantKind::AllOf(parts) => VariantKind::AllOf(all(parts)),
        VariantKind::AnyOf(parts) => VariantKind::AnyOf(all(parts)),
        other => other,
    }
}
