#![allow(clippy::unwrap_used)]
use super::*;
use crate::agreement::adjusted_rand;
use crate::matrix::FeatureMatrix;
use crate::methods::METHODS;
use crate::partition::Partition;
use crate::random::{normal, stream};
use crate::stability;
use ndarray::{Array2, Axis};

/// `groups` groups, patient i in group i modulo that, no value below 0.
fn cohort(name: &str, groups: usize, patients: usize, apart: f64) -> Modality {
    let mut generator = stream(3, &[name.len() as u64]);
    let values = Array2::from_shape_fn((patients, 30), |(i, j)| {
        (8.0 + normal(&mut generator) + if j % groups == i % groups { apart } else { 0.0 }).max(0.0)
    });
    let patients = (0..patients).map(|i| format!("p{i}")).collect();
    let features = (0..30).map(|i| format!("f{i}")).collect();
    Modality { name: name.to_owned(), matrix: FeatureMatrix::new(patients, features, values).unwrap() }
}

/// The patients of `modality` that `keep` keeps, in reverse order.
fn some(modality: &Modality, keep: impl Fn(usize) -> bool) -> Modality {
    let matrix = &modality.matrix;
    let rows: Vec<usize> = (0..matrix.patients().len()).rev().filter(|&i| keep(i)).collect();
    let patients = rows.iter().map(|&i| matrix.patients()[i].clone()).collect();
    let values = matrix.values().select(Axis(0), &rows);
    let matrix = FeatureMatrix::new(patients, matrix.features().to_vec(), values).unwrap();
    Modality { name: modality.name.clone(), matrix }
}

fn quick(name: &str) -> Settings {
    let method = crate::methods::method(name).unwrap();
    Settings { resamples: 6, bootstraps: 4, nulls: 19, most: 4, ..Settings::new(method) }
}

/// Agreement of the answer with the groups that `cohort` made.
fn right(answer: &Answer, groups: usize) -> f64 {
    let truth = answer.patients.iter().map(|p| p[1..].parse::<usize>().unwrap() % groups);
    adjusted_rand(&Partition::new(truth), &Partition::new(answer.partition.labels().to_vec()))
}

#[test]
fn every_method_finds_three_separate_groups_in_one_modality() {
    for method in METHODS {
        let answer = by_method(&[cohort("mrna", 3, 48, 6.0)], &quick(method.name())).unwrap();
        assert_eq!((answer.verdict.k, answer.verdict.structure), (3, true), "{}: {:?}", method.name(), answer.verdict);
        assert_eq!(right(&answer, 3), 1.0, "{}", method.name());
        let at = answer.per_k.iter().find(|r| r.k == 3).unwrap();
        assert!(at.clusters.iter().all(|c| c.jaccard > stability::STABLE), "{}: {:?}", method.name(), at.clusters);
        assert!(at.silhouette_consensus > 0.8 && at.silhouette_data > 0.1, "{}: {at:?}", method.name());
    }
}

#[test]
fn every_method_places_patients_that_lack_one_of_two_modalities() {
    let whole = cohort("mrna", 3, 48, 6.0);
    let part = some(&cohort("protein", 3, 48, 6.0), |i| i % 5 != 0);
    let rest = some(&whole, |i| i % 7 != 1 || i % 5 == 0);
    for method in METHODS {
        let answer = by_method(&[rest.clone(), part.clone()], &quick(method.name())).unwrap();
        let without = answer.without.len();
        assert_eq!(answer.patients.len() + without, 48, "{}", method.name());
        assert!(right(&answer, 3) > 0.9, "{}: {}", method.name(), right(&answer, 3));
        assert!(without <= 4, "{}: {without} without a subtype", method.name());
    }
}

#[test]
fn features_or_both_may_be_resampled() {
    for resample in [Resample::Features, Resample::Both] {
        for name in ["kmeans", "average", "snf", "hdbscan"] {
            let answer = by_method(&[cohort("mrna", 3, 36, 6.0)], &Settings { resample, ..quick(name) }).unwrap();
            assert_eq!((answer.verdict.k, right(&answer, 3)), (3, 1.0), "{name}, {resample:?}");
        }
    }
}

#[test]
fn one_cloud_has_subtypes_by_chance_only() {
    let mut mistaken = Vec::new();
    for method in METHODS {
        let answer = by_method(&[cohort("mrna", 1, 40, 0.0)], &quick(method.name())).unwrap();
        assert_eq!(answer.patients.len() + answer.without.len(), 40);
        if answer.verdict.structure {
            mistaken.push(method.name());
        } else {
            assert!(answer.partition.groups() <= 1, "{}", method.name());
        }
    }
    // Fourteen tests at 5 %: three or more are mistaken in 3 % of such clouds.
    assert!(mistaken.len() <= 2, "{mistaken:?}");
}

