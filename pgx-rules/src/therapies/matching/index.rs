//! A release made ready for matching: names read, variants by gene, items by variant.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use variants::model::Assembly;

use super::names::{self, Names};
use super::small::{overlaps, stem};
use super::{Hit, NotCompared, hits, profile_hits};
use crate::therapies::evidence::{Evidence, EvidenceItem, KnownVariant};
use crate::therapies::name::{VariantKind, VariantName};
use crate::therapies::profile::Profile;
use crate::therapies::tumour::{Place, Tumour};

/// A known variant, read.
pub struct Known<'a> {
    variant: &'a KnownVariant,
    name: VariantName,
    /// Other kinds that it goes by: further names of a fusion.
    aliases: Vec<VariantKind>,
    place: Option<Place>,
}

/// A release, ready for matching.
pub struct Index<'a> {
    evidence: &'a Evidence,
    known: Vec<Known<'a>>,
    by_gene: FxHashMap<&'a str, Vec<usize>>,
    by_id: FxHashMap<u32, usize>,
    items: FxHashMap<u32, Vec<&'a EvidenceItem>>,
    pub(super) names: Names<'a>,
}

/// An item that holds for a tumour.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemHit<'a> {
    /// The item.
    pub item: &'a EvidenceItem,
    /// What in the tumour it holds for, and how closely.
    pub hit: Hit,
}

/// What matching gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched<'a> {
    /// Items that hold, by identifier, then by what they hold for.
    pub hits: Vec<ItemHit<'a>>,
    /// Genes that the tumour's input names otherwise than the release, or by a name that several genes have; in sentences.
    pub gene_names: Vec<String>,
    /// Number of items on the tumour's genes that could not be compared, by reason.
    pub not_compared: BTreeMap<NotCompared, usize>,
}

impl<'a> Index<'a> {
    /// Reads every name of a release.
    pub fn of(evidence: &'a Evidence) -> Self {
        let names = evidence.genes.names.iter().map(|n| (n.name.as_str(), n)).collect();
        let known: Vec<Known<'a>> = evidence.variants.iter().map(|v| Known::of(v, &names)).collect();
        let mut by_gene: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, known) in known.iter().enumerate() {
            for gene in known.variant.gene.split("::") {
                by_gene.entry(gene).or_default().push(index);
            }
        }
        let by_id = known.iter().enumerate().map(|(index, k)| (k.variant.id, index)).collect();
        let mut items: FxHashMap<u32, Vec<&EvidenceItem>> = FxHashMap::default();
        for item in &evidence.items {
            for id in item.profile.variants() {
                items.entry(id).or_default().push(item);
            }
        }
        Self { evidence, known, by_gene, by_id, items, names }
    }

    /// The release.
    pub fn evidence(&self) -> &'a Evidence {
        self.evidence
    }

    /// What evidence speaks of, in words: `BRAF V600E`.
    pub fn words(&self, profile: &Profile) -> String {
        let join = |parts: &[Profile], by: &str| parts.iter().map(|p| self.words(p)).collect::<Vec<_>>().join(by);
        match profile {
            Profile::Variant(id) => match self.by_id.get(id).and_then(|i| self.known.get(*i)) {
                Some(known) => format!("{} {}", known.variant.gene, known.variant.name),
                None => id.to_string(),
            },
            Profile::All(parts) => join(parts, " AND "),
            Profile::Any(parts) => format!("({})", join(parts, " OR ")),
            Profile::Not(part) => format!("NOT {}", self.words(part)),
        }
    }

    /// Whether the release files variants under this symbol.
    pub(super) fn is_symbol(&self, gene: &str) -> bool {
        self.by_gene.contains_key(gene)
    }

    /// Number of variants whose name is not understood, and of all.
    pub fn not_understood(&self) -> (usize, usize) {
        (self.known.iter().filter(|k| k.name.kind == VariantKind::Other).count(), self.known.len())
    }

    /// Every item that holds for a tumour.
    pub fn matches(&self, tumour: &Tumour) -> Matched<'a> {
        let renamed = self.rename(tumour);
        let mut matched = self.matches_of(&renamed.tumour);
        for found in &mut matched.hits {
            renamed.note(&mut found.hit);
        }
        matched.gene_names = renamed.sentences();
        matched
    }

    fn matches_of(&self, tumour: &Tumour) -> Matched<'a> {
        let mut genes: Vec<&str> = tumour.variants.iter().map(|v| v.gene.as_str()).collect();
        genes.extend(tumour.copies.iter().map(|c| c.gene.as_str()));
        genes.extend(tumour.fusions.iter().flat_map(|f| [f.five_prime.as_str(), f.three_prime.as_str()]));
        genes.sort_unstable();
        genes.dedup();
        let mut found: FxHashMap<u32, Vec<Hit>> = FxHashMap::default();
        let mut unanswered: FxHashMap<u32, NotCompared> = FxHashMap::default();
        let mut touched: FxHashSet<u32> = FxHashSet::default();
        for index in genes.iter().filter_map(|g| self.by_gene.get(g)).flatten() {
            let Some(known) = self.known.get(*index) else { continue };
            if !touched.insert(known.variant.id) {
                continue;
            }
            match known.hits(tumour) {
                Ok(hits) if hits.is_empty() => {}
                Ok(hits) => {
                    found.insert(known.variant.id, hits);
                }
                Err(reason) => {
                    unanswered.insert(known.variant.id, reason);
                }
            }
        }
        self.collect(&found, &unanswered, &touched)
    }

    fn collect(
        &self,
        found: &FxHashMap<u32, Vec<Hit>>,
        unanswered: &FxHashMap<u32, NotCompared>,
        touched: &FxHashSet<u32>,
    ) -> Matched<'a> {
        let mut items: Vec<&EvidenceItem> =
            touched.iter().filter_map(|id| self.items.get(id)).flatten().copied().collect();
        items.sort_by_key(|i| i.id);
        items.dedup_by_key(|i| i.id);
        let mut matched = Matched::default();
        for item in items {
            let hits = profile_hits(&item.profile, &|id| found.get(&id).cloned().unwrap_or_default());
            if hits.is_empty() {
                let reason = item.profile.variants().iter().filter_map(|id| unanswered.get(id)).min().copied();
                if let Some(reason) = reason {
                    *matched.not_compared.entry(reason).or_default() += 1;
                }
            }
            matched.hits.extend(hits.into_iter().map(|hit| ItemHit { item, hit }));
        }
        matched
    }
}

