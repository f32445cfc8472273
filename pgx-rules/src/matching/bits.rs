//! Sets of named alleles as bits.

use smallvec::SmallVec;

/// A set of alleles of one gene, by index into [`super::Definition::alleles`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlleleSet(SmallVec<[u64; 6]>);

impl AlleleSet {
    /// No allele, of `n` possible ones.
    pub(crate) fn none(n: usize) -> Self {
        Self(SmallVec::from_elem(0, n.div_ceil(64)))
    }

    /// All `n` alleles.
    pub(crate) fn all(n: usize) -> Self {
        let mut set = Self::none(n);
        (0..n).for_each(|i| set.insert(i));
        set
    }

    /// Adds an allele.
    pub(crate) fn insert(&mut self, allele: usize) {
        if let Some(word) = self.0.get_mut(allele / 64) {
            *word |= 1 << (allele % 64);
        }
    }

    /// Takes an allele out.
    pub(crate) fn remove(&mut self, allele: usize) {
        if let Some(word) = self.0.get_mut(allele / 64) {
            *word &= !(1 << (allele % 64));
        }
    }

    /// Whether an allele is in the set.
    pub(crate) fn contains(&self, allele: usize) -> bool {
        self.0.get(allele / 64).is_some_and(|word| word >> (allele % 64) & 1 == 1)
    }

    /// Takes everything out.
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|word| *word = 0);
    }

    /// Keeps what is in both.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in the other.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// The alleles in rising order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(i, &word)| {
            std::iter::successors((word != 0).then_some(word), |w| {
                let rest = w & (w - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |w| i * 64 + w.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_in_order_across_words() {
        let mut set = AlleleSet::none(200);
        for i in [199, 0, 63, 64, 128] {
            set.insert(i);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 128, 199]);
        set.remove(64);
        assert!(!set.contains(64) && set.contains(63));
    }

    #[test]
    fn all_has_no_member_beyond_its_size() {
        assert_eq!(AlleleSet::all(70).iter().count(), 70);
        assert_eq!(AlleleSet::all(0).iter().count(), 0);
    }

    #[test]
    fn intersection_and_union_are_those_of_sets() {
        let (mut a, mut b) = (AlleleSet::none(80), AlleleSet::none(80));
        [1, 70].into_iter().for_each(|i| a.insert(i));
        [2, 70].into_iter().for_each(|i| b.insert(i));
        let mut both = a.clone();
        both.intersect(&b);
        a.unite(&b);
        assert_eq!(both.iter().collect::<Vec<_>>(), [70]);
        assert_eq!(a.iter().collect::<Vec<_>>(), [1, 2, 70]);
    }
}
