//! Published text cut into the units that the curation knows by their digest.

use sha2::{Digest, Sha256};

/// Stands for the drug's name, so that a sentence which several guidelines share is curated once.
const DRUG: &str = "{D}";

/// Headings inside a recommendation, which end a sentence as a full stop does.
const HEADINGS: [&str; 1] = ["Other Considerations"];

/// The sentences of a recommendation: white space is collapsed, the drug's name (in any case) becomes `{D}`, and the
/// text is cut at its headings, and behind `.` or `;` where a capital, an opening bracket or the drug follows.
///
/// An abbreviation before a capital cuts as well; the curation then knows the second part as a fragment.
pub(super) fn sentences(text: &str, drug: &str) -> Vec<String> {
    let named = replace_ignoring_case(&collapse(text), drug, DRUG);
    let mut parts = vec![named.as_str()];
    for heading in HEADINGS {
        parts = parts.into_iter().flat_map(|p| p.split(heading)).collect();
    }
    parts.into_iter().flat_map(cut).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

/// The clauses of an implication: one a gene, separated by ` | `, white space collapsed.
pub(super) fn clauses(text: &str) -> Vec<String> {
    text.split(" | ").map(collapse).filter(|c| !c.is_empty()).collect()
}

/// SHA-256 of a unit in lower-case hexadecimal.
pub(super) fn digest(unit: &str) -> String {
    Sha256::digest(unit.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Trimmed, runs of white space made one space.
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(' ') {
        let ends = text[..at].ends_with(['.', ';']);
        let begins = text[at + 1..].starts_with(|c: char| c.is_ascii_uppercase() || c == '{' || c == '(');
        if ends && begins {
            sentences.push(&text[start..at]);
            start = at + 1;
        }
    }
    sentences.push(&text[start..]);
    sentences
}

fn replace_ignoring_case(text: &str, word: &str, by: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    // ASCII case only: it keeps byte positions, and generic names are ASCII
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for (at, found) in lower.match_indices(&word) {
        out.push_str(&text[start..at]);
        out.push_str(by);
        start = at + found.len();
    }
    out.push_str(&text[start..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_a_stop_before_a_capital_a_bracket_or_the_drug() {
        let text = "Halve  the dose; Xdrug is toxic. (See below.) use 0.5 mg. then wait; Then stop.";
        let cut = ["Halve the dose;", "{D} is toxic.", "(See below.) use 0.5 mg. then wait;", "Then stop."];
        assert_eq!(sentences(text, "xdrug"), cut);
    }

    #[test]
    fn a_heading_ends_a_sentence_and_is_no_part_of_one() {
        assert_eq!(sentences("Avoid Other Considerations Test first", "x"), ["Avoid", "Test first"]);
        assert_eq!(sentences("  ", "x"), Vec::<String>::new());
    }

    #[test]
    fn the_drug_is_replaced_beside_letters_that_change_length_in_lower_case() {
        assert_eq!(sentences("İ. ABC İ abc", "abc"), ["İ.", "{D} İ {D}"]);
    }

    #[test]
    fn the_digest_is_that_of_the_published_test_vector() {
        // FIPS 180-4 example: "abc"
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
