//! Comparison. (Filled in below.)
