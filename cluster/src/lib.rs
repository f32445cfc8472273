//! Patient by feature matrices to subtypes.
//!
//! This room knows nothing of files, genes or drugs: it takes numbers and gives partitions, their stability and
//! their meaning. [`matrix`] holds the value that everything here starts from, [`prepare`] brings it onto a scale,
//! [`methods`] cut it, [`agreement`] and [`indices`] judge a cut, [`consensus`] joins many, and [`auto`] does all of it.
#![deny(missing_docs)]

pub mod agreement;
pub mod association;
pub mod auto;
pub mod by_method;
pub mod classify;
pub mod consensus;
pub mod distance;
pub mod embedding;
pub mod gap;
pub mod indices;
pub mod krylov;
pub mod markers;
pub mod matrix;
pub mod methods;
pub mod neighbours;
pub mod partition;
pub mod preparation;
pub mod prepare;
pub mod principal;
pub mod random;
pub mod regress;
pub mod stability;
pub mod substitution;
pub mod survival;
mod tails;
pub mod transform;
