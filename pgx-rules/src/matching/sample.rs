//! What a sample's chromosome copies carry at the sites of a gene, as far as phase is known.

use std::borrow::Borrow;

use variants::model::{Allele, Discrepancy, Genotype, Observation};

use crate::calling::Sex;
use crate::knowledge::schema::{Gene, SiteRole, Undocumented as Policy};

/// An observed allele of a site: 0 the reference, 1 + i the alternate i, above [`OTHER`] undefined ones, [`MISSING`].
pub(crate) type Code = u16;
/// The reference allele of the assembly.
pub(crate) const REFERENCE: Code = 0;
/// First code of undefined alleles.
const OTHER: Code = 1000;
/// One copy of the site is unknown.
pub(crate) const MISSING: Code = Code::MAX;

/// A usable site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Index into [`Gene::sites`].
    pub(crate) site: usize,
    /// What each copy carries; equal for a single copy.
    pub(crate) codes: [Code; 2],
}

impl Seen {
    /// Whether the copies differ.
    pub(crate) fn is_heterozygous(&self) -> bool {
        self.codes[0] != self.codes[1]
    }
}

/// An allele that no definition names, at a defining site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undocumented {
    /// Index into [`Gene::sites`].
    pub(crate) site: usize,
    /// Its bases.
    pub(crate) bases: String,
    /// Whether it was read as reference.
    pub(crate) as_reference: bool,
}

/// A sample at the defining sites of one gene.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Usable sites, in order.
    pub(crate) seen: Vec<Seen>,
    /// Heterozygous sites (indices into `seen`) by phase block: phase is known within a block, not between blocks.
    pub(crate) blocks: Vec<Vec<usize>>,
    /// Defining sites without a usable genotype.
    pub(crate) missing: Vec<usize>,
    /// Whether there is one chromosome copy only.
    pub(crate) is_single_copy: bool,
    /// Whether one copy of some site is unknown.
    pub(crate) has_half_missing: bool,
    /// Whether the input names phase sets.
    pub(crate) uses_phase_sets: bool,
    /// Whether the phase of every heterozygous site is known within one block.
    pub(crate) is_phased: bool,
    /// A copy was said to be the only one, but two different alleles were seen.
    pub(crate) contradicts_sex: bool,
    /// Undefined alleles.
    pub(crate) undocumented: Vec<Undocumented>,
    others: Vec<Undocumented>,
}

impl Sample {
    /// Whether phase cannot matter: at most one phase block is heterozygous.
    pub(crate) fn is_effectively_phased(&self) -> bool {
        self.blocks.len() <= 1
    }

    /// Bases of an undefined allele that was kept as it is.
    pub(crate) fn other(&self, site: usize, code: Code) -> Option<&str> {
        let nth = usize::from(code.checked_sub(OTHER)?);
        self.others.iter().filter(|o| o.site == site).nth(nth).map(|o| o.bases.as_str())
    }
}

/// Sites with one key are of one phase block.
#[derive(PartialEq)]
enum BlockKey {
    /// Phased, no set named.
    Whole,
    /// A phase set.
    Set(u32),
    /// An unphased site alone.
    Site(usize),
}

impl BlockKey {
    /// The block of a heterozygous genotype.
    fn of(genotype: &Genotype, site: usize) -> Self {
        match (genotype.phased, genotype.phase_set) {
            (true, None) => Self::Whole,
            (true, Some(set)) => Self::Set(set),
            (false, _) => Self::Site(site),
        }
    }
}

