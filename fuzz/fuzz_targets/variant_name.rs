//! Text as the name of a gene's variant, and as a change of a protein.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgx_rules::therapies::name::{VariantKind, VariantName};
use pgx_rules::therapies::protein::ProteinChange;

fuzz_target!(|text: (&str, &str)| {
    let (gene, name) = text;
    if let VariantKind::AllOf(parts) | VariantKind::AnyOf(parts) = VariantName::parse(gene, name).kind {
        assert!(parts.len() > 1, "one thing is not several");
    }
    if let Some(change) = ProteinChange::parse(name) {
        let again = ProteinChange::parse(&change.to_string());
        assert!(
            again.is_some_and(|again| again.is_same(&change)),
            "what is written reads back as the same change: {change:?}"
        );
        assert!(change.is_same(&change));
    }
});
