//! Against htslib, record by record: the genotypes that it decodes from VCF and BCF are those that we decode.
#![cfg(feature = "htslib")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};

use rust_htslib::bcf::header::Header as HtsHeader;
use rust_htslib::bcf::record::GenotypeAllele;
use rust_htslib::bcf::{Format, Read as _, Reader, Writer};
use support::{VcfBuilder, panels, write};
use variants::io::bcf::{RawRecord, parse_record, read_header_text};
use variants::io::call::{Calls, RawGenotype};
use variants::io::header::parse_header;
use variants::io::{source, vcf};
use variants::observe::{ObserveOptions, Source, observe};

type Decoded = Vec<(String, Vec<RawGenotype>)>;

/// What htslib decodes of every record: contig:position REF ALT…, and each sample's genotype.
fn by_htslib(path: &Path) -> Decoded {
    let mut reader = Reader::from_path(path).expect("htslib opens it");
    let samples = reader.header().sample_count() as usize;
    let records = reader.records().map(|record| {
        let record = record.expect("htslib reads it");
        let contig = record.header().rid2name(record.rid().expect("a contig")).expect("a name").to_vec();
        let alleles: Vec<_> = record.alleles().iter().map(|a| String::from_utf8_lossy(a).into_owned()).collect();
        let place = format!("{}:{} {}", String::from_utf8_lossy(&contig), record.pos() + 1, alleles.join(" "));
        let genotypes = record.genotypes().expect("GT");
        (place, (0..samples).map(|i| raw(&genotypes.get(i))).collect())
    });
    records.collect()
}

fn raw(genotype: &[GenotypeAllele]) -> RawGenotype {
    let alleles = genotype.iter().map(|a| a.index().and_then(|i| u16::try_from(i).ok())).collect();
    let phased =
        genotype.iter().skip(1).all(|a| matches!(a, GenotypeAllele::Phased(_) | GenotypeAllele::PhasedMissing));
    RawGenotype { alleles, phased }
}

fn genotypes(calls: &dyn Calls, samples: usize) -> Vec<RawGenotype> {
    let mut out = Vec::new();
    calls.visit(samples, &mut |_, c| out.push(c.genotype.clone())).expect("samples");
    out
}

fn ours_of_bcf(path: &Path) -> Decoded {
    let mut bytes = source::open_file(path, 1).expect("readable").bytes;
    let header = parse_header(&read_header_text(&mut bytes).expect("a BCF")).expect("a header");
    let (mut raw, mut out) = (RawRecord::default(), Vec::new());
    while raw.read(&mut bytes).expect("a record") {
        let (number, position, _) = raw.place().expect("a place");
        let record = parse_record(&raw, &header).expect("a record");
        let contig = &header.contigs[header.contig_numbers[number].expect("known")].name;
        let alleles: Vec<&str> =
            std::iter::once(record.variant.reference).chain(record.variant.alternates.iter().copied()).collect();
        out.push((format!("{contig}:{position} {}", alleles.join(" ")), genotypes(&record, header.samples.len())));
    }
    out
}

fn ours_of_vcf(path: &Path) -> Decoded {
    use std::io::Read as _;
    let mut text = Vec::new();
    source::open_file(path, 1).expect("readable").bytes.read_to_end(&mut text).expect("readable");
    let header = parse_header(&text).expect("a header");
    let lines = text.split(|b| *b == b'\n').filter(|l| !l.is_empty() && !l.starts_with(b"#"));
    let records = lines.map(|line| {
        let (contig, position) = vcf::place(line).expect("a place");
        let record = vcf::parse_record(line).expect("a record");
        let alleles: Vec<&str> =
            std::iter::once(record.variant.reference).chain(record.variant.alternates.iter().copied()).collect();
        let place = format!("{}:{position} {}", String::from_utf8_lossy(contig), alleles.join(" "));
        (place, genotypes(&record, header.samples.len()))
    });
    records.collect()
}

/// Rewrites a file as BCF and compares all four readings.
fn compare(vcf: &Path, folder: &Path) -> usize {
    let bcf = folder.join("rewritten.bcf");
    {
        let mut reader = Reader::from_path(vcf).expect("htslib opens it");
        let header = HtsHeader::from_template(reader.header());
        let mut writer = Writer::from_path(&bcf, &header, false, Format::Bcf).expect("the folder can be written");
        for record in reader.records() {
            let mut record = record.expect("htslib reads it");
            writer.translate(&mut record);
            writer.write(&record).expect("the folder can be written");
        }
    }
    let expected = by_htslib(vcf);
    assert_eq!(by_htslib(&bcf), expected, "htslib agrees with itself");
    assert_eq!(ours_of_vcf(vcf), expected, "{}", vcf.display());
    assert_eq!(ours_of_bcf(&bcf), expected, "{} as BCF", vcf.display());
    expected.iter().map(|(_, g)| g.len()).sum()
}

#[test]
fn genotypes_of_every_kind_are_decoded_as_htslib_does() {
    let many: Vec<String> = (0..300).map(|n| format!("C{}", "A".repeat(n + 1))).collect();
    let vcf = VcfBuilder::new()
        .meta("##contig=<ID=chr1>")
        .meta("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">")
        .samples(&["A", "B", "C", "D"])
        .record("chr1:1000 C>T,G", "GT", &["0/1", "1|2", "./.", "."])
        .record("chr1:1001 C>T,*", "GT", &["0", "1", ".|1", "2/."])
        .record("chr1:1002 C><NON_REF>", "GT", &["0/0/1", "0|0|1", "0|.", "1/1"])
        .record(&format!("chr1:1003 C>{}", many.join(",")), "GT", &["0/300", "64|63", "127/128", "./299"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(folder.path(), "input.vcf", vcf.text().as_bytes());
    assert_eq!(compare(&path, folder.path()), 16);
    let bcf = folder.path().join("rewritten.bcf");
    let read = |path: PathBuf| observe(&Source::File(path), &panels(), &ObserveOptions::default()).expect("readable");
    assert_eq!(read(bcf).observations, read(path).observations);
}

#[test]
fn conformance_files_are_decoded_as_htslib_does() {
    let root = std::env::var("RXSTRATA_CONFORMANCE").unwrap_or_else(|_| "../../shared/conformance".to_owned());
    let (mut files, mut genotypes) = (0, 0);
    // Files whose headers declare all they use; htslib ends the process on some others, which bcftools.rs covers.
    for name in ["synthetic", "population"] {
        let entries = std::fs::read_dir(Path::new(&root).join("pharmcat").join(name)).into_iter().flatten().flatten();
        for path in entries.map(|e| e.path()).filter(|p| p.to_string_lossy().ends_with(".vcf.gz")) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            genotypes += compare(&path, folder.path());
            files += 1;
        }
    }
    if files == 0 {
        eprintln!("SKIPPED: no conformance files at {root} (RXSTRATA_CONFORMANCE names their folder)");
    }
    eprintln!("{genotypes} genotypes of {files} files compared with htslib");
}
