//! Bytes as a VCF that VEP (CSQ) or SnpEff (ANN) has annotated.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "what the program uses of a module is more than this target does")]
#[path = "../../pipeline/src/tumour"]
mod tumour {
    pub mod annotated_vcf;
    pub mod lines;
}

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("it can be written");
    let Ok(read) = tumour::annotated_vcf::read(file.path()) else { return };
    for variant in read.samples.into_iter().flat_map(|(_, variants)| variants) {
        assert!(!variant.gene.is_empty(), "a variant of no gene is left out");
        if let Some(place) = variant.place {
            assert!(place.end >= place.start, "{place:?}");
        }
    }
});
