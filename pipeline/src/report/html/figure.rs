//! The picture at the top: where each gene stands between no function and more than normal function.
//!
//! Drawn as rows of a scale with a marker, each row with the same in words, so that nothing depends on seeing it.

use serde::Serialize;

use crate::report::document::{GeneDocument, SampleDocument};

/// Names of the places on the scale, least function first.
const SCALE: [&str; 5] = ["Poor", "Intermediate", "Normal", "Rapid", "Ultrarapid"];

/// Pixels, in the coordinates of the drawing.
const LEFT: f64 = 96.0;
const STEP: f64 = 92.0;
const ROW: f64 = 24.0;
const TOP: f64 = 34.0;

/// A drawing; `None` where no gene has a place on the scale.
#[derive(Debug, Serialize)]
pub struct Figure {
    width: f64,
    height: f64,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Everything in it, in words.
    words: String,
}

#[derive(Debug, Serialize)]
struct Column {
    name: &'static str,
    x: f64,
}

#[derive(Debug, Serialize)]
struct Row {
    gene: String,
    y: f64,
    /// A second answer, where alternatives differ.
    markers: Vec<Marker>,
    normal: bool,
}

#[derive(Debug, Serialize)]
struct Marker {
    x: f64,
}

impl Figure {
    /// The scale of all genes whose phenotype has a place on it.
    pub fn of(document: &SampleDocument<'_>) -> Option<Self> {
        let placed: Vec<(&GeneDocument<'_>, Vec<usize>)> =
            document.genes.iter().map(|g| (g, places(g))).filter(|(_, p)| !p.is_empty()).collect();
        if placed.is_empty() {
            return None;
        }
        let x = |place: usize| LEFT + STEP * (place as f64 + 0.5);
        let rows: Vec<Row> = placed
            .iter()
            .enumerate()
            .map(|(i, (gene, places))| Row {
                gene: gene.gene.to_owned(),
                y: TOP + ROW * (i as f64 + 0.5),
                markers: places.iter().map(|p| Marker { x: x(*p) }).collect(),
                normal: places.as_slice() == [2],
            })
            .collect();
        let words: Vec<String> = placed
            .iter()
            .map(|(gene, places)| {
                let names: Vec<&str> = places.iter().filter_map(|p| SCALE.get(*p)).copied().collect();
                format!("{} {}", gene.gene, names.join(" or ").to_lowercase())
            })
            .collect();
        Some(Self {
            width: LEFT + STEP * SCALE.len() as f64,
            height: TOP + ROW * rows.len() as f64 + 4.0,
            columns: SCALE.iter().enumerate().map(|(i, name)| Column { name, x: x(i) }).collect(),
            rows,
            words: words.join("; "),
        })
    }
}

/// Places of a gene's answers, each once.
fn places(gene: &GeneDocument<'_>) -> Vec<usize> {
    let mut places: Vec<usize> = gene.candidates.iter().filter_map(|c| place(c.phenotype?)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Place of a phenotype in the standard vocabulary (Caudle 2017, PMID 27441996) on the scale; `None` for other words.
fn place(phenotype: &str) -> Option<usize> {
    let phenotype = phenotype.to_lowercase();
    let (level, kind) = phenotype.rsplit_once(' ')?;
    if !["metabolizer", "function"].contains(&kind) {
        return None;
    }
    match level.trim_start_matches("likely ").trim_start_matches("possible ") {
        "poor" => Some(0),
        "intermediate" | "decreased" => Some(1),
        "normal" => Some(2),
        "rapid" | "increased" => Some(3),
        "ultrarapid" => Some(4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_phenotypes_of_the_standard_vocabulary_have_a_place() {
        assert_eq!(place("Poor Metabolizer"), Some(0));
        assert_eq!(place("Likely Intermediate Metabolizer"), Some(1));
        assert_eq!(place("Decreased Function"), Some(1));
        assert_eq!(place("Ultrarapid Metabolizer"), Some(4));
        for other in
            ["Indeterminate", "Deficient", "-1639 AA", "Malignant Hyperthermia Susceptibility", "Slow Acetylator"]
        {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
