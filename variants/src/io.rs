//! Bytes to records, one file a format. Nothing here knows panels: what to keep is decided in [`crate::observe`].
//!
//! The parsers (`parse_*`) take bytes and never panic, whatever the bytes.

pub mod bcf;
pub mod call;
pub mod fasta;
pub mod header;
pub mod index;
pub mod lines;
pub mod source;
pub mod vcf;
