//! One site of all samples while a file is read: few distinct observations, and how two records at one site join.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::model::{Allele, Discrepancy, Genotype, Observation, Packed, SiteColumn, State, Support, SupportColumn};

/// A column while one record is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    distinct: Vec<Observation>,
    numbers: FxHashMap<Observation, u32>,
    codes: Vec<u32>,
    support: Vec<Support>,
    /// Alternates that the records so far speak of.
    pub alternates: Vec<Allele>,
}

/// A column between records, packed: all columns of a cohort are held at once.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    column: SiteColumn,
    alternates: Vec<Allele>,
}

impl Kept {
    /// Joins a later record at the same site.
    pub fn join(self, later: Column) -> Self {
        let SiteColumn { distinct, codes, support } = self.column;
        let support = match support == SupportColumn::default() {
            true => Vec::new(),
            false => (0..codes.len()).map(|sample| support.get(sample).unwrap_or_default()).collect(),
        };
        let (codes, numbers) = (codes.to_vec(), FxHashMap::default());
        Column { distinct, numbers, codes, support, alternates: self.alternates }.join(later).keep()
    }

    /// A column without a record.
    pub fn missing(samples: usize) -> Self {
        let codes = Packed::uniform(samples, 0);
        let column = SiteColumn { distinct: vec![Observation::missing()], codes, support: SupportColumn::default() };
        Self { column, alternates: Vec::new() }
    }

    /// The finished column.
    pub fn finish(self, missing_as_reference: Option<usize>) -> SiteColumn {
        let SiteColumn { distinct, codes, support } = self.column;
        let Some(copies) = missing_as_reference else { return SiteColumn { distinct, codes, support } };
        let mut out = Column::default();
        let numbers: Vec<u32> = distinct.into_iter().map(|o| out.number(or_reference(o, copies))).collect();
        let codes = codes.map(|code| numbers.get(code as usize).copied().unwrap_or(code));
        SiteColumn { distinct: out.distinct, codes, support }
    }
}

impl Column {
    /// An empty column that will hold this many samples.
    pub fn new(samples: usize) -> Self {
        Self { codes: Vec::with_capacity(samples), ..Self::default() }
    }

    /// The number of an observation.
    pub fn number(&mut self, observation: Observation) -> u32 {
        if let Some(number) = self.numbers.get(&observation) {
            return *number;
        }
        let number = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
        self.numbers.insert(observation.clone(), number);
        self.distinct.push(observation);
        number
    }

    /// Adds the next sample.
    pub fn push(&mut self, number: u32, support: Option<Support>) {
        self.codes.push(number);
        self.support.extend(support);
    }

    /// Packs the column.
    pub fn keep(self) -> Kept {
        let support = match self.support.is_empty() {
            true => SupportColumn::default(),
            false => SupportColumn::from(self.support.as_slice()),
        };
        let codes = Packed::from(self.codes);
        Kept { column: SiteColumn { distinct: self.distinct, codes, support }, alternates: self.alternates }
    }

    /// Joins a later record at the same site, sample by sample.
    fn join(self, later: Self) -> Self {
        let disjoint = !self.alternates.iter().any(|a| later.alternates.contains(a));
        let mut out = Self::new(self.codes.len());
        let mut known: FxHashMap<(u32, u32), (u32, bool)> = FxHashMap::default();
        let supports = self.support.into_iter().map(Some).chain(std::iter::repeat(None));
        let later_supports = later.support.into_iter().map(Some).chain(std::iter::repeat(None));
        for ((pair, own), other) in self.codes.iter().zip(&later.codes).zip(supports).zip(later_supports) {
            let key = (*pair.0, *pair.1);
            let (number, first) = match known.get(&key) {
                Some(done) => *done,
                None => {
                    let (Some(a), Some(b)) = (self.distinct.get(key.0 as usize), later.distinct.get(key.1 as usize))
                    else {
                        continue;
                    };
                    let first_counts = match (a.usable(), b.usable()) {
                        (Some(_), Some(_)) => disjoint || !outweighs(b, a),
                        (_, later) => later.is_none(),
                    };
                    let done = (out.number(joined(a, b, disjoint)), first_counts);
                    known.insert(key, done);
                    done
                }
            };
            out.push(number, if first { own } else { other });
        }
        out.alternates = self.alternates;
        out.alternates.extend(later.alternates);
        out
    }

