//! Somatic evidence for tumours: inputs together, matching, and what is written.

pub mod date;
mod germline;
mod glance;
mod inputs;
mod json;
mod page;
mod row;
mod run;
mod tsv;

pub use inputs::Inputs;
pub use run::{Plan, run};
