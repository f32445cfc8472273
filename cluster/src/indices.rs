//! How compact and apart the groups of one partition are, from the data alone.
//!
//! Rousseeuw (1987, doi 10.1016/0377-0427(87)90125-7), Caliński and Harabasz (1974), Davies and Bouldin (1979).

use ndarray::{Array2, ArrayView2, Axis};

use crate::distance::{Metric, condensed};
use crate::partition::Partition;

/// Silhouette of each patient, −1 to 1: how much nearer its own group is than the next. A group of one has 0.
/// All are 0 for fewer than two groups.
pub fn silhouette(x: ArrayView2<'_, f64>, partition: &Partition, metric: Metric) -> Vec<f64> {
    silhouette_of(&condensed(x, metric), partition)
}

/// The same from condensed distances.
pub fn silhouette_of(distances: &[f64], partition: &Partition) -> Vec<f64> {
    let (n, groups, labels) = (partition.len(), partition.groups(), partition.labels());
    if groups < 2 {
        return vec![0.0; n];
    }
    let mut sums = Array2::<f64>::zeros((n, groups));
    let mut values = distances.iter();
    for i in 0..n {
        for j in i + 1..n {
            let d = values.next().copied().unwrap_or(0.0);
            sums[[i, labels[j]]] += d;
            sums[[j, labels[i]]] += d;
        }
    }
    let sizes = partition.sizes();
    (0..n)
        .map(|i| {
            let own = labels[i];
            if sizes[own] == 1 {
                return 0.0;
            }
            let inside = sums[[i, own]] / (sizes[own] - 1) as f64;
            let outside =
                (0..groups).filter(|&g| g != own).map(|g| sums[[i, g]] / sizes[g] as f64).fold(f64::INFINITY, f64::min);
            let most = inside.max(outside);
            if most > 0.0 { (outside - inside) / most } else { 0.0 }
        })
        .collect()
}

/// Ratio of between- to within-group variance; larger is better. NaN for fewer than two groups, or one a patient.
pub fn calinski_harabasz(x: ArrayView2<'_, f64>, partition: &Partition) -> f64 {
    let (n, k) = (partition.len(), partition.groups());
    if k < 2 || n <= k {
        return f64::NAN;
    }
    let centres = centres(x, partition);
    let Some(mean) = x.mean_axis(Axis(0)) else { return f64::NAN };
    let squared =
        |a: ndarray::ArrayView1<'_, f64>, b: ndarray::ArrayView1<'_, f64>| Metric::SquaredEuclidean.between(a, b);
    let between: f64 =
        partition.sizes().iter().enumerate().map(|(g, &size)| size as f64 * squared(centres.row(g), mean.view())).sum();
    let within: f64 = partition.labels().iter().enumerate().map(|(i, &g)| squared(x.row(i), centres.row(g))).sum();
    between * (n - k) as f64 / (within * (k - 1) as f64)
}

/// Mean over groups of the worst ratio of spread to separation; smaller is better. 0 for fewer than two groups.
pub fn davies_bouldin(x: ArrayView2<'_, f64>, partition: &Partition) -> f64 {
    let k = partition.groups();
    if k < 2 {
        return 0.0;
    }
    let centres = centres(x, partition);
    let mut spread = vec![0.0; k];
    for (i, &g) in partition.labels().iter().enumerate() {
        spread[g] += Metric::Euclidean.between(x.row(i), centres.row(g));
    }
    for (sum, size) in spread.iter_mut().zip(partition.sizes()) {
        *sum /= size as f64;
    }
    let worst = |a: usize| {
        (0..k)
            .filter(|&b| b != a)
            .map(|b| (spread[a] + spread[b]) / Metric::Euclidean.between(centres.row(a), centres.row(b)))
            .fold(0.0, f64::max)
    };
    (0..k).map(worst).sum::<f64>() / k as f64
}

/// Mean profile of each group, groups × features.
pub fn centres(x: ArrayView2<'_, f64>, partition: &Partition) -> Array2<f64> {
    let mut centres = Array2::zeros((partition.groups(), x.ncols()));
    for (row, &g) in x.axis_iter(Axis(0)).zip(partition.labels()) {
        let mut centre = centres.row_mut(g);
        centre += &row;
    }
    for (mut row, size) in centres.axis_iter_mut(Axis(0)).zip(partition.sizes()) {
        row.mapv_inplace(|v| v / size as f64);
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_silhouette_of_a_patient_is_hand_computed() {
        let x = array![[0.0], [2.0], [10.0], [12.0]];
        let found = silhouette(x.view(), &Partition::new([0, 0, 1, 1]), Metric::Euclidean);
        // First patient: 2 to its own, (10 + 12) / 2 = 11 to the other.
        assert!((found[0] - 9.0 / 11.0).abs() < 1e-15, "{found:?}");
    }
}
