//! The knowledge base: reading, checking, packing and importing of `knowledge/`.

pub mod import;
pub mod panel;
pub mod read;
pub mod schema;
pub mod verify;
pub mod write;

use std::sync::OnceLock;

use thiserror::Error;

use schema::Knowledge;

/// The embedded knowledge base cannot be unpacked: the binary is damaged.
#[derive(Clone, Debug, Error)]
#[error("the embedded knowledge base cannot be read ({0}); reinstall, or give one with --knowledge")]
pub struct EmbeddedError(String);

impl EmbeddedError {
    pub(crate) fn of(cause: &impl ToString) -> Self {
        Self(cause.to_string())
    }
}

/// The knowledge base that the program carries: read, checked and packed when it was built.
///
/// # Errors
/// When the packed bytes do not decode.
pub fn embedded() -> Result<&'static Knowledge, EmbeddedError> {
    static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.postcard"));
    static KNOWLEDGE: OnceLock<Result<Knowledge, EmbeddedError>> = OnceLock::new();
    KNOWLEDGE
        .get_or_init(|| postcard::from_bytes(PACKED).map_err(|e| EmbeddedError::of(&e)))
        .as_ref()
        .map_err(Clone::clone)
}
