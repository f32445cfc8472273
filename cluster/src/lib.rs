//! Patient by feature matrices to subtypes.
//!
//! This room knows nothing of files, genes or drugs: it takes numbers and gives partitions, their stability and
//! their meaning. [`matrix`] holds the one value that everything here works on.
#![deny(missing_docs)]

pub mod matrix;
