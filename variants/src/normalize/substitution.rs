//! Base-for-base changes of several bases at once, and what a longer change leaves undecided.

use crate::model::{Allele, Site};

/// The allele of a site that an allele as long as its reference allele spells there: `AC>GT` is `C>T` at its second base.
///
/// `None` where that is not a matter of reading off: lengths differ, the record does not hold the whole site or has other
/// reference bases there, or the site has an insertion or deletion (which a base-for-base change neither is nor excludes).
pub fn substituted(site: &Site, position: u32, reference: &str, allele: &str) -> Option<Allele> {
    let length = site.reference.len();
    if reference.len() != allele.len() || site.alternates.iter().any(|a| a.len() != length) {
        return None;
    }
    let start = usize::try_from(site.position.get().checked_sub(position)?).ok()?;
    let place = start..start.checked_add(length)?;
    if reference.get(place.clone())? != site.reference {
        return None;
    }
    Some(site.allele(allele.get(place)?))
}

/// The reference bases that an allele may change, 1-based and inclusive: without those that it shares with the reference
/// allele at both ends, but with all to which a shift within the record may move it (one `C` less of `CCC` is any of the
/// three). `None` when none is changed or taken away (an insertion between two bases).
pub fn changed(position: u32, reference: &str, allele: &str) -> Option<(u32, u32)> {
    let (r, a) = (reference.as_bytes(), allele.as_bytes());
    let before = r.iter().zip(a).take_while(|(x, y)| x == y).count();
    let after = r.iter().rev().zip(a.iter().rev()).take_while(|(x, y)| x == y).count();
    let shorter = r.len().min(a.len());
    if shorter == r.len() && before + after >= shorter {
        return None;
    }
    let (earliest, latest) = (before.min(shorter.saturating_sub(after)), after.min(shorter.saturating_sub(before)));
    let at = |offset: usize| position.checked_add(u32::try_from(offset).ok()?);
    Some((at(earliest)?, at(r.len().checked_sub(latest + 1)?)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::model::Position;

    fn site(reference: &str, alternates: &[&str]) -> Site {
        Site {
            contig: "chr1".to_owned(),
            position: Position::new(100).expect("not zero"),
            reference: reference.to_owned(),
            alternates: alternates.iter().map(|a| (*a).to_owned()).collect(),
            rsid: None,
            synonyms: Vec::new(),
        }
    }

    #[test]
    fn the_base_at_the_site_is_read_off() {
        let single = site("C", &["T"]);
        assert_eq!(substituted(&single, 99, "AC", "GT"), Some(Allele::Alternate(0)));
        assert_eq!(substituted(&single, 100, "CA", "TG"), Some(Allele::Alternate(0)));
        assert_eq!(substituted(&single, 98, "GACA", "TACC"), Some(Allele::Reference));
        assert_eq!(substituted(&single, 99, "AC", "GG"), Some(Allele::Other("G".to_owned())));
        let double = site("CA", &["TG"]);
        assert_eq!(substituted(&double, 99, "ACA", "GTG"), Some(Allele::Alternate(0)));
    }

    #[test]
    fn what_cannot_be_read_off_is_not() {
        let single = site("C", &["T"]);
        assert_eq!(substituted(&single, 99, "AC", "GTT"), None);
        assert_eq!(substituted(&single, 99, "AG", "GT"), None);
        assert_eq!(substituted(&single, 101, "AC", "GT"), None);
        assert_eq!(substituted(&site("CA", &["TG"]), 99, "AC", "GT"), None);
        assert_eq!(substituted(&site("CA", &["C"]), 99, "ACA", "GTA"), None);
    }

    #[test]
    fn shared_ends_are_not_changed() {
        assert_eq!(changed(98, "TAC", "T"), Some((99, 100)));
        assert_eq!(changed(98, "TAC", "TGAC"), None);
        assert_eq!(changed(99, "AC", "GTT"), Some((99, 100)));
        assert_eq!(changed(99, "AC", "AT"), Some((100, 100)));
        assert_eq!(changed(100, "CCC", "CC"), Some((100, 102)));
        assert_eq!(changed(100, "GCCT", "GCT"), Some((101, 102)));
        assert_eq!(changed(100, "CC", "CCC"), None);
        assert_eq!(changed(100, "GCC", "GAACC"), None);
        assert_eq!(changed(100, "C", "C"), None);
    }
}
