//! How near the disease of a study is to the tumour at hand.
//!
//! Where both are in the ontology that comes with the evidence, its is-a relations decide. Where one is not, nearness is
//! derived from the words of the names, and every answer says so.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evidence::Evidence;
use super::ontology::{Ontology, Term};

/// Words that say nothing about where a tumour grows or what it is made of.
const GENERIC: &[&str] = &[
    "adult",
    "and",
    "benign",
    "cancer",
    "carcinoma",
    "cell",
    "childhood",
    "disease",
    "malignant",
    "neoplasm",
    "of",
    "or",
    "pediatric",
    "syndrome",
    "the",
    "tumor",
    "tumour",
    "type",
    "with",
];

/// Number of "cancer" in the Disease Ontology: the parent of every cancer.
const ANY_CANCER: &str = "162";

/// The patient's disease.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TumourType {
    /// Name; empty where only a number is known.
    pub name: String,
    /// Number in the Disease Ontology; empty where it is not known.
    pub doid: String,
    /// Whether the ontology at hand knows it.
    pub in_ontology: bool,
    #[serde(skip)]
    words: Vec<String>,
    /// Diseases of the release's studies, by name and number.
    #[serde(skip)]
    known: BTreeMap<(String, String), DiseaseMatch>,
}

/// How near two diseases are, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiseaseMatch {
    /// The same name or number.
    Exact,
    /// The study's disease contains the patient's, so many steps up in the ontology.
    Ancestor(u32),
    /// The study's disease contains the patient's, by its name ("Leukemia" for "Acute Myeloid Leukemia").
    AncestorByName,
    /// The study is on cancer at large.
    AnyCancer,
    /// The study's disease is a kind of the patient's, so many steps down in the ontology.
    Descendant(u32),
    /// The study's disease is a kind of the patient's, by its name.
    DescendantByName,
    /// The names share a word that says something; one of the two is not in the ontology.
    SharedWord(String),
    /// None of these.
    Other,
    /// The patient's or the study's disease is not stated.
    NotStated,
}

impl TumourType {
    /// A disease by its name, or by its number (`DOID:9119`, `9119`). The other of the two is taken from the ontology or
    /// the release.
    pub fn find(text: &str, evidence: &Evidence) -> Self {
        let text = text.trim();
        let number = text.strip_prefix("DOID:").or_else(|| text.strip_prefix("doid:")).unwrap_or(text);
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let ontology = &evidence.diseases;
        let (name, doid) = if is_number {
            let found = evidence.items.iter().find(|i| i.doid == number);
            (found.map_or_else(String::new, |i| i.disease.clone()), number.to_owned())
        } else {
            let wanted = words(text);
            let found = evidence.items.iter().find(|i| !i.doid.is_empty() && words(&i.disease) == wanted);
            (text.to_owned(), found.map_or_else(String::new, |i| i.doid.clone()))
        };
        let term = ontology.term(&doid).or_else(|| ontology.named(&name));
        let (name, doid) = match term {
            Some(term) => (if name.is_empty() { term.name.clone() } else { name }, term.doid.clone()),
            None => (name, doid),
        };
        let mut found = Self { words: words(&name), name, doid, in_ontology: term.is_some(), known: BTreeMap::new() };
        let above = term.map(|t| ontology.above(t));
        for item in &evidence.items {
            let key = (item.disease.clone(), item.doid.clone());
            if !found.known.contains_key(&key) {
                let other = ontology.term(&item.doid).or_else(|| ontology.named(&item.disease));
                let by_ontology =
                    term.zip(above.as_ref()).zip(other).map(|((t, above), o)| compare_terms(ontology, (t, above), o));
                let nearness = by_ontology.unwrap_or_else(|| found.compare_names(&item.disease, &item.doid));
                found.known.insert(key, nearness);
            }
        }
        found
    }

    /// How near a study's disease is.
    pub fn compare(&self, disease: &str, doid: &str) -> DiseaseMatch {
        let known = self.known.get(&(disease.to_owned(), doid.to_owned()));
        known.cloned().unwrap_or_else(|| self.compare_names(disease, doid))
    }

    fn compare_names(&self, disease: &str, doid: &str) -> DiseaseMatch {
        if disease.is_empty() && doid.is_empty() {
            return DiseaseMatch::NotStated;
        }
        let theirs = words(disease);
        let all_in = |some: &[String], others: &[String]| some.iter().all(|w| others.contains(w));
        if (!doid.is_empty() && doid == self.doid) || (!theirs.is_empty() && same(&theirs, &self.words)) {
            return DiseaseMatch::Exact;
        }
        if doid == ANY_CANCER {
            return DiseaseMatch::AnyCancer;
        }
        if says_something(&theirs) && all_in(&theirs, &self.words) {
            return DiseaseMatch::AncestorByName;
        }
        if says_something(&self.words) && all_in(&self.words, &theirs) {
            return DiseaseMatch::DescendantByName;
        }
        let shared = theirs.iter().find(|w| !is_generic(w) && self.words.contains(w));
        shared.map_or(DiseaseMatch::Other, |word| DiseaseMatch::SharedWord(word.clone()))
    }
}

