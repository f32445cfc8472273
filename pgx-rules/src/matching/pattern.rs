//! Samples that show the same genotypes at all sites of a gene are one pattern.

use rustc_hash::FxHashMap;

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
/// Columns refine the groups one after another: O(samples × columns), and a column without variation costs one pass.
pub(crate) fn patterns<'a>(n: usize, columns: impl Iterator<Item = &'a [u32]>) -> Patterns {
    let mut of_sample = vec![0_u32; n];
    let mut seen: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for codes in columns {
        if codes.windows(2).all(|w| w.first() == w.last()) {
            continue;
        }
        seen.clear();
        for (group, code) in of_sample.iter_mut().zip(codes) {
            let next = u32::try_from(seen.len()).unwrap_or(u32::MAX);
            *group = *seen.entry((*group, *code)).or_insert(next);
        }
    }
    let mut first = Vec::new();
    for (sample, group) in of_sample.iter().enumerate() {
        if *group as usize == first.len() {
            first.push(sample);
        }
    }
    Patterns { of_sample, first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_share_a_number_in_order_of_first_appearance() {
        let (a, b) = ([7, 7, 1, 7, 1], [0, 1, 0, 0, 0]);
        let found = patterns(5, [a.as_slice(), b.as_slice()].into_iter());
        assert_eq!(found, Patterns { of_sample: vec![0, 1, 2, 0, 2], first: vec![0, 1, 2] });
    }

    #[test]
    fn without_columns_all_samples_are_one_pattern() {
        assert_eq!(patterns(3, std::iter::empty()), Patterns { of_sample: vec![0; 3], first: vec![0] });
    }
}
