//! One clustering of one matrix, for `benches/cluster.py`: `peer METHOD FILE N P K [FILE...]`. FILE holds N × P
//! little-endian f64, row by row. Prints what the peer prints too: inertia, heights, numbers of groups.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Instant;

use cluster::distance::Metric;
use cluster::methods::density::{Hdbscan, hdbscan};
use cluster::methods::hierarchical::{self, Linkage};
use cluster::methods::{fusion, kmeans};
use ndarray::Array2;

fn read(path: &str, n: usize, p: usize) -> Array2<f64> {
    let bytes = std::fs::read(path).unwrap();
    let values = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    Array2::from_shape_vec((n, p), values).unwrap()
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
        other => panic!("no method {other}"),
    };
    println!("{:.3} {result}", started.elapsed().as_secs_f64());
}
