//! Text as an allele definition in PharmCAT's form.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pgx_rules::knowledge::import::definition_text;

fuzz_target!(|text: &str| {
    if let Ok(gene) = definition_text(text, Path::new("input")) {
        assert!(gene.sites.is_sorted_by_key(|s| s.position));
        assert!(gene.alleles.iter().all(|a| a.carries.len() == gene.sites.len()), "one list a site");
        assert!(gene.alleles.first().is_some_and(|a| a.is_reference && a.name == gene.reference_allele));
    }
});