    /// Exchanges observations, sample by sample. `exchange` is given each sample's place and observation.
    pub fn exchanged(self, mut exchange: impl FnMut(usize, &Observation) -> Option<Observation>) -> Self {
        let mut out = Self { support: self.support, alternates: self.alternates, ..Self::new(self.codes.len()) };
        for (sample, code) in self.codes.iter().enumerate() {
            let Some(own) = self.distinct.get(*code as usize) else { continue };
            let number = out.number(exchange(sample, own).unwrap_or_else(|| own.clone()));
            out.codes.push(number);
        }
        out
    }
}

fn or_reference(observation: Observation, copies: usize) -> Observation {
    if observation.state != State::Missing || is_overlapped(&observation) {
        return observation;
    }
    let mut discrepancies = observation.discrepancies;
    discrepancies.push(Discrepancy::MissingAsReference);
    discrepancies.sort_unstable();
    let alleles = std::iter::repeat_n(Allele::Reference, copies).collect();
    Observation {
        state: State::Called,
        genotype: Some(Genotype { alleles, phased: false, phase_set: None }),
        discrepancies,
    }
}

/// What two records say of one sample together. `disjoint`: they name no alternate in common, as when a multi-allelic
/// record was split.
fn joined(first: &Observation, later: &Observation, disjoint: bool) -> Observation {
    match (first.usable(), later.usable()) {
        (Some(a), Some(b)) => match (first.state, later.state) {
            (_, State::ReferenceBlock) => first.clone(),
            (State::ReferenceBlock, _) => later.clone(),
            _ if !disjoint => with_duplicate(if outweighs(later, first) { later } else { first }),
            _ => match join_genotypes(a, b) {
                Some(genotype) => {
                    let mut discrepancies = [first.discrepancies.as_slice(), &later.discrepancies].concat();
                    discrepancies.sort_unstable();
                    discrepancies.dedup();
                    Observation { state: State::Called, genotype: Some(genotype), discrepancies }
                }
                None => Observation { state: State::Discordant, ..with_duplicate(first) },
            },
        },
        (Some(_), None) if first.state == State::ReferenceBlock && is_overlapped(later) => later.clone(),
        (None, Some(_)) if later.state == State::ReferenceBlock && is_overlapped(first) => first.clone(),
        (Some(_), None) if later.state == State::Missing => first.clone(),
        (Some(_), None) => with_duplicate(first),
        (None, Some(_)) if first.state == State::Missing => later.clone(),
        (None, Some(_)) => with_duplicate(later),
        (None, None) => {
            let rank = |o: &Observation| match o.state {
                State::Filtered => 3,
                State::Discordant => 2,
                _ => u8::from(is_overlapped(o)),
            };
            if rank(later) > rank(first) { later.clone() } else { first.clone() }
        }
    }
}

/// Whether of two records that name the same alternates the later one counts: where only one of them is read through
/// another form, the sample's alternate is believed, then the record of the site itself.
fn outweighs(later: &Observation, first: &Observation) -> bool {
    let indirect = |o: &Observation| o.discrepancies.contains(&Discrepancy::Synonym);
    let carries = |o: &Observation| o.usable().is_some_and(carries_alternate);
    indirect(later) != indirect(first) && (carries(later), !indirect(later)) > (carries(first), !indirect(first))
}

fn carries_alternate(genotype: &Genotype) -> bool {
    genotype.alleles.iter().any(|a| !matches!(a, Allele::Reference | Allele::Missing))
}

fn is_overlapped(observation: &Observation) -> bool {
    observation.discrepancies.iter().any(|d| matches!(d, Discrepancy::Overlapped { .. }))
}

fn with_duplicate(observation: &Observation) -> Observation {
    let mut observation = observation.clone();
    observation.discrepancies.push(Discrepancy::DuplicateRecord);
    observation.discrepancies.sort_unstable();
    observation.discrepancies.dedup();
    observation
}

