//! Sites and the panel of sites that a knowledge base asks about.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Assembly;

/// A 1-based position on a contig.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position(NonZeroU32);

impl Position {
    /// A position from its 1-based number; `None` for zero.
    pub fn new(one_based: u32) -> Option<Self> {
        NonZeroU32::new(one_based).map(Self)
    }

    /// The 1-based number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place where named alleles differ, on one assembly, in VCF form (plus strand, left-aligned).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Contig in canonical form: `chr1` … `chr22`, `chrX`, `chrY`, `chrM`.
    pub contig: String,
    /// 1-based position of the first base of `reference`.
    pub position: Position,
    /// Reference allele, upper case.
    pub reference: String,
    /// Alternate alleles that some definition names, upper case; may be empty.
    pub alternates: Vec<String>,
    /// dbSNP identifier, `rs…`.
    pub rsid: Option<String>,
    /// Other ways in which callers write an alternate allele of this site.
    pub synonyms: Vec<Synonym>,
}

/// An equivalent representation of one alternate allele, for example an indel that is not left-aligned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// 1-based position of the equivalent record.
    pub position: Position,
    /// Its reference allele.
    pub reference: String,
    /// Its alternate allele.
    pub alternate: String,
    /// 0-based index into [`Site::alternates`] of the allele that it means.
    pub meaning: usize,
}

impl Site {
    /// 1-based position of the last base of `reference`.
    pub fn last(&self) -> u32 {
        let more = u32::try_from(self.reference.len()).unwrap_or(u32::MAX).saturating_sub(1);
        self.position.get().saturating_add(more)
    }

    /// The bases of an allele of this site; `None` for [`super::Allele::Missing`] or an index out of range.
    pub fn bases<'a>(&'a self, allele: &'a super::Allele) -> Option<&'a str> {
        match allele {
            super::Allele::Reference => Some(&self.reference),
            super::Allele::Alternate(i) => self.alternates.get(usize::from(*i)).map(String::as_str),
            super::Allele::Other(bases) => Some(bases),
            super::Allele::Missing => None,
        }
    }

    /// The allele of this site that has these bases; [`super::Allele::Other`] where no definition names it.
    pub fn allele(&self, bases: &str) -> super::Allele {
        if bases == self.reference {
            return super::Allele::Reference;
        }
        match self.alternates.iter().position(|a| a == bases).and_then(|i| u8::try_from(i).ok()) {
            Some(i) => super::Allele::Alternate(i),
            None => super::Allele::Other(bases.to_owned()),
        }
    }
}

impl fmt::Display for Site {
    /// `chr10:94942290 C>T`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}>{}", self.contig, self.position, self.reference, self.alternates.join(","))
    }
}

/// The ordered sites asked for, all on one assembly.
///
/// Sorted by contig (chromosome order) and position, no two sites at one place; a site's index in
/// [`Panel::sites`] identifies it everywhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    assembly: Assembly,
    sites: Vec<Site>,
}

/// Why sites do not form a panel.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PanelError {
    /// Two sites at one place.
    #[error("two sites at {contig}:{position}; merge their alternate alleles")]
    Duplicate {
        /// Contig of both.
        contig: String,
        /// Position of both.
        position: Position,
    },
    /// A contig name that is not in canonical form.
    #[error("contig '{0}' is not in canonical form (chr1 … chr22, chrX, chrY, chrM)")]
    Contig(String),
}

impl Panel {
    /// Sorts and checks sites.
    ///
    /// # Errors
    /// When two sites share a place, or a contig name is not canonical.
    pub fn new(assembly: Assembly, mut sites: Vec<Site>) -> Result<Self, PanelError> {
        if let Some(odd) = sites.iter().find(|s| canonical_contig(&s.contig) != Some(s.contig.as_str())) {
            return Err(PanelError::Contig(odd.contig.clone()));
        }
        sites.sort_by_key(|s| (contig_rank(&s.contig), s.position));
        if let Some(pair) = sites.windows(2).find(|w| w[0].contig == w[1].contig && w[0].position == w[1].position) {
            return Err(PanelError::Duplicate { contig: pair[0].contig.clone(), position: pair[0].position });
        }
        Ok(Self { assembly, sites })
    }

