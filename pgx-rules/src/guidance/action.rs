//! What guidance tells a prescriber to do, as structure. Sentences are made from it by `render`, never stored.

use serde::{Deserialize, Serialize};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Dose as the label says.
    StandardDosing,
    /// The source gives no recommendation.
    NoRecommendation,
}
