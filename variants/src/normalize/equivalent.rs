//! Whether an allele of a record means an allele of a site, proved from bases that the two themselves state.
//!
//! A record and a site whose reference alleles overlap, or touch, together spell the reference over both. Each allele is
//! then written out over that span; two that spell the same sequence are the same change, however they were aligned,
//! padded or anchored. Shifts through bases that neither states need a reference sequence.

use crate::model::{Allele, Site};

/// What an allele of a record means at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It spells one of the site's alleles.
    Known(Allele),
    /// It spells none of them.
    Unknown,
    /// The two do not touch, or spell different reference bases.
    Incomparable,
}

/// What an allele (bases, upper case) of a record at `position` with `reference` means at a site. Time linear in the span.
///
/// `between` gives the reference bases of a stretch (1-based, inclusive), where they are known: it lets a site and a
/// record be compared that do not touch, such as an insertion at the two ends of a long repeat.
pub fn meaning_at<'a>(
    site: &Site,
    position: u32,
    reference: &str,
    allele: &str,
    between: impl FnOnce(u32, u32) -> Option<&'a [u8]>,
) -> Meaning {
    let Some(span) = Span::of(site, position, reference, between) else { return Meaning::Incomparable };
    let spelled = span.spell(span.record, allele);
    for (i, own) in std::iter::once(&site.reference).chain(&site.alternates).enumerate() {
        if span.spell(span.site, own) == spelled {
            return Meaning::Known(match i.checked_sub(1).map(u8::try_from) {
                None => Allele::Reference,
                Some(Ok(n)) => Allele::Alternate(n),
                Some(Err(_)) => return Meaning::Unknown,
            });
        }
    }
    Meaning::Unknown
}

/// The reference over a site and a record, and where each lies in it (0-based, half-open).
struct Span {
    bases: Vec<u8>,
    site: (usize, usize),
    record: (usize, usize),
}

impl Span {
    fn of<'a>(
        site: &Site,
        position: u32,
        reference: &str,
        between: impl FnOnce(u32, u32) -> Option<&'a [u8]>,
    ) -> Option<Self> {
        let first = site.position.get().min(position);
        let place = |at: u32, bases: &str| {
            let start = usize::try_from(at - first).ok()?;
            Some((start, start.checked_add(bases.len())?))
        };
        let (own, other) = (place(site.position.get(), &site.reference)?, place(position, reference)?);
        let mut bases = vec![0; own.1.max(other.1)];
        if own.0 > other.1 || other.0 > own.1 {
            let last = first.checked_add(u32::try_from(bases.len()).ok()?.checked_sub(1)?)?;
            let known = between(first, last).filter(|k| k.len() == bases.len())?;
            bases.copy_from_slice(known);
            if bases.get(own.0..own.1)? != site.reference.as_bytes() {
                return None;
            }
        }
        bases.get_mut(own.0..own.1)?.copy_from_slice(site.reference.as_bytes());
        for (known, base) in bases.get_mut(other.0..other.1)?.iter_mut().zip(reference.bytes()) {
            if *known != 0 && *known != base {
                return None;
            }
            *known = base;
        }
        Some(Self { bases, site: own, record: other })
    }

    /// The whole span with one stretch replaced.
    fn spell(&self, stretch: (usize, usize), by: &str) -> Vec<u8> {
        let mut spelled = self.bases.get(..stretch.0).unwrap_or_default().to_vec();
        spelled.extend_from_slice(by.as_bytes());
        spelled.extend_from_slice(self.bases.get(stretch.1..).unwrap_or_default());
        spelled
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::model::Position;

    fn site(position: u32, reference: &str, alternates: &[&str]) -> Site {
        Site {
            contig: "chr1".to_owned(),
            position: Position::new(position).expect("not zero"),
            reference: reference.to_owned(),
            alternates: alternates.iter().map(|a| (*a).to_owned()).collect(),
            rsid: None,
            synonyms: Vec::new(),
        }
    }

    fn alone(site: &Site, position: u32, reference: &str, allele: &str) -> Meaning {
        meaning_at(site, position, reference, allele, |_, _| None)
    }

    #[test]
    fn a_reference_sequence_bridges_what_does_not_touch() {
        let insertion = site(100, "G", &["GT"]);
        let reference = b"GTTTTTTA"; // 100..=107
        let between = |first: u32, last: u32| reference.get(first as usize - 100..=last as usize - 100);
        assert_eq!(alone(&insertion, 106, "T", "TT"), Meaning::Incomparable);
        assert_eq!(meaning_at(&insertion, 106, "T", "TT", between), Meaning::Known(Allele::Alternate(0)));
        assert_eq!(meaning_at(&insertion, 107, "A", "AT", between), Meaning::Unknown);
        assert_eq!(meaning_at(&insertion, 106, "G", "GT", between), Meaning::Incomparable);
    }

    #[test]
    fn shifted_padded_and_split_forms_mean_the_same() {
        let known = |n| Meaning::Known(Allele::Alternate(n));
        let deletion = site(100, "GATGA", &["G"]);
        assert_eq!(alone(&deletion, 104, "AATGA", "A"), known(0));
        let insertion = site(100, "C", &["CGCGG"]);
        assert_eq!(alone(&insertion, 101, "G", "GCGGG"), known(0));
        let repeat = site(100, "CAT", &["CATAT", "C"]);
        assert_eq!(alone(&repeat, 100, "C", "CAT"), known(0));
        assert_eq!(alone(&repeat, 100, "CATGG", "CGG"), known(1));
        let single = site(100, "G", &["A"]);
        assert_eq!(alone(&single, 99, "TGC", "TAC"), known(0));
        assert_eq!(alone(&single, 99, "TGC", "TGC"), Meaning::Known(Allele::Reference));
    }

    #[test]
    fn another_change_is_not_taken_for_a_known_one() {
        let single = site(100, "G", &["A"]);
        assert_eq!(alone(&single, 99, "TG", "AA"), Meaning::Unknown);
        assert_eq!(alone(&single, 100, "GA", "G"), Meaning::Unknown);
        assert_eq!(alone(&single, 100, "T", "A"), Meaning::Incomparable);
        assert_eq!(alone(&single, 103, "T", "A"), Meaning::Incomparable);
    }
}
