//! How often two patients fall together in the cuts (evidence accumulation), modalities counting equally.

use ndarray::Array2;

use super::cuts::Cuts;

/// Consensus of the cuts into `k` groups, patients × patients: the share of the cuts with both patients in which they
/// are in one group, averaged over the modalities that have both; 0 where none has, 1 on the diagonal.
pub(super) fn consensus(cuts: &[Cuts], k: usize, patients: usize, modalities: usize) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros((patients, patients));
    let mut known = Array2::<f64>::zeros((patients, patients));
    for modality in 0..modalities {
        let mut together = Array2::<f32>::zeros((patients, patients));
        let mut drawn = Array2::<f32>::zeros((patients, patients));
        for cut in cuts.iter().filter(|c| c.modality == modality) {
            let draws = cut.of(k);
            if draws.is_empty() {
                continue;
            }
            count(&mut drawn, &cut.patients, draws.len() as f32);
            for draw in draws {
                let mut groups = vec![Vec::new(); draw.partition.groups()];
                for (&patient, &label) in draw.patients.iter().zip(draw.partition.labels()) {
                    groups[label].push(patient);
                }
                for group in &groups {
                    count(&mut together, group, 1.0);
                }
            }
        }
        ndarray::Zip::from(&mut sums).and(&mut known).and(&together).and(&drawn).for_each(|sum, known, &t, &d| {
            if d > 0.0 {
                *sum += f64::from(t) / f64::from(d);
                *known += 1.0;
            }
        });
    }
    Array2::from_shape_fn((patients, patients), |(i, j)| {
        let at = [i.min(j), i.max(j)];
        if i == j {
            1.0
        } else if known[at] > 0.0 {
            sums[at] / known[at]
        } else {
            0.0
        }
    })
}

/// Adds to each pair of these patients; modalities may list patients in any order.
fn count(pairs: &mut Array2<f32>, patients: &[usize], weight: f32) {
    for (a, &i) in patients.iter().enumerate() {
        for &j in &patients[a + 1..] {
            pairs[[i.min(j), i.max(j)]] += weight;
        }
    }
}
