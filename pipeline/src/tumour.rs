//! Files on tumours: one reader a format.

pub mod annotated_vcf;
pub mod copy_number;
pub mod fusions;
pub mod lines;
pub mod maf;
pub mod table;
