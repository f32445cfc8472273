//! One clustering of one matrix, for `benches/cluster.py`: `peer METHOD FILE N P K [FILE...]`. FILE holds N × P
//! little-endian f64, row by row. Prints what the peer prints too: inertia, heights, numbers of groups.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Instant;

use cluster::consensus::Evidence;
use cluster::distance::{Metric, condensed};
use cluster::methods::density::{Hdbscan, hdbscan};
use cluster::methods::hierarchical::{self, Linkage};
use cluster::methods::{fusion, kmeans};
use cluster::partition::Partition;
use cluster::random::{sample, stream};
use ndarray::Array2;
use rayon::prelude::*;

fn read(path: &str, n: usize, p: usize) -> Array2<f64> {
    let bytes = std::fs::read(path).unwrap();
    let values = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    Array2::from_shape_vec((n, p), values).unwrap()
}

/// Consensus of 1,000 resamples of 80 % of the patients, average linkage on 1 − Pearson's correlation, 2 … `most` groups; the
/// sum of the entries of all consensus matrices.
fn consensus(x: &Array2<f64>, most: usize) -> f64 {
    let (n, resamples) = (x.nrows(), 1000);
    let distances = condensed(x.view(), Metric::Pearson);
    let found: Vec<(Vec<usize>, Vec<Partition>)> = (0..resamples)
        .into_par_iter()
        .map(|resample| {
            let mut patients = sample(n, n * 4 / 5, &mut stream(1, &[resample]));
            patients.sort_unstable();
            let mut part = Vec::with_capacity(patients.len() * patients.len() / 2);
            for (a, &i) in patients.iter().enumerate() {
                part.extend(patients[a + 1..].iter().map(|&j| distances[i * n - i * (i + 1) / 2 + j - i - 1]));
            }
            let tree = hierarchical::tree(part, patients.len(), Linkage::Average);
            (patients, (2..=most).map(|k| tree.cut(k)).collect())
        })
        .collect();
    let evidence = Evidence::new(n, found.iter().map(|(patients, _)| patients.as_slice()));
    let sums = (0..most - 1).into_par_iter().map(|at| {
        let draws = found.iter().map(|(patients, cuts)| (patients.as_slice(), &cuts[at])).collect();
        Evidence::consensus(n, &[(&evidence, draws)]).sum()
    });
    sums.sum()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| arguments[i].parse::<usize>().unwrap();
    let (n, p, k) = (number(2), number(3), number(4));
    let x = read(&arguments[1], n, p);
    let started = Instant::now();
    let result = match arguments[0].as_str() {
        "read" => 0.0,
        "kmeans" => kmeans::best(x.view(), k, 1, 1).unwrap().inertia,
        "mini-batch" => kmeans::mini_batch(x.view(), k, 1024, 100, 1).unwrap().inertia,
        "average" => {
            let tree = hierarchical::of_patients(x.view(), Metric::Euclidean, Linkage::Average);
            tree.merges.iter().map(|m| m.height).sum()
        }
        "hdbscan" => {
            let found = hdbscan(x.view(), &Hdbscan { least_size: k, samples: k, single: false }).unwrap();
            eprintln!("noise {}", found.labels.iter().filter(|l| l.is_none()).count());
            found.groups as f64
        }
        "fusion" => {
            let settings = fusion::Settings::default();
            let mut affinities = vec![fusion::affinity(x.view(), &settings).unwrap()];
            for other in &arguments[5..] {
                affinities.push(fusion::affinity(read(other, n, p).view(), &settings).unwrap());
            }
            fusion::fuse(&affinities, &settings).unwrap().sum()
        }
        "consensus" => consensus(&x, k),
        other => panic!("no method {other}"),
    };
    println!("{:.3} {result}", started.elapsed().as_secs_f64());
}
