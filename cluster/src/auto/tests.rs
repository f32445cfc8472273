#![allow(clippy::unwrap_used)]
use super::*;
use crate::random::{normal, stream};

fn cohort(groups: usize, each: usize, apart: f64) -> Vec<Modality> {
    let mut generator = stream(3, &[]);
    let n = groups * each;
    let values = Array2::from_shape_fn((n, 60), |(i, j)| {
        normal(&mut generator) + if j % groups == i % groups { apart } else { 0.0 }
    });
    let patients = (0..n).map(|i| format!("p{i}")).collect();
    let features = (0..60).map(|i| format!("f{i}")).collect();
    vec![Modality { name: "mrna".to_owned(), matrix: FeatureMatrix::new(patients, features, values).unwrap() }]
}

fn quick() -> Settings {
    Settings { resamples: 5, ..Settings::default() }
}

#[test]
fn three_separate_groups_are_found_and_each_patient_is_certain() {
    let answer = auto(&cohort(3, 15, 3.0), quick()).unwrap();
    assert_eq!(answer.verdict.k, 3, "{:?}", answer.verdict);
    let truth = Partition::new((0..45).map(|i| i % 3));
    assert_eq!(crate::agreement::adjusted_rand(&answer.partition, &truth), 1.0);
    assert!(answer.confidence.iter().all(|&c| c > 0.9));
}

#[test]
fn one_normal_cloud_has_no_structure() {
    let answer = auto(&cohort(1, 45, 0.0), quick()).unwrap();
    assert!(!answer.verdict.structure, "{:?}", answer.verdict);
    assert_eq!(answer.partition.groups(), 1);
}

#[test]
fn a_patient_without_one_modality_is_placed_by_the_other() {
    let mut both = cohort(3, 15, 3.0);
    let rest: Vec<usize> = (5..45).collect();
    let part = &both[0].matrix;
    let patients = rest.iter().map(|&i| part.patients()[i].clone()).collect();
    let values = part.values().select(ndarray::Axis(0), &rest);
    let second = FeatureMatrix::new(patients, part.features().to_vec(), values).unwrap();
    both.push(Modality { name: "protein".to_owned(), matrix: second });
    let answer = auto(&both, quick()).unwrap();
    let truth = Partition::new((0..45).map(|i| i % 3));
    assert_eq!(crate::agreement::adjusted_rand(&answer.partition, &truth), 1.0);
}

#[test]
fn patients_beyond_the_landmarks_join_the_right_group() {
    let answer = auto(&cohort(3, 40, 3.0), Settings { landmarks: 45, ..quick() }).unwrap();
    assert_eq!((answer.landmarks.len(), answer.consensus.nrows(), answer.patients.len()), (45, 45, 120));
    let truth = Partition::new((0..120).map(|i| i % 3));
    assert_eq!(crate::agreement::adjusted_rand(&Partition::new(answer.partition.labels().to_vec()), &truth), 1.0);
}

#[test]
fn a_method_that_needs_values_of_at_least_0_is_given_none_below_in_simulated_cohorts() {
    let mut cohort = cohort(3, 12, 3.0);
    let part = &cohort[0].matrix;
    let (patients, features) = (part.patients().to_vec(), part.features().to_vec());
    let matrix = FeatureMatrix::new(patients, features, part.values().mapv(f64::abs)).unwrap();
    cohort[0].matrix = matrix;
    let method = crate::methods::method("nmf");
    let answer = auto(&cohort, Settings { method, resamples: 2, nulls: 2, most: 3, ..Settings::default() });
    assert_eq!(answer.unwrap().verdict.k, 3);
}
