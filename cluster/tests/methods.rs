//! Mixtures, factorisations, networks, densities and the gap against independently computed answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use cluster::gap;
use cluster::methods::density::{Density, Hdbscan, dbscan, hdbscan};
use cluster::methods::mixture::{Covariances, Settings, Shape, from_means};
use cluster::methods::nmf::{self, Objective};
use cluster::methods::{fusion, spectral};
use cluster::partition::Partition;
use common::{assert_near, fixture, labels, matrix, numbers};
use ndarray::{Array2, Axis};
use serde_json::Value;

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn assert_all_near(found: &Array2<f64>, expected: &Value, tolerance: f64, what: &str) {
    let expected = matrix(expected);
    assert_eq!(found.dim(), expected.dim(), "{what}");
    for (a, b) in found.iter().zip(&expected) {
        assert_near(*a, *b, tolerance, what);
    }
}

#[test]
fn mixtures_of_four_shapes_from_a_given_start() {
    let Some(data) = fixture("gaussian_mixture.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let shapes =
        [("full", Shape::Full), ("tied", Shape::Tied), ("diag", Shape::Diagonal), ("spherical", Shape::Spherical)];
    for (name, shape) in shapes {
        let expected = &data["expected"][name];
        let settings = Settings { shape, floor: 1e-6, tolerance: 1e-10, rounds: 1000 };
        let found = from_means(x.view(), matrix(&data["input"]["means_init"]), &settings).unwrap();
        assert!(found.converged);
        assert_near(found.log_likelihood, expected["log_likelihood"].as_f64().unwrap(), 1e-5, name);
        assert_near(found.bic(), expected["bic"].as_f64().unwrap(), 1e-5, name);
        assert_near(found.aic(), expected["aic"].as_f64().unwrap(), 1e-5, name);
        assert_eq!(found.parameters(), size(&expected["n_parameters"]), "{name}");
        assert_all_near(&found.means, &expected["means"], 1e-5, name);
        assert_all_near(&found.responsibilities, &expected["responsibilities"], 1e-5, name);
        for (a, b) in found.weights.iter().zip(numbers(&expected["weights"])) {
            assert_near(*a, b, 1e-5, name);
        }
        let covariances = &expected["covariances"];
        match &found.covariances {
            Covariances::Full(all) => {
                for (one, wanted) in all.iter().zip(covariances.as_array().unwrap()) {
                    assert_all_near(one, wanted, 1e-5, name);
                }
            }
            Covariances::Tied(all) | Covariances::Diagonal(all) => assert_all_near(all, covariances, 1e-5, name),
            Covariances::Spherical(all) => {
                for (a, b) in all.iter().zip(numbers(covariances)) {
                    assert_near(*a, b, 1e-5, name);
                }
            }
        }
    }
}

#[test]
fn factorisation_round_by_round_and_at_its_best() {
    let Some(data) = fixture("nmf.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let (mut w, mut h) = (matrix(&data["input"]["w0"]), matrix(&data["input"]["h0"]));
    for wanted in numbers(&data["expected"]["kl_trace"]) {
        Objective::KullbackLeibler.update(x.view(), &mut w, &mut h);
        assert_near(Objective::KullbackLeibler.of(x.view(), &w, &h), wanted, 1e-8, "objective");
    }
    assert_all_near(&w, &data["expected"]["w50"], 1e-8, "w");
    assert_all_near(&h, &data["expected"]["h50"], 1e-8, "h");
    for (k, best) in data["expected"]["best"].as_object().unwrap() {
        for (objective, name) in
            [(Objective::Frobenius, "frobenius_norm_best"), (Objective::KullbackLeibler, "kl_divergence_best")]
        {
            let reached = nmf::best(x.view(), k.parse().unwrap(), objective, 20, 1).unwrap().objective;
            let known = best[name].as_f64().unwrap();
            assert!(reached <= 1.001 * known, "k = {k}, {name}: {reached}, known {known}");
        }
    }
}

#[test]
fn networks_and_their_fusion() {
    let Some(data) = fixture("snf.json") else { return };
    let input = &data["input"];
    let settings = fusion::Settings {
        neighbours: size(&input["K"]),
        width: input["mu"].as_f64().unwrap(),
        rounds: size(&input["t"]),
        own: input["alpha"].as_f64().unwrap(),
    };
    let mut affinities = Vec::new();
    for (view, expected) in
        input["views"].as_array().unwrap().iter().zip(data["expected"]["affinity"].as_array().unwrap())
    {
        let found = fusion::affinity(matrix(view).view(), &settings).unwrap();
        assert_all_near(&found, expected, 1e-8, "affinity");
        affinities.push(found);
    }
    let fused = fusion::fuse(&affinities, &settings).unwrap();
    assert_all_near(&fused, &data["expected"]["fused"], 1e-8, "fused");
    let best: Vec<usize> = data["expected"]["n_clusters_best_two"].as_array().unwrap().iter().map(size).collect();
    assert_eq!(fusion::group_counts(fused.view(), 2, 5)[..2], best);
    assert_eq!(spectral::of_affinity(fused.view(), 3, 1).unwrap().groups(), 3);
}

/// Noise as a group of its own, so that equal groups and equal noise are equal partitions.
fn with_noise(found: &Density) -> Partition {
    Partition::new(found.labels.iter().map(|l| l.map_or(0, |l| l + 1)))
}

#[test]
fn groups_by_density() {
    let Some(data) = fixture("density.json") else { return };
    let (input, expected) = (&data["input"], &data["expected"]);
    let x = matrix(&input["x"]);
    let (reach, samples) = (input["eps"].as_f64().unwrap(), size(&input["min_samples"]));
    let found = dbscan(x.view(), reach, samples).unwrap();
    // Patients at a border may go to either group; core patients and noise may not.
    let core: Vec<usize> = expected["dbscan_core"].as_array().unwrap().iter().map(size).collect();
    let (wanted, own) = (labels(&expected["dbscan"]), with_noise(&found));
    let settled: Vec<usize> = (0..x.nrows()).filter(|i| core.contains(i) || wanted[*i] == 0).collect();
    assert_eq!(
        Partition::new(settled.iter().map(|&i| own.labels()[i])),
        Partition::new(settled.iter().map(|&i| wanted[i]))
    );
    assert!((0..x.nrows()).all(|i| found.labels[i].is_none() == (wanted[i] == 0)));

    let settings = Hdbscan { least_size: size(&input["min_cluster_size"]), samples, single: false };
    let found = hdbscan(x.view(), &settings).unwrap();
    assert_eq!(with_noise(&found), Partition::new(labels(&expected["hdbscan"])));
    assert!(found.labels.iter().zip(labels(&expected["hdbscan"])).all(|(l, wanted)| l.is_none() == (wanted == 0)));
}

#[test]
fn the_gap_to_given_references() {
    let Some(data) = fixture("gap_statistic.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let references: Vec<Array2<f64>> = data["input"]["reference"].as_array().unwrap().iter().map(matrix).collect();
    let gaps = gap::against(x.view(), &references, 5, 1000, 1).unwrap();
    for found in &gaps {
        let (k, expected) = (found.k.to_string(), &data["expected"]);
        let [log_within, gap, error] = ["log_w", "gap", "s"].map(|name| expected[name][&k].as_f64().unwrap());
        assert_near(found.log_within, log_within, 1e-6, "log W");
        if found.k <= 3 {
            assert_near(found.gap, gap, 1e-6, "gap");
            assert_near(found.error, error, 1e-6, "s");
        } else {
            // The sums expected for references are the best of 100 starts, and for k = 4 and 5 not the least there are:
            // 300 starts of the same tool lower their mean logarithm by 0.001 and 0.004. So they are to be reached or
            // beaten, by at most twice that.
            assert!(found.gap <= gap + 1e-6 && found.gap > gap - 1e-2, "k = {k}: {}, expected {gap}", found.gap);
            assert!((found.error - error).abs() < 1e-2, "k = {k}: {}, expected {error}", found.error);
        }
    }
    assert_eq!(gap::choose(&gaps), Some(size(&data["expected"]["chosen_k"])));
}

#[test]
fn a_density_does_not_depend_on_the_order_of_patients() {
    let Some(data) = fixture("density.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let order: Vec<usize> = (0..x.nrows()).map(|i| (i * 7) % x.nrows()).collect();
    let settings = Hdbscan { least_size: 6, samples: 5, single: false };
    let (straight, mixed) =
        (hdbscan(x.view(), &settings).unwrap(), hdbscan(x.select(Axis(0), &order).view(), &settings).unwrap());
    let straight = with_noise(&straight);
    assert_eq!(Partition::new(order.iter().map(|&i| straight.labels()[i])), with_noise(&mixed));
}
