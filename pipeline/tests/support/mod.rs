//! Cohorts made by a fixed recurrence.

use std::fmt::Write as _;

/// Features × patients as a table. Feature f is raised by `shift` in the patients of the same rest by 3, so patients fall
/// into three groups; `start` makes the noise, −1 to 1.
pub fn matrix(start: u64, patients: usize, features: usize, shift: f64) -> String {
    let mut state = start;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31) * 2.0 - 1.0
    };
    let mut text = String::from("feature");
    for p in 0..patients {
        let _ = write!(text, "\tP{p:02}");
    }
    for f in 0..features {
        let _ = write!(text, "\ng{f}");
        for p in 0..patients {
            let value = noise() + if f % 3 == p % 3 { shift } else { 0.0 };
            let _ = write!(text, "\t{value:.4}");
        }
    }
    text + "\n"
}
