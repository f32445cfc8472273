//! Linkage, k-means, indices, components and consensus against independently computed answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use cluster::agreement::Contingency;
use cluster::consensus::{self, CoAssociation, Draw};
use cluster::distance::{Metric, condensed};
use cluster::indices;
use cluster::methods::hierarchical::{Linkage, tree};
use cluster::methods::kmeans;
use cluster::partition::Partition;
use cluster::principal::principal;
use common::{assert_near, fixture, labels, matrix, numbers};

#[test]
fn linkage_heights_and_cuts() {
    let Some(data) = fixture("hierarchical_linkage.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let methods = [
        ("single", Linkage::Single),
        ("complete", Linkage::Complete),
        ("average", Linkage::Average),
        ("weighted", Linkage::Weighted),
        ("ward", Linkage::Ward),
        ("centroid", Linkage::Centroid),
        ("median", Linkage::Median),
    ];
    for (name, linkage) in methods {
        let expected = &data["expected"][name];
        let found = tree(condensed(x.view(), Metric::Euclidean), x.nrows(), linkage);
        for (merge, row) in found.merges.iter().zip(expected["linkage"].as_array().unwrap()) {
            assert_near(merge.height, row[2].as_f64().unwrap(), 1e-9, name);
        }
        for (k, cut) in expected["cut"].as_object().unwrap() {
            let k: usize = k.parse().unwrap();
            // Where a tree has inversions (centroid, median), a cut by count of groups is not a cut at a height.
            let wanted = Partition::new(labels(cut));
            if wanted.groups() == k {
                assert_eq!(found.cut(k), wanted, "{name}, {k} groups");
            }
        }
        assert_near(
            found.cophenetic_correlation(&condensed(x.view(), Metric::Euclidean)),
            expected["cophenetic_correlation"].as_f64().unwrap(),
            1e-9,
            name,
        );
    }
}

#[test]
fn linkage_on_correlation() {
    let Some(data) = fixture("hierarchical_pearson.json") else { return };
    let x = matrix(&data["input"]["x"]);
    let found = tree(condensed(x.view(), Metric::Pearson), x.nrows(), Linkage::Average);
    let expected = data["expected"].get("average").unwrap_or(&data["expected"]);
    for (merge, row) in found.merges.iter().zip(expected["linkage"].as_array().unwrap()) {
        assert_near(merge.height, row[2].as_f64().unwrap(), 1e-9, "height");
    }
}

#[test]
fn k_means_from_given_centres_and_from_its_own() {
    let Some(data) = fixture("kmeans.json") else { return };
    let (x, expected) = (matrix(&data["input"]["x"]), &data["expected"]);
    let found = kmeans::lloyd(x.view(), matrix(&data["input"]["init"]), 300);
    assert_near(found.inertia, expected["inertia"].as_f64().unwrap(), 1e-9, "inertia");
    assert_eq!(found.partition(), Partition::new(labels(&expected["labels"])));
    for (a, b) in found.centres.iter().zip(&matrix(&expected["centers"])) {
        assert_near(*a, *b, 1e-9, "centre");
    }
    for (k, best) in expected["best_inertia"].as_object().unwrap() {
        let reached = kmeans::best(x.view(), k.parse().unwrap(), 100, 1).unwrap().inertia;
        assert!(reached <= best.as_f64().unwrap() * (1.0 + 1e-9), "k = {k}: {reached}, known {best}");
    }
}

#[test]
fn external_indices() {
    let Some(data) = fixture("external_indices.json") else { return };
    let pairs = data["input"]["pairs"].as_array().unwrap();
    for (pair, expected) in pairs.iter().zip(data["expected"].as_array().unwrap()) {
        let found =
            Contingency::new(&Partition::new(labels(&pair["a"])), &Partition::new(labels(&pair["b"]))).agreement();
        for (name, value) in [
            ("ari", found.adjusted_rand),
            ("ri", found.rand),
            ("nmi", found.normalised_mutual_information),
            ("ami", found.adjusted_mutual_information),
            ("homogeneity", found.homogeneity),
            ("completeness", found.completeness),
            ("v", found.v_measure),
            ("fowlkes_mallows", found.fowlkes_mallows),
        ] {
            assert_near(value, expected[name].as_f64().unwrap(), 1e-10, name);
        }
    }
}

