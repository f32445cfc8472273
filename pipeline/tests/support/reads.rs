//! Reads made for tests.

use std::path::Path;
use std::process::{Command, Output};

/// Splitmix64 (Steele et al. 2014, doi:10.1145/2660193.2660195): the same reads on every machine.
pub struct Drawn(pub u64);

impl Drawn {
    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(end)) as u32
    }
}

/// Sorts and indexes SAM text with `samtools`.
pub fn bam(place: &Path, name: &str, sam: &str) -> String {
    std::fs::write(place.join("made.sam"), sam).unwrap();
    samtools(place, &["sort", "-o", name, "made.sam"]);
    samtools(place, &["index", name]);
    name.to_owned()
}

/// Runs `samtools`, which must succeed.
pub fn samtools(place: &Path, args: &[&str]) {
    let output = Command::new("samtools").current_dir(place).args(args).output().expect("samtools is needed");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs the binary.
pub fn rxstrata(place: &Path, args: &[&str]) -> Output {
    Command::new(assert_cmd::cargo::cargo_bin!("rxstrata")).current_dir(place).args(args).output().unwrap()
}
