//! Results to files: the one report model, and a file a format.

mod compose;
pub mod document;
pub mod files;
pub mod formats;
pub mod html;
