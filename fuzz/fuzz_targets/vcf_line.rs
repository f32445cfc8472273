//! Bytes as one line of a VCF. What the quick look says must be what the whole reading says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use variants::io::call::Calls;
use variants::io::vcf;

fuzz_target!(|line: &[u8]| {
    let (place, end) = (vcf::place(line), vcf::end_of_line(line));
    let _ = vcf::parse_end(line);
    let Ok(record) = vcf::parse_record(line) else { return };
    let variant = &record.variant;
    assert_eq!(place.map(|(_, position)| position), Some(variant.position));
    assert_eq!(end, variant.end);
    assert!(variant.last() >= variant.position);
    for samples in 0..4 {
        let mut visited = 0;
        let visit = record.visit(samples, &mut |index, call| {
            assert_eq!(index, visited);
            visited += 1;
            for number in call.genotype.alleles.iter().flatten() {
                let _ = variant.allele(*number);
            }
        });
        if visit.is_ok() {
            assert_eq!(visited, samples);
        }
    }
});
