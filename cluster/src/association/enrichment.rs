//! Over-representation of named sets of features, such as pathways, among features picked by a test.
//!
//! The background is what was measured, not all that a set names: a feature that could not be picked must not count
//! as missed (Khatri et al. 2012, doi 10.1371/journal.pcbi.1002375).

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::adjust::benjamini_hochberg;
use super::fisher::hypergeometric_tail;

/// A named set of features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeatureSet {
    /// Its name.
    pub name: String,
    /// Where it is from, in the words of its file; may be empty.
    pub source: String,
    /// The features.
    pub members: Vec<String>,
}

/// Members of a set that must have been measured for it to be tested: fewer say nothing of a pathway.
pub const FEWEST: usize = 5;

/// One set against the picked features.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enriched {
    /// Place of the set in the list given.
    pub set: usize,
    /// Members measured.
    pub members: u64,
    /// Members picked.
    pub hits: u64,
    /// Features picked.
    pub picked: u64,
    /// Features measured.
    pub measured: u64,
    /// Picked members over those expected by chance; NaN where nothing was picked.
    pub fold: f64,
    /// Chance of as many hits or more in a random draw of that many features: upper tail of the hypergeometric
    /// distribution.
    pub p: f64,
    /// False discovery rate over the sets tested (Benjamini and Hochberg).
    pub q: f64,
    /// The picked members, in the order of `measured`.
    pub found: Vec<String>,
}

/// Tests each set of which at least [`FEWEST`] members are among `measured`; `picked` are some of the measured features,
/// others are left out. Sets come in their order. Names are compared as they are; none counts twice.
pub fn enrichment(sets: &[FeatureSet], measured: &[String], picked: &BTreeSet<&str>) -> Vec<Enriched> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, feature) in measured.iter().enumerate() {
        places.entry(feature).or_insert(place);
    }
    let drawn = picked.iter().filter(|p| places.contains_key(**p)).count();
    let mut rows: Vec<Enriched> = sets
        .iter()
        .enumerate()
        .filter_map(|(set, described)| {
            let members: BTreeSet<usize> =
                described.members.iter().filter_map(|m| places.get(m.as_str()).copied()).collect();
            if members.len() < FEWEST {
                return None;
            }
            let found: Vec<String> =
                members.iter().map(|&m| measured[m].clone()).filter(|m| picked.contains(m.as_str())).collect();
            let expected = members.len() as f64 * drawn as f64 / places.len() as f64;
            let [all, own, taken, hits] =
                [places.len(), members.len(), drawn, found.len()].map(|n| u64::try_from(n).unwrap_or(u64::MAX));
            Some(Enriched {
                set,
                members: own,
                hits,
                picked: taken,
                measured: all,
                fold: found.len() as f64 / expected,
                p: hypergeometric_tail(all, own, taken, hits),
                q: f64::NAN,
                found,
            })
        })
        .collect();
    let q = benjamini_hochberg(&rows.iter().map(|r| r.p).collect::<Vec<_>>());
    for (row, q) in rows.iter_mut().zip(q) {
        row.q = q;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|i| format!("g{i}")).collect()
    }

    fn set(name: &str, members: Vec<String>) -> FeatureSet {
        FeatureSet { name: name.to_owned(), source: String::new(), members }
    }

    #[test]
    fn only_measured_members_count() {
        let mut members = names(0..5);
        members.extend(["unmeasured".to_owned(), "g0".to_owned()]);
        let measured = names(0..20);
        let found = enrichment(&[set("a", members)], &measured, &BTreeSet::from(["g0", "g1", "g2", "g3", "elsewhere"]));
        assert_eq!((found[0].members, found[0].hits, found[0].picked, found[0].measured), (5, 4, 4, 20));
        // All four picked of 20 are among the five members: C(5,4) / C(20,4).
        assert!((found[0].p - 5.0 / 4845.0).abs() < 1e-12, "{found:?}");
        assert!((found[0].fold - 4.0).abs() < 1e-12);
        assert_eq!(found[0].found, ["g0", "g1", "g2", "g3"]);
    }

    #[test]
    fn a_set_of_few_measured_members_is_no_test() {
        assert!(enrichment(&[set("a", names(0..4))], &names(0..20), &BTreeSet::from(["g0"])).is_empty());
    }

    #[test]
    fn nothing_picked_has_no_fold_and_a_p_of_one() {
        let found = enrichment(&[set("a", names(0..6))], &names(0..20), &BTreeSet::new());
        assert!(found[0].fold.is_nan() && found[0].p == 1.0 && found[0].q == 1.0);
    }
}
