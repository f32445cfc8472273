//! One pass over calls and guidance. What is held grows with genes, alleles and drugs, and by a name a sample.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::groups::{ALL, Groups};

/// Counts of a gene in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneCounts {
    /// Samples with a row.
    pub samples: usize,
    /// With one diplotype or one found set.
    pub called: usize,
    /// With several that fit.
    pub ambiguous: usize,
    /// Without a call though every site had a genotype: combinations that no definition names.
    pub novel: usize,
    /// Sites without a genotype, over all samples.
    pub missing_sites: usize,
    /// Samples by phenotype, of those with one.
    pub phenotypes: BTreeMap<String, usize>,
    /// Chromosomes by allele, of those with one diplotype.
    pub alleles: BTreeMap<String, usize>,
}

/// Counts of a drug in a group: samples by the gravest action of any of its rows.
pub type Actions = BTreeMap<&'static str, usize>;

/// Counts of a group.
#[derive(Clone, Debug, Default)]
pub struct GroupCounts {
    /// Its name.
    pub name: String,
    /// Samples.
    pub samples: usize,
    /// By gene.
    pub genes: BTreeMap<String, GeneCounts>,
    /// By drug.
    pub drugs: BTreeMap<String, Actions>,
}

/// Everything.
#[derive(Debug)]
pub struct Counted {
    /// Everybody, then each group.
    pub groups: Vec<GroupCounts>,
    /// Samples that the table of groups does not name.
    pub ungrouped: usize,
}

/// Actions from the gravest on.
pub const ACTIONS: [&str; 5] = ["avoid", "adjust", "monitor", "standard", "none"];

/// Counts the calls of a folder.
///
/// # Errors
/// When `calls.tsv` is not there or is no table of calls.
pub fn count(calls: &Path, groups: &Groups) -> Result<Counted> {
    let names = std::iter::once(ALL.to_owned()).chain(groups.names.iter().cloned());
    let mut counted =
        Counted { groups: names.map(|name| GroupCounts { name, ..GroupCounts::default() }).collect(), ungrouped: 0 };
    let mut seen: HashSet<String> = HashSet::new();
    let path = calls.join("calls.tsv");
    each(
        &path,
        ["sample", "gene", "diplotype", "phenotype", "missing_sites"],
        |[sample, gene, diplotype, phenotype, missing]| {
            let of = groups.of(sample);
            let is_new = !seen.contains(sample) && seen.insert(sample.to_owned());
            counted.ungrouped += usize::from(is_new && of.is_none() && !groups.names.is_empty());
            for place in std::iter::once(0).chain(of.map(|g| g + 1)) {
                let Some(group) = counted.groups.get_mut(place) else { continue };
                group.samples += usize::from(is_new);
                if !group.genes.contains_key(gene) {
                    group.genes.insert(gene.to_owned(), GeneCounts::default());
                }
                if let Some(counts) = group.genes.get_mut(gene) {
                    counts.add(diplotype, phenotype, missing.parse().unwrap_or(0));
                }
            }
        },
    )?;
    let path = calls.join("guidance.tsv");
    if path.is_file() {
        drugs(&path, groups, &mut counted)?;
    }
    Ok(counted)
}

/// Rows of a sample stand together: its gravest action on each drug is known when the next sample begins.
fn drugs(path: &Path, groups: &Groups, counted: &mut Counted) -> Result<()> {
    let mut of_sample: BTreeMap<String, usize> = BTreeMap::new();
    let mut now = String::new();
    let mut settle = |sample: &str, gravest: &mut BTreeMap<String, usize>| {
        for (drug, action) in std::mem::take(gravest) {
            for place in std::iter::once(0).chain(groups.of(sample).map(|g| g + 1)) {
                let (Some(group), Some(action)) = (counted.groups.get_mut(place), ACTIONS.get(action)) else {
                    continue;
                };
                *group.drugs.entry(drug.clone()).or_default().entry(*action).or_default() += 1;
            }
        }
    };
    each(path, ["sample", "drug", "action"], |[sample, drug, action]| {
        if sample != now {
            settle(&now, &mut of_sample);
            now = sample.to_owned();
        }
        let grave = ACTIONS.iter().position(|a| *a == action).unwrap_or(ACTIONS.len() - 1);
        let before = of_sample.entry(drug.to_owned()).or_insert(grave);
        *before = grave.min(*before);
    })?;
    settle(&now, &mut of_sample);
    Ok(())
}

