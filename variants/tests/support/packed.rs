//! The same records packed in every way.

#![allow(dead_code)] // each test takes what it needs

use std::io::Write;
use std::path::{Path, PathBuf};

use noodles::{bcf, csi, tabix, vcf};

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).expect("memory can be written");
    writer.finish().expect("memory can be written")
}

pub fn bgzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = noodles_bgzf::io::Writer::new(Vec::new());
    for part in bytes.chunks(1000) {
        writer.write_all(part).expect("memory can be written");
        writer.flush().expect("memory can be written"); // many blocks
    }
    writer.finish().expect("memory can be written")
}

/// BCF of a VCF text, written by noodles.
pub fn to_bcf(text: &str) -> Vec<u8> {
    let mut reader = vcf::io::Reader::new(text.as_bytes());
    let header = reader.read_header().expect("a header");
    let mut writer = bcf::io::Writer::new(Vec::new());
    writer.write_header(&header).expect("memory can be written");
    for record in reader.record_bufs(&header) {
        let record = record.expect("a record that noodles reads");
        vcf::variant::io::Write::write_variant_record(&mut writer, &header, &record).expect("memory can be written");
    }
    writer.try_finish().expect("memory can be written");
    writer.into_inner().into_inner()
}

/// Writes the index that belongs beside a bgzipped VCF.
pub fn index_vcf(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tbi");
    let beside = PathBuf::from(beside);
    match vcf::fs::index(path).expect("a sorted file") {
        vcf::Index::Tabix(index) => tabix::fs::write(&beside, &index).expect("the folder can be written"),
        vcf::Index::Csi(_) => unreachable!("human contigs fit tabix"),
    }
    beside
}

/// Writes the index that belongs beside a BCF.
pub fn index_bcf(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".csi");
    let beside = PathBuf::from(beside);
    csi::fs::write(&beside, &bcf::fs::index(path).expect("a sorted file")).expect("the folder can be written");
    beside
}
