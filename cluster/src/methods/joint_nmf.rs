//! Joint non-negative factorisation of several tables of the same patients: one w for all, an h for each (joint NMF, Zhang
//! et al. 2012, doi 10.1093/nar/gks725). A patient absent from a table takes no part in that table's terms, so that nothing
//! has to be imputed. Time per round (patients × features × k) summed over tables.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

use super::nmf::{GROUPS, Objective, TINY, components, multiply, quotient, refuse};
use super::{Method, MethodError, Table};
use crate::partition::Partition;
use crate::random::{normal, stream};

const NAME: &str = "joint-nmf";
/// Starts of which the best is kept.
const STARTS: u64 = 2;

/// Joint NMF under the Kullback–Leibler divergence.
#[derive(Clone, Copy, Debug)]
pub struct JointNmf;

impl Method for JointNmf {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "non-negative factorisation of all modalities with one set of patient weights"
    }

    fn needs_non_negative(&self) -> bool {
        true
    }

    fn joins_tables(&self) -> bool {
        true
    }

    fn partition(&self, x: ArrayView2<'_, f64>, k: usize, seed: u64) -> Result<Partition, MethodError> {
        let patients: Vec<usize> = (0..x.nrows()).collect();
        self.partition_tables(&[Table { patients: &patients, x: x.view() }], x.nrows(), k, seed)
    }

    fn partition_tables(
        &self,
        tables: &[Table<'_>],
        patients: usize,
        k: usize,
        seed: u64,
    ) -> Result<Partition, MethodError> {
        Ok(best(tables, patients, k, Objective::KullbackLeibler, STARTS, seed)?.partition(tables))
    }
}

/// A joint factorisation.
#[derive(Clone, Debug)]
pub struct Factors {
    /// How much of each component a patient has, patients × k.
    pub w: Array2<f64>,
    /// What each component is made of in each table, k × features.
    pub h: Vec<Array2<f64>>,
    /// Sum over the tables, each scaled to a total of one a patient: of squares for [`Objective::Frobenius`], else of
    /// the divergence.
    pub objective: f64,
}

impl Factors {
    /// Each patient falls to the component that explains most of it in the tables that hold it.
    fn partition(&self, tables: &[Table<'_>]) -> Partition {
        let mut weights = Array2::<f64>::zeros(self.w.dim());
        for (table, h) in tables.iter().zip(&self.h) {
            let sums = h.sum_axis(Axis(1));
            for &patient in table.patients {
                weights.row_mut(patient).zip_mut_with(&sums, |w, &s| *w += s);
            }
        }
        Partition::new(components((weights * &self.w).view(), &Array1::ones(self.w.ncols())))
    }
}

/// A table as it is factorised.
struct Block<'a> {
    rows: &'a [usize],
    x: Array2<f64>,
}

