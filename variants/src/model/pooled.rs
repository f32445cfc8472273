//! Reads of a gene and its pseudogene, pooled: what each fragment shows at sites that exist in both.
//!
//! An aligner cannot tell which of two nearly equal genes a read comes from, so the place where it lies is not evidence;
//! what it shows at the sites is. Both places of a site are read into one.

use serde::{Deserialize, Serialize};

/// A site of the shared unit, on one assembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PooledSite {
    /// 1-based position in the gene.
    pub gene: u32,
    /// 1-based position of its counterpart in the pseudogene, where there is one.
    pub paralog: Option<u32>,
    /// What is read there.
    pub kind: SiteKind,
}

/// What is read at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// A base: codes 0 to 3 for A, C, G, T.
    Base,
    /// A net change of length: code 0 for none, `i + 1` for the change `changes[i]` (inserted minus deleted bases).
    Length {
        /// Bases that the reference allele spans.
        span: u32,
        /// The changes that alleles carry.
        changes: Vec<i32>,
    },
}

/// Code of what no allele carries at a site.
pub const OTHER: u8 = 255;

/// A place of the locus whose depth is measured; several ranges are pooled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Name, for the output.
    pub name: String,
    /// Half-open ranges of 1-based positions.
    pub ranges: Vec<(u32, u32)>,
}

/// All that is to be read of a locus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PooledLocus {
    /// Canonical contig.
    pub contig: String,
    /// Half-open range of 1-based positions that holds everything.
    pub range: (u32, u32),
    /// The sites.
    pub sites: Vec<PooledSite>,
    /// The segments, the control first.
    pub segments: Vec<Segment>,
    /// Bases of a window of the depth profile.
    pub window: u32,
}

/// What one fragment shows at one site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Index into [`PooledLocus::sites`].
    pub site: u16,
    /// Code by [`SiteKind`], or [`OTHER`].
    pub code: u8,
    /// Probability that the code is wrong.
    pub error: f32,
}

/// Mean depth of a segment, or of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Depth {
    /// Mean number of reads over a base of the ranges, the ranges' depths added where they are pooled.
    pub mean: f64,
    /// Bases of the longest range.
    pub length: f64,
}

/// Bases of an alignment from which on it is of a long read. Mates lie in one unit, wherever the aligner put each; a long read may
/// cross from one unit into the next, and each part of it shows one unit.
pub const LONG: u32 = 1_500;

/// The evidence of a locus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PooledReads {
    /// What each fragment shows, by site; fragments that show nothing are left out.
    pub fragments: Vec<Vec<Seen>>,
    /// Depth of each segment of [`PooledLocus::segments`].
    pub depths: Vec<Depth>,
    /// Depth of consecutive windows of the control segment.
    pub control_windows: Vec<f64>,
    /// Depth of consecutive windows over the whole range, for a plot.
    pub profile: Vec<f64>,
    /// Bases of the reads that are G or C, 0 to 1; `None` without reads.
    pub gc: Option<f64>,
    /// Mean aligned length of the reads, bases.
    pub read_length: f64,
    /// Mean bases aligned of a fragment, mates together: what comes or stays away as one.
    pub fragment_bases: f64,
    /// Reads that were used.
    pub reads: u64,
}