/// By the ontology alone; `above` is what contains the patient's disease.
fn compare_terms(ontology: &Ontology, (term, above): (&Term, &BTreeMap<&str, u32>), other: &Term) -> DiseaseMatch {
    if term.doid == other.doid {
        return DiseaseMatch::Exact;
    }
    if let Some(steps) = above.get(other.doid.as_str()) {
        return if other.doid == ANY_CANCER { DiseaseMatch::AnyCancer } else { DiseaseMatch::Ancestor(*steps) };
    }
    ontology.above(other).get(term.doid.as_str()).map_or(DiseaseMatch::Other, |steps| DiseaseMatch::Descendant(*steps))
}

impl DiseaseMatch {
    /// The word of the outputs.
    pub fn word(&self) -> String {
        match self {
            Self::Exact => "exact".to_owned(),
            Self::Ancestor(_) => "ancestor".to_owned(),
            Self::AncestorByName => "ancestor by name".to_owned(),
            Self::AnyCancer => "ancestor: any cancer".to_owned(),
            Self::Descendant(_) => "descendant".to_owned(),
            Self::DescendantByName => "descendant by name".to_owned(),
            Self::SharedWord(word) => format!("other, shared word: {word}"),
            Self::Other => "other".to_owned(),
            Self::NotStated => "not stated".to_owned(),
        }
    }
}

fn same(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|w| b.contains(w))
}

fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word)
}

fn says_something(words: &[String]) -> bool {
    words.iter().any(|w| !is_generic(w))
}

/// Words in lower case; hyphens hold a word together, since "non-small" is not "small".
fn words(name: &str) -> Vec<String> {
    let split = name.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
    split.filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn compare(patient: &str, study: &str) -> String {
        let tumour = TumourType::find(patient, crate::therapies::embedded().unwrap());
        tumour.compare(study, "").word()
    }

    #[test]
    fn without_the_ontology_nearness_follows_the_names() {
        assert_eq!(compare("acute myeloid leukemia", "Acute Myeloid Leukemia"), "exact");
        assert_eq!(compare("Acute Myeloid Leukemia", "Leukemia of Some Kind"), "other, shared word: leukemia");
        assert_eq!(compare("Acute Weird Leukemia", "Weird Leukemia"), "ancestor by name");
        assert_eq!(compare("Breast Cancer", "Rare Breast Cancer"), "descendant by name");
        assert_eq!(compare("Melanoma", "Colorectal Cancer"), "other");
    }

    #[test]
    fn the_ontology_decides_where_both_are_in_it() {
        let evidence = crate::therapies::embedded().unwrap();
        let compare =
            |patient: &str, disease: &str, doid: &str| TumourType::find(patient, evidence).compare(disease, doid);
        let nsclc = ("Lung Non-small Cell Carcinoma", "3908");
        assert_eq!(
            compare("Lung Adenocarcinoma", nsclc.0, nsclc.1),
            DiseaseMatch::Ancestor(1),
            "the names do not say so"
        );
        assert_eq!(compare("Melanoma", "Skin Melanoma", "8923"), DiseaseMatch::Descendant(1));
        assert_eq!(compare("Melanoma", "Cancer", "162"), DiseaseMatch::AnyCancer);
        assert_eq!(
            compare("Lung Small Cell Carcinoma", nsclc.0, nsclc.1),
            DiseaseMatch::Other,
            "though the words are shared"
        );
        assert_eq!(compare("acral lentiginous melanoma", "Skin Melanoma", "8923"), DiseaseMatch::Ancestor(1));
        assert_eq!(compare("Glioblastoma", "Glioma", ""), DiseaseMatch::Other, "no number, and no such name in it");
    }

    #[test]
    fn generic_words_and_non_small_make_nothing_near() {
        assert_eq!(compare("Odd Cell Carcinoma", "Merkel Cell Carcinoma"), "other");
        assert_eq!(
            compare("Odd Lung Non-small Cell Carcinoma", "Lung Small Cell Carcinoma"),
            "other, shared word: lung"
        );
    }

    #[test]
    fn a_number_finds_the_name_and_a_name_the_number() {
        let evidence = crate::therapies::embedded().unwrap();
        assert_eq!(TumourType::find("DOID:9119", evidence).name, "Acute Myeloid Leukemia");
        assert_eq!(TumourType::find("Melanoma", evidence).doid, "1909");
        assert_eq!(TumourType::find("DOID:1909", evidence).compare("Cancer", "162"), DiseaseMatch::AnyCancer);
    }
}
