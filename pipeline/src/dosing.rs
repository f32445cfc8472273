//! Doses: from a table or one patient's record to files and pages.

pub mod answer;
pub mod doses_tsv;
pub mod fields;
pub mod individual;
pub mod patients;
pub mod simulation;
pub mod table;
pub mod time_in_range;
pub mod twin_table;
