//! `rxstrata stratify`: tables of measurements in, subtypes and how far to trust them out.

pub mod classifier;
pub mod clinical;
mod fairness;
pub mod meaning;
mod meaning_tables;
pub mod mutations;
pub mod page;
pub mod read;
pub mod run;
pub mod svg;
pub mod write;
