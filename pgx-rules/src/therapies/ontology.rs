//! Which disease contains which, as a published ontology says.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// Where a part of the knowledge comes from, other than the evidence itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartSource {
    /// Name of the source.
    pub source: String,
    /// Its release, as far as it is known.
    pub release: String,
    /// Licence, SPDX where there is one.
    pub licence: String,
    /// What to cite.
    pub references: Vec<String>,
}

/// Diseases, and which is a kind of which.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ontology {
    /// Where it comes from; none where no ontology is known.
    pub source: Option<PartSource>,
    /// Diseases by number, as text.
    pub terms: Vec<Term>,
}

/// A disease.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Number in the Disease Ontology, digits.
    pub doid: String,
    /// Name.
    pub name: String,
    /// Numbers of the diseases that it is a kind of.
    pub parents: Vec<String>,
    /// Numbers that were merged into it.
    pub merged: Vec<String>,
    /// Names of exactly the same.
    pub synonyms: Vec<String>,
}

impl Ontology {
    /// A disease by its number, or by one that was merged into it.
    pub fn term(&self, doid: &str) -> Option<&Term> {
        match self.terms.binary_search_by(|t| t.doid.as_str().cmp(doid)) {
            Ok(place) => self.terms.get(place),
            Err(_) => self.terms.iter().find(|t| t.merged.iter().any(|m| m == doid)),
        }
    }

    /// A disease by its name, else by an exact synonym, whatever the case of letters.
    pub fn named(&self, name: &str) -> Option<&Term> {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        let by_name = self.terms.iter().find(|t| same(&t.name));
        by_name.or_else(|| self.terms.iter().find(|t| t.synonyms.iter().any(|s| same(s))))
    }

    /// Every disease that contains this one, with the number of steps to it by the shortest way; itself at 0.
    pub fn above<'a>(&'a self, term: &'a Term) -> BTreeMap<&'a str, u32> {
        let mut found = BTreeMap::from([(term.doid.as_str(), 0)]);
        let mut waiting = VecDeque::from([(term, 0_u32)]);
        while let Some((next, steps)) = waiting.pop_front() {
            for parent in next.parents.iter().filter_map(|p| self.term(p)) {
                if !found.contains_key(parent.doid.as_str()) {
                    found.insert(&parent.doid, steps + 1);
                    waiting.push_back((parent, steps + 1));
                }
            }
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn term(doid: &str, parents: &[&str]) -> Term {
        let parents = parents.iter().map(|p| (*p).to_owned()).collect();
        Term { doid: doid.to_owned(), name: format!("disease {doid}"), parents, ..Term::default() }
    }

    #[test]
    fn steps_go_the_shortest_way_and_a_ring_ends() {
        let terms =
            vec![term("1", &[]), term("2", &["1"]), term("3", &["2", "1"]), term("4", &["3", "5"]), term("5", &["4"])];
        let ontology = Ontology { source: None, terms };
        let above = ontology.above(ontology.term("4").unwrap());
        assert_eq!(above, BTreeMap::from([("4", 0), ("3", 1), ("5", 1), ("1", 2), ("2", 2)]));
    }

    #[test]
    fn a_merged_number_and_a_synonym_find_their_disease() {
        let mut merged = term("7", &[]);
        merged.merged = vec!["70".to_owned()];
        merged.synonyms = vec!["the seventh".to_owned()];
        let ontology = Ontology { source: None, terms: vec![term("1", &[]), merged] };
        assert_eq!(ontology.term("70").unwrap().doid, "7");
        assert_eq!(ontology.named("The Seventh").unwrap().doid, "7");
        assert_eq!(ontology.term("71"), None);
    }
}
