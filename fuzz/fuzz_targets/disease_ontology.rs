//! Text as a disease ontology in OBO format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgx_rules::therapies::import::terms;
use pgx_rules::therapies::ontology::Ontology;

fuzz_target!(|text: &str| {
    let ontology = Ontology { source: None, terms: terms(text) };
    assert!(ontology.terms.is_sorted_by(|a, b| a.doid < b.doid), "each number once, in order");
    for term in &ontology.terms {
        let numbers = [&term.doid].into_iter().chain(&term.parents).chain(&term.merged);
        assert!(numbers.into_iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())));
        // ends, whatever rings there are
        let above = ontology.above(term);
        assert_eq!(above.get(term.doid.as_str()), Some(&0));
    }
});
