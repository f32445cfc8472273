//! Files to observations: what does each sample carry at the sites asked for?
//!
//! This room knows VCF, BCF, gVCF and reference sequences; it knows nothing of drugs or named alleles.
//! [`model`] holds the pure types that `pgx-rules` works on; [`observe`] is the door to everything else.
#![deny(missing_docs)]

#[cfg(feature = "io")]
pub mod evidence;
#[cfg(feature = "io")]
pub mod io;
pub mod model;
pub mod normalize;
#[cfg(feature = "io")]
pub mod observe;
#[cfg(feature = "io")]
pub mod reads;
