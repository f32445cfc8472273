//! The knowledge base: reading, checking, packing and importing of `knowledge/`.

pub mod schema;