/// Puts the alternates of two records of a split site on the same copies. Phased: copy by copy. Unphased: the copies have
/// no order, so the alternates of both are counted. `None` when they need more copies than there are.
fn join_genotypes(a: &Genotype, b: &Genotype) -> Option<Genotype> {
    if a.ploidy() != b.ploidy() {
        return None;
    }
    match (carries_alternate(a), carries_alternate(b)) {
        (true, false) if !a.has_missing() => return Some(a.clone()),
        (false, true) if !b.has_missing() => return Some(b.clone()),
        _ => {}
    }
    if a.phased && b.phased && a.phase_set == b.phase_set {
        let alleles = a.alleles.iter().zip(&b.alleles).map(|pair| match pair {
            (Allele::Reference | Allele::Missing, y) if *y != Allele::Missing => Some(y.clone()),
            (x, Allele::Reference | Allele::Missing) => Some(x.clone()),
            (x, y) if x == y => Some(x.clone()),
            _ => None,
        });
        return Some(Genotype { alleles: alleles.collect::<Option<_>>()?, phased: true, phase_set: a.phase_set });
    }
    let both = || a.alleles.iter().chain(&b.alleles);
    let mut alleles: SmallVec<[Allele; 2]> =
        both().filter(|x| !matches!(x, Allele::Reference | Allele::Missing)).cloned().collect();
    if alleles.len() > a.ploidy() {
        return None;
    }
    // A dot in one record of a split site stands for the other record's alternate; one more dot stays unknown.
    let dots = a
        .alleles
        .iter()
        .filter(|x| **x == Allele::Missing)
        .count()
        .max(b.alleles.iter().filter(|x| **x == Allele::Missing).count());
    let free = a.ploidy() - alleles.len();
    let unknown = dots.saturating_sub(alleles.len().saturating_sub(1)).min(free);
    alleles.extend(std::iter::repeat_n(Allele::Reference, free - unknown));
    alleles.extend(std::iter::repeat_n(Allele::Missing, unknown));
    alleles.sort_unstable();
    Some(Genotype { alleles, phased: false, phase_set: None })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn called(alleles: &[Allele], phased: bool) -> Observation {
        let genotype = Genotype { alleles: alleles.iter().cloned().collect(), phased, phase_set: None };
        Observation { state: State::Called, genotype: Some(genotype), discrepancies: Vec::new() }
    }

    const R: Allele = Allele::Reference;
    const A: Allele = Allele::Alternate(0);
    const B: Allele = Allele::Alternate(1);
    const N: Allele = Allele::Missing;

    fn split(a: &[Allele], b: &[Allele], phased: bool) -> (State, String) {
        let observation = joined(&called(a, phased), &called(b, phased), true);
        (observation.state, observation.genotype.expect("a genotype").to_string())
    }

    #[test]
    fn records_of_a_split_site_join() {
        assert_eq!(split(&[R, A], &[R, B], false), (State::Called, "1/2".to_owned()));
        assert_eq!(split(&[A, N], &[N, B], false), (State::Called, "1/2".to_owned()));
        assert_eq!(split(&[R, R], &[R, B], false), (State::Called, "0/2".to_owned()));
        assert_eq!(split(&[A, R], &[R, B], true), (State::Called, "1|2".to_owned()));
        assert_eq!(split(&[R, B], &[A, R], true), (State::Called, "1|2".to_owned()));
        assert_eq!(split(&[A, A], &[R, B], false).0, State::Discordant);
        assert_eq!(split(&[R, A], &[R, B], true).0, State::Discordant);
    }

    #[test]
    fn of_true_duplicates_the_first_usable_counts() {
        let first = called(&[R, A], false);
        let kept = joined(&first, &called(&[A, A], false), false);
        assert_eq!(kept.genotype, first.genotype);
        assert_eq!(kept.discrepancies, [Discrepancy::DuplicateRecord]);
        let bad = Observation { state: State::Discordant, genotype: None, discrepancies: Vec::new() };
        let kept = joined(&bad, &first, true);
        assert_eq!((kept.state, kept.genotype), (State::Called, first.genotype));
    }

    #[test]
    fn a_variant_outweighs_a_block_whatever_their_order() {
        let block = Observation { state: State::ReferenceBlock, ..called(&[R, R], false) };
        let variant = called(&[R, A], false);
        assert_eq!(joined(&block, &variant, true), variant);
        assert_eq!(joined(&variant, &block, true), variant);
    }
}
