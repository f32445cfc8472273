//! Aligned reads: BAM and CRAM, read through their index, and what they show of a locus.

mod bam;
mod depth;
mod error;
pub mod genotype;
mod index;
mod open;
mod pool;
mod record;
mod windows;

pub use depth::depth;
pub use error::ReadsError;
pub use open::{Alignments, indices, is_alignment};
pub use pool::pool;
pub use record::{Operation, Read};
pub use windows::count_windows;
