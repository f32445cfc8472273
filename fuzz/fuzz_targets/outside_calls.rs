//! Text as a file of outside calls, against the embedded knowledge base.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgx_rules::knowledge::embedded;
use pgx_rules::outside::calls;

fuzz_target!(|text: &str| {
    let knowledge = embedded().expect("the knowledge base is embedded");
    let once = calls(knowledge, &[("a".to_owned(), text.to_owned())]);
    if let Ok(once) = once {
        assert!(once.is_sorted_by(|a, b| a.gene < b.gene), "one call a gene, in order");
        // The same file a second time says nothing new.
        let twice = calls(knowledge, &[("a".to_owned(), text.to_owned()), ("b".to_owned(), text.to_owned())]);
        assert_eq!(Ok(once), twice);
    }
});
