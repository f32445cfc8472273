//! Samples that show the same genotypes at all sites of a gene are one pattern.

use rustc_hash::FxHashMap;
use variants::model::Packed;

/// Distinct patterns of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patterns {
    /// Pattern of each sample, numbered in order of first appearance.
    pub(crate) of_sample: Vec<u32>,
    /// First sample of each pattern.
    pub(crate) first: Vec<usize>,
}

/// Groups `n` samples by the codes that they have in every column. Each column has one code a sample.
///
/// Columns refine the groups one after another. Whoever has a column's common code stays where it is, so that a column costs
/// a look-up for each exception only.
pub(crate) fn patterns<'a>(n: usize, columns: impl Iterator<Item = &'a Packed>) -> Patterns {
    let mut of_sample = vec![0_u32; n];
    let mut groups = 1_u32;
    let mut split: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for column in columns {
        split.clear();
        column.for_each_exception(|sample, code| {
            if let Some(group) = of_sample.get_mut(sample) {
                *group = *split.entry((*group, code)).or_insert_with(|| {
                    groups += 1;
                    groups - 1
                });
            }
        });
    }
    let mut first = Vec::new();
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    for (sample, group) in of_sample.iter_mut().enumerate() {
        let next = u32::try_from(first.len()).unwrap_or(u32::MAX);
        *group = *numbers.entry(*group).or_insert_with(|| {
            first.push(sample);
            next
        });
    }
    Patterns { of_sample, first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_share_a_number_in_order_of_first_appearance() {
        let columns = [vec![7, 7, 1, 7, 1, 1], vec![0, 1, 0, 0, 0, 1]].map(Packed::from);
        let found = patterns(6, columns.iter());
        assert_eq!(found, Patterns { of_sample: vec![0, 1, 2, 0, 2, 3], first: vec![0, 1, 2, 5] });
    }

    #[test]
    fn without_columns_all_samples_are_one_pattern() {
        assert_eq!(patterns(3, std::iter::empty()), Patterns { of_sample: vec![0; 3], first: vec![0] });
    }
}
