//! Lloyd's iteration for many patients: Hamerly's bounds (Hamerly 2010, doi 10.1137/1.9781611972801.12) tell which
//! patients cannot have changed their centre; the others are gathered and compared with all centres in one product of
//! matrices. Blocks of patients run in parallel; their sums are added in the order of blocks, so that the result does
//! not depend on the number of threads.
//!
//! Memory: 24 bytes a patient beside the data.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::Solution;
use crate::distance::squared;

/// Patients in a block. A fixed number, so that sums do not depend on how many threads there are.
const BLOCK: usize = 1024;

/// What is known of one patient.
#[derive(Clone, Copy)]
struct Known {
    label: usize,
    /// At least the distance to its own centre.
    upper: f64,
    /// At most the distance to any other centre.
    lower: f64,
}

const UNKNOWN: Known = Known { label: usize::MAX, upper: f64::INFINITY, lower: 0.0 };

/// How one block of patients changed the groups.
struct Change {
    sums: Array2<f64>,
    counts: Vec<f64>,
}

/// Centres of one iteration, and what follows from them for all patients.
struct Centres {
    /// Features × k, relative to `origin`.
    turned: Array2<f64>,
    squares: Array1<f64>,
    /// Half the distance to the nearest other centre: whoever is nearer than that is in the right place.
    clearance: Vec<f64>,
    /// The mean of all patients, so that little is lost to rounding where they lie far from 0.
    origin: Array1<f64>,
}

impl Centres {
    fn new(values: &Array2<f64>, origin: &Array1<f64>) -> Self {
        let clearance = |c: usize| {
            let others = (0..values.nrows()).filter(|&o| o != c);
            others.map(|o| squared(values.row(c), values.row(o))).fold(f64::INFINITY, f64::min).sqrt() / 2.0
        };
        Self {
            turned: values.t().as_standard_layout().to_owned(),
            squares: values.map_axis(Axis(1), |row| row.dot(&row)),
            clearance: (0..values.nrows()).map(clearance).collect(),
            origin: origin.clone(),
        }
    }

    /// Brings the patients of a block, whose rows in `x` start at `from`, to their nearest centres.
    fn settle(&self, x: ArrayView2<'_, f64>, from: usize, block: &mut [Known]) -> Option<Change> {
        let doubtful =
            |known: &Known| self.clearance.get(known.label).is_none_or(|&clear| known.upper > clear.max(known.lower));
        let open: Vec<usize> = (0..block.len()).filter(|&i| doubtful(&block[i])).collect();
        if open.is_empty() {
            return None;
        }
        let mut rows = Array2::zeros((open.len(), x.ncols()));
        for (mut row, &i) in rows.axis_iter_mut(Axis(0)).zip(&open) {
            row.assign(&x.row(from + i));
            row -= &self.origin;
        }
        let mut products = Array2::zeros((open.len(), self.squares.len()));
        general_mat_mul(1.0, &rows, &self.turned, 0.0, &mut products);
        let mut change: Option<Change> = None;
        for ((row, products), &i) in rows.rows().into_iter().zip(products.rows()).zip(&open) {
            let found = self.nearest(row, products);
            let before = std::mem::replace(&mut block[i], found).label;
            if before != found.label {
                let change = change.get_or_insert_with(|| Change {
                    sums: Array2::zeros((self.squares.len(), x.ncols())),
                    counts: vec![0.0; self.squares.len()],
                });
                change.sums.row_mut(found.label).scaled_add(1.0, &row);
                change.counts[found.label] += 1.0;
                if before != UNKNOWN.label {
                    change.sums.row_mut(before).scaled_add(-1.0, &row);
                    change.counts[before] -= 1.0;
                }
            }
        }
        change
    }

