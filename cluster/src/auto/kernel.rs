//! k-means on inner products (Schölkopf, Smola and Müller 1998; with the linear kernel it is Lloyd's k-means): a round
//! costs additions for the patients that move, not distances in all features.

use ndarray::Array2;
use rand::Rng;

use crate::partition::Partition;

/// Rounds after which a start ends even if patients still move.
const ROUNDS: usize = 100;

/// The best partition from `starts` k-means++ starts for each of 2 … `most` groups. The first k seeds of a start serve
/// for k groups: k-means++ draws them one by one (Arthur and Vassilvitskii 2007).
pub(super) fn partitions(
    products: &Array2<f32>,
    most: usize,
    starts: usize,
    generator: &mut impl Rng,
) -> Vec<Partition> {
    let seeds: Vec<Vec<usize>> = (0..starts).map(|_| seeds(products, most, generator)).collect();
    (2..=most)
        .map(|k| {
            let mut best: Option<Solution> = None;
            for start in &seeds {
                let found = lloyd(products, &start[..k.min(start.len())]);
                if best.as_ref().is_none_or(|b| found.inertia < b.inertia) {
                    best = Some(found);
                }
            }
            Partition::new(best.map(|b| b.labels).unwrap_or_default())
        })
        .collect()
}

/// Greedy k-means++: each further seed is the best of several patients, drawn with probability proportional to their
/// squared distance to the nearest seed so far.
fn seeds(products: &Array2<f32>, count: usize, generator: &mut impl Rng) -> Vec<usize> {
    let n = products.nrows();
    let candidates = 2 + (count.max(1) as f64).ln() as usize;
    let closer = |seed: usize, nearest: &[f32]| -> (f64, Vec<f32>) {
        let row = products.row(seed);
        let square = |i: usize| (products[[i, i]] + row[seed] - 2.0 * row[i]).max(0.0);
        let closer: Vec<f32> = nearest.iter().enumerate().map(|(i, &near)| near.min(square(i))).collect();
        (closer.iter().map(|&d| f64::from(d)).sum(), closer)
    };
    let first = generator.gen_range(0..n.max(1));
    let (mut total, mut nearest) = closer(first, &vec![f32::INFINITY; n]);
    let mut chosen = vec![first];
    while chosen.len() < count.min(n) {
        let mut best: Option<(usize, f64, Vec<f32>)> = None;
        for _ in 0..candidates {
            let mut left = generator.r#gen::<f64>() * total;
            let drawn = nearest.iter().position(|&d| {
                left -= f64::from(d);
                left < 0.0
            });
            // Where all remaining patients equal a seed, or rounding ran past the end, any other patient.
            let drawn = drawn.or_else(|| (0..n).find(|i| !chosen.contains(i))).unwrap_or(0);
            let (left, closer) = closer(drawn, &nearest);
            if best.as_ref().is_none_or(|b| left < b.1) {
                best = Some((drawn, left, closer));
            }
        }
        if let Some((drawn, left, closer)) = best {
            chosen.push(drawn);
            (total, nearest) = (left, closer);
        }
    }
    chosen
}

struct Solution {
    labels: Vec<usize>,
    inertia: f64,
}

/// Lloyd's iteration from patients as centres.
fn lloyd(products: &Array2<f32>, seeds: &[usize]) -> Solution {
    let (n, k) = (products.nrows(), seeds.len());
    // A seed is the mean of itself: the sums of a group of one.
    let mut sums = Array2::<f32>::zeros((k, n));
    for (mut sum, &seed) in sums.rows_mut().into_iter().zip(seeds) {
        sum.assign(&products.row(seed));
    }
    let mut sizes = vec![1_usize; k];
    let mut squares: Vec<f32> = seeds.iter().map(|&s| products[[s, s]]).collect();
    let mut labels = vec![usize::MAX; n];
    let mut nearest = vec![0.0_f32; n];
    let mut next = vec![0_usize; n];
    for round in 0..ROUNDS {
        nearest.fill(f32::INFINITY);
        for group in 0..k {
            let size = sizes[group] as f32;
            if sizes[group] == 0 {
                continue;
            }
            let (own, scale) = (squares[group] / (size * size), -2.0 / size);
            let values = nearest.iter_mut().zip(next.iter_mut()).zip(sums.row(group));
            for ((near, next), &sum) in values {
                let value = own + scale * sum;
                if value < *near {
                    *near = value;
                    *next = group;
                }
            }
        }
        if round == 0 {
            sums.fill(0.0);
            sizes.fill(0);
        }
        let mut moved = false;
        for i in 0..n {
            if labels[i] == next[i] {
                continue;
            }
            moved = true;
            if labels[i] < k {
                let mut old = sums.row_mut(labels[i]);
                old -= &products.row(i);
                sizes[labels[i]] -= 1;
            }
            let mut new = sums.row_mut(next[i]);
            new += &products.row(i);
            sizes[next[i]] += 1;
            labels[i] = next[i];
        }
        // A group that lost all its patients takes the one farthest from its own mean.
        for group in 0..k {
            if sizes[group] > 0 {
                continue;
            }
            let far = (0..n).filter(|&i| sizes[labels[i]] > 1).max_by(|&a, &b| {
                (products[[a, a]] + nearest[a]).total_cmp(&(products[[b, b]] + nearest[b])).then(b.cmp(&a))
            });
            let Some(far) = far else { continue };
            let mut old = sums.row_mut(labels[far]);
            old -= &products.row(far);
            sizes[labels[far]] -= 1;
            sums.row_mut(group).assign(&products.row(far));
            sizes[group] = 1;
            labels[far] = group;
            nearest[far] = -products[[far, far]];
            moved = true;
        }
        if !moved {
            break;
        }
        squares.fill(0.0);
        for (i, &label) in labels.iter().enumerate() {
            squares[label] += sums[[label, i]];
        }
    }
    let inertia = (0..n).map(|i| f64::from(products[[i, i]] + nearest[i])).sum();
    Solution { labels, inertia }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::methods::kmeans;
    use crate::random::{normal, stream};

    #[test]
    fn products_give_the_partitions_of_the_profiles() {
        let mut generator = stream(8, &[]);
        let x = Array2::from_shape_fn((90, 5), |(i, j)| ((i % 3) * (j + 1)) as f64 * 3.0 + normal(&mut generator));
        let products = x.dot(&x.t()).mapv(|v| v as f32);
        let found = partitions(&products, 4, 5, &mut generator);
        assert_eq!(found[1], kmeans::best(x.view(), 3, 5, 1).unwrap().partition());
        assert_eq!(found[2].groups(), 4);
    }

    #[test]
    fn equal_patients_can_be_cut() {
        let found = partitions(&Array2::ones((6, 6)), 4, 2, &mut stream(1, &[]));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|p| p.len() == 6));
    }
}
