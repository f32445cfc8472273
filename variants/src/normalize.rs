//! Different ways to write one change of sequence.

mod equivalent;
mod substitution;

pub use equivalent::{Meaning, meaning_at};
pub use substitution::{changed, substituted};
