//! A type and bytes as the GT of one sample in a BCF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use variants::io::bcf::parse_genotype;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    if let Some(genotype) = parse_genotype(*kind, bytes) {
        assert!(matches!(kind, 1..=3), "only integers are genotypes");
        assert!(genotype.alleles.len() <= bytes.len());
    }
});
