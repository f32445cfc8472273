//! Text as an expression over variants.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgx_rules::therapies::profile::Profile;

fuzz_target!(|text: &str| {
    let find = |leaf: &str| leaf.parse().ok();
    if let Ok(profile) = Profile::parse(text, &find) {
        assert!(!profile.variants().is_empty());
        assert_eq!(Profile::parse(&profile.to_string(), &find), Ok(profile), "what is written reads back");
    }
});
