//! The nouns of this room: sites, panels, genotypes, observations. Pure values, no input or output.

mod assembly;
mod genotype;
mod lengths;
mod observation;
mod packed;
mod pooled;
mod site;
mod support;
mod windows;

pub use assembly::{Assembly, UnknownAssembly};
pub use genotype::{Allele, Genotype};
pub use lengths::contig_length;
pub use observation::{Discrepancy, Observation, Observations, SiteColumn, State};
pub use packed::Packed;
pub use pooled::{Depth, LONG, OTHER, PooledLocus, PooledReads, PooledSite, Seen, Segment, SiteKind};
pub use site::{Panel, PanelError, Position, Site, Synonym, canonical_contig};
pub use support::{Support, SupportColumn};
pub use windows::{ContigDepth, WindowCount};
