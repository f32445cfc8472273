//! One small number a sample, in as few bytes as the column needs.
//!
//! At most sites of a panel nearly everybody of a cohort shows the same; the rest are a list of exceptions. A column of
//! 200,000 people then costs some bytes to some kilobytes, and never more than a byte a person at a site with common alleles
//! (two where more than 256 distinct values occur, four beyond 65,536).

use serde::{Deserialize, Serialize};

/// Numbers in the order of the samples. Equal numbers give equal values, whatever they were made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct Packed {
    len: usize,
    common: u32,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Everybody has `common`, but these (index and number, by index).
    Sparse(Vec<(u32, u32)>),
    Bytes(Vec<u8>),
    Words(Vec<u16>),
    Wide(Vec<u32>),
}

impl Default for Form {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl Packed {
    /// The same number for every sample.
    pub fn uniform(len: usize, number: u32) -> Self {
        Self { len, common: if len == 0 { 0 } else { number }, form: Form::default() }
    }

    /// How many numbers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of a sample; `None` when the index is out of range.
    pub fn get(&self, sample: usize) -> Option<u32> {
        match &self.form {
            _ if sample >= self.len => None,
            Form::Sparse(exceptions) => {
                let found = exceptions.binary_search_by_key(&sample, |(index, _)| *index as usize).ok();
                Some(found.and_then(|i| exceptions.get(i)).map_or(self.common, |(_, number)| *number))
            }
            Form::Bytes(numbers) => numbers.get(sample).map(|n| u32::from(*n)),
            Form::Words(numbers) => numbers.get(sample).map(|n| u32::from(*n)),
            Form::Wide(numbers) => numbers.get(sample).copied(),
        }
    }

    /// The number that most samples have (the least of them if several are as frequent); 0 when there are no samples.
    pub fn common(&self) -> u32 {
        self.common
    }

    /// Calls `visit` with index and number of each sample that does not have the common number, by index.
    pub fn for_each_exception(&self, mut visit: impl FnMut(usize, u32)) {
        fn dense<T: Copy + Into<u32>>(numbers: &[T], common: u32, visit: &mut impl FnMut(usize, u32)) {
            for (index, number) in numbers.iter().enumerate() {
                let number: u32 = (*number).into();
                if number != common {
                    visit(index, number);
                }
            }
        }
        match &self.form {
            Form::Sparse(exceptions) => exceptions.iter().for_each(|(index, number)| visit(*index as usize, *number)),
            Form::Bytes(numbers) => dense(numbers, self.common, &mut visit),
            Form::Words(numbers) => dense(numbers, self.common, &mut visit),
            Form::Wide(numbers) => dense(numbers, self.common, &mut visit),
        }
    }

    /// All numbers, in the order of the samples.
    pub fn to_vec(&self) -> Vec<u32> {
        let mut numbers = vec![self.common; self.len];
        self.for_each_exception(|index, number| {
            if let Some(place) = numbers.get_mut(index) {
                *place = number;
            }
        });
        numbers
    }

