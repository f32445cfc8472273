//! Bytes as the records of an uncompressed BCF, under a fixed header of two samples.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use variants::io::bcf::{RawRecord, parse_record};
use variants::io::call::Calls;
use variants::io::header::{Header, parse_header};

/// Numbers: PASS 0, q10 1, END 2, GT 3, PS 4, FT 5, DP 6, MIN_DP 7, GQ 8, RGQ 9, AD 10.
const HEADER: &[u8] = b"##fileformat=VCFv4.3\n##contig=<ID=chr1,length=248956422>\n##FILTER=<ID=q10>\n\
    ##INFO=<ID=END>\n##FORMAT=<ID=GT>\n##FORMAT=<ID=PS>\n##FORMAT=<ID=FT>\n##FORMAT=<ID=DP>\n##FORMAT=<ID=MIN_DP>\n\
    ##FORMAT=<ID=GQ>\n##FORMAT=<ID=RGQ>\n##FORMAT=<ID=AD>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n";

static PARSED: LazyLock<Header> = LazyLock::new(|| parse_header(HEADER).expect("the header above is one"));

fuzz_target!(|bytes: &[u8]| {
    let (mut rest, mut raw) = (bytes, RawRecord::default());
    while let Ok(true) = raw.read(&mut rest) {
        let place = raw.place();
        let Ok(record) = parse_record(&raw, &PARSED) else { continue };
        if let Some((_, first, last)) = place {
            assert_eq!(first, record.variant.position);
            assert!(first <= last);
        }
        let mut visited = 0;
        let visit = record.visit(PARSED.samples.len(), &mut |index, call| {
            assert_eq!(index, visited);
            visited += 1;
            for number in call.genotype.alleles.iter().flatten() {
                let _ = record.variant.allele(*number);
            }
        });
        if visit.is_ok() {
            assert_eq!(visited, PARSED.samples.len());
        }
    }
});
