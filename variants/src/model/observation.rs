//! What samples show at the sites of a panel.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Genotype, Packed, Panel, SupportColumn};

/// How a site of a sample ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// A record gives a usable genotype (perhaps with undefined alleles, see [`super::Allele::Other`]).
    Called,
    /// A gVCF reference block covers the site: homozygous reference by a statement of the caller.
    ReferenceBlock,
    /// No record, or no allele called (`./.`).
    Missing,
    /// A record is there, but its filter, depth or quality fails the thresholds in force.
    Filtered,
    /// A record is there, but contradicts the site: another reference allele, or a genotype at odds with its own
    /// allele depths.
    Discordant,
}

/// What is wrong or worth a warning about a site of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Discrepancy {
    /// The record's reference allele is not the site's.
    ReferenceMismatch {
        /// What the record says.
        found: String,
    },
    /// The genotype is heterozygous, but the allele depths show one allele only (or the reverse).
    DepthContradictsGenotype {
        /// Allele depths as in the record.
        depths: Vec<u32>,
    },
    /// The site is written as an insertion, deletion or repeat, the record has only single bases or symbols there.
    NotTheExpectedKind {
        /// The record's alleles.
        found: String,
    },
    /// A further record at the same place was passed over; the first usable one counts.
    DuplicateRecord,
    /// FILTER (or the sample's FT) is neither PASS nor empty.
    FailedFilter(String),
    /// Depth below the threshold.
    LowDepth(u32),
    /// Genotype quality below the threshold.
    LowQuality(u32),
    /// Ploidy that no human locus has here.
    Ploidy(u8),
    /// A missing site was set to reference because the user asked for it.
    MissingAsReference,
    /// Read through an equivalent representation of the allele.
    Synonym,
    /// The sample carries an allele of another record that changes bases of the site, and what it makes of the site cannot
    /// be told. Such a site is missing, and is not set to reference by any choice.
    Overlapped {
        /// The record, `chr1:998 TAC>T`.
        by: String,
    },
}

/// What one sample shows at one site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// How the site ended.
    pub state: State,
    /// The genotype as read, kept for `Filtered` and `Discordant` too where it can be expressed. `Called` and
    /// `ReferenceBlock` always have one.
    pub genotype: Option<Genotype>,
    /// Reasons and warnings, in a fixed order.
    pub discrepancies: Vec<Discrepancy>,
}

impl Observation {
    /// No record.
    pub fn missing() -> Self {
        Self { state: State::Missing, genotype: None, discrepancies: Vec::new() }
    }

    /// The genotype that calling may use: only `Called` and `ReferenceBlock` have one.
    pub fn usable(&self) -> Option<&Genotype> {
        match self.state {
            State::Called | State::ReferenceBlock => self.genotype.as_ref(),
            State::Missing | State::Filtered | State::Discordant => None,
        }
    }
}

/// One site of all samples: few distinct observations, and which of them each sample shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteColumn {
    /// Distinct observations in order of first appearance.
    pub distinct: Vec<Observation>,
    /// Index into `distinct`, one a sample.
    pub codes: Packed,
    /// Read support, one a sample; empty where the file has none or it was not asked for.
    pub support: SupportColumn,
}

/// What all samples of one input show at all sites of a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observations {
    /// The sites.
    pub panel: Arc<Panel>,
    /// Sample names in the order of the input.
    pub samples: Vec<String>,
    /// One column a site, in the order of the panel.
    pub columns: Vec<SiteColumn>,
}

impl Observations {
    /// What a sample shows at a site; both are indices. `None` when either is out of range.
    pub fn get(&self, sample: usize, site: usize) -> Option<&Observation> {
        let column = self.columns.get(site)?;
        column.distinct.get(column.codes.get(sample)? as usize)
    }
}
