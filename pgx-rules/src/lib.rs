//! Observations to named alleles, phenotypes and drug guidance, with the reasons.
//!
//! This room knows genes and drugs, but no files of patients and no command line. Its facts are data
//! ([`knowledge`]); its rules are code.
#![deny(missing_docs)]

pub mod ambiguity;
pub mod call;
pub mod calling;
pub mod contamination;
pub mod copies;
pub mod dosing;
pub mod encode;
pub mod guidance;
pub mod knowledge;
mod matching;
pub mod outside;
pub mod phenotype;
pub mod sex;
pub mod structure;
pub mod therapies;