impl GeneCounts {
    fn add(&mut self, diplotype: &str, phenotype: &str, missing: usize) {
        self.samples += 1;
        self.missing_sites += missing;
        if diplotype.contains(';') {
            self.ambiguous += 1;
        } else if !diplotype.is_empty() {
            self.called += 1;
            if !diplotype.contains(" + ") || diplotype.contains('[') {
                for allele in chromosomes(diplotype) {
                    *self.alleles.entry(allele.to_owned()).or_default() += 1;
                }
            }
        } else if phenotype.is_empty() && missing == 0 {
            self.novel += 1;
        }
        let phenotypes: BTreeSet<&str> = phenotype.split(';').filter(|p| !p.is_empty()).collect();
        if let [one] = phenotypes.into_iter().collect::<Vec<_>>().as_slice() {
            *self.phenotypes.entry((*one).to_owned()).or_default() += 1;
        }
    }
}

/// The chromosome copies of a diplotype: a slash between brackets belongs to a name.
fn chromosomes(diplotype: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (place, letter) in diplotype.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            '/' if depth == 0 => {
                found.push(&diplotype[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    found.push(&diplotype[start..]);
    found
}

/// Shows the cells of these columns, line by line.
fn each<const N: usize>(path: &Path, columns: [&str; N], mut show: impl FnMut([&str; N])) -> Result<()> {
    let file = File::open(path).with_context(|| {
        format!("cannot read {}; `rxstrata call`, run or merge write it (--formats tsv)", path.display())
    })?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut line = String::new();
    reader.read_line(&mut line).with_context(|| format!("{}: not text", path.display()))?;
    let header: Vec<&str> = line.trim_end_matches(['\n', '\r']).split('\t').collect();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|h| *h == name);
        *place = found.with_context(|| format!("{}: no column '{name}'", path.display()))?;
    }
    let mut number = 1;
    let mut row = String::new();
    loop {
        row.clear();
        number += 1;
        if reader.read_line(&mut row).with_context(|| format!("{}, line {number}: not text", path.display()))? == 0 {
            return Ok(());
        }
        let cells: Vec<&str> = row.trim_end_matches(['\n', '\r']).split('\t').collect();
        let mut shown = [""; N];
        for (to, place) in shown.iter_mut().zip(places) {
            let Some(cell) = cells.get(place) else {
                bail!("{}, line {number}: expected {} cells, found {}", path.display(), places.len(), cells.len());
            };
            *to = cell;
        }
        show(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_a_diplotype() {
        assert_eq!(chromosomes("*1/*2x2"), ["*1", "*2x2"]);
        assert_eq!(chromosomes("*1/[*9 + *10]"), ["*1", "[*9 + *10]"]);
        assert_eq!(chromosomes("A- 202A_376G"), ["A- 202A_376G"]);
    }

    #[test]
    fn no_call_with_every_site_is_novel_and_without_one_is_not() {
        let mut counts = GeneCounts::default();
        counts.add("", "", 0);
        counts.add("", "", 3);
        counts.add("*1/*2;*3/*4", "A;A", 0);
        counts.add("*1/*1", "B", 0);
        assert_eq!((counts.novel, counts.ambiguous, counts.called, counts.samples), (1, 1, 1, 4));
        assert_eq!(counts.phenotypes, BTreeMap::from([("A".to_owned(), 1), ("B".to_owned(), 1)]));
        assert_eq!(counts.alleles, BTreeMap::from([("*1".to_owned(), 2)]));
    }
}
