//! Alterations over patients, gene by gene: mutations by the class of their consequence, other states as the matrix
//! gives them.

use std::collections::HashMap;

use cluster::auto::Modality;
use cluster::markers::{Evidence, Marker};
use cluster::prepare::{Scale, scale};

use super::Figure;
use super::maps::slug;
use super::numbers::per_cent;
use super::order::{patients, rows};
use crate::stratify::alterations::Class;
use crate::stratify::meaning_tables::MARKER;
use crate::stratify::run::Outcome;
use crate::stratify::svg::{Anchor, Drawing};

/// Genes drawn, and how many of them for being markers; the rest are the most often altered.
const GENES: usize = 25;
const MARKERS: usize = 15;
/// Patients drawn, at most.
const PATIENTS: usize = 600;

/// An oncoprint for every modality of states.
pub fn oncoprints(outcome: &Outcome) -> Vec<Figure> {
    outcome.modalities.iter().enumerate().filter_map(|(at, modality)| oncoprint(outcome, at, modality)).collect()
}

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Plain,
    Unknown,
    Mutated(Class),
    /// A state and its reference.
    State(f64),
}

fn oncoprint(outcome: &Outcome, at: usize, modality: &Modality) -> Option<Figure> {
    let values = modality.matrix.values();
    if scale(values.view()) != Scale::Discrete {
        return None;
    }
    let answer = &outcome.answer;
    let row_of = rows(answer, modality);
    let markers = outcome.meaning.markers.get(at).map_or(&[] as &[Marker], |m| &m.1);
    let references: Vec<f64> = (0..modality.matrix.features().len()).map(|f| reference(values.column(f))).collect();
    let genes = genes(modality, &references, markers);
    if genes.is_empty() {
        return None;
    }
    let classes = outcome.classes.iter().find(|c| c.modality == modality.name);
    let cell = |patient: usize, gene: usize| {
        let Some(row) = row_of[patient] else { return Cell::Unknown };
        let value = values[[row, gene]];
        if value.is_nan() {
            return Cell::Unknown;
        }
        if value == references[gene] {
            return Cell::Plain;
        }
        classes
            .and_then(|c| c.of(&answer.patients[patient], &modality.matrix.features()[gene]))
            .map_or(Cell::State(value), Cell::Mutated)
    };

    let measured: Vec<usize> = patients(answer).into_iter().filter(|&i| row_of[i].is_some()).collect();
    let step = measured.len().div_ceil(PATIENTS).max(1);
    let mut drawn: Vec<usize> = measured.iter().copied().step_by(step).collect();
    // Within a subtype those altered in the first gene come first, and so on: the staircase of an oncoprint.
    let altered =
        |i: usize| genes.iter().map(|&g| matches!(cell(i, g), Cell::Plain | Cell::Unknown)).collect::<Vec<_>>();
    drawn.sort_by_cached_key(|&i| (answer.partition.labels()[i], altered(i)));

    let legend = legend(&drawn, &genes, &cell);
    let svg = draw(outcome, modality, &drawn, &genes, &cell, &legend);
    let note = if step > 1 {
        format!(" {} of {} patients, evenly picked within the subtypes.", drawn.len(), measured.len())
    } else {
        String::new()
    };
    let caption = format!(
        "Genes that set subtypes apart and those altered most often, with the share of all patients measured; patients by subtype. {}{note}",
        if classes.is_some() {
            "A tumour with several kinds of change in a gene is shown as such."
        } else {
            "States as the matrix gives them."
        }
    );
    Some(Figure::new(&format!("Alterations, {}", modality.name), svg, &caption).wide())
}

/// The state of most importance to none: 0 where a feature has it, else its least.
fn reference(column: ndarray::ArrayView1<'_, f64>) -> f64 {
    if column.iter().any(|v| *v == 0.0) {
        return 0.0;
    }
    column.iter().copied().filter(|v| v.is_finite()).fold(f64::INFINITY, f64::min)
}

/// Places of the genes to draw, most often altered first.
fn genes(modality: &Modality, references: &[f64], markers: &[Marker]) -> Vec<usize> {
    let values = modality.matrix.values();
    let counts: Vec<usize> = references
        .iter()
        .enumerate()
        .map(|(g, reference)| values.column(g).iter().filter(|v| v.is_finite() && *v != reference).count())
        .collect();
    let places: HashMap<&str, usize> =
        modality.matrix.features().iter().enumerate().map(|(g, f)| (f.as_str(), g)).collect();
    let mut strong: Vec<&Marker> =
        markers.iter().filter(|m| matches!(m.evidence, Evidence::State(_)) && m.evidence.q() <= MARKER).collect();
    strong.sort_by(|a, b| a.evidence.p().total_cmp(&b.evidence.p()));
    let mut chosen: Vec<usize> = Vec::new();
    for gene in strong.iter().filter_map(|m| places.get(m.feature.as_str()).copied()) {
        if chosen.len() < MARKERS && !chosen.contains(&gene) {
            chosen.push(gene);
        }
    }
    let mut often: Vec<usize> = (0..counts.len()).filter(|&g| counts[g] > 0).collect();
    often.sort_by_key(|&g| std::cmp::Reverse(counts[g]));
    for gene in often {
        if chosen.len() < GENES && !chosen.contains(&gene) {
            chosen.push(gene);
        }
    }
    chosen.sort_by_key(|&g| std::cmp::Reverse(counts[g]));
    chosen
}

