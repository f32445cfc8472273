//! Agreement of the subtypes with labels that are known: shown, never used.

use std::fmt::Write as _;

use anyhow::Result;
use cluster::agreement::{Agreement, Contingency};
use cluster::auto::Answer;
use cluster::partition::Partition;

use super::clinical::Clinical;
use super::write::name;

/// Subtypes against labels.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// The column.
    pub column: String,
    /// Patients with a label.
    pub known: usize,
    /// Subtypes among them, in their order.
    pub subtypes: Vec<usize>,
    /// The labels, in alphabetical order.
    pub labels: Vec<String>,
    /// Patients by subtype and label.
    pub counts: Vec<Vec<u64>>,
    /// Every index.
    pub indices: Agreement,
}

/// Compares the subtypes with a column; patients without a label are left out, and counted.
///
/// # Errors
/// When there is no such column.
pub fn agreed(answer: &Answer, clinical: &Clinical, column: &str) -> Result<Agreed> {
    let values = clinical.column(column, &answer.patients)?;
    let known: Vec<(usize, &str)> =
        answer.partition.labels().iter().zip(values).filter_map(|(&group, label)| Some((group, label?))).collect();
    let mut labels: Vec<&str> = known.iter().map(|k| k.1).collect();
    labels.sort_unstable();
    labels.dedup();
    let mut subtypes: Vec<usize> = known.iter().map(|k| k.0).collect();
    subtypes.sort_unstable();
    subtypes.dedup();
    let numbers: Vec<usize> = known.iter().map(|k| labels.binary_search(&k.1).unwrap_or_default()).collect();
    let mut counts = vec![vec![0; labels.len()]; subtypes.len()];
    for ((group, _), &label) in known.iter().zip(&numbers) {
        counts[subtypes.binary_search(group).unwrap_or_default()][label] += 1;
    }
    // Known labels first: homogeneity is then that of the subtypes, one label in each.
    let table = Contingency::new(&Partition::new(numbers), &Partition::new(known.iter().map(|k| k.0)));
    Ok(Agreed {
        column: column.to_owned(),
        known: known.len(),
        subtypes,
        labels: labels.into_iter().map(str::to_owned).collect(),
        counts,
        indices: table.agreement(),
    })
}

impl Agreed {
    /// Each index with its name and what it says.
    pub fn named(&self) -> [(&'static str, f64, &'static str); 6] {
        let a = &self.indices;
        [
            ("adjusted_rand", a.adjusted_rand, "pairs of patients, corrected for chance: 1 equal, 0 as by chance"),
            ("normalised_mutual_information", a.normalised_mutual_information, "0 to 1, not corrected for chance"),
            ("adjusted_mutual_information", a.adjusted_mutual_information, "corrected for chance"),
            ("homogeneity", a.homogeneity, "1 where each subtype holds one label"),
            ("completeness", a.completeness, "1 where each label lies in one subtype"),
            ("v_measure", a.v_measure, "harmonic mean of these two"),
        ]
    }
}

/// The indices, then the patients by subtype and label.
pub fn table(agreed: &Agreed) -> String {
    let mut text = String::from("kind\tname\tlabel\tvalue\n");
    // Into a string: cannot fail.
    let _ = writeln!(text, "patients\t{}\t\t{}", agreed.column, agreed.known);
    for (index, value, _) in agreed.named() {
        let _ = writeln!(text, "index\t{index}\t\t{value:.6}");
    }
    for (&group, row) in agreed.subtypes.iter().zip(&agreed.counts) {
        for (label, count) in agreed.labels.iter().zip(row) {
            let _ = writeln!(text, "count\t{}\t{label}\t{count}", name(group));
        }
    }
    text
}
