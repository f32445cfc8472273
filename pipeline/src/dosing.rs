//! Doses: from a table or one patient's record to files and pages.

pub mod answer;
pub mod calls;
pub mod covariates;
pub mod doses_tsv;
pub mod facts;
pub mod fields;
pub mod history;
pub mod individual;
pub mod many;
mod page;
pub mod patients;
pub mod refit;
pub mod revision;
pub mod simulation;
pub mod single;
mod start;
mod svg;
pub mod table;
pub mod text;
pub mod time_in_range;
pub mod trial;
pub mod twin_answer;
mod twin_svg;
pub mod twin_table;
mod twin_view;
