//! Genotypes in terms of a site's own alleles.

use std::fmt;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// One allele of one chromosome copy at a site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Allele {
    /// The site's reference allele.
    Reference,
    /// 0-based index into the site's defined alternates.
    Alternate(u8),
    /// Bases (or a symbolic allele such as `<DEL>` or `*`) that no definition names at this site.
    Other(String),
    /// Not known: the dot in `./1`.
    Missing,
}

/// The alleles of one sample at one site, in the order of the file (which matters when phased).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Genotype {
    /// One allele a chromosome copy: one for haploid, two for diploid, more where a caller says so.
    pub alleles: SmallVec<[Allele; 2]>,
    /// Whether the order of `alleles` is the order of chromosome copies (`|`). A homozygous or haploid genotype
    /// needs no phase; this only repeats what the file says.
    pub phased: bool,
    /// Phase set (`PS`): phase is known among sites of one set only. `None` with `phased` means that the file
    /// names no set: all such sites of the contig form one.
    pub phase_set: Option<u32>,
}

impl Genotype {
    /// Number of chromosome copies.
    pub fn ploidy(&self) -> usize {
        self.alleles.len()
    }

    /// Whether all copies carry the same known allele.
    pub fn is_homozygous(&self) -> bool {
        self.alleles.first().is_some_and(|a| *a != Allele::Missing && self.alleles.iter().all(|b| a == b))
    }

    /// Whether any copy is unknown.
    pub fn has_missing(&self) -> bool {
        self.alleles.contains(&Allele::Missing)
    }
}

impl fmt::Display for Genotype {
    /// Allele numbers of the site, `0/1`; an undefined allele is written as its bases.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, allele) in self.alleles.iter().enumerate() {
            if i > 0 {
                f.write_str(if self.phased { "|" } else { "/" })?;
            }
            match allele {
                Allele::Reference => f.write_str("0")?,
                Allele::Alternate(n) => write!(f, "{}", u16::from(*n) + 1)?,
                Allele::Other(bases) => f.write_str(bases)?,
                Allele::Missing => f.write_str(".")?,
            }
        }
        Ok(())
    }
}
