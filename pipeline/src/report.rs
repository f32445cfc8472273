//! Results to files: the one report model, and a file a format.

pub mod document;
pub mod html;
