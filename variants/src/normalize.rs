//! Different ways to write one change of sequence.

mod equivalent;

pub use equivalent::{Meaning, meaning_at};
