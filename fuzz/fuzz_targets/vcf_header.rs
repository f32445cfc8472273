//! Bytes as the header of a VCF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use variants::io::header::parse_header;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = parse_header(bytes) {
        let numbers = header.contig_numbers.iter().flatten();
        assert!(numbers.into_iter().all(|n| *n < header.contigs.len()), "a number names no contig");
    }
});
