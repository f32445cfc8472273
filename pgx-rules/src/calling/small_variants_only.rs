//! Genes whose common alleles are structural: called from small variants only when the user asks for it, without
//! deletions, duplications and hybrids.

use super::{Context, Outcome, Rule, named_allele, warnings};

/// The general rule, on request.
pub(super) const RULE: Rule = Rule { name: "small-variants-only", reads_undocumented: false, call };

fn call(context: &Context<'_>) -> Outcome {
    if !context.options.small_variants_only {
        return Outcome::default();
    }
    let mut outcome = (named_allele::RULE.call)(context);
    if !outcome.diplotypes.is_empty() {
        outcome.warnings.push(warnings::small_variants_only(context.gene));
    }
    outcome
}
