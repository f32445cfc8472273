//! A partition: which group each patient is in.

use serde::Serialize;

/// Groups of patients. Labels run from 0 without gaps, numbered in the order in which the groups first appear, so that
/// two equal partitions are equal values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Partition {
    labels: Vec<usize>,
    groups: usize,
}

impl Partition {
    /// Takes any labels and renumbers them.
    pub fn new(raw: impl IntoIterator<Item = usize>) -> Self {
        let mut numbers = std::collections::HashMap::new();
        let labels = raw
            .into_iter()
            .map(|label| {
                let next = numbers.len();
                *numbers.entry(label).or_insert(next)
            })
            .collect();
        Self { labels, groups: numbers.len() }
    }

    /// Keeps the numbers of the groups as they are: each of `0..groups` must occur.
    pub(crate) fn ranked(labels: Vec<usize>, groups: usize) -> Self {
        Self { labels, groups }
    }

    /// The same groups numbered by falling size; of equal ones that of the earlier patient first.
    #[must_use]
    pub fn by_size(&self) -> Self {
        let sizes = self.sizes();
        let mut order: Vec<usize> = (0..sizes.len()).collect();
        let mut first = vec![usize::MAX; sizes.len()];
        for (i, &group) in self.labels.iter().enumerate().rev() {
            first[group] = i;
        }
        order.sort_by_key(|&g| (std::cmp::Reverse(sizes[g]), first[g]));
        let mut rank = vec![0; sizes.len()];
        for (place, &group) in order.iter().enumerate() {
            rank[group] = place;
        }
        Self::ranked(self.labels.iter().map(|&g| rank[g]).collect(), sizes.len())
    }

    /// The group of each patient.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Number of patients.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no patient at all.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Patients in each group.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.groups];
        for &label in &self.labels {
            sizes[label] += 1;
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_as_they_appear() {
        let partition = Partition::new([7, 7, 3, 9, 3]);
        assert_eq!(partition.labels(), [0, 0, 1, 2, 1]);
        assert_eq!(partition.sizes(), [2, 2, 1]);
        assert_eq!(partition, Partition::new([1, 1, 0, 5, 0]));
    }
}
