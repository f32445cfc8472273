//! `failures.tsv`: what could not be answered, and why. Always written, so that none stays from an earlier run.

use std::fmt::Write;

use super::field;
use crate::stage::Failure;

/// The table: input, sample (empty when the whole input failed), reason.
pub fn table(failures: &[Failure]) -> String {
    let mut text = String::from("input\tsample\treason\n");
    for Failure { input, sample, reason } in failures {
        let sample = sample.as_deref().unwrap_or_default();
        let _ = writeln!(text, "{}\t{}\t{}", field(input), field(sample), field(reason)); // into a string: cannot fail
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_stays_on_its_line() {
        let failure = Failure { input: "a.vcf".to_owned(), sample: None, reason: "one\ntwo\tthree".to_owned() };
        assert_eq!(table(&[failure]), "input\tsample\treason\na.vcf\t\tone two three\n");
    }
}
