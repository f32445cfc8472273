//! Whether a partition goes with anything else: exact, rank and variance tests, and correction for many of them.

pub mod adjust;
pub mod anova;
pub mod chi_square;
pub mod clinical;
pub mod enrichment;
pub mod fisher;
pub mod ranks;

use serde::Serialize;

/// A test statistic with its chance under no association.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tested {
    /// The statistic; NaN where the test cannot be made.
    pub statistic: f64,
    /// Chance of one as extreme under no association; NaN where the test cannot be made.
    pub p: f64,
}

impl Tested {
    /// No test could be made.
    pub(crate) const NONE: Self = Self { statistic: f64::NAN, p: f64::NAN };
}
