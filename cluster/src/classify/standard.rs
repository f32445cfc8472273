//! Centre and scale of each feature as seen in training, and the features that are kept.

use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::association::anova::anova;

/// Features kept at most, those of largest F between the classes: bounds time and the size of the model.
const MOST: usize = 2000;

/// Learnt on training patients alone, so that held-out ones stay unseen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Standard {
    /// Columns kept, rising.
    kept: Vec<usize>,
    /// Training mean of each.
    centre: Vec<f64>,
    /// Training standard deviation of each, above 0.
    scale: Vec<f64>,
}

impl Standard {
    /// From patients × features with NaN where missing. Features that do not vary are not kept.
    pub(super) fn learn(x: ArrayView2<'_, f64>, classes: &[usize], count: usize) -> Self {
        let columns: Vec<_> = x.columns().into_iter().collect();
        let mut found: Vec<(usize, f64, f64, f64)> = columns
            .par_iter()
            .enumerate()
            .filter_map(|(j, column)| {
                let mut groups = vec![Vec::new(); count];
                for (&value, &class) in column.iter().zip(classes).filter(|(v, _)| !v.is_nan()) {
                    groups[class].push(value);
                }
                let known = groups.iter().map(Vec::len).sum::<usize>() as f64;
                let mean = groups.iter().flatten().sum::<f64>() / known;
                let deviation = (groups.iter().flatten().map(|v| (v - mean).powi(2)).sum::<f64>() / known).sqrt();
                let varies = known > 1.0 && deviation > 1e-9 * mean.abs().max(1e-300);
                varies.then(|| (j, mean, deviation, anova(&groups).statistic))
            })
            .collect();
        if found.len() > MOST {
            // A feature without an F (one class has values) comes last.
            let rank = |f: f64| if f.is_nan() { -1.0 } else { f };
            found.sort_by(|a, b| rank(b.3).total_cmp(&rank(a.3)).then(a.0.cmp(&b.0)));
            found.truncate(MOST);
            found.sort_by_key(|f| f.0);
        }
        Self {
            kept: found.iter().map(|f| f.0).collect(),
            centre: found.iter().map(|f| f.1).collect(),
            scale: found.iter().map(|f| f.2).collect(),
        }
    }

    /// Features kept.
    pub(super) fn features(&self) -> usize {
        self.kept.len()
    }

    /// One patient in standard units; NaN where missing.
    pub(super) fn row(&self, patient: ArrayView1<'_, f64>) -> Vec<f64> {
        let one = |((&j, &centre), &scale): ((&usize, &f64), &f64)| {
            patient.get(j).map_or(f64::NAN, |value| (value - centre) / scale)
        };
        self.kept.iter().zip(&self.centre).zip(&self.scale).map(one).collect()
    }

    /// Patients in standard units; the training mean where missing.
    pub(super) fn filled(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut out = Array2::zeros((x.nrows(), self.features()));
        for (patient, mut row) in x.rows().into_iter().zip(out.rows_mut()) {
            for (value, target) in self.row(patient).into_iter().zip(row.iter_mut()) {
                *target = if value.is_nan() { 0.0 } else { value };
            }
        }
        out
    }

    /// Whether lists agree and columns are below `columns`.
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        self.centre.len() == self.kept.len()
            && self.scale.len() == self.kept.len()
            && self.kept.iter().all(|j| *j < columns)
            && self.scale.iter().all(|s| *s > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_missing_value_is_left_out_of_the_mean_and_then_takes_it() {
        let x = array![[1.0, 5.0], [3.0, 5.0], [f64::NAN, 5.0]];
        let found = Standard::learn(x.view(), &[0, 1, 1], 2);
        assert_eq!(found, Standard { kept: vec![0], centre: vec![2.0], scale: vec![1.0] });
        assert_eq!(found.filled(x.view()), array![[-1.0], [1.0], [0.0]]);
        assert!(found.row(x.row(2))[0].is_nan());
    }

    #[test]
    fn the_features_that_separate_classes_are_kept_where_there_are_too_many() {
        let x = Array2::from_shape_fn((8, MOST + 10), |(i, j)| {
            let noise = ((i * 7 + j * 13) % 11) as f64;
            if j == MOST + 5 && i < 4 { noise + 100.0 } else { noise }
        });
        let found = Standard::learn(x.view(), &[0, 0, 0, 0, 1, 1, 1, 1], 2);
        assert!(found.features() == MOST && found.kept.contains(&(MOST + 5)));
    }
}
