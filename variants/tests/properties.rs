//! What must hold for any input.
#![cfg(feature = "io")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/packed.rs"]
mod packed;
mod support;

use packed::{bgzip, index_bcf, index_vcf, to_bcf};
use proptest::prelude::*;
use support::{VcfBuilder, observe_bytes, panels, write};
use variants::io::bcf::{self, RawRecord};
use variants::io::call::Calls;
use variants::io::header::{Header, parse_header};
use variants::io::vcf;
use variants::observe::{ObserveOptions, Source, observe};

fn genotype() -> impl Strategy<Value = String> {
    let allele = || prop_oneof![Just(".".to_owned()), (0u8..3).prop_map(|n| n.to_string())];
    prop_oneof![
        allele().prop_filter("noodles cannot write a lone dot", |a| a != "."),
        (allele(), prop::bool::ANY, allele())
            .prop_filter("noodles drops the phase of a dot; bcftools.rs covers it", |(_, phased, b)| !phased
                || b != ".")
            .prop_map(|(a, phased, b)| format!("{a}{}{b}", if phased { '|' } else { '/' })),
    ]
}

/// Sorted records on and around the sites of two samples.
fn file() -> impl Strategy<Value = String> {
    const PLACES: [&str; 9] = [
        "chr1:995 A>C,G",
        "chr1:1000 C>T,G",
        "chr1:1000 C>A,<*>",
        "chr1:1500 A>G,T",
        "chr1:2000 GATGA>G,GA",
        "chr1:2004 AATGA>A,AATGAT",
        "chr1:3000 C>CAT,T",
        "chr2:1000 A>C,G",
        "chrX:1000 G>A,<NON_REF>",
    ];
    let record = (prop::bool::weighted(0.7), genotype(), genotype(), 0u32..300, 0u32..70_000);
    prop::collection::vec(record, PLACES.len()).prop_map(|records| {
        let mut vcf = VcfBuilder::new().silent().samples(&["A", "B"]);
        for line in [
            "##contig=<ID=chr1,length=248956422>",
            "##contig=<ID=chr2,length=242193529>",
            "##contig=<ID=chrX,length=156040895>",
            "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">",
            "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"x\">",
        ] {
            vcf = vcf.meta(line);
        }
        for (place, (_, a, b, low, high)) in PLACES.iter().zip(&records).filter(|(_, r)| r.0) {
            vcf = vcf.record(place, "GT:DP", &[&format!("{a}:{low}"), &format!("{b}:{high}")]);
        }
        vcf.text()
    })
}

proptest! {
    #[test]
    fn bytes_of_any_kind_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0u8..8) {
        let _ = parse_header(&bytes);
        let _ = vcf::place(&bytes);
        let _ = vcf::parse_genotype(&bytes);
        let _ = vcf::end_of_line(&bytes);
        if let Ok(record) = vcf::parse_record(&bytes) {
            let _ = record.visit(2, &mut |_, _| {});
        }
        let _ = bcf::parse_genotype(kind, &bytes);
        let (shared, individual) = bytes.split_at(bytes.len() / 2);
        let raw = RawRecord { shared: shared.to_vec(), individual: individual.to_vec() };
        let header = Header { strings: vec![Some("GT".to_owned()); 256], ..Header::default() };
        if let Ok(record) = bcf::parse_record(&raw, &header) {
            let _ = record.visit(3, &mut |_, _| {});
        }
        let _ = observe_bytes(&bytes, &ObserveOptions::default());
        let with_header = [VcfBuilder::new().text().as_bytes(), &bytes].concat();
        let _ = observe_bytes(&with_header, &ObserveOptions::default());
    }

    #[test]
    fn printed_genotypes_are_read_back(text in genotype()) {
        let read = vcf::parse_genotype(text.as_bytes()).expect("a genotype");
        let sign = if read.phased { "|" } else { "/" };
        let alleles: Vec<String> = read.alleles.iter().map(|a| a.map_or(".".to_owned(), |n| n.to_string())).collect();
        prop_assert_eq!(alleles.join(sign), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn packing_index_and_threads_change_nothing(text in file()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let read = |path: &std::path::Path, threads| {
            let options = ObserveOptions { threads, support_up_to: usize::MAX, ..ObserveOptions::default() };
            observe(&Source::File(path.to_owned()), &panels(), &options).expect("readable").observations
        };
        let plain = read(&write(folder.path(), "a.vcf", text.as_bytes()), 1);
        let gz = write(folder.path(), "a.vcf.gz", &bgzip(text.as_bytes()));
        let binary = write(folder.path(), "a.bcf", &to_bcf(&text));
        prop_assert_eq!(&read(&gz, 1), &plain);
        prop_assert_eq!(&read(&gz, 4), &plain);
        prop_assert_eq!(&read(&binary, 1), &plain);
        index_vcf(&gz);
        index_bcf(&binary);
        prop_assert_eq!(&read(&gz, 1), &plain);
        prop_assert_eq!(&read(&binary, 4), &plain);
    }
}