#[test]
fn internal_indices() {
    let Some(data) = fixture("internal_indices.json") else { return };
    let (x, expected) = (matrix(&data["input"]["x"]), &data["expected"]);
    // Indices do not depend on the numbers of groups, so renumbering is harmless.
    let partition = Partition::new(labels(&data["input"]["labels"]));
    let singleton = Partition::new(labels(&data["input"]["labels_with_singleton"]));
    for (part, name) in [(&partition, "silhouette_samples"), (&singleton, "silhouette_samples_singleton")] {
        let found = indices::silhouette(x.view(), part, Metric::Euclidean);
        for (a, b) in found.iter().zip(numbers(&expected[name])) {
            assert_near(*a, b, 1e-10, name);
        }
    }
    let manhattan = indices::silhouette(x.view(), &partition, Metric::Manhattan);
    let mean = manhattan.iter().sum::<f64>() / manhattan.len() as f64;
    assert_near(mean, expected["silhouette_manhattan"].as_f64().unwrap(), 1e-10, "manhattan");
    assert_near(
        indices::calinski_harabasz(x.view(), &partition),
        expected["calinski_harabasz"].as_f64().unwrap(),
        1e-10,
        "CH",
    );
    assert_near(
        indices::davies_bouldin(x.view(), &partition),
        expected["davies_bouldin"].as_f64().unwrap(),
        1e-10,
        "DB",
    );
}

#[test]
fn principal_components() {
    let Some(data) = fixture("pca.json") else { return };
    let (x, expected) = (matrix(&data["input"]["x"]), &data["expected"]);
    let found = principal(x.view(), x.ncols());
    for (i, (a, b)) in found.variances.iter().zip(numbers(&expected["explained_variance"])).enumerate() {
        assert_near(*a, b, 1e-9, "variance");
        assert_near(a / found.total, numbers(&expected["ratio"])[i], 1e-9, "ratio");
    }
    for (a, b) in found.scores.iter().zip(&matrix(&expected["abs_scores"])) {
        assert_near(a.abs(), *b, 1e-9, "score");
    }
}

#[test]
fn consensus_of_given_draws() {
    let Some(data) = fixture("consensus.json") else { return };
    let n = usize::try_from(data["input"]["n"].as_u64().unwrap()).unwrap();
    let mut areas = Vec::new();
    for k in ["2", "3", "4"] {
        let mut counted = CoAssociation::new(n);
        for draw in data["input"]["draws"].as_array().unwrap() {
            let patients = draw["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| usize::try_from(i.as_u64().unwrap()).unwrap())
                .collect();
            counted.add(&Draw { patients, partition: Partition::new(labels(&draw["labels"][k])) });
        }
        let (found, expected) = (counted.matrix(), &data["expected"][k]);
        for (a, b) in found.iter().zip(&matrix(&expected["consensus"])) {
            assert_near(*a, *b, 1e-9, "consensus");
        }
        for (a, b) in consensus::cumulative(&found).iter().zip(numbers(&expected["cdf_grid_0_to_1_by_0_01"])) {
            assert_near(*a, b, 1e-9, "distribution");
        }
        assert_near(
            consensus::ambiguous_share(&found, 0.1, 0.9),
            expected["pac_0_1_0_9"].as_f64().unwrap(),
            1e-9,
            "PAC",
        );
        areas.push(consensus::area(&found));
        assert_near(areas[areas.len() - 1], expected["area"].as_f64().unwrap(), 1e-9, "area");
        let wanted = labels(&expected["labels"]);
        let partition = consensus::consensus_tree(&found).cut(k.parse().unwrap());
        assert_eq!(partition, Partition::new(wanted.clone()), "k = {k}");
        let within = consensus::cluster_consensus(&found, &partition);
        let items = consensus::item_consensus(&found, &partition);
        for (patient, &group) in partition.labels().iter().enumerate() {
            // Numbers of groups are arbitrary: find the fixture's number through a shared patient.
            let theirs = wanted[patient] - 1;
            let value = expected["cluster_consensus"][theirs.to_string()].as_f64().unwrap_or(f64::NAN);
            assert_near(within[group], value, 1e-9, "cluster consensus");
            let item = expected["item_consensus"][patient][theirs - 1].as_f64().unwrap_or(f64::NAN);
            assert_near(items[[patient, group]], item, 1e-9, "item consensus");
        }
    }
    for (k, delta) in ["2", "3", "4"].iter().zip(consensus::delta_areas(&areas)) {
        assert_near(delta, data["expected"][*k]["delta_area"].as_f64().unwrap(), 1e-9, "delta");
    }
}
