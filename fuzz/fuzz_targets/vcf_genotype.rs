//! Bytes as the GT of one sample in a VCF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use variants::io::vcf::parse_genotype;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(genotype) = parse_genotype(bytes) {
        assert!(!genotype.alleles.is_empty(), "a genotype has a copy at least");
        assert!(!(genotype.is_missing() && genotype.is_heterozygous()));
    }
});
