//! Somatic evidence: what a tumour's variants say about therapies.
//!
//! [`tumour`] holds what was found in a tumour; [`evidence`] what is known, read from `knowledge/therapies` by [`store`]
//! and taken from published releases by [`import`]; [`name`] and [`protein`] read the free text that variants are named
//! with; [`matching`] compares the two and says how closely they agree; [`disease`] says how near a study's disease is, by
//! the [`ontology`]; [`report`] orders what was found, and [`tier`] says why in that order.

pub mod disease;
pub mod evidence;
pub mod genes;
pub mod import;
pub mod matching;
pub mod name;
pub mod ontology;
pub mod profile;
pub mod protein;
pub mod report;
pub mod store;
pub mod tier;
pub mod tumour;

use std::sync::OnceLock;

use crate::knowledge::EmbeddedError;
use evidence::Evidence;

/// The somatic evidence that the program carries: read, checked and packed when it was built.
///
/// # Errors
/// When the packed bytes do not decode.
pub fn embedded() -> Result<&'static Evidence, EmbeddedError> {
    static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/therapies.postcard"));
    static EVIDENCE: OnceLock<Result<Evidence, EmbeddedError>> = OnceLock::new();
    EVIDENCE
        .get_or_init(|| postcard::from_bytes(PACKED).map_err(|e| EmbeddedError::of(&e)))
        .as_ref()
        .map_err(Clone::clone)
}