#[test]
fn patients_far_from_all_groups_are_noise_to_a_method_that_knows_noise() {
    let mut modality = cohort("mrna", 2, 42, 6.0);
    let mut values = modality.matrix.values().clone();
    for (row, from) in [(7, 0), (20, 1)] {
        values.row_mut(row).iter_mut().skip(from).step_by(3).for_each(|v| *v += 90.0);
    }
    let (patients, features) = (modality.matrix.patients().to_vec(), modality.matrix.features().to_vec());
    modality.matrix = FeatureMatrix::new(patients, features, values).unwrap();
    for name in ["hdbscan", "dbscan"] {
        let answer = by_method(std::slice::from_ref(&modality), &quick(name)).unwrap();
        let noise: Vec<usize> = answer.without.iter().map(|w| w.place).collect();
        assert!(noise.contains(&7) && noise.contains(&20), "{name}: {noise:?}");
        assert!(answer.without.iter().all(|w| (0.0..=1.0).contains(&w.confidence)));
        assert!(right(&answer, 2) > 0.99, "{name}");
    }
}

#[test]
fn numbers_of_groups_that_cannot_be_are_refused() {
    let cohort = [cohort("mrna", 2, 20, 3.0)];
    let asked = |name, k| by_method(&cohort, &Settings { groups: Some(k), ..quick(name) }).err();
    assert_eq!(asked("kmeans", 30), Some(AutoError::TooManyGroups { k: 30, patients: 20, held: 16 }));
    assert_eq!(asked("kmeans", 17), Some(AutoError::TooManyGroups { k: 17, patients: 20, held: 16 }));
    let refused = MethodError::FindsNumber { k: 3, method: "hdbscan" };
    assert_eq!(asked("hdbscan", 3), Some(AutoError::Method(refused)));
    assert_eq!(by_method(&cohort, &Settings { groups: Some(16), ..quick("ward") }).unwrap().partition.groups(), 16);
}

#[test]
fn a_negative_value_is_named_where_parts_must_add_up() {
    let mut modality = cohort("mrna", 2, 20, 3.0);
    let mut values = modality.matrix.values().clone();
    values[[4, 2]] = -0.5;
    let (patients, features) = (modality.matrix.patients().to_vec(), modality.matrix.features().to_vec());
    modality.matrix = FeatureMatrix::new(patients, features, values).unwrap();
    for name in ["nmf", "nmf-frobenius", "joint-nmf"] {
        let found = by_method(std::slice::from_ref(&modality), &quick(name)).unwrap_err().to_string();
        assert!(found.contains("modality 'mrna', patient 'p4', feature 'f2' holds -0.5"), "{name}: {found}");
    }
}

#[test]
fn beyond_the_landmarks_the_others_are_placed_and_only_landmarks_have_a_matrix() {
    for name in ["average", "hdbscan"] {
        let answer = by_method(&[cohort("mrna", 3, 120, 6.0)], &Settings { landmarks: 45, ..quick(name) }).unwrap();
        assert_eq!((answer.landmarks.len(), answer.consensus.nrows()), (45, 45), "{name}");
        assert_eq!((answer.patients.len(), right(&answer, 3)), (120, 1.0), "{name}");
        assert!(answer.per_k.iter().all(|r| r.consensus.nrows() == 45), "{name}");
    }
}

#[test]
fn a_method_is_refused_more_patients_than_it_takes() {
    let many = cohort("mrna", 2, 6_001, 3.0);
    let found = by_method(&[many], &Settings { landmarks: 7_000, ..quick("snf") }).err();
    let refused = MethodError::TooMany { patients: 6_001, most: 6_000, method: "snf" };
    assert_eq!(found, Some(AutoError::Method(refused)));
}

#[test]
fn the_same_at_one_two_and_five_threads() {
    let modalities = [cohort("mrna", 3, 40, 2.0), some(&cohort("protein", 3, 40, 2.0), |i| i % 4 != 0)];
    for method in METHODS {
        for resample in [Resample::Patients, Resample::Both] {
            let settings = Settings { resample, nulls: 1, ..quick(method.name()) };
            let run = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                format!("{:?}", pool.install(|| by_method(&modalities, &settings)).unwrap())
            };
            let one = run(1);
            assert!([2, 5].into_iter().all(|threads| run(threads) == one), "{}, {resample:?}", method.name());
        }
    }
}