/// Reads the observations of one gene, one entry a site of [`Gene::sites`].
///
/// On an autosome a lone reference allele (`0`, `./0`) says nothing about the other copy: the site is missing. A lone
/// alternate is kept, with the other copy unknown. With `keep_undocumented` undefined alleles are never read as
/// reference.
pub(crate) fn view<O: Borrow<Observation>>(
    gene: &Gene,
    observations: &[O],
    sex: Option<Sex>,
    keep_undocumented: bool,
) -> Sample {
    let may_be_single = matches!(gene.contig.as_str(), "chrX" | "chrY" | "chrM");
    let male = sex == Some(Sex::Male) && gene.rule_facts.contains_key("sex_linked");
    let as_reference = gene.undocumented == Policy::AsReference && !keep_undocumented;
    let mut sample = Sample::default();
    let mut keys: Vec<BlockKey> = Vec::new();
    let (mut all_phased, mut single_sites) = (true, 0);
    for (index, _) in gene.sites.iter().enumerate().filter(|(_, s)| s.role == SiteRole::Defining) {
        let observation: Option<&Observation> = observations.get(index).map(Borrow::borrow);
        let genotype = observation.and_then(Observation::usable);
        let Some((genotype, copies)) = genotype.and_then(|g| Some((g, copies(g, may_be_single)?))) else {
            sample.missing.push(index);
            continue;
        };
        let odd_kind = observation.is_some_and(is_of_another_kind);
        let codes = copies.map(|allele| sample.code(index, allele, as_reference && !odd_kind));
        single_sites += usize::from(may_be_single && genotype.ploidy() == 1);
        sample.has_half_missing |= codes.contains(&MISSING);
        sample.uses_phase_sets |= genotype.phased && genotype.phase_set.is_some();
        all_phased &= genotype.phased;
        sample.add(Seen { site: index, codes }, BlockKey::of(genotype, index), &mut keys);
    }
    let heterozygous = !sample.blocks.is_empty();
    if single_sites > 0 && single_sites < sample.seen.len() && !male {
        // one copy at some sites and two at others: the second copy is unknown at the former
        sample.has_half_missing = true;
    }
    let is_single = male || single_sites > 0;
    sample.is_single_copy = is_single && !sample.seen.is_empty() && !heterozygous && !sample.has_half_missing;
    sample.contradicts_sex = male && heterozygous;
    sample.is_phased = match keys.as_slice() {
        [] => all_phased && !sample.seen.is_empty(),
        [only] => !matches!(only, BlockKey::Site(_)),
        _ => false,
    };
    sample
}

/// Whether the record is of another kind than the site (single bases where a length change is expected): its undefined
/// alleles say nothing about the defined one, so they are not read as reference.
fn is_of_another_kind(observation: &Observation) -> bool {
    observation.discrepancies.iter().any(|d| matches!(d, Discrepancy::NotTheExpectedKind { .. }))
}

/// The two copies at a site; `None` where the genotype is of no use.
fn copies(genotype: &Genotype, may_be_single: bool) -> Option<[&Allele; 2]> {
    static UNKNOWN: Allele = Allele::Missing;
    let pair = match genotype.alleles.as_slice() {
        [one] if may_be_single => [one, one],
        [one] => [one, &UNKNOWN],
        [first, second] => [first, second],
        _ => return None,
    };
    match pair {
        [Allele::Missing, Allele::Missing] => None,
        [Allele::Missing, Allele::Reference] | [Allele::Reference, Allele::Missing] if !may_be_single => None,
        _ => Some(pair),
    }
}

impl Sample {
    /// Adds a usable site, to its phase block if it is heterozygous. `keys` has one entry a block.
    fn add(&mut self, seen: Seen, key: BlockKey, keys: &mut Vec<BlockKey>) {
        if seen.is_heterozygous() {
            let here = self.seen.len();
            match keys.iter().position(|k| *k == key).and_then(|b| self.blocks.get_mut(b)) {
                Some(block) => block.push(here),
                None => {
                    keys.push(key);
                    self.blocks.push(vec![here]);
                }
            }
        }
        self.seen.push(seen);
    }

    fn code(&mut self, site: usize, allele: &Allele, as_reference: bool) -> Code {
        match allele {
            Allele::Reference => REFERENCE,
            Allele::Alternate(i) => Code::from(*i) + 1,
            Allele::Missing => MISSING,
            Allele::Other(bases) => {
                let entry = Undocumented { site, bases: bases.clone(), as_reference };
                if !self.undocumented.contains(&entry) {
                    self.undocumented.push(entry.clone());
                }
                if as_reference {
                    return REFERENCE;
                }
                let known = self.others.iter().filter(|o| o.site == site).position(|o| o.bases == *bases);
                let nth = known.unwrap_or_else(|| {
                    self.others.push(entry);
                    self.others.iter().filter(|o| o.site == site).count() - 1
                });
                Code::try_from(nth).map_or(MISSING, |n| OTHER + n)
            }
        }
    }
}
