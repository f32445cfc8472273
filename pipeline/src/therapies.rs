//! Somatic evidence for tumours: inputs together, matching, and what is written.

pub mod date;
