//! Agreement of two partitions of the same patients.
//!
//! Rand (1971), Hubert and Arabie (1985, doi 10.1007/BF01908075), Vinh, Epps and Bailey (2010, JMLR 11:2837),
//! Rosenberg and Hirschberg (2007), Fowlkes and Mallows (1983).

use crate::partition::Partition;

/// Patients by group of the first and group of the second partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contingency {
    counts: Vec<Vec<u64>>,
    rows: Vec<u64>,
    columns: Vec<u64>,
    n: u64,
}

/// All indices of one comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Adjusted Rand index: 1 for equal partitions, 0 expected by chance.
    pub adjusted_rand: f64,
    /// Share of pairs on which both agree, 0 to 1.
    pub rand: f64,
    /// Normalised mutual information, arithmetic mean of the entropies, 0 to 1.
    pub normalised_mutual_information: f64,
    /// Adjusted mutual information, arithmetic mean: 0 expected by chance.
    pub adjusted_mutual_information: f64,
    /// Each group of the second holds one group of the first only, 0 to 1.
    pub homogeneity: f64,
    /// Each group of the first lies in one group of the second, 0 to 1.
    pub completeness: f64,
    /// Harmonic mean of the two.
    pub v_measure: f64,
    /// Geometric mean of pairwise precision and recall, 0 to 1.
    pub fowlkes_mallows: f64,
}

/// The adjusted Rand index alone.
pub fn adjusted_rand(a: &Partition, b: &Partition) -> f64 {
    Contingency::new(a, b).adjusted_rand()
}

impl Contingency {
    /// Counts patients by both partitions; patients beyond the shorter one are left out.
    pub fn new(a: &Partition, b: &Partition) -> Self {
        let mut counts = vec![vec![0; b.groups()]; a.groups()];
        let (mut rows, mut columns, mut n) = (vec![0; a.groups()], vec![0; b.groups()], 0);
        for (&i, &j) in a.labels().iter().zip(b.labels()) {
            counts[i][j] += 1;
            rows[i] += 1;
            columns[j] += 1;
            n += 1;
        }
        Self { counts, rows, columns, n }
    }

    /// Patients in each pair of groups: first partition in rows.
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// Hubert and Arabie's index. 1 where both partitions are trivial in the same way.
    pub fn adjusted_rand(&self) -> f64 {
        let (both, first, second, total) = self.pairs();
        if total == 0.0 {
            return 1.0;
        }
        let (chance, most) = (first * second / total, (first + second) / 2.0);
        if most == chance { 1.0 } else { (both - chance) / (most - chance) }
    }

    /// Every index.
    pub fn agreement(&self) -> Agreement {
        let (both, first, second, total) = self.pairs();
        let (ha, hb, mutual) = (entropy(&self.rows, self.n), entropy(&self.columns, self.n), self.mutual_information());
        let homogeneity = if ha == 0.0 { 1.0 } else { mutual / ha };
        let completeness = if hb == 0.0 { 1.0 } else { mutual / hb };
        let v_measure = if homogeneity + completeness == 0.0 {
            0.0
        } else {
            2.0 * homogeneity * completeness / (homogeneity + completeness)
        };
        let trivial = (self.rows.len() <= 1 && self.columns.len() <= 1) || self.n == 0;
        let mean = (ha + hb) / 2.0;
        let expected = self.expected_mutual_information();
        let all_alone = self.rows.len() as u64 == self.n && self.columns.len() as u64 == self.n;
        Agreement {
            adjusted_rand: self.adjusted_rand(),
            rand: if total == 0.0 { 1.0 } else { (total + 2.0 * both - first - second) / total },
            normalised_mutual_information: if trivial {
                1.0
            } else if mean == 0.0 {
                0.0
            } else {
                (mutual / mean).max(0.0)
            },
            adjusted_mutual_information: if trivial || all_alone {
                1.0
            } else {
                ratio(mutual - expected, mean - expected)
            },
            homogeneity,
            completeness,
            v_measure,
            fowlkes_mallows: if both == 0.0 { 0.0 } else { both / (first * second).sqrt() },
        }
    }

    /// Pairs together in both, in the first, in the second, and all.
    fn pairs(&self) -> (f64, f64, f64, f64) {
        let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
        (
            self.counts.iter().flatten().copied().map(pairs).sum(),
            self.rows.iter().copied().map(pairs).sum(),
            self.columns.iter().copied().map(pairs).sum(),
            pairs(self.n),
        )
    }

    /// In nats.
    fn mutual_information(&self) -> f64 {
        let n = self.n as f64;
        let mut sum = 0.0;
        for (row, &a) in self.counts.iter().zip(&self.rows) {
            for (&count, &b) in row.iter().zip(&self.columns) {
                if count > 0 {
                    let c = count as f64;
                    sum += c / n * (c * n / (a as f64 * b as f64)).ln();
                }
            }
        }
        sum.max(0.0)
    }

    /// Under the hypergeometric model of Vinh, Epps and Bailey, in nats.
    fn expected_mutual_information(&self) -> f64 {
        let factorial = log_factorials(self.n as usize);
        let log = |n: u64| factorial[n as usize];
        let (n, total) = (self.n, self.n as f64);
        let mut sum = 0.0;
        for &a in &self.rows {
            for &b in &self.columns {
                for c in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                    let weight = log(a) + log(b) + log(n - a) + log(n - b)
                        - log(n)
                        - log(c)
                        - log(a - c)
                        - log(b - c)
                        - log(n + c - a - b);
                    sum += c as f64 / total * (total * c as f64 / (a as f64 * b as f64)).ln() * weight.exp();
                }
            }
        }
        sum
    }
}

fn ratio(above: f64, below: f64) -> f64 {
    // Keeps the sign where the denominator is within rounding of zero.
    let floor = f64::EPSILON;
    above / if below < 0.0 { below.min(-floor) } else { below.max(floor) }
}

fn entropy(counts: &[u64], n: u64) -> f64 {
    let n = n as f64;
    -counts.iter().filter(|&&c| c > 0).map(|&c| c as f64 / n * (c as f64 / n).ln()).sum::<f64>()
}

fn log_factorials(n: usize) -> Vec<f64> {
    let mut logs = vec![0.0; n + 1];
    for i in 1..=n {
        logs[i] = logs[i - 1] + (i as f64).ln();
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_partitions_agree_fully_whatever_their_labels() {
        let a = Partition::new([0, 0, 1, 1, 2]);
        let found = Contingency::new(&a, &Partition::new([5, 5, 3, 3, 9])).agreement();
        assert!((found.adjusted_rand - 1.0).abs() < 1e-12 && (found.adjusted_mutual_information - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_split_of_one_group_is_homogeneous_but_not_complete() {
        let found =
            Contingency::new(&Partition::new([0, 0, 0, 0, 1, 1]), &Partition::new([0, 0, 1, 1, 2, 2])).agreement();
        assert!((found.homogeneity - 1.0).abs() < 1e-12 && found.completeness < 1.0, "{found:?}");
    }
}
