//! Reads counted in windows.

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
