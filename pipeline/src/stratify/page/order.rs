//! The order in which patients are drawn: by subtype, within it by the tree of the consensus, or by confidence where
//! they are too many for a tree; and their columns, which never mix subtypes.

use std::collections::HashMap;

use cluster::auto::{Answer, Modality};
use cluster::consensus::consensus_tree;

/// Patients by subtype; within it landmarks first, in the order of the consensus tree, then the others from the most to
/// the least certain.
pub fn patients(answer: &Answer) -> Vec<usize> {
    let labels = answer.partition.labels();
    let mut placed = vec![false; answer.patients.len()];
    let mut order: Vec<usize> =
        consensus_tree(&answer.consensus).order().into_iter().map(|i| answer.landmarks[i]).collect();
    for &i in &order {
        placed[i] = true;
    }
    let mut rest: Vec<usize> = (0..placed.len()).filter(|&i| !placed[i]).collect();
    rest.sort_by(|&a, &b| answer.confidence[b].total_cmp(&answer.confidence[a]));
    order.extend(rest);
    order.sort_by_key(|&i| labels[i]);
    order
}

/// For each of the cohort's patients its row in a modality, where it has one.
pub fn rows(answer: &Answer, modality: &Modality) -> Vec<Option<usize>> {
    let places: HashMap<&str, usize> =
        modality.matrix.patients().iter().enumerate().map(|(row, p)| (p.as_str(), row)).collect();
    answer.patients.iter().map(|p| places.get(p.as_str()).copied()).collect()
}

/// Columns of a heat map: each one or several patients of one subtype.
#[derive(Debug)]
pub struct Columns {
    /// The patients in each.
    pub members: Vec<Vec<usize>>,
    /// The group of each.
    pub groups: Vec<usize>,
}

impl Columns {
    /// Puts patients, given in drawing order, into about `most` columns at most: as many patients in each as that asks for.
    pub fn new(order: &[usize], labels: impl Fn(usize) -> usize, most: usize) -> Self {
        let each = order.len().div_ceil(most).max(1);
        let (mut members, mut groups) = (Vec::new(), Vec::new());
        for run in order.chunk_by(|a, b| labels(*a) == labels(*b)) {
            for column in run.chunks(each) {
                members.push(column.to_vec());
                groups.push(labels(column[0]));
            }
        }
        Self { members, groups }
    }

    /// Patients in the fullest column.
    pub fn each(&self) -> usize {
        self.members.iter().map(Vec::len).max().unwrap_or(1)
    }

    /// A sentence for captions, where columns hold more than one patient.
    pub fn note(&self) -> String {
        match self.each() {
            0 | 1 => String::new(),
            each => format!(" Each column is the mean of up to {each} patients of one group."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_never_holds_two_groups() {
        let order = [0, 1, 2, 3, 4];
        let found = Columns::new(&order, |i| usize::from(i > 2), 3);
        assert_eq!(found.members, [vec![0, 1], vec![2], vec![3, 4]]);
        assert_eq!((found.groups.as_slice(), found.each()), ([0, 0, 1].as_slice(), 2));
    }
}
