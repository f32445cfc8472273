//! Somatic evidence: what a tumour's variants say about therapies.
//!
//! [`tumour`] holds what was found in a tumour.

pub mod tumour;
