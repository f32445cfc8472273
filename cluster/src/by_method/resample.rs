//! Resamples, and the method's cuts of them.

use ndarray::{Array2, Axis};
use rand::Rng;
use rayon::prelude::*;

use super::tables::Prepared;
use super::{Resample, Settings};
use crate::distance::condensed;
use crate::methods::hierarchical::Hierarchical;
use crate::methods::{MethodError, Table};
use crate::partition::Partition;
use crate::random::{sample, stream};

/// One resample, cut into several numbers of groups.
#[derive(Debug)]
pub(super) struct Cut {
    /// Number of the modality; 0 for a method that joins them.
    pub unit: usize,
    /// Number of the resample.
    pub resample: usize,
    /// Its patients, as numbers in the cohort, rising.
    pub patients: Vec<usize>,
    /// Into 2, 3, … groups, as far as the patients reach.
    pub partitions: Vec<Partition>,
}

impl Cut {
    /// That into k groups, if the patients reached.
    pub fn of(&self, k: usize) -> Option<(&[usize], &Partition)> {
        self.partitions.get(k - 2).map(|partition| (self.patients.as_slice(), partition))
    }
}

/// How patients are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    /// A share of them, or all, as the settings say.
    Share,
    /// As many as there are, with replacement.
    Bootstrap,
}

/// Tables that are cut together, with their distances where a tree follows from these.
struct Unit<'a> {
    tables: Vec<&'a Prepared>,
    tree: Option<(&'a Hierarchical, Vec<f64>)>,
}

/// Cuts `count` resamples of `patients` patients into 2 … `most` groups.
pub(super) fn cuts(
    tables: &[Prepared],
    patients: usize,
    most: usize,
    (draw, count): (Draw, usize),
    settings: &Settings,
) -> Result<Vec<Cut>, MethodError> {
    let units = units(tables, draw, settings);
    let jobs: Vec<(usize, usize)> = (0..units.len()).flat_map(|u| (0..count).map(move |r| (u, r))).collect();
    jobs.into_par_iter()
        .map(|(unit, resample)| {
            let mut generator = stream(settings.seed, &[12, draw as u64, unit as u64, resample as u64]);
            let drawn = drawn(patients, draw, settings, &mut generator);
            let seed = settings.seed ^ (resample as u64 * 64 + unit as u64);
            let (patients, partitions) = units[unit].cut(&drawn, most, draw, settings, &mut generator, seed)?;
            Ok(Cut { unit, resample, patients, partitions })
        })
        .collect()
}

fn units<'a>(tables: &'a [Prepared], draw: Draw, settings: &Settings) -> Vec<Unit<'a>> {
    if settings.method.joins_tables() {
        return vec![Unit { tables: tables.iter().collect(), tree: None }];
    }
    // Distances over all features serve every resample of the patients.
    let whole = draw == Draw::Bootstrap || settings.resample == Resample::Patients;
    let distances = |table: &Prepared| {
        settings.method.by_tree().filter(|_| whole).map(|tree| (tree, condensed(table.x.view(), tree.metric())))
    };
    tables.iter().map(|table| Unit { tables: vec![table], tree: distances(table) }).collect()
}

/// Patients drawn, rising; some more than once in a bootstrap.
fn drawn(patients: usize, draw: Draw, settings: &Settings, generator: &mut impl Rng) -> Vec<usize> {
    match (draw, settings.resample) {
        (Draw::Bootstrap, _) => {
            let mut drawn: Vec<usize> = (0..patients).map(|_| generator.gen_range(0..patients)).collect();
            drawn.sort_unstable();
            drawn
        }
        (Draw::Share, Resample::Features) => (0..patients).collect(),
        (Draw::Share, _) => sample(patients, portion(patients, settings.share), generator),
    }
}

/// A share of a number, at least 1.
pub(super) fn portion(of: usize, share: f64) -> usize {
    ((share * of as f64).round() as usize).clamp(1, of.max(1))
}

/// Cuts what was drawn into so many groups.
type Cutter<'a> = Box<dyn Fn(usize) -> Result<Partition, MethodError> + 'a>;

