//! Patients on a plane, modality by modality: principal components and t-SNE.

use std::collections::HashMap;

use cluster::auto::{Answer, Modality};
use cluster::embedding::{Settings, tsne};
use cluster::prepare;
use cluster::principal::principal;
use ndarray::{Array2, Axis};

use super::Figure;
use crate::stratify::run::Outcome;
use crate::stratify::svg::Plane;

/// Features used, the most variable ones.
const FEATURES: usize = 1_500;
/// Components that t-SNE and silhouettes start from.
const COMPONENTS: usize = 50;
/// Patients drawn by their components, at most.
const POINTS: usize = 2_000;
/// Patients embedded by t-SNE, at most.
const EMBEDDED: usize = 1_000;

/// One modality in the space of its principal components.
#[derive(Debug)]
pub struct Space {
    /// Its name.
    pub modality: String,
    /// Patients, as places in the cohort.
    pub patients: Vec<usize>,
    /// Patients with the modality.
    pub of: usize,
    /// Patients × components.
    pub scores: Array2<f64>,
    /// Share of the variance of the first and the second, in per cent.
    shares: [f64; 2],
    features: usize,
}

impl Space {
    /// The components of a modality; none where fewer than two vary.
    fn new(answer: &Answer, modality: &Modality) -> Option<Self> {
        let places: HashMap<&str, usize> = answer.patients.iter().enumerate().map(|(i, p)| (p.as_str(), i)).collect();
        let all = modality.matrix.patients();
        let rows: Vec<usize> = (0..all.len()).step_by(all.len().div_ceil(POINTS).max(1)).collect();
        let patients = rows.iter().map(|&r| places.get(all[r].as_str()).copied()).collect::<Option<Vec<_>>>()?;
        let values = modality.matrix.values();
        // The scale is that of all patients, as everywhere else.
        let scale = modality.matrix.scale();
        let x = prepare::most_variable(&prepare::tidy(values.select(Axis(0), &rows).view(), scale), FEATURES);
        let found = principal(x.view(), COMPONENTS);
        let share = |c: usize| Some(100.0 * found.variances.get(c)? / found.total);
        Some(Self {
            modality: modality.name.clone(),
            patients,
            of: all.len(),
            shares: [share(0)?, share(1)?],
            features: x.ncols(),
            scores: found.scores,
        })
    }

    /// Rows of as many patients as can be embedded or compared in pairs.
    pub fn few(&self) -> Vec<usize> {
        let n = self.patients.len();
        (0..n).step_by(n.div_ceil(EMBEDDED).max(1)).collect()
    }
}

/// The components of every modality.
pub fn spaces(outcome: &Outcome) -> Vec<Space> {
    outcome.modalities.iter().filter_map(|m| Space::new(&outcome.answer, m)).collect()
}

/// Two maps a modality.
pub fn maps(outcome: &Outcome, spaces: &[Space]) -> Vec<Figure> {
    spaces.iter().flat_map(|space| [components(outcome, space), neighbours(outcome, space)]).collect()
}

fn components(outcome: &Outcome, space: &Space) -> Figure {
    let rows: Vec<usize> = (0..space.patients.len()).collect();
    let words = format!("{} patients by the two first principal components of {}", rows.len(), space.modality);
    let names = (
        format!("component 1 ({:.0} % of the variance)", space.shares[0]),
        format!("component 2 ({:.0} %)", space.shares[1]),
    );
    let svg = points(
        outcome,
        space,
        &rows,
        &space.scores,
        (&format!("plot-pca-{}", slug(&space.modality)), &words),
        (&names.0, &names.1),
    );
    let caption = format!(
        "The {} most variable features. Colour and shape tell the subtype.{}",
        space.features,
        drawn(rows.len(), space.of)
    );
    Figure::new(&format!("Principal components, {}", space.modality), svg, &caption)
}

fn neighbours(outcome: &Outcome, space: &Space) -> Figure {
    let rows = space.few();
    let settings = Settings { seed: outcome.settings.seed, ..Settings::default() };
    let places = tsne(space.scores.select(Axis(0), &rows).view(), settings);
    let words = format!("{} patients by t-SNE of {}: neighbours lie together", rows.len(), space.modality);
    let svg = points(
        outcome,
        space,
        &rows,
        &places,
        (&format!("plot-tsne-{}", slug(&space.modality)), &words),
        ("t-SNE 1", "t-SNE 2"),
    );
    let caption = format!(
        "t-SNE of the first {} components, perplexity {:.0}: who lies beside whom means something, distances and sizes of clouds do not.{}",
        space.scores.ncols(),
        settings.perplexity.min((rows.len().saturating_sub(1)) as f64 / 3.0),
        drawn(rows.len(), space.of)
    );
    Figure::new(&format!("t-SNE, {}", space.modality), svg, &caption)
}

fn drawn(points: usize, of: usize) -> String {
    if points < of { format!(" {points} of {of} patients, evenly picked.") } else { String::new() }
}

fn points(
    outcome: &Outcome,
    space: &Space,
    rows: &[usize],
    places: &Array2<f64>,
    about: (&str, &str),
    names: (&str, &str),
) -> String {
    let (xs, ys) = (places.column(0).to_vec(), places.column(1).to_vec());
    let mut plane = Plane::new(about, (460.0, 360.0), (0.0, 0.0), (&xs, &ys), names);
    for ((row, x), y) in rows.iter().zip(&xs).zip(&ys) {
        plane.mark(*x, *y, outcome.answer.partition.labels()[space.patients[*row]]);
    }
    plane.drawing.finish()
}

/// A name as part of an identifier.
pub fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
