#![allow(clippy::unwrap_used, clippy::panic)]
use ndarray::{Array2, array};
use rand::Rng;

use super::*;
use crate::random;

fn matrix(values: Array2<f64>) -> FeatureMatrix {
    let names = |letter: char, count: usize| (0..count).map(|i| format!("{letter}{i}")).collect();
    FeatureMatrix::new(names('p', values.nrows()), names('f', values.ncols()), values).unwrap()
}

/// 40 patients in two groups and 200 features, the first five of which are 3 higher in group 0.
fn two_groups() -> (FeatureMatrix, Partition) {
    let mut generator = random::stream(3, &[]);
    let values = Array2::from_shape_fn((40, 200), |(i, j)| {
        let shift = if i < 20 && j < 5 { 3.0 } else { 0.0 };
        random::normal(&mut generator) + shift
    });
    (matrix(values), Partition::new((0..40).map(|i| usize::from(i >= 20))))
}

fn level(marker: &Marker) -> Level {
    let Evidence::Level(level) = marker.evidence else { panic!("{marker:?}") };
    level
}

#[test]
fn features_that_differ_are_found_and_the_rest_is_not() {
    let (matrix, partition) = two_groups();
    let found = markers(&matrix, &partition).unwrap();
    assert_eq!(found.len(), 400);
    for marker in &found {
        let level = level(marker);
        let planted = ["f0", "f1", "f2", "f3", "f4"].contains(&marker.feature.as_str());
        assert_eq!(level.q < 0.001, planted, "{marker:?}");
        if planted {
            // The true effect is 3 with a standard error of about 0.46.
            let sign = if marker.group == 0 { 1.0 } else { -1.0 };
            assert!((level.effect * sign - 3.0).abs() < 2.0 && level.rank_q < 0.001, "{marker:?}");
            assert_eq!(level.area > 0.9, marker.group == 0, "{marker:?}");
        }
    }
}

#[test]
fn both_subtypes_of_two_tell_the_same_with_the_sign_turned() {
    let (matrix, partition) = two_groups();
    let found = markers(&matrix, &partition).unwrap();
    for (a, b) in found[..200].iter().zip(&found[200..]) {
        assert!((level(a).t + level(b).t).abs() < 1e-9 && (level(a).p - level(b).p).abs() < 1e-9);
    }
}

#[test]
fn a_feature_missing_in_a_whole_subtype_is_no_test() {
    let mut generator = random::stream(4, &[]);
    let mut values = Array2::from_shape_fn((8, 3), |_| generator.gen_range(-1.0..1.0));
    for i in 0..4 {
        values[[i, 1]] = f64::NAN;
    }
    let found = markers(&matrix(values), &Partition::new([0, 0, 0, 0, 1, 1, 1, 1])).unwrap();
    assert!(level(&found[1]).p.is_nan() && level(&found[1]).q.is_nan());
    assert!(level(&found[0]).q.is_finite());
}

#[test]
fn states_are_counted_on_both_sides_of_the_reference() {
    let values = array![[1.0, -1.0], [1.0, -2.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [f64::NAN, 0.0]];
    let found = markers(&matrix(values), &Partition::new([0, 0, 0, 1, 1, 1])).unwrap();
    let states: Vec<State> = found
        .iter()
        .filter(|m| m.group == 0)
        .map(|m| if let Evidence::State(s) = m.evidence { s } else { panic!("{m:?}") })
        .collect();
    assert_eq!(states[0].counts, TwoByTwo { both: 3, first: 0, second: 0, neither: 2 });
    assert!(states[0].odds_ratio.is_infinite() && (states[0].p - 0.1).abs() < 1e-12);
    assert_eq!(states[1].event, Event::Above);
    assert_eq!((states[2].event, states[2].counts.both), (Event::Below, 2));
}

#[test]
fn a_partition_of_other_patients_is_refused() {
    let found = markers(&matrix(array![[1.0], [2.0]]), &Partition::new([0, 1, 1]));
    assert_eq!(found, Err(MarkersError::Patients { patients: 2, labels: 3 }));
}

#[test]
fn the_planted_features_explain_an_assignment() {
    let (matrix, partition) = two_groups();
    let profile = Profile::new(&matrix, &partition).unwrap();
    let reasons = profile.explain(matrix.values().row(0), 0, 1, 5);
    let planted = reasons.supporting.iter().filter(|r| ["f0", "f1", "f2", "f3", "f4"].contains(&r.feature.as_str()));
    assert!(planted.count() >= 3, "{reasons:?}");
    assert!(reasons.total > 0.0 && reasons.opposing.iter().all(|r| r.contribution < 0.0));
    // Seen from the other side every contribution changes its sign.
    let reversed = profile.explain(matrix.values().row(0), 1, 0, 5);
    assert!((reversed.total + reasons.total).abs() < 1e-9);
    assert_eq!(profile.explain(matrix.values().row(0), 0, 0, 5).supporting, []);
}
