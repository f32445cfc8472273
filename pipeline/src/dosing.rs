//! Doses: from a table or one patient's record to files and pages.

pub mod table;
pub mod time_in_range;
