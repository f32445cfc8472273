//! File names from sample names: safe in any folder, no two alike.

use std::collections::BTreeSet;

/// Hands out file stems.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A stem for a sample: its name with anything that is not a letter, digit, `-`, `_`, `.`, `+`, `@` or `=` replaced by
    /// `_`; numbered where two samples would share one (also where they differ by case only).
    pub fn stem(&mut self, sample: &str) -> String {
        let allowed = |c: char| c.is_alphanumeric() || "-_.+@=".contains(c);
        let mut safe: String = sample.chars().map(|c| if allowed(c) { c } else { '_' }).take(100).collect();
        if safe.starts_with('.') || safe.is_empty() {
            safe.insert(0, '_');
        }
        let mut stem = safe.clone();
        let mut number = 2;
        while !self.taken.insert(stem.to_lowercase()) {
            stem = format!("{safe}-{number}");
            number += 1;
        }
        stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_stay_inside_the_folder_and_apart() {
        let mut names = Names::default();
        assert_eq!(names.stem("NA12878"), "NA12878");
        assert_eq!(names.stem("../etc/passwd"), "_.._etc_passwd");
        assert_eq!(names.stem("a/b"), "a_b");
        assert_eq!(names.stem("a b"), "a_b-2");
        assert_eq!(names.stem("A_B"), "A_B-3");
        assert_eq!(names.stem(""), "_");
    }
}
