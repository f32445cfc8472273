//! Copy numbers: the direction has to be that of the evidence.

use super::{Hit, MatchLevel};
use crate::therapies::name::VariantKind;
use crate::therapies::tumour::{CopyState, Tumour};

/// Hits of a kind by copy number. The loss of one copy is no match for loss or deletion: it is common, and says little.
pub fn hits(gene: &str, kind: &VariantKind, tumour: &Tumour) -> Vec<Hit> {
    let states: &[CopyState] = match kind {
        VariantKind::Amplification => &[CopyState::Amplification],
        VariantKind::Gain => &[CopyState::Amplification, CopyState::Gain],
        VariantKind::Deletion | VariantKind::LossOfFunction => &[CopyState::DeepDeletion],
        VariantKind::Loss => &[CopyState::DeepDeletion, CopyState::Loss],
        _ => &[],
    };
    let found = tumour.copies.iter().filter(|c| c.gene == gene && states.contains(&c.state));
    found
        .map(|c| Hit {
            level: MatchLevel::CopyNumber,
            gene: gene.to_owned(),
            found: c.state.word().to_owned(),
            note: String::new(),
        })
        .collect()
}
