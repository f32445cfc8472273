//! Copies of genes by the depth of their reads, exon by exon, against genes that have two copies in everyone.
//!
//! Reads of a window follow a negative binomial distribution (as in read counts generally: Robinson, Smyth 2008,
//! doi:10.1093/biostatistics/kxm030) whose mean is that of a control window of equal GC content times the copies, and whose overdispersion the
//! control windows show. Windows whose reads may belong elsewhere are left out: what cannot be mapped is seen in the file itself.

mod call;
mod expected;
mod regions;

pub use call::{GeneCopies, PartCopies, call};
pub use expected::{Expected, NoCopies};
pub use regions::{Pattern, Region, Role, patterns, regions};

/// Bases of a window.
pub const WINDOW: u32 = 1_000;
