//! Genes of which guidance asks only whether an allele is there (HLA, mitochondrial): small variants cannot tell, calls
//! come from outside.

use super::{Outcome, Rule};

/// Never calls.
pub(super) const RULE: Rule = Rule { name: "presence", reads_undocumented: false, call: |_| Outcome::default() };