    /// The nearest centre of a row, given its products with all; of equally near ones the first.
    fn nearest(&self, row: ArrayView1<'_, f64>, products: ArrayView1<'_, f64>) -> Known {
        let (mut label, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
        for (c, (product, square)) in products.iter().zip(&self.squares).enumerate() {
            let distance = square - 2.0 * product;
            if distance < first {
                (label, second, first) = (c, first, distance);
            } else if distance < second {
                second = distance;
            }
        }
        let own = row.dot(&row);
        Known { label, upper: (own + first).max(0.0).sqrt(), lower: (own + second).max(0.0).sqrt() }
    }
}

/// Lloyd's iteration from the given centres until no label changes, or the centres move by no more than `tolerance`
/// (squared, all together), or `limit` iterations have run. But for rounding and ties it is [`super::lloyd`].
pub(super) fn run(x: ArrayView2<'_, f64>, start: &Array2<f64>, tolerance: f64, limit: usize) -> Solution {
    let origin = mean(x);
    let mut centres = start - &origin;
    let mut known = vec![UNKNOWN; x.nrows()];
    let (mut sums, mut counts) = (Array2::zeros(centres.dim()), vec![0.0; centres.nrows()]);
    let (mut iterations, mut resting) = (0, false);
    loop {
        iterations += 1;
        let now = Centres::new(&centres, &origin);
        let changes: Vec<Option<Change>> =
            known.par_chunks_mut(BLOCK).enumerate().map(|(block, part)| now.settle(x, block * BLOCK, part)).collect();
        let moved = changes.iter().any(Option::is_some);
        if !moved || resting || iterations >= limit {
            break;
        }
        for change in changes.iter().flatten() {
            sums += &change.sums;
            counts.iter_mut().zip(&change.counts).for_each(|(count, more)| *count += more);
        }
        let next = means(x, &origin, &sums, &counts, &known);
        let shifts: Vec<f64> = centres.rows().into_iter().zip(next.rows()).map(|(a, b)| squared(a, b)).collect();
        centres = next;
        resting = shifts.iter().sum::<f64>() <= tolerance;
        loosen(&mut known, &shifts);
    }
    finish(x, centres + &origin, &known, iterations)
}

/// The mean of the patients, block by block.
fn mean(x: ArrayView2<'_, f64>) -> Array1<f64> {
    let parts: Vec<Array1<f64>> =
        x.axis_chunks_iter(Axis(0), BLOCK).into_par_iter().map(|part| part.sum_axis(Axis(0))).collect();
    parts.iter().fold(Array1::zeros(x.ncols()), |sum, part| sum + part) / x.nrows().max(1) as f64
}

/// The means of the groups. A group that has lost everybody takes the patient farthest from its centre, as far as
/// that is known; the next such group the next.
fn means(
    x: ArrayView2<'_, f64>,
    origin: &Array1<f64>,
    sums: &Array2<f64>,
    counts: &[f64],
    known: &[Known],
) -> Array2<f64> {
    let mut centres = sums.clone();
    let mut taken: Vec<usize> = Vec::new();
    for (c, mut centre) in centres.axis_iter_mut(Axis(0)).enumerate() {
        if counts[c] > 0.5 {
            centre /= counts[c];
            continue;
        }
        let open = known.iter().enumerate().filter(|(i, _)| !taken.contains(i));
        if let Some((far, _)) = open.max_by(|a, b| a.1.upper.total_cmp(&b.1.upper)) {
            centre.assign(&(&x.row(far) - origin));
            taken.push(far);
        }
    }
    centres
}

/// Widens the bounds by how far the centres moved (their squared shifts).
fn loosen(known: &mut [Known], shifts: &[f64]) {
    let moves: Vec<f64> = shifts.iter().map(|s| s.sqrt()).collect();
    let farthest =
        |but: usize| moves.iter().enumerate().filter(|(c, _)| *c != but).fold(0.0, |most: f64, (_, &m)| most.max(m));
    let others: Vec<f64> = (0..moves.len()).map(farthest).collect();
    known.par_chunks_mut(BLOCK).flatten_iter().for_each(|known| {
        known.upper += moves[known.label];
        known.lower -= others[known.label];
    });
}

fn finish(x: ArrayView2<'_, f64>, centres: Array2<f64>, known: &[Known], iterations: usize) -> Solution {
    let parts: Vec<f64> = known
        .par_chunks(BLOCK)
        .enumerate()
        .map(|(block, part)| {
            let distance = |(i, k): (usize, &Known)| squared(x.row(block * BLOCK + i), centres.row(k.label));
            part.iter().enumerate().map(distance).sum()
        })
        .collect();
    let labels = known.iter().map(|k| k.label).collect();
    Solution { centres, labels, inertia: parts.iter().sum(), iterations }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::kmeans::{lloyd, spread};
    use crate::random::{normal, stream};

    /// Overlapping clouds, so that many patients lie near a border, far from 0.
    fn clouds() -> Array2<f64> {
        let mut generator = stream(8, &[]);
        Array2::from_shape_fn((5000, 6), |(i, j)| 100.0 + ((i % 7 + j) % 4) as f64 * 2.0 + normal(&mut generator))
    }

    #[test]
    fn bounds_change_nothing_in_the_result() {
        let x = clouds();
        let start = spread(x.view(), 7, &mut stream(2, &[]));
        let (plain, bounded) = (lloyd(x.view(), start.clone(), 300), run(x.view(), &start, 0.0, 300));
        assert_eq!(plain.labels, bounded.labels);
        assert_eq!(plain.iterations, bounded.iterations);
        assert!((plain.inertia - bounded.inertia).abs() < 1e-9 * plain.inertia);
        for (a, b) in plain.centres.iter().zip(&bounded.centres) {
            assert!((a - b).abs() < 1e-9);
        }
    }

    #[test]
    fn the_same_bytes_come_from_one_thread_and_from_three() {
        let x = clouds();
        let start = spread(x.view(), 5, &mut stream(3, &[]));
        let with = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map(|p| p.install(|| run(x.view(), &start, 0.0, 50)))
        };
        let (Ok(one), Ok(three)) = (with(1), with(3)) else { unreachable!() };
        assert_eq!(one.labels, three.labels);
        assert_eq!(one.centres, three.centres);
        assert_eq!(one.inertia.to_bits(), three.inertia.to_bits());
    }

    #[test]
    fn a_centre_far_from_everybody_is_brought_back() {
        let x = clouds();
        let mut start = spread(x.view(), 4, &mut stream(4, &[]));
        start.row_mut(2).fill(1e6);
        let found = run(x.view(), &start, 0.0, 300);
        assert!((0..4).all(|c| found.labels.contains(&c)));
    }
}
