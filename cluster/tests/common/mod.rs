//! Problems with known answers from `conformance/clustering`, outside this repository.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use ndarray::Array2;
use serde_json::Value;

/// The fixture of that name; none, said loudly, where the folder is absent.
pub fn fixture(name: &str) -> Option<Value> {
    Some(serde_json::from_str(&table(name)?).unwrap())
}

/// The text of a fixture; none, said loudly, where the folder is absent.
pub fn table(name: &str) -> Option<String> {
    let root = std::env::var("RXSTRATA_CONFORMANCE").unwrap_or_else(|_| "../../shared/conformance".to_owned());
    let path = std::path::Path::new(&root).join("clustering").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is not here", path.display());
        return None;
    };
    Some(text)
}

pub fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    let (n, p) = (rows.len(), rows[0].len());
    Array2::from_shape_vec((n, p), rows.concat()).unwrap()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

pub fn labels(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|v| usize::try_from(v.as_i64().unwrap() + 1).unwrap()).collect()
}

pub fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let near = (found - expected).abs() <= tolerance * expected.abs().max(1.0) || (found.is_nan() && expected.is_nan());
    assert!(near, "{what}: {found}, expected {expected}");
}