    /// The assembly that positions refer to.
    pub fn assembly(&self) -> Assembly {
        self.assembly
    }

    /// The sites in order.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Index of the site at a place.
    pub fn find(&self, contig: &str, position: Position) -> Option<usize> {
        let key = (contig_rank(contig), position);
        self.sites.binary_search_by_key(&key, |s| (contig_rank(&s.contig), s.position)).ok()
    }
}

const CONTIGS: [&str; 25] = [
    "chr1", "chr2", "chr3", "chr4", "chr5", "chr6", "chr7", "chr8", "chr9", "chr10", "chr11", "chr12", "chr13",
    "chr14", "chr15", "chr16", "chr17", "chr18", "chr19", "chr20", "chr21", "chr22", "chrX", "chrY", "chrM",
];

fn contig_rank(contig: &str) -> usize {
    CONTIGS.iter().position(|c| *c == contig).unwrap_or(CONTIGS.len())
}

/// The canonical name of a primary contig: accepts `10`, `chr10`, `NC_000010.11`, `X`, `23`, `MT`, `NC_012920.1`, …
///
/// `None` for anything that is not one of the 25 primary contigs (decoys, alternates, unplaced). A RefSeq
/// accession names its contig whatever its version; the version is evidence for the assembly, not for the name.
pub fn canonical_contig(name: &str) -> Option<&'static str> {
    if let Some(accession) = name.strip_prefix("NC_") {
        let number: usize = accession.split('.').next()?.parse().ok()?;
        return match number {
            1..=24 => Some(CONTIGS[number - 1]),
            12920 | 1807 => Some("chrM"),
            _ => None,
        };
    }
    let short = name
        .strip_prefix("chr")
        .or_else(|| name.strip_prefix("CHR"))
        .or_else(|| name.strip_prefix("Chr"))
        .unwrap_or(name);
    match short {
        "X" | "x" | "23" => Some("chrX"),
        "Y" | "y" | "24" => Some("chrY"),
        "M" | "MT" | "m" | "mt" | "Mt" | "26" => Some("chrM"),
        _ if short.starts_with('0') => None,
        _ => short.parse::<usize>().ok().filter(|n| (1..=22).contains(n)).map(|n| CONTIGS[n - 1]),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn site(contig: &str, position: u32) -> Site {
        Site {
            contig: contig.to_owned(),
            position: Position::new(position).unwrap_or_else(|| unreachable!("positions in tests are not zero")),
            reference: "C".to_owned(),
            alternates: vec!["T".to_owned()],
            rsid: None,
            synonyms: Vec::new(),
        }
    }

    #[test]
    fn contig_names_of_every_habit_become_canonical() {
        for (name, expected) in [
            ("10", Some("chr10")),
            ("chr10", Some("chr10")),
            ("NC_000010.11", Some("chr10")),
            ("NC_000010.10", Some("chr10")),
            ("X", Some("chrX")),
            ("chrX", Some("chrX")),
            ("NC_000023.11", Some("chrX")),
            ("MT", Some("chrM")),
            ("NC_012920.1", Some("chrM")),
            ("chr10_KI270825v1_alt", None),
            ("GL000225.1", None),
            ("", None),
            ("010", None),
        ] {
            assert_eq!(canonical_contig(name), expected, "{name}");
        }
    }

    #[test]
    fn panels_sort_in_chromosome_order_and_find_by_place() {
        let panel =
            Panel::new(Assembly::Grch38, vec![site("chrX", 5), site("chr10", 7), site("chr2", 9)]).expect("a panel");
        let order: Vec<_> = panel.sites().iter().map(|s| s.contig.as_str()).collect();
        assert_eq!(order, ["chr2", "chr10", "chrX"]);
        assert_eq!(panel.find("chr10", Position::new(7).expect("not zero")), Some(1));
        assert_eq!(panel.find("chr10", Position::new(8).expect("not zero")), None);
    }

    #[test]
    fn a_panel_refuses_two_sites_at_one_place() {
        let error = Panel::new(Assembly::Grch38, vec![site("chr2", 9), site("chr2", 9)]).expect_err("a duplicate");
        assert!(matches!(error, PanelError::Duplicate { .. }), "{error}");
    }
}
