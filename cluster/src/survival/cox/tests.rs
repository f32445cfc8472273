#![allow(clippy::unwrap_used)]
use ndarray::{Array2, array};

use super::*;

fn follow_up(times: &[f64]) -> FollowUp {
    FollowUp::new(times.to_vec(), &vec![Some(true); times.len()]).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn two_patients_of_each_kind_give_the_estimate_of_paper_and_pencil() {
    // x = 1, 0, 1, 0 by rising time: likelihood e/(2e+2) · 1/(e+2) · e/(e+1) with e = exp(b); its maximum is at e = √2.
    let found =
        cox(&follow_up(&[1.0, 2.0, 3.0, 4.0]), array![[1.0], [0.0], [1.0], [0.0]].view(), &names(&["x"])).unwrap();
    let e = found.coefficients[0].hazard_ratio;
    // d/db of 2b − 2 ln(e+1) − ln(e+2): 2 − 2e/(e+1) − e/(e+2) = 0.
    assert!((2.0 - 2.0 * e / (e + 1.0) - e / (e + 2.0)).abs() < 1e-9, "{e}");
}

#[test]
fn a_unit_ten_times_smaller_has_a_coefficient_ten_times_smaller() {
    let x = array![[0.3], [0.9], [0.1], [0.5], [0.2]];
    let times = follow_up(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    let (a, b) =
        (cox(&times, x.view(), &names(&["x"])).unwrap(), cox(&times, (&x * 10.0).view(), &names(&["x"])).unwrap());
    assert!((a.coefficients[0].coefficient - 10.0 * b.coefficients[0].coefficient).abs() < 1e-9);
    assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-12);
}

#[test]
fn a_covariate_that_others_determine_is_named() {
    let x = array![[1.0, 2.0], [0.0, 0.0], [1.0, 2.0], [3.0, 6.0]];
    let found = cox(&follow_up(&[1.0, 2.0, 3.0, 4.0]), x.view(), &names(&["a", "b"]));
    assert_eq!(found, Err(CoxError::Dependent { covariate: "b".to_owned() }));
    let constant = Array2::from_elem((4, 1), 7.1);
    assert!(matches!(
        cox(&follow_up(&[1.0, 2.0, 3.0, 4.0]), constant.view(), &names(&["a"])),
        Err(CoxError::Dependent { .. })
    ));
}

#[test]
fn a_missing_covariate_is_named_with_its_row() {
    let found = cox(&follow_up(&[1.0, 2.0]), array![[1.0], [f64::NAN]].view(), &names(&["age"]));
    assert!(found.is_err_and(|e| e.to_string().contains("row 2") && e.to_string().contains("'age'")));
}

#[test]
fn without_events_there_is_no_regression() {
    let censored = FollowUp::new(vec![1.0, 2.0], &[Some(false); 2]).unwrap();
    assert_eq!(cox(&censored, array![[1.0], [2.0]].view(), &names(&["x"])), Err(CoxError::NoEvent));
}

#[test]
fn a_covariate_that_orders_all_events_is_said_to_be_unbounded() {
    let x = array![[6.0], [5.0], [4.0], [3.0], [2.0], [1.0]];
    let found = cox(&follow_up(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), x.view(), &names(&["x"])).unwrap();
    assert!(found.coefficients[0].unbounded, "{found:?}");
    assert_eq!(found.concordance, 1.0);
}