/// The best of `starts` random starts.
///
/// # Errors
/// When k does not fit the number of patients, or a value is negative or not finite.
pub fn best(
    tables: &[Table<'_>],
    patients: usize,
    k: usize,
    objective: Objective,
    starts: u64,
    seed: u64,
) -> Result<Factors, MethodError> {
    if k == 0 || k > patients {
        return Err(MethodError::GroupCount { k, patients });
    }
    let mut blocks = Vec::with_capacity(tables.len());
    for table in tables {
        refuse(table.x, k.min(table.x.nrows()), NAME)?;
        let total: f64 = table.x.iter().sum();
        let scale = if total > 0.0 { table.x.nrows() as f64 / total } else { 1.0 };
        blocks.push(Block { rows: table.patients, x: table.x.mapv(|v| v * scale) });
    }
    let run = |start| descend(&blocks, random_factors(&blocks, patients, k, seed, start), objective);
    Ok((1..starts).map(run).fold(run(0), |best, next| if next.objective < best.objective { next } else { best }))
}

fn random_factors(
    blocks: &[Block<'_>],
    patients: usize,
    k: usize,
    seed: u64,
    start: u64,
) -> (Array2<f64>, Vec<Array2<f64>>) {
    let mut generator = stream(seed, &[start]);
    let mut draw = |rows, columns, scale: f64| {
        Array2::from_shape_simple_fn((rows, columns), || normal(&mut generator).abs() * scale)
    };
    let w = draw(patients, k, (1.0 / k as f64).sqrt());
    let h =
        blocks.iter().map(|b| draw(k, b.x.ncols(), b.x.mean().unwrap_or(0.0).max(TINY) / (k as f64).sqrt())).collect();
    (w, h)
}

fn descend(blocks: &[Block<'_>], (mut w, mut h): (Array2<f64>, Vec<Array2<f64>>), objective: Objective) -> Factors {
    let first = total(blocks, &w, &h, objective);
    let (mut reached, mut rounds, mut settled) = (first, 0, 0);
    let mut groups = Vec::new();
    while rounds < GROUPS.rounds && settled < GROUPS.settled {
        for _ in 0..10 {
            update(blocks, &mut w, &mut h, objective);
        }
        rounds += 10;
        let before = std::mem::replace(&mut reached, total(blocks, &w, &h, objective));
        if before - reached <= GROUPS.share * first {
            break;
        }
        let now = components(w.view(), &Array1::ones(w.ncols()));
        settled = if now == groups { settled + 10 } else { 0 };
        groups = now;
    }
    Factors { w, h, objective: reached }
}

/// One round: each h by the patients of its table, then w by all tables.
fn update(blocks: &[Block<'_>], w: &mut Array2<f64>, h: &mut [Array2<f64>], objective: Objective) {
    let (mut above, mut below) = (Array2::<f64>::zeros(w.dim()), Array2::<f64>::zeros(w.dim()));
    for (block, h) in blocks.iter().zip(h) {
        let own = w.select(Axis(0), block.rows);
        let (more, less) = match objective {
            Objective::Frobenius => {
                multiply(h, &own.t().dot(&block.x), &own.t().dot(&own).dot(h));
                (block.x.dot(&h.t()), own.dot(&h.dot(&h.t())))
            }
            Objective::KullbackLeibler => {
                let part = own.t().dot(&quotient(block.x.view(), &own, h));
                let sums = own.sum_axis(Axis(0)).insert_axis(Axis(1));
                Zip::from(&mut *h).and(&part).and_broadcast(&sums).for_each(|h, &a, &s| *h *= a / s.max(TINY));
                let sums = h.sum_axis(Axis(1));
                let less = Array2::from_shape_fn(own.dim(), |(_, c)| sums[c]);
                (quotient(block.x.view(), &own, h).dot(&h.t()), less)
            }
        };
        for (row, &patient) in block.rows.iter().enumerate() {
            above.row_mut(patient).zip_mut_with(&more.row(row), |a, &m| *a += m);
            below.row_mut(patient).zip_mut_with(&less.row(row), |b, &l| *b += l);
        }
    }
    multiply(w, &above, &below);
}

fn total(blocks: &[Block<'_>], w: &Array2<f64>, h: &[Array2<f64>], objective: Objective) -> f64 {
    let part = |(block, h): (&Block<'_>, &Array2<f64>)| {
        let value = objective.of(block.x.view(), &w.select(Axis(0), block.rows), h);
        if objective == Objective::Frobenius { value * value } else { value }
    };
    blocks.iter().zip(h).map(part).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn joint_factors_cut_patients_that_no_single_table_cuts() {
        // The first table tells 0 from the rest, the second tells 2 from the rest.
        let a = array![[5.0, 0.0], [0.0, 5.0], [0.0, 5.0], [5.0, 0.0]];
        let b = array![[5.0, 0.0], [5.0, 0.0], [0.0, 5.0], [5.0, 0.0]];
        let all = [0, 1, 2, 3];
        let tables = [Table { patients: &all, x: a.view() }, Table { patients: &all, x: b.view() }];
        for objective in [Objective::KullbackLeibler, Objective::Frobenius] {
            let found = best(&tables, 4, 3, objective, 10, 1).unwrap();
            assert_eq!(found.partition(&tables).labels(), [0, 1, 2, 0], "{objective:?}");
        }
    }

    #[test]
    fn updates_never_raise_the_objective_with_patients_absent() {
        let a = Array2::from_shape_fn((6, 5), |(i, j)| ((i * 7 + j * 3) % 11) as f64);
        let b = Array2::from_shape_fn((4, 3), |(i, j)| ((i * 5 + j * 2) % 7) as f64);
        let blocks = [Block { rows: &[0, 1, 2, 3, 4, 5], x: a.clone() }, Block { rows: &[5, 1, 6, 3], x: b.clone() }];
        for objective in [Objective::Frobenius, Objective::KullbackLeibler] {
            let (mut w, mut h) = random_factors(&blocks, 7, 2, 3, 0);
            let mut last = total(&blocks, &w, &h, objective);
            for _ in 0..30 {
                update(&blocks, &mut w, &mut h, objective);
                let next = total(&blocks, &w, &h, objective);
                assert!(next <= last * (1.0 + 1e-12), "{objective:?}: {last} to {next}");
                last = next;
            }
        }
    }

    #[test]
    fn a_negative_value_is_named() {
        let x = array![[1.0, 0.5], [2.0, -3.0]];
        let found = JointNmf.partition(x.view(), 2, 1);
        assert_eq!(found, Err(MethodError::Negative { row: 1, column: 1, value: -3.0, method: NAME }));
    }
}
