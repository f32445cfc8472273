//! Names that a gene went or goes by, so that a tumour's file and a release may each write it in their own way.

use serde::{Deserialize, Serialize};

use super::ontology::PartSource;

/// Names of the genes that a release speaks of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneNames {
    /// Where they come from; none where no names are known.
    pub source: Option<PartSource>,
    /// By gene, then by name.
    pub names: Vec<GeneName>,
}

/// A name of a gene, other than the symbol that the release uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GeneName {
    /// Symbol as the release writes it.
    pub symbol: String,
    /// The other name.
    pub name: String,
    /// What kind of name it is.
    pub kind: NameKind,
    /// Approved symbols of further genes with the same name, comma-separated: such a name says nothing.
    pub also: String,
}

/// What kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameKind {
    /// The symbol approved today; the release uses another.
    Approved,
    /// A symbol approved before.
    Previous,
    /// A name in use that never was approved.
    Alias,
}

impl GeneNames {
    /// The gene that goes by a name.
    pub fn find(&self, name: &str) -> Option<&GeneName> {
        self.names.iter().find(|n| n.name == name)
    }
}
