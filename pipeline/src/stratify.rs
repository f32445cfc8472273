//! `rxstrata stratify`: tables of measurements in, subtypes and how far to trust them out.

pub mod alterations;
pub mod classifier;
pub mod clinical;
mod fairness;
pub mod labels;
pub mod meaning;
mod meaning_tables;
pub mod mutations;
pub mod page;
pub mod pathways;
pub mod preparation;
pub mod read;
pub mod run;
pub mod svg;
pub mod write;
