//! Reads made for tests.

use std::path::Path;
use std::process::Command;

/// Numbers by a fixed recurrence.
pub struct Drawn(pub u64);

impl Drawn {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Runs `samtools`, which must succeed.
pub fn samtools(place: &Path, args: &[&str]) {
    let output = Command::new("samtools").current_dir(place).args(args).output().expect("samtools is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