/// Colours of states away from the reference: losses blue, gains orange to red, further ones darker.
fn state_colour(value: f64) -> &'static str {
    match value {
        v if v <= -2.0 => "#08519c",
        v if v < 0.0 => "#6baed6",
        v if v >= 2.0 => "#a63603",
        _ => "#e6862b",
    }
}

/// Kinds of cells that occur, with their words and colours.
fn legend(drawn: &[usize], genes: &[usize], cell: &impl Fn(usize, usize) -> Cell) -> Vec<(Cell, String, &'static str)> {
    let mut found: Vec<(Cell, String, &'static str)> = Vec::new();
    for kind in drawn.iter().flat_map(|&i| genes.iter().map(move |&g| cell(i, g))) {
        let (words, colour) = match kind {
            Cell::Plain => continue,
            Cell::Unknown => ("not measured".to_owned(), "#ffffff"),
            Cell::Mutated(class) => (class.words().to_owned(), class.colour()),
            Cell::State(v) => (format!("state {v}").replace('-', "−"), state_colour(v)),
        };
        if !found.iter().any(|f| f.0 == kind) {
            found.push((kind, words, colour));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    match found.as_slice() {
        // One state only: altered or not.
        [(Cell::State(_), ..)] => found.iter().map(|f| (f.0, "altered".to_owned(), "#d55e00")).collect(),
        _ => found,
    }
}

fn draw(
    outcome: &Outcome,
    modality: &Modality,
    drawn: &[usize],
    genes: &[usize],
    cell: &impl Fn(usize, usize) -> Cell,
    legend: &[(Cell, String, &'static str)],
) -> String {
    let labels = outcome.answer.partition.labels();
    let names = modality.matrix.features();
    let longest = genes.iter().map(|&g| names[g].chars().count()).max().unwrap_or(0).min(20) as f64;
    let (width, top, line) = (940.0, 24.0, 15.0);
    let left = 14.0 + 7.0 * longest;
    let (wide, high) = (width - left - 50.0, line * genes.len() as f64);
    let step = wide / drawn.len().max(1) as f64;
    let words = format!("{} genes altered in {} patients ordered by subtype", genes.len(), drawn.len());
    let id = format!("plot-oncoprint-{}", slug(&modality.name));
    let mut drawing = Drawing::new(&id, width, top + high + 30.0, &words);
    let groups: Vec<usize> = drawn.iter().map(|&i| labels[i]).collect();
    drawing.strip(left, top - 11.0, step, &groups);
    for (row, &gene) in genes.iter().enumerate() {
        let y = top + line * row as f64 + 1.0;
        let shown: String = names[gene].chars().take(20).collect();
        drawing.label(left - 5.0, y + 10.5, Anchor::End, &shown);
        drawing.block(left, y, wide, line - 2.0, "#eceff3");
        for (kind, _, colour) in legend {
            let path: String = drawn
                .iter()
                .enumerate()
                .filter(|(_, patient)| cell(**patient, gene) == *kind)
                .map(|(i, _)| format!("M{:.1} {y:.0}h{step:.2}v{:.0}h-{step:.2}z", left + i as f64 * step, line - 2.0))
                .collect();
            if !path.is_empty() {
                drawing.put(format_args!(r#"<path d="{path}" fill="{colour}"/>"#));
            }
        }
        let (mut with, mut known) = (0, 0);
        for value in modality.matrix.values().column(gene).iter().filter(|v| v.is_finite()) {
            known += 1;
            with += u64::from(*value != reference(modality.matrix.values().column(gene)));
        }
        drawing.label(left + wide + 6.0, y + 10.5, Anchor::Start, &per_cent(with, known));
    }
    let mut x = left;
    for (_, words, colour) in legend {
        drawing.put(format_args!(
            r##"<rect x="{x:.0}" y="{:.0}" width="10" height="10" fill="{colour}" stroke="#5b6675" stroke-width=".5"/>"##,
            top + high + 12.0
        ));
        drawing.label(x + 15.0, top + high + 21.0, Anchor::Start, words);
        x += 32.0 + 6.6 * words.chars().count() as f64;
    }
    drawing.finish()
}
