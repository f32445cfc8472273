#![allow(clippy::unwrap_used, clippy::panic)]
use ndarray::Array2;

use super::*;
use crate::matrix::FeatureMatrix;
use crate::random;

/// Patients of three classes, 20 each, that two modalities of 15 features tell apart.
pub(in crate::classify) fn cohort(seed: u64) -> (Vec<Modality>, Vec<(String, String)>) {
    let patients: Vec<String> = (0..60).map(|i| format!("p{i}")).collect();
    let modality = |number: u64, name: &str| {
        let mut generator = random::stream(seed, &[number]);
        let values = Array2::from_shape_fn((60, 15), |(i, j)| {
            random::normal(&mut generator) + if j % 3 == i % 3 { 2.0 } else { 0.0 }
        });
        let features = (0..15).map(|j| format!("{name}{j}")).collect();
        Modality { name: name.to_owned(), matrix: FeatureMatrix::new(patients.clone(), features, values).unwrap() }
    };
    let labels = patients.iter().enumerate().map(|(i, p)| (p.clone(), ["a", "b", "c"][i % 3].to_owned())).collect();
    (vec![modality(1, "x"), modality(2, "y")], labels)
}

fn quick() -> Settings {
    Settings { methods: vec![Method::NearestCentroid, Method::ElasticNet], folds: 3, ..Settings::default() }
}

fn right(placements: &[Placement], labels: &[(String, String)]) -> usize {
    placements.iter().zip(labels).filter(|(p, l)| p.likeliest.as_ref() == Some(&l.1)).count()
}

#[test]
fn new_patients_are_placed_with_and_without_a_modality() {
    let (known, labels) = cohort(1);
    let model = Model::fit(&known, &labels, &quick()).unwrap();
    let (new, truth) = cohort(2);
    let both = model.place(&new, 0.0);
    assert!(right(&both, &truth) >= 57, "{}", right(&both, &truth));
    assert_eq!(both[0].modalities, ["x", "y"]);
    let one = model.place(&new[1..], 0.0);
    assert!(right(&one, &truth) >= 54, "{}", right(&one, &truth));
    assert_eq!(one[0].modalities, ["y"]);
}

#[test]
fn features_are_found_by_name_and_missing_ones_left_out() {
    let (known, labels) = cohort(1);
    let model = Model::fit(&known, &labels, &quick()).unwrap();
    let whole = &known[0].matrix;
    let order: Vec<usize> = (0..12).rev().collect();
    let names = order.iter().map(|&j| whole.features()[j].clone()).collect();
    let values = whole.values().select(ndarray::Axis(1), &order);
    let part = FeatureMatrix::new(whole.patients().to_vec(), names, values).unwrap();
    let placed = model.place(&[Modality { name: "x".to_owned(), matrix: part }], 0.0);
    assert!(right(&placed, &labels) >= 50, "{}", right(&placed, &labels));
}

#[test]
fn below_the_confidence_asked_for_no_class_is_given() {
    let (known, labels) = cohort(1);
    let model = Model::fit(&known, &labels, &quick()).unwrap();
    let placed = model.place(&known, 0.999_999);
    let abstained: Vec<_> = placed.iter().filter(|p| p.confidence < 0.999_999).collect();
    assert!(!abstained.is_empty() && abstained.iter().all(|p| p.class.is_none() && p.likeliest.is_some()));
}

#[test]
fn a_patient_of_unknown_modality_is_not_placed() {
    let (mut known, labels) = cohort(1);
    let model = Model::fit(&known, &labels, &quick()).unwrap();
    known.truncate(1);
    known[0].name = "other".to_owned();
    assert!(model.place(&known, 0.0).iter().all(|p| p.class.is_none() && p.confidence == 0.0));
}

#[test]
fn a_saved_model_places_as_it_did_before() {
    let (known, labels) = cohort(1);
    for method in Method::ALL {
        let model = Model::fit(&known, &labels, &Settings { methods: vec![method], folds: 2, seed: 3 }).unwrap();
        let text = serde_json::to_string(&model).unwrap();
        let read: Model = serde_json::from_str(&text).unwrap();
        assert!(read == model && serde_json::to_string(&read).unwrap() == text, "{}", method.name());
        for (a, b) in read.place(&known, 0.0).iter().zip(model.place(&known, 0.0)) {
            assert_eq!((&a.class, &a.modalities), (&b.class, &b.modalities), "{}", method.name());
            assert_eq!(a.probabilities, b.probabilities, "{}", method.name());
        }
    }
}

#[test]
fn another_version_and_a_damaged_file_are_refused() {
    let (known, labels) = cohort(1);
    let model = Model::fit(&known, &labels, &quick()).unwrap();
    let mut value = serde_json::to_value(&model).unwrap();
    value["version"] = 99.into();
    let refused = serde_json::from_value::<Model>(value.clone()).map_err(|e| e.to_string());
    assert!(refused.is_err_and(|e| e.contains("99") && e.contains("fit the model again")));
    value["version"] = VERSION.into();
    value["modalities"][0]["features"] = serde_json::json!(["x0"]);
    assert!(serde_json::from_value::<Model>(value).is_err_and(|e| e.to_string().contains("damaged")));
}

#[test]
fn labels_that_cannot_be_learnt_are_refused() {
    let (known, mut labels) = cohort(1);
    let refused = |labels: &[(String, String)]| Model::fit(&known, labels, &quick()).map_err(|e| e.to_string());
    assert!(refused(&labels[..1]).is_err_and(|e| e.contains("at least two")));
    assert!(refused(&labels[..5]).is_err_and(|e| e.contains("x + y") && e.contains("at least 3")));
    labels.push(labels[0].clone());
    assert!(refused(&labels).is_err_and(|e| e.contains("'p0'")));
}

#[test]
fn many_modalities_are_combined_in_few_ways() {
    assert_eq!(combinations(3).len(), 7);
    assert_eq!(combinations(2), [vec![0, 1], vec![0], vec![1]]);
    assert_eq!(combinations(6).len(), 13);
}
