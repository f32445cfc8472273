//! Sites of the unit: where gene and pseudogene differ, and where named alleles do.

use variants::model::{Assembly, PooledSite, SiteKind};

use super::locus::Locus;
use crate::knowledge::schema::Gene;

/// A site of the unit, by its position in the gene.
#[derive(Clone, Debug)]
pub struct LocusSite {
    /// GRCh37 position.
    pub grch37: u32,
    /// GRCh38 position.
    pub grch38: u32,
    /// What is read there.
    pub kind: SiteKind,
    /// Code of the gene's reference allele.
    pub reference: Code,
    /// Code of the pseudogene; unknown beside a gap of the alignment.
    pub paralog: Code,
    /// Index into [`Gene::sites`], where named alleles differ.
    pub defining: Option<usize>,
}

/// A code of [`SiteKind`]; `None` where nothing is known.
pub type Code = Option<u8>;

/// Bases beside a gap of the alignment for which the pseudogene's base is not taken over from the gene's.
const BESIDE_GAP: u32 = 4;

/// Bases beside a converted place of a named allele within which other differences are left out.
const BESIDE_CONVERSION: u32 = 40;

/// All sites of a locus, by position; at one position a site of bases comes before one of lengths.
pub(super) fn sites(locus: &Locus, gene: &Gene) -> Vec<LocusSite> {
    let mut sites: Vec<LocusSite> = Vec::new();
    for (index, site) in gene.sites.iter().enumerate() {
        let Some(placement) = &site.grch37 else { continue };
        if !(locus.about.unit.0..locus.about.unit.1).contains(&placement.position) {
            continue;
        }
        let alternates: Vec<&str> = site.alternates.iter().map(String::as_str).collect();
        let span = site.reference.len();
        if alternates.iter().any(|alternate| alternate.len() == span && span == 1) {
            let base = placement.reference.bytes().next().and_then(base_code);
            sites.push(LocusSite {
                grch37: placement.position,
                grch38: site.position,
                kind: SiteKind::Base,
                reference: base,
                paralog: paralog_base(locus, placement.position, base),
                defining: Some(index),
            });
        }
        let mut changes: Vec<i32> = alternates.iter().map(|alternate| change(&site.reference, alternate)).collect();
        changes.retain(|change| *change != 0);
        changes.sort_unstable();
        changes.dedup();
        if !changes.is_empty() {
            let end = placement.position + span as u32;
            let block = locus.blocks.iter().find(|b| b.gene <= placement.position && end < b.gene + b.length);
            sites.push(LocusSite {
                grch37: placement.position,
                grch38: site.position,
                kind: SiteKind::Length { span: span as u32, changes },
                reference: Some(0),
                paralog: block.map(|_| 0),
                defining: Some(index),
            });
        }
    }
    for background in &locus.about.background {
        let reference = base_code(background.reference as u8);
        sites.push(LocusSite {
            grch37: background.grch37,
            grch38: background.grch37 - locus.about.grch38_shift,
            kind: SiteKind::Base,
            reference,
            paralog: paralog_base(locus, background.grch37, reference),
            defining: None,
        });
    }
    let converted = converted(gene, &sites);
    for difference in &locus.differences {
        let known = sites.iter().any(|site| site.grch37 == difference.gene && site.kind == SiteKind::Base);
        let (start, end) = locus.about.unit;
        if known
            || !(start..end).contains(&difference.gene)
            || converted.iter().any(|place| place.abs_diff(difference.gene) <= BESIDE_CONVERSION)
        {
            continue;
        }
        sites.push(LocusSite {
            grch37: difference.gene,
            grch38: difference.gene - locus.about.grch38_shift,
            kind: SiteKind::Base,
            reference: base_code(difference.gene_base as u8),
            paralog: base_code(difference.paralog_base as u8),
            defining: None,
        });
    }
    sites.sort_by_key(|site| (site.grch37, site.kind != SiteKind::Base));
    sites
}

/// Places where a named allele of whole genes has the pseudogene's base: a short conversion, which goes on for some
/// bases on either side, defined or not. Exempt are sites that only hybrids' alleles convert.
fn converted(gene: &Gene, sites: &[LocusSite]) -> Vec<u32> {
    let of_paralog = |site: &&LocusSite| {
        let Some(index) = site.defining.filter(|_| site.paralog.is_some() && site.paralog != site.reference) else {
            return false;
        };
        let Some(about) = gene.sites.get(index) else { return false };
        let carriers = gene.alleles.iter().filter(|allele| {
            let carried = allele.carries.get(index).map_or(&[][..], Vec::as_slice);
            carried.iter().any(|bases| allele_code(&site.kind, &about.reference, bases) == site.paralog)
        });
        carriers.count() > 0
    };
    sites.iter().filter(of_paralog).map(|site| site.grch37).collect()
}

/// The same sites as a reader takes them.
pub(super) fn pooled_sites(locus: &Locus, sites: &[LocusSite], assembly: Assembly) -> Vec<PooledSite> {
    sites
        .iter()
        .map(|site| PooledSite {
            gene: match assembly {
                Assembly::Grch37 => site.grch37,
                Assembly::Grch38 => site.grch38,
            },
            paralog: site.paralog.and_then(|_| locus.counterpart(site.grch37, assembly)),
            kind: site.kind.clone(),
        })
        .collect()
}

/// Code of a base.
pub fn base_code(base: u8) -> Code {
    match base {
        b'A' => Some(0),
        b'C' => Some(1),
        b'G' => Some(2),
        b'T' => Some(3),
        _ => None,
    }
}

/// Code of what a named allele carries at a site; `None` when it is of the other kind (a base at a site of lengths).
pub(super) fn allele_code(kind: &SiteKind, reference: &str, carried: &str) -> Code {
    match kind {
        SiteKind::Base if carried.len() == 1 => carried.bytes().next().and_then(base_code),
        // a change of length leaves the anchor base as it is
        SiteKind::Base => reference.bytes().next().and_then(base_code),
        SiteKind::Length { changes, .. } => match change(reference, carried) {
            0 => Some(0),
            c => changes.iter().position(|change| *change == c).map(|i| i as u8 + 1),
        },
    }
}

fn change(reference: &str, carried: &str) -> i32 {
    carried.len() as i32 - reference.len() as i32
}

fn paralog_base(locus: &Locus, gene: u32, reference: Code) -> Code {
    if let Some(difference) = locus.differences.iter().find(|difference| difference.gene == gene) {
        return base_code(difference.paralog_base as u8);
    }
    let inside =
        |block: &&super::locus::Block| block.gene + BESIDE_GAP <= gene && gene + BESIDE_GAP < block.gene + block.length;
    locus.blocks.iter().find(inside).and(reference)
}
