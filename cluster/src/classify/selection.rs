//! Which method, and how strong: by cross-validation, on the Brier score of patients held out.

use ndarray::{ArrayView2, Axis};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::standard::Standard;
use super::temperature::{sharpness, softmax};
use super::{Labelled, Method, measures};
use crate::random;

/// A method at one strength, judged on patients it had not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The method.
    pub method: Method,
    /// Its strength: shrinkage, penalty, cost, or number of trees.
    pub strength: f64,
    /// What its scores are multiplied by to become probabilities.
    pub sharpness: f64,
    /// Mean Brier score, 0 (certain and right) to 2 (certain and wrong).
    pub brier: f64,
    /// Share of patients whose likeliest class is theirs.
    pub accuracy: f64,
}

/// A number for each patient, `0..folds`: each class is spread over the folds as evenly as it goes.
pub(super) fn folds(classes: &[usize], count: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut numbers = vec![0; classes.len()];
    let mut next = 0;
    for class in 0..count {
        let mut patients: Vec<usize> = (0..classes.len()).filter(|&i| classes[i] == class).collect();
        patients.shuffle(&mut random::stream(seed, &[class as u64]));
        for i in patients {
            numbers[i] = next % folds;
            next += 1;
        }
    }
    numbers
}

/// Folds that leave every class in every training part: as many as asked for, as the smallest class has patients.
pub(super) fn possible_folds(classes: &[usize], count: usize, asked: usize) -> usize {
    let smallest = (0..count).map(|k| classes.iter().filter(|c| **c == k).count()).min().unwrap_or(0);
    asked.min(smallest).max(2)
}

/// All candidates, in the order of `methods` and of their strengths. `x` is as measured: centre and scale are learnt in
/// each training part.
pub(super) fn candidates(
    x: ArrayView2<'_, f64>,
    classes: &[usize],
    count: usize,
    methods: &[Method],
    asked: usize,
    seed: u64,
) -> Vec<Candidate> {
    let number = possible_folds(classes, count, asked);
    let fold = folds(classes, count, number, seed);
    let whole = Standard::learn(x, classes, count).filled(x);
    let strengths: Vec<Vec<f64>> =
        methods.iter().map(|m| m.strengths(Labelled { x: whole.view(), classes, count })).collect();
    let jobs: Vec<(usize, usize)> = (0..number).flat_map(|f| (0..methods.len()).map(move |m| (f, m))).collect();
    let held_out: Vec<Vec<(usize, Vec<Vec<f64>>)>> = jobs
        .par_iter()
        .map(|&(f, m)| {
            let (test, train): (Vec<usize>, Vec<usize>) = (0..classes.len()).partition(|&i| fold[i] == f);
            let own: Vec<usize> = train.iter().map(|&i| classes[i]).collect();
            let part = x.select(Axis(0), &train);
            let standard = Standard::learn(part.view(), &own, count);
            let filled = standard.filled(part.view());
            let models = methods[m].fit(Labelled { x: filled.view(), classes: &own, count }, &strengths[m], seed);
            let score = |i: usize| {
                let row = standard.row(x.row(i));
                models.iter().map(|model| model.scores(row.as_slice().into())).collect()
            };
            test.into_iter().map(|i| (i, score(i))).collect()
        })
        .collect();
    let mut found = Vec::new();
    for (m, &method) in methods.iter().enumerate() {
        for (s, &strength) in strengths[m].iter().enumerate() {
            let mut scores = vec![vec![0.0; count]; classes.len()];
            for (_, patients) in jobs.iter().zip(&held_out).filter(|(job, _)| job.1 == m) {
                for (i, by_strength) in patients {
                    scores[*i].clone_from(&by_strength[s]);
                }
            }
            let sharpness = sharpness(&scores, classes);
            let probabilities: Vec<Vec<f64>> = scores.iter().map(|s| softmax(s, sharpness)).collect();
            let brier = measures::brier(&probabilities, classes);
            let accuracy = measures::accuracy(&probabilities, classes);
            found.push(Candidate { method, strength, sharpness, brier, accuracy });
        }
    }
    found
}

/// The candidate of least Brier score; the earlier one of equals.
pub(super) fn best(candidates: &[Candidate]) -> Option<Candidate> {
    candidates.iter().copied().min_by(|a, b| a.brier.total_cmp(&b.brier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_spread_over_the_folds() {
        let classes: Vec<usize> = (0..23).map(|i| usize::from(i > 15)).collect();
        let found = folds(&classes, 2, 5, 1);
        for class in 0..2 {
            let total = classes.iter().filter(|c| **c == class).count();
            for f in 0..5 {
                let here = classes.iter().zip(&found).filter(|(c, n)| **c == class && **n == f).count();
                assert!(here == total / 5 || here == total / 5 + 1, "class {class}, fold {f}: {here}");
            }
        }
        assert_eq!(possible_folds(&[0, 0, 0, 1, 1, 1, 1], 2, 5), 3);
    }
}
