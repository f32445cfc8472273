#![allow(clippy::unwrap_used)]

use ndarray::array;

use super::*;

const GAP: f64 = f64::NAN;

fn modality(values: Array2<f64>) -> Modality {
    let (n, p) = values.dim();
    let matrix = FeatureMatrix::new(
        (0..n).map(|i| format!("P{i}")).collect(),
        (0..p).map(|j| format!("g{j}")).collect(),
        values,
    );
    Modality { name: "mrna".to_owned(), matrix: matrix.unwrap() }
}

fn prepared(values: Array2<f64>, preparation: &Preparation) -> Result<Modality, PreparationError> {
    preparation.apply(&[modality(values)], None).map(|(mut found, _)| found.remove(0))
}

fn normalised(values: Array2<f64>, by: Normalisation) -> Array2<f64> {
    let asked = Preparation { normalise: vec![(None, by)], ..Preparation::default() };
    prepared(values, &asked).unwrap().matrix.values().clone()
}

fn filled(values: Array2<f64>, way: Missing) -> Result<Modality, PreparationError> {
    prepared(values, &Preparation { missing: Some(way), ..Preparation::default() })
}

#[test]
fn each_normalisation_is_as_defined() {
    assert_eq!(normalised(array![[0.0, 3.0], [1.0, 7.0]], Normalisation::Log), array![[0.0, 2.0], [1.0, 3.0]]);
    assert_eq!(normalised(array![[1.0], [3.0], [2.0]], Normalisation::ZScore), array![[-1.0], [1.0], [0.0]]);
    let ranks = normalised(array![[5.0], [9.0], [5.0], [1.0]], Normalisation::Rank);
    assert_eq!(ranks, array![[0.5], [0.875], [0.5], [0.125]]);
    // The worked example of three patients and four features: the means of the sorted values are 2, 3, 14/3, 17/3.
    let three = array![[5.0, 2.0, 3.0, 4.0], [4.0, 1.0, 4.5, 2.0], [3.0, 4.0, 6.0, 8.0]];
    let same = normalised(three, Normalisation::Quantile);
    let means = [2.0, 3.0, 14.0 / 3.0, 17.5 / 3.0];
    assert!((same[[0, 1]] - means[0]).abs() < 1e-12 && (same[[1, 2]] - means[3]).abs() < 1e-12, "{same}");
    assert!((same[[2, 2]] - means[2]).abs() < 1e-12 && (same[[1, 3]] - means[1]).abs() < 1e-12, "{same}");
}

#[test]
fn a_missing_value_stays_missing_through_normalisation() {
    for by in [Normalisation::Log, Normalisation::ZScore, Normalisation::Quantile, Normalisation::Rank] {
        let x = normalised(array![[1.0, GAP, 4.0], [2.0, 5.0, 8.0], [4.0, 6.0, 9.0]], by);
        assert_eq!(x.iter().map(|v| v.is_nan()).filter(|n| *n).count(), 1, "{by:?}");
        assert!(x[[0, 1]].is_nan());
    }
}

#[test]
fn what_a_user_has_normalised_is_not_logged_again() {
    let skewed = Array2::from_shape_fn((40, 3), |(i, j)| (i as f64 / 4.0 + j as f64).exp());
    let asked = Preparation { normalise: vec![(None, Normalisation::None)], ..Preparation::default() };
    assert_eq!(modality(skewed.clone()).matrix.scale(), crate::prepare::Scale::Skewed);
    assert_eq!(prepared(skewed, &asked).unwrap().matrix.scale(), crate::prepare::Scale::Interval);
}

#[test]
fn a_negative_value_has_no_logarithm_and_an_unknown_modality_is_named() {
    let asked = |name: Option<&str>| Preparation {
        normalise: vec![(name.map(str::to_owned), Normalisation::Log)],
        ..Preparation::default()
    };
    let error = prepared(array![[1.0, 2.0], [3.0, -0.5]], &asked(None)).unwrap_err().to_string();
    assert!(error.contains("patient 'P1', feature 'g1': -0.5"), "{error}");
    let error = prepared(array![[1.0]], &asked(Some("rna"))).unwrap_err().to_string();
    assert!(error.contains("'rna'") && error.contains("there are: mrna"), "{error}");
}

#[test]
fn missing_values_are_filled_as_asked() {
    let x = array![[1.0, GAP], [2.0, 1.0], [9.0, 2.0], [10.0, 6.0]];
    assert_eq!(filled(x.clone(), Missing::Median).unwrap().matrix.values()[[0, 1]], 2.0);
    assert_eq!(filled(x.clone(), Missing::Mask).unwrap().matrix.values()[[0, 1]], 3.0);
    assert_eq!(filled(x.clone(), Missing::LeaveOut).unwrap().matrix.features(), ["g0"]);
    let error = filled(x, Missing::Error).unwrap_err().to_string();
    assert!(error.contains("patient 'P0', feature 'g1'") && error.contains("0 others"), "{error}");
    assert!(matches!(filled(array![[GAP], [1.0]], Missing::LeaveOut), Err(PreparationError::Nothing { .. })));
}

#[test]
fn neighbours_fill_with_the_mean_of_the_ten_nearest() {
    // Twelve patients near the one with the gap, of which two lie further off, and twelve far away.
    let x = Array2::from_shape_fn((25, 2), |(i, j)| match (i, j) {
        (0, 0) => 0.0,
        (0, _) => GAP,
        (i, 0) => i as f64,
        (i, _) => {
            if i <= 10 {
                4.0
            } else {
                50.0
            }
        }
    });
    assert_eq!(filled(x, Missing::Neighbours).unwrap().matrix.values()[[0, 1]], 4.0);
}

#[test]
fn the_widest_features_are_kept_in_their_order() {
    // One outlier makes the variance of g0, and none of its median absolute deviation.
    let x = array![[0.0, 0.0, 5.0], [0.0, 1.0, 5.0], [0.0, 2.0, 5.0], [0.0, 3.0, 5.0], [90.0, 4.0, 5.0]];
    let kept = |spread| {
        let asked = Preparation { select: Some((spread, 1)), ..Preparation::default() };
        prepared(x.clone(), &asked).unwrap().matrix.features().to_vec()
    };
    assert_eq!((kept(Spread::Variance), kept(Spread::Mad)), (vec!["g0".to_owned()], vec!["g1".to_owned()]));
}

#[test]
fn batches_are_regressed_out_and_the_mean_over_all_stays() {
    let named = |batches: [&str; 4]| -> HashMap<String, String> {
        batches
            .iter()
            .enumerate()
            .filter(|(_, b)| !b.is_empty())
            .map(|(i, b)| (format!("P{i}"), (*b).to_owned()))
            .collect()
    };
    let batch = named(["a", "a", "b", "b"]);
    let x = modality(array![[1.0], [3.0], [11.0], [13.0]]);
    let (found, notes) = Preparation::default().apply(std::slice::from_ref(&x), Some(&batch)).unwrap();
    assert_eq!(found[0].matrix.values(), array![[6.0], [8.0], [6.0], [8.0]]);
    assert!(notes[0].contains("2 batches"), "{notes:?}");
    let some = named(["a", "a", "a", ""]);
    let error = Preparation::default().apply(std::slice::from_ref(&x), Some(&some)).unwrap_err().to_string();
    assert!(error.contains("patient 'P3'"), "{error}");
    let alone = named(["a", "a", "a", "z"]);
    let error = Preparation::default().apply(std::slice::from_ref(&x), Some(&alone)).unwrap_err().to_string();
    assert!(error.contains("batch 'z' has one patient, 'P3'"), "{error}");
}
