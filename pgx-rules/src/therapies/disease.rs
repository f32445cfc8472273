//! How near the disease of a study is to the tumour at hand.
//!
//! A release of evidence names diseases and gives their numbers in the Disease Ontology, but not the ontology. Nothing is
//! made up for it: nearness is derived from the numbers and the words of the names, and every answer says so.

use serde::Serialize;

use super::evidence::Evidence;

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
    #[serde(skip)]
    words: Vec<String>,
}

/// How near two diseases are, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiseaseMatch {
    /// The same name or number.
    Exact,
    /// The study's disease contains the patient's, by its name ("Leukemia" for "Acute Myeloid Leukemia"), or it is cancer
    /// at large.
    Broader,
    /// The study's disease is a kind of the patient's, by its name.
    Narrower,
    /// The names share a word that says something.
    SharedWord(String),
    /// None of these.
    Other,
    /// The patient's or the study's disease is not stated.
    NotStated,
}

impl TumourType {
    /// A disease by its name, or by its number (`DOID:9119`, `9119`). The other of the two is taken from the release.
    pub fn find(text: &str, evidence: &Evidence) -> Self {
        let text = text.trim();
        let number = text.strip_prefix("DOID:").or_else(|| text.strip_prefix("doid:")).unwrap_or(text);
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let (name, doid) = if is_number {
            let found = evidence.items.iter().find(|i| i.doid == number);
            (found.map_or_else(String::new, |i| i.disease.clone()), number.to_owned())
        } else {
            let wanted = words(text);
            let found = evidence.items.iter().find(|i| !i.doid.is_empty() && words(&i.disease) == wanted);
            (text.to_owned(), found.map_or_else(String::new, |i| i.doid.clone()))
        };
        Self { words: words(&name), name, doid }
    }

    /// How near a study's disease is.
    pub fn compare(&self, disease: &str, doid: &str) -> DiseaseMatch {
        if disease.is_empty() && doid.is_empty() {
            return DiseaseMatch::NotStated;
        }
        let theirs = words(disease);
        let all_in = |some: &[String], others: &[String]| some.iter().all(|w| others.contains(w));
        if (!doid.is_empty() && doid == self.doid) || (!theirs.is_empty() && same(&theirs, &self.words)) {
            return DiseaseMatch::Exact;
        }
        if doid == ANY_CANCER {
            return DiseaseMatch::Broader;
        }
        if says_something(&theirs) && all_in(&theirs, &self.words) {
            return DiseaseMatch::Broader;
        }
        if says_something(&self.words) && all_in(&self.words, &theirs) {
            return DiseaseMatch::Narrower;
        }
        let shared = theirs.iter().find(|w| !is_generic(w) && self.words.contains(w));
        shared.map_or(DiseaseMatch::Other, |word| DiseaseMatch::SharedWord(word.clone()))
    }
}

impl DiseaseMatch {
    /// The word of the outputs.
    pub fn word(&self) -> String {
        match self {
            Self::Exact => "exact".to_owned(),
            Self::Broader => "ancestor by name".to_owned(),
            Self::Narrower => "descendant by name".to_owned(),
            Self::SharedWord(word) => format!("shared word: {word}"),
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
    fn nearness_follows_the_names() {
        assert_eq!(compare("acute myeloid leukemia", "Acute Myeloid Leukemia"), "exact");
        assert_eq!(compare("Acute Myeloid Leukemia", "Leukemia"), "ancestor by name");
        assert_eq!(compare("Breast Cancer", "Her2-receptor Positive Breast Cancer"), "descendant by name");
        assert_eq!(compare("Lung Adenocarcinoma", "Lung Non-small Cell Carcinoma"), "shared word: lung");
        assert_eq!(compare("Melanoma", "Colorectal Cancer"), "other");
    }

    #[test]
    fn generic_words_and_non_small_make_nothing_near() {
        assert_eq!(compare("Renal Cell Carcinoma", "Merkel Cell Carcinoma"), "other");
        assert_eq!(compare("Lung Non-small Cell Carcinoma", "Lung Small Cell Carcinoma"), "shared word: lung");
    }

    #[test]
    fn a_number_finds_the_name_and_a_name_the_number() {
        let evidence = crate::therapies::embedded().unwrap();
        assert_eq!(TumourType::find("DOID:9119", evidence).name, "Acute Myeloid Leukemia");
        assert_eq!(TumourType::find("Melanoma", evidence).doid, "1909");
        assert_eq!(TumourType::find("DOID:1909", evidence).compare("Cancer", "162"), DiseaseMatch::Broader);
    }
}