impl Unit<'_> {
    /// The distinct patients that were cut, rising, and their partitions into 2 … `most` groups.
    fn cut(
        &self,
        drawn: &[usize],
        most: usize,
        draw: Draw,
        settings: &Settings,
        generator: &mut impl Rng,
        seed: u64,
    ) -> Result<(Vec<usize>, Vec<Partition>), MethodError> {
        let features = draw == Draw::Share && settings.resample != Resample::Patients;
        // Rows of each table, and the places of these in what was drawn.
        let parts: Vec<(Vec<usize>, Vec<usize>)> = self.tables.iter().map(|table| rows(table, drawn)).collect();
        let values: Vec<Array2<f64>> = self
            .tables
            .iter()
            .zip(&parts)
            .map(|(table, (rows, _))| {
                if self.tree.is_some() {
                    return Array2::zeros((0, 0));
                }
                let columns = features.then(|| {
                    let count = table.x.ncols();
                    sample(count, portion(count, settings.share), generator)
                });
                let x = table.x.select(Axis(0), rows);
                columns.map_or_else(|| x.clone(), |c| x.select(Axis(1), &c))
            })
            .collect();
        let (places, cut): (Vec<usize>, Cutter<'_>) = match (&self.tree, parts.as_slice(), values.as_slice()) {
            (Some((method, distances)), [(rows, places)], _) => {
                let n = self.tables.first().map_or(0, |t| t.x.nrows());
                let tree = method.tree(among(distances, n, rows), rows.len());
                (places.clone(), Box::new(move |k| Ok(tree.cut(k))))
            }
            (None, [(_, places)], [x]) if !settings.method.joins_tables() => {
                (places.clone(), Box::new(|k| settings.method.partition(x.view(), k, seed ^ ((k as u64) << 32))))
            }
            _ => {
                let tables: Vec<Table<'_>> =
                    values.iter().zip(&parts).map(|(x, (_, places))| Table { patients: places, x: x.view() }).collect();
                let count = drawn.len();
                (
                    (0..count).collect(),
                    Box::new(move |k| settings.method.partition_tables(&tables, count, k, seed ^ ((k as u64) << 32))),
                )
            }
        };
        let partitions = (2..=most.min(places.len())).map(cut).collect::<Result<Vec<_>, _>>()?;
        Ok(distinct(places.iter().map(|&place| drawn[place]).collect(), partitions))
    }
}

/// Rows of a table whose patients were drawn, as often as they were, and their places among the drawn.
fn rows(table: &Prepared, drawn: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let last = drawn.last().map_or(0, |&d| d + 1);
    let mut at = vec![None; last.max(table.patients.iter().max().map_or(0, |&p| p + 1))];
    for (row, &patient) in table.patients.iter().enumerate() {
        at[patient] = Some(row);
    }
    drawn.iter().enumerate().filter_map(|(place, &patient)| Some((at[patient]?, place))).unzip()
}

/// Condensed distances among some rows of `n`; 0 for a row drawn twice.
fn among(distances: &[f64], n: usize, rows: &[usize]) -> Vec<f64> {
    let mut found = Vec::with_capacity(rows.len() * rows.len().saturating_sub(1) / 2);
    for (a, &i) in rows.iter().enumerate() {
        for &j in &rows[a + 1..] {
            let (low, high) = (i.min(j), i.max(j));
            found.push(if low == high { 0.0 } else { distances[low * n - low * (low + 1) / 2 + high - low - 1] });
        }
    }
    found
}

/// Each patient once; one that was drawn several times has the group of its first copy.
fn distinct(patients: Vec<usize>, partitions: Vec<Partition>) -> (Vec<usize>, Vec<Partition>) {
    let first: Vec<usize> = (0..patients.len()).filter(|&i| i == 0 || patients[i] != patients[i - 1]).collect();
    if first.len() == patients.len() {
        return (patients, partitions);
    }
    let kept = |p: &Partition| Partition::new(first.iter().map(|&i| p.labels()[i]));
    (first.iter().map(|&i| patients[i]).collect(), partitions.iter().map(kept).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_among_some_rows_are_those_of_the_whole() {
        let x = ndarray::array![[0.0], [1.0], [5.0], [7.0]];
        let all = condensed(x.view(), crate::distance::Metric::Euclidean);
        assert_eq!(among(&all, 4, &[1, 1, 3, 0]), [0.0, 6.0, 1.0, 6.0, 1.0, 7.0]);
    }

    #[test]
    fn a_patient_drawn_twice_counts_once() {
        let (patients, partitions) = distinct(vec![2, 2, 5, 9, 9], vec![Partition::new([0, 1, 1, 2, 2])]);
        assert_eq!((patients, partitions[0].labels()), (vec![2, 5, 9], [0, 1, 2].as_slice()));
    }
}
