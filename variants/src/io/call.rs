//! What a record says, in one form for VCF and BCF.

use smallvec::SmallVec;

/// A record without its samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant<'a> {
    /// 1-based position of the first base of `reference`.
    pub position: u32,
    /// ID column, `.` for none.
    pub id: &'a str,
    /// Reference allele as written.
    pub reference: &'a str,
    /// Alternate alleles as written; none for `.`.
    pub alternates: SmallVec<[&'a str; 4]>,
    /// The FILTER entry when it is neither PASS nor empty.
    pub failed_filter: Option<&'a str>,
    /// 1-based inclusive end of a block, from INFO `END`.
    pub end: Option<u32>,
}

impl Variant<'_> {
    /// The bases of an allele by its number in the record.
    pub fn allele(&self, number: u16) -> Option<&str> {
        match usize::from(number).checked_sub(1) {
            None => Some(self.reference),
            Some(i) => self.alternates.get(i).copied(),
        }
    }

    /// Last position that the record speaks of, 1-based inclusive.
    pub fn last(&self) -> u32 {
        let own = self.position.saturating_add(u32::try_from(self.reference.len()).unwrap_or(u32::MAX).max(1) - 1);
        self.end.map_or(own, |end| end.max(own))
    }

    /// Whether no alternate allele is named: none at all, or only "any other allele" (`<*>`, `<NON_REF>`).
    pub fn is_reference_only(&self) -> bool {
        self.alternates.iter().all(|a| is_any_other_allele(a))
    }
}

/// Whether an ALT entry means "any allele that is not named", as gVCF writers put it.
pub fn is_any_other_allele(alternate: &str) -> bool {
    matches!(alternate, "<*>" | "<NON_REF>" | "." | "<X>")
}

/// Allele numbers of one genotype as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawGenotype {
    /// One a chromosome copy; `None` is the dot.
    pub alleles: SmallVec<[Option<u16>; 4]>,
    /// Whether every separator says phased. A haploid genotype counts as phased.
    pub phased: bool,
}

impl RawGenotype {
    /// Whether no copy is known.
    pub fn is_missing(&self) -> bool {
        self.alleles.iter().all(Option::is_none)
    }

    /// Whether two known alleles differ.
    pub fn is_heterozygous(&self) -> bool {
        let mut known = self.alleles.iter().flatten();
        known.next().is_some_and(|first| known.any(|a| a != first))
    }
}

/// What a record says of one sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleCall {
    /// GT; without it no copy is known.
    pub genotype: RawGenotype,
    /// PS.
    pub phase_set: Option<u32>,
    /// FT when it is neither PASS nor empty.
    pub failed_filter: Option<String>,
    /// DP, or MIN_DP where the record has that (a block's least depth).
    pub depth: Option<u32>,
    /// GQ, or RGQ where there is no GQ.
    pub quality: Option<u32>,
    /// AD in the order of the record's alleles.
    pub allele_depths: SmallVec<[Option<u32>; 4]>,
}

/// Why a record cannot be read: what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub String);

impl Problem {
    /// A problem from its words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The samples of one record, visited in the order of the file.
pub trait Calls {
    /// Visits each sample with its index in the file.
    ///
    /// # Errors
    /// When a sample's bytes are not what the format asks for, or the number of samples is not `samples`.
    fn visit(&self, samples: usize, visitor: &mut dyn FnMut(usize, &SampleCall)) -> Result<(), Problem>;
}
