//! Reads and bases counted in windows.

use serde::{Deserialize, Serialize};

/// Reads of one window: each counts where its middle lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowCount {
    /// Bases of the window.
    pub length: u32,
    /// Reads.
    pub reads: u32,
    /// Those of them that may belong elsewhere: mapping quality below 10.
    pub unsure: u32,
    /// Bases of these reads that are G or C, 0 to 1; `None` without reads.
    pub gc: Option<f64>,
}

impl WindowCount {
    /// Whether enough of the reads are known to belong here.
    pub fn is_sure(&self) -> bool {
        f64::from(self.unsure) <= 0.2 * f64::from(self.reads)
    }
}

/// Depth of a contig in consecutive windows of equal length; the last may be shorter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContigDepth {
    /// Its name, as the file writes it.
    pub name: String,
    /// Its bases.
    pub length: u32,
    /// Bases of a window.
    pub window: u32,
    /// Bases of reads that lie over it.
    pub bases: u64,
    /// The same, by window.
    pub windows: Vec<u64>,
}

impl ContigDepth {
    /// Start and end (0-based, half-open) and bases of reads of each window.
    pub fn rows(&self) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
        self.windows.iter().enumerate().map(|(index, bases)| {
            let start = index as u32 * self.window;
            (start, self.length.min(start.saturating_add(self.window)), *bases)
        })
    }
}
