//! How well the default finds known groups: `auto_quality FOLDER [SEEDS [BOOTSTRAPS]]`.
//!
//! FOLDER holds a folder a cohort: `labels.tsv` (patient, class) and one `MODALITY.tsv` a modality (features in rows,
//! first column the feature). Prints, a line a run: cohort, seed or bootstrap, ARI, k, the other k named, the number of
//! classes, p against independent features and against a continuum, and seconds.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use cluster::agreement::adjusted_rand;
use cluster::auto::{Modality, Settings, auto};
use cluster::matrix::FeatureMatrix;
use cluster::partition::Partition;
use cluster::random::{sample, stream};
use ndarray::{Array2, Axis};

fn table(path: &Path) -> FeatureMatrix {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let patients: Vec<String> = lines.next().unwrap().split('\t').skip(1).map(str::to_owned).collect();
    let (mut features, mut values) = (Vec::new(), Vec::new());
    for line in lines {
        let mut cells = line.split('\t');
        features.push(cells.next().unwrap().to_owned());
        values.extend(cells.map(|c| c.parse::<f64>().unwrap_or(f64::NAN)));
    }
    let values = Array2::from_shape_vec((features.len(), patients.len()), values).unwrap();
    FeatureMatrix::new(patients, features, values.t().as_standard_layout().into_owned()).unwrap()
}

fn classes(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).filter_map(|l| l.split_once('\t')).map(|(p, c)| (p.to_owned(), c.to_owned())).collect()
}

fn run(name: &str, what: &str, modalities: &[Modality], classes: &BTreeMap<String, String>, seed: u64) -> f64 {
    let started = Instant::now();
    let answer = auto(modalities, Settings { seed, ..Settings::default() }).unwrap();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut truth, mut found) = (Vec::new(), Vec::new());
    for (patient, &group) in answer.patients.iter().zip(answer.partition.labels()) {
        let Some(class) = classes.get(patient) else { continue };
        let next = numbers.len();
        truth.push(*numbers.entry(class).or_insert(next));
        found.push(group);
    }
    let ari = adjusted_rand(&Partition::new(truth), &Partition::new(found));
    let v = &answer.verdict;
    println!(
        "{name}\t{what}\tARI {ari:.3}\tk {} also {:?} of {}\tstructure {} p {:.3} {:.3}\t{:.1} s",
        v.k,
        v.also,
        numbers.len(),
        v.structure,
        v.p_independent,
        v.p_continuum,
        started.elapsed().as_secs_f64()
    );
    if std::env::var_os("VERBOSE").is_some() {
        for c in &answer.candidates {
            println!("  {} {:.3} ± {:.3} {:?} {:?}", c.k, c.agreement, c.standard_error, c.by_modality, c.sizes);
        }
    }
    ari
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: u64| arguments.get(i).map_or(or, |a| a.parse().unwrap());
    let mut folders: Vec<_> =
        std::fs::read_dir(&arguments[0]).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let classes = classes(&folder.join("labels.tsv"));
        let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "tsv") && !f.ends_with("labels.tsv"));
        files.sort();
        let modalities: Vec<Modality> = files
            .iter()
            .map(|f| Modality { name: f.file_stem().unwrap().to_string_lossy().into_owned(), matrix: table(f) })
            .collect();
        for seed in 1..=number(1, 1) {
            run(&name, &format!("seed {seed}"), &modalities, &classes, seed);
        }
        for draw in 0..number(2, 0) {
            let all: Vec<&String> = classes.keys().collect();
            let kept = sample(all.len(), all.len() * 9 / 10, &mut stream(draw, &[7]));
            let kept: std::collections::HashSet<&String> = kept.into_iter().map(|i| all[i]).collect();
            let part: Vec<Modality> = modalities
                .iter()
                .map(|m| {
                    let patients = m.matrix.patients();
                    let rows: Vec<usize> = (0..patients.len()).filter(|&i| kept.contains(&patients[i])).collect();
                    let names = rows.iter().map(|&i| patients[i].clone()).collect();
                    let values = m.matrix.values().select(Axis(0), &rows);
                    let matrix = FeatureMatrix::new(names, m.matrix.features().to_vec(), values).unwrap();
                    Modality { name: m.name.clone(), matrix }
                })
                .collect();
            run(&name, &format!("90 % draw {draw}"), &part, &classes, 1);
        }
    }
}
