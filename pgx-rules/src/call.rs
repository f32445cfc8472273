//! A call: what one gene of one sample is, what was missing, and the path to the conclusion.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use variants::model::Observation;

/// The answer for one gene of one sample (or of every sample with the same pattern of genotypes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneCall {
    /// Gene symbol.
    pub gene: String,
    /// Who made the call.
    pub source: CallSource,
    /// Name of the calling rule that decided.
    pub rule: String,
    /// What fits best, in a fixed order; empty when nothing can be called.
    pub candidates: Vec<Candidate>,
    /// Whether every heterozygous site was phased within one phase set.
    pub phased: bool,
    /// Whether at most one site is heterozygous, so that phase does not matter.
    pub effectively_phased: bool,
    /// Indices into the gene's sites that had no usable genotype.
    pub missing: Vec<usize>,
    /// Named alleles that the missing sites make impossible to see.
    pub not_excluded: Vec<String>,
    /// The sites with an observation, in order.
    pub sites: Vec<SiteTrace>,
    /// Things worth a person's attention.
    pub warnings: Vec<Warning>,
}

/// Origin of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallSource {
    /// Matched here.
    Matcher,
    /// Given by the user from another tool.
    Outside,
}

/// One answer that the observations support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The alleles; `None` when only a phenotype or a score is known (outside calls, fallbacks).
    pub diplotype: Option<Diplotype>,
    /// Sites matched by the alleles, summed: the reference tool's match score.
    pub score: u32,
    /// Function of each allele, in order.
    pub functions: Vec<String>,
    /// Phenotype, when the gene has one.
    pub phenotype: Option<Phenotype>,
    /// Probability among all candidates under the stated population frequencies, 0 to 1.
    pub posterior: Option<f64>,
}

/// A phenotype with what guidance is looked up with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phenotype {
    /// Name in the source's vocabulary.
    pub name: String,
    /// Activity score as written (`1.5`, `≥4.0`).
    pub activity_score: Option<String>,
    /// Lookup key of guidance.
    pub lookup_key: String,
}

/// Alleles of one gene.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Diplotype {
    /// One strand each.
    Pair(Strand, Strand),
    /// One copy only (hemizygous, mitochondrial).
    Single(Strand),
    /// Alleles found without a statement on phase; a homozygous one is there twice.
    Listed(Vec<String>),
}

/// What one chromosome copy carries: a named allele, or several components.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Strand(pub Vec<Component>);

/// A part of a strand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Component {
    /// A named allele.
    Named(String),
    /// A change that no named allele of the strand explains, `g.233760973C>T`.
    Change(String),
}

/// A site and what was seen there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteTrace {
    /// Index into the gene's sites.
    pub site: usize,
    /// What was seen; shared by the distinct calls of a cohort, which differ at few of their sites.
    pub observation: Arc<Observation>,
}

/// A result that holds, with a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable short name, kebab-case, for machines.
    pub code: String,
    /// One sentence for people.
    pub text: String,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) | Self::Change(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Strand {
    /// `*1`, or `[*9 + *10]` for several components.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => one.fmt(f),
            many => {
                f.write_str("[")?;
                for (i, part) in many.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" + ")?;
                    }
                    part.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

impl fmt::Display for Diplotype {
    /// The form of `calls.tsv`: `*1/*2`, `A- 202A_376G`, `c.61C>T + c.2933A>G`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(a, b) => write!(f, "{a}/{b}"),
            Self::Single(a) => a.fmt(f),
            Self::Listed(names) => f.write_str(&names.join(" + ")),
        }
    }
}