    /// The same numbers renamed.
    pub fn map(&self, rename: impl Fn(u32) -> u32) -> Self {
        Self::from(self.to_vec().into_iter().map(rename).collect::<Vec<u32>>())
    }
}

impl From<&[u32]> for Packed {
    fn from(numbers: &[u32]) -> Self {
        let greatest = numbers.iter().copied().max().unwrap_or(0);
        let common = most_frequent(numbers, greatest);
        let others = numbers.iter().filter(|n| **n != common).count();
        let width = match greatest {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        let sparse = others * size_of::<(u32, u32)>() <= numbers.len() * width && u32::try_from(numbers.len()).is_ok();
        let form = if sparse {
            let mut exceptions = Vec::with_capacity(others);
            exceptions.extend((0..).zip(numbers.iter().copied()).filter(|(_, number)| *number != common));
            Form::Sparse(exceptions)
        } else {
            match width {
                1 => Form::Bytes(numbers.iter().map(|n| (*n & 0xff) as u8).collect()), // all of them fit
                2 => Form::Words(numbers.iter().map(|n| (*n & 0xffff) as u16).collect()),
                _ => Form::Wide(numbers.to_vec()),
            }
        };
        Self { len: numbers.len(), common, form }
    }
}

impl From<Vec<u32>> for Packed {
    fn from(numbers: Vec<u32>) -> Self {
        Self::from(numbers.as_slice())
    }
}

impl From<Packed> for Vec<u32> {
    fn from(packed: Packed) -> Self {
        packed.to_vec()
    }
}

fn most_frequent(numbers: &[u32], greatest: u32) -> u32 {
    const COUNTED: u32 = 1 << 16;
    if greatest < COUNTED {
        let mut counts = vec![0_usize; greatest as usize + 1];
        for number in numbers {
            if let Some(count) = counts.get_mut(*number as usize) {
                *count += 1;
            }
        }
        let best = counts.iter().copied().max().unwrap_or(0);
        return (0..).zip(counts).find(|(_, count)| *count == best).map_or(0, |(number, _)| number);
    }
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let best = sorted.chunk_by(|a, b| a == b).rev().max_by_key(|run| run.len());
    best.and_then(|run| run.first()).copied().unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(packed: &Packed) -> usize {
        match &packed.form {
            Form::Sparse(exceptions) => exceptions.capacity() * size_of::<(u32, u32)>(),
            Form::Bytes(numbers) => numbers.capacity(),
            Form::Words(numbers) => 2 * numbers.capacity(),
            Form::Wide(numbers) => 4 * numbers.capacity(),
        }
    }

    #[test]
    fn a_column_costs_what_its_variation_needs() {
        let rare: Vec<u32> = (0..200_000).map(|i| u32::from(i % 1_000 == 7)).collect();
        assert_eq!(bytes(&Packed::from(rare)), 200 * 8);
        let frequent: Vec<u32> = (0..200_000).map(|i| i % 3).collect();
        assert_eq!(bytes(&Packed::from(frequent)), 200_000);
        assert_eq!(bytes(&Packed::from(vec![3; 200_000])), 0);
    }

    #[test]
    fn the_least_of_equally_frequent_numbers_is_the_common_one() {
        assert_eq!(Packed::from(vec![5, 2, 5, 2, 9]).common(), 2);
        assert_eq!(Packed::from(vec![70_005, 70_002, 70_005, 70_002]).common(), 70_002);
    }

    proptest! {
        #[test]
        fn numbers_come_back(
            rare in prop::collection::vec(prop_oneof![9 => Just(1_u32), 1 => any::<u32>()], 0..60),
            limit in prop_oneof![Just(3_u32), Just(255), Just(256), Just(65_536), Just(u32::MAX)],
        ) {
            let numbers: Vec<u32> = rare.iter().map(|n| n % limit).collect();
            let packed = Packed::from(numbers.as_slice());
            prop_assert_eq!(packed.to_vec(), numbers.clone());
            prop_assert_eq!(packed.len(), numbers.len());
            for (index, number) in numbers.iter().enumerate() {
                prop_assert_eq!(packed.get(index), Some(*number));
            }
            prop_assert_eq!(packed.get(numbers.len()), None);
            let mut exceptions = Vec::new();
            packed.for_each_exception(|index, number| exceptions.push((index, number)));
            let expected: Vec<(usize, u32)> =
                numbers.iter().copied().enumerate().filter(|(_, n)| *n != packed.common()).collect();
            prop_assert_eq!(exceptions, expected);
            if numbers.iter().all(|n| Some(n) == numbers.first()) {
                prop_assert_eq!(packed, Packed::uniform(numbers.len(), numbers.first().copied().unwrap_or(0)));
            }
        }
    }
}
