//! The two human reference assemblies that panels exist for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A human reference assembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assembly {
    /// GRCh37, also hg19 and b37.
    #[serde(rename = "GRCh37")]
    Grch37,
    /// GRCh38, also hg38.
    #[serde(rename = "GRCh38")]
    Grch38,
}

/// A name that is neither GRCh37 nor GRCh38.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("unknown assembly '{0}'; expected GRCh38 (hg38) or GRCh37 (hg19, b37)")]
pub struct UnknownAssembly(pub String);

impl fmt::Display for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grch37 => "GRCh37",
            Self::Grch38 => "GRCh38",
        })
    }
}

impl FromStr for Assembly {
    type Err = UnknownAssembly;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "grch38" | "hg38" | "b38" | "38" => Ok(Self::Grch38),
            "grch37" | "hg19" | "b37" | "37" | "hs37d5" => Ok(Self::Grch37),
            _ => Err(UnknownAssembly(text.to_owned())),
        }
    }
}
