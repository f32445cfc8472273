//! How the records of a file fit the sites of a panel: the last resort where the header is silent.

use crate::io::call::{Variant, is_any_other_allele};
use crate::model::{Assembly, Panel, Position};

/// Counts of records that lie exactly on a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Reference allele agrees, and either the rsID or an alternate allele does, or no alternate is named.
    pub agreeing: u32,
    /// Of those, with the site's rsID.
    pub named: u32,
    /// Reference allele differs, or the record has another rsID than the site.
    pub disagreeing: u32,
}

impl Fit {
    /// Counts a record if it lies on a site of the panel.
    pub fn count(&mut self, panel: &Panel, contig: &str, record: &Variant<'_>) {
        let site = Position::new(record.position).and_then(|p| panel.sites().get(panel.find(contig, p)?));
        let Some(site) = site else { return };
        let own = record.id.split(';').find(|id| id.starts_with("rs"));
        let same_name = own.is_some() && own == site.rsid.as_deref();
        let other_name = own.is_some() && site.rsid.is_some() && !same_name;
        let known = |a: &&str| site.alternates.iter().any(|s| s.eq_ignore_ascii_case(a));
        let named: Vec<&str> = record.alternates.iter().copied().filter(|a| !is_any_other_allele(a)).collect();
        let shifted = !record.reference.eq_ignore_ascii_case(&site.reference);
        if shifted && !prefix_of_each_other(record.reference, &site.reference)
            || (other_name && !named.iter().any(known))
        {
            self.disagreeing += 1;
        } else if !shifted && (same_name || named.is_empty() || named.iter().any(known)) {
            self.agreeing += 1;
            self.named += u32::from(same_name);
        }
    }

    /// Whether these counts are what a file on the panel's assembly gives: something agrees, and little disagrees.
    fn fits(self) -> bool {
        self.agreeing > 0 && u64::from(self.disagreeing) * 4 <= u64::from(self.agreeing)
    }

    /// The only assembly that fits, in words; `None` when none or both do.
    ///
    /// Chance agreement: a variant lies on a given position of the wrong assembly about once in 700, with the right
    /// reference base once in four. So the other assembly counts as fitting only when it has at least a tenth of the
    /// agreeing records of this one.
    pub fn decide(grch38: Self, grch37: Self) -> Option<(Assembly, String)> {
        let beats = |a: Self, b: Self| a.fits() && (!b.fits() || u64::from(b.agreeing) * 10 < u64::from(a.agreeing));
        let (assembly, fit) = match (beats(grch38, grch37), beats(grch37, grch38)) {
            (true, false) => (Assembly::Grch38, grch38),
            (false, true) => (Assembly::Grch37, grch37),
            _ => return None,
        };
        let records = if fit.agreeing == 1 { "1 record" } else { &format!("{} records", fit.agreeing) };
        Some((
            assembly,
            format!(
                "{records} on panel sites with their reference alleles, {} with their rsIDs; {} at odds",
                fit.named, fit.disagreeing
            ),
        ))
    }

    /// The counts in words, for the message that asks for `--assembly`.
    pub fn words(self) -> String {
        format!("{} records agree, {} disagree", self.agreeing, self.disagreeing)
    }
}

/// Whether one allele starts with the other: indels and single bases at one place on the same sequence do.
fn prefix_of_each_other(a: &str, b: &str) -> bool {
    let n = a.len().min(b.len());
    a.as_bytes().get(..n).zip(b.as_bytes().get(..n)).is_some_and(|(x, y)| x.eq_ignore_ascii_case(y))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn fit(agreeing: u32, disagreeing: u32) -> Fit {
        Fit { agreeing, named: 0, disagreeing }
    }

    #[test]
    fn only_a_clear_fit_decides() {
        let decided = |a, b| Fit::decide(a, b).map(|(assembly, _)| assembly);
        assert_eq!(decided(fit(1, 0), fit(0, 0)), Some(Assembly::Grch38));
        assert_eq!(decided(fit(0, 2), fit(40, 3)), Some(Assembly::Grch37));
        assert_eq!(decided(fit(60, 0), fit(1, 0)), Some(Assembly::Grch38));
        assert_eq!(decided(fit(5, 0), fit(2, 0)), None);
        assert_eq!(decided(fit(0, 0), fit(0, 0)), None);
        assert_eq!(decided(fit(3, 2), fit(0, 0)), None);
    }
}