impl<'a> Known<'a> {
    pub(super) fn of(variant: &'a KnownVariant, names: &Names<'_>) -> Self {
        let aliases = variant.aliases.split(',').filter(|a| !a.is_empty());
        let mut name = VariantName::parse(&variant.gene, &variant.name);
        name.kind = names::rename_partners(name.kind, names);
        let alias = |a| names::rename_partners(VariantName::parse(&variant.gene, a).kind, names);
        Self { variant, name, aliases: aliases.map(alias).collect(), place: place(variant) }
    }

    /// Hits in a tumour, by the name or, for a fusion, by any of its names.
    pub(super) fn hits(&self, tumour: &Tumour) -> Result<Vec<Hit>, NotCompared> {
        let mut found = hits(self, &self.name.kind, tumour)?;
        if matches!(self.name.kind, VariantKind::Fusion { .. }) {
            for alias in &self.aliases {
                found.extend(hits(self, alias, tumour)?);
            }
            found.sort();
            found.dedup();
        }
        Ok(found)
    }

    pub(super) fn gene(&self) -> &str {
        // a change within a fusion lies in its 3′ gene, where the kinase is
        self.variant.gene.rsplit("::").next().unwrap_or(&self.variant.gene)
    }

    pub(super) fn transcript(&self) -> &str {
        &self.variant.transcript
    }

    /// Whether the source files it as the loss of whole exons, which small variants are not.
    pub(super) fn loses_exon(&self) -> bool {
        ["exon_loss", "transcript_ablation", "feature_truncation"].iter().any(|t| self.variant.types.contains(t))
    }

    /// Coding changes with their transcripts.
    pub(super) fn coding(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = self.name.coding.as_deref().or(match &self.name.kind {
            VariantKind::Coding(change) => Some(change.as_str()),
            _ => None,
        });
        let listed = self.variant.hgvs.split(',').filter_map(|e| e.split_once(':'));
        listed.chain(named.map(|change| (stem(&self.variant.transcript), change)).filter(|(t, _)| !t.is_empty()))
    }

    /// Whether a tumour's allele is the very one.
    pub(super) fn is_at(&self, place: Option<&Place>) -> bool {
        let (Some(own), Some(place)) = (&self.place, place) else { return false };
        let states_bases = !own.reference.is_empty() || !own.alternate.is_empty();
        states_bases && place.assembly.is_some() && own == place
    }

    /// Whether a tumour's allele lies within the coordinates, widened by a margin; nothing when the two cannot be compared.
    pub(super) fn covers(&self, place: Option<&Place>, margin: u64) -> Option<bool> {
        let (own, place) = (self.place.as_ref()?, place?);
        if own.assembly != place.assembly {
            return None;
        }
        Some(own.contig == place.contig && overlaps(place, own.start, own.end, margin))
    }
}

fn place(variant: &KnownVariant) -> Option<Place> {
    let assembly: Assembly = variant.assembly.parse().ok()?;
    let (start, end) = (variant.start?, variant.end?);
    if variant.contig.is_empty() || end < start {
        return None;
    }
    if !variant.reference.is_empty() && !variant.alternate.is_empty() {
        let (reference, alternate) = (&variant.reference, &variant.alternate);
        return Some(Place::of_vcf(Some(assembly), &variant.contig, start, reference, alternate));
    }
    Some(Place {
        assembly: Some(assembly),
        contig: variant.contig.clone(),
        start,
        end,
        reference: variant.reference.clone(),
        alternate: variant.alternate.clone(),
    })
}
