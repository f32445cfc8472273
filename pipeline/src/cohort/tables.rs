//! Tables of counts, with Wilson's intervals, small counts withheld on request.

use cluster::classify::measures::wilson;

use super::count::{ACTIONS, Counted};

/// A share with its 95 % interval (Wilson, J Am Stat Assoc 1927;22:209); empty cells where the count is withheld.
pub struct Share {
    /// Count as shown.
    pub count: String,
    /// Of so many.
    pub total: usize,
    /// Share, lower and upper bound.
    pub share: Option<[f64; 3]>,
}

/// A count above 0 and below `least` is shown as `<least`, without its share.
pub fn share(count: usize, total: usize, least: usize) -> Share {
    if count > 0 && count < least {
        return Share { count: format!("<{least}"), total, share: None };
    }
    let found = (total > 0).then(|| {
        let share = count as f64 / total as f64;
        let (low, high) = wilson(share, total as f64);
        [share, low, high]
    });
    Share { count: count.to_string(), total, share: found }
}

impl Share {
    /// Five cells.
    fn cells(&self) -> String {
        let [share, low, high] = self.share.map_or_else(Default::default, |s| s.map(|v| format!("{v:.6}")));
        format!("{}\t{}\t{share}\t{low}\t{high}", self.count, self.total)
    }
}

/// Names and texts.
pub fn all(counted: &Counted, least: usize) -> Vec<(&'static str, String)> {
    let mut phenotypes = String::from("group\tgene\tphenotype\tcount\ttotal\tfrequency\tlow\thigh\n");
    let mut alleles = String::from("group\tgene\tallele\tcount\ttotal\tfrequency\tlow\thigh\n");
    let mut genes = String::from("group\tgene\tsamples\tcalled\tambiguous\tnovel\tcall_rate\tmissing_sites_mean\n");
    let mut drugs = String::from("group\tdrug\taction\tcount\ttotal\tfrequency\tlow\thigh\n");
    for group in &counted.groups {
        for (gene, counts) in &group.genes {
            let known: usize = counts.phenotypes.values().sum();
            for (phenotype, count) in &counts.phenotypes {
                phenotypes +=
                    &format!("{}\t{gene}\t{phenotype}\t{}\n", group.name, share(*count, known, least).cells());
            }
            let copies: usize = counts.alleles.values().sum();
            for (allele, count) in &counts.alleles {
                alleles += &format!("{}\t{gene}\t{allele}\t{}\n", group.name, share(*count, copies, least).cells());
            }
            let rate = (counts.called + counts.ambiguous) as f64 / counts.samples.max(1) as f64;
            let mean = counts.missing_sites as f64 / counts.samples.max(1) as f64;
            let small = |count: usize| share(count, counts.samples, least).count;
            genes += &format!(
                "{}\t{gene}\t{}\t{}\t{}\t{}\t{rate:.6}\t{mean:.3}\n",
                group.name,
                counts.samples,
                small(counts.called),
                small(counts.ambiguous),
                small(counts.novel)
            );
        }
        for (drug, actions) in &group.drugs {
            for action in ACTIONS {
                let Some(count) = actions.get(action) else { continue };
                drugs +=
                    &format!("{}\t{drug}\t{action}\t{}\n", group.name, share(*count, group.samples, least).cells());
            }
        }
    }
    vec![("phenotypes.tsv", phenotypes), ("alleles.tsv", alleles), ("genes.tsv", genes), ("drugs.tsv", drugs)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_withheld_and_none_is_not() {
        assert_eq!(share(3, 100, 5).cells(), "<5\t100\t\t\t");
        assert_eq!(share(3, 100, 0).count, "3");
        assert!(share(0, 100, 5).cells().starts_with("0\t100\t0.000000\t0.000000\t0.03"));
        assert!(share(0, 0, 0).share.is_none());
    }
}
