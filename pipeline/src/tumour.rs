//! Files on tumours: one reader a format.

pub mod lines;
pub mod maf;
