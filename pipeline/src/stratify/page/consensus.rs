//! The consensus: a heat map for every number of groups, its distribution, the gain of each further group, and how well
//! the cuts agree.

use cluster::auto::Answer;
use cluster::consensus::{consensus_tree, cumulative, delta_areas};
use ndarray::Array2;
use serde::Serialize;

use super::Figure;
use super::order::Columns;
use crate::stratify::run::Outcome;
use crate::stratify::svg::{Anchor, Drawing, Line, Plane, Raster, SEQUENTIAL, colour};

/// Cells on a side of a heat map, at most.
const CELLS: usize = 300;
/// Side of a heat map.
const SIDE: f64 = 380.0;

/// The heat map of one number of groups.
#[derive(Debug, Serialize)]
pub struct Heat {
    k: usize,
    chosen: bool,
    svg: String,
    caption: String,
}

/// The consensus matrices, with their number of groups.
fn matrices(answer: &Answer) -> Vec<(usize, &Array2<f64>)> {
    answer.per_k.iter().map(|at| (at.k, &at.consensus)).collect()
}

/// A heat map for each number of groups.
pub fn heats(outcome: &Outcome) -> Vec<Heat> {
    let answer = &outcome.answer;
    matrices(answer).into_iter().map(|(k, matrix)| heat(answer, k, matrix)).collect()
}

fn heat(answer: &Answer, k: usize, matrix: &Array2<f64>) -> Heat {
    let tree = consensus_tree(matrix);
    let cut = tree.cut(k);
    let mut order = tree.order();
    order.sort_by_key(|&i| cut.labels()[i]);
    let columns = Columns::new(&order, |i| cut.labels()[i], CELLS);
    let subtypes: Vec<usize> =
        columns.members.iter().map(|m| answer.partition.labels()[answer.landmarks[m[0]]]).collect();
    let cells = columns.members.len();
    let mean = |a: usize, b: usize| {
        let (rows, others) = (&columns.members[a], &columns.members[b]);
        let sum: f64 = rows.iter().flat_map(|&i| others.iter().map(move |&j| matrix[[i, j]])).sum();
        sum / (rows.len() * others.len()) as f64
    };
    let words = format!(
        "Consensus of {} patients cut into {k} groups: dark squares on the diagonal hold together",
        matrix.nrows()
    );
    let (left, top) = (6.0, 24.0);
    let mut drawing = Drawing::new(&format!("plot-consensus-{k}"), SIDE + 12.0, SIDE + top + 26.0, &words);
    let step = SIDE / cells.max(1) as f64;
    drawing.strip(left, top - 11.0, step, &subtypes);
    drawing.raster(left, top, SIDE, SIDE, &Raster::new(cells, cells, SEQUENTIAL, mean));
    for bound in (1..cells).filter(|&i| columns.groups[i] != columns.groups[i - 1]) {
        let (x, y) = (left + bound as f64 * step, top + bound as f64 * step);
        drawing.put(format_args!(
            r##"<path d="M{x:.1} {top}v{SIDE}M{left} {y:.1}h{SIDE}" stroke="#d55e00" stroke-width="1"/>"##
        ));
    }
    drawing.legend(left + 130.0, top + SIDE + 10.0, SEQUENTIAL, ("never together, 0", "1, always"));
    let sizes: Vec<String> = cut.sizes().iter().map(ToString::to_string).collect();
    Heat {
        k,
        chosen: k == answer.verdict.k,
        svg: drawing.finish(),
        caption: format!(
            "{k} groups of {} patients, ordered by the tree of the consensus; lines part the groups, colours above are the subtypes of the chosen division.{}",
            sizes.join(", "),
            if matrix.nrows() > cells {
                format!(" {} patients in {cells} × {cells} cells, each the mean of its pairs.", matrix.nrows())
            } else {
                String::new()
            }
        ),
    }
}

/// Distribution of the consensus for each number of groups.
pub fn distribution(outcome: &Outcome) -> Figure {
    let found: Vec<(usize, Vec<f64>)> =
        matrices(&outcome.answer).into_iter().map(|(k, matrix)| (k, cumulative(matrix))).collect();
    let words: Vec<String> = found
        .iter()
        .map(|(k, curve)| format!("k {k}: {:.0} % of the pairs between 0.1 and 0.9", 100.0 * (curve[90] - curve[10])))
        .collect();
    let words = format!("Cumulative distribution of the consensus. {}", words.join("; "));
    let mut plane = Plane::new(
        ("plot-cdf", &words),
        (460.0, 330.0),
        (52.0, 0.0),
        (&[0.0, 1.0], &[0.0, 1.0]),
        ("consensus of two patients", "share of pairs at most that"),
    );
    let mut names = Vec::new();
    for (number, (k, curve)) in found.iter().enumerate() {
        // A step: the share holds up to the next value.
        let mut points = vec![(0.0, 0.0)];
        for (i, share) in curve.iter().enumerate() {
            let x = i as f64 / 100.0;
            points.extend([(x, points.last().map_or(0.0, |p: &(f64, f64)| p.1)), (x, *share)]);
        }
        plane.line(&Line { points, colour: colour(number), strong: *k == outcome.answer.verdict.k });
        names.push((curve[50], format!("k = {k}"), colour(number)));
    }
    plane.names(400.0, &names);
    Figure::new(
        "Distribution of the consensus",
        plane.drawing.finish(),
        "A curve that is flat between 0 and 1 means pairs that are always together or never; the chosen number is drawn strongly.",
    )
}

/// Gain in area of each number of groups.
pub fn gain(outcome: &Outcome) -> Figure {
    let candidates = &outcome.answer.candidates;
    let deltas = delta_areas(&candidates.iter().map(|c| c.area).collect::<Vec<_>>());
    let points: Vec<(f64, f64)> = candidates.iter().zip(&deltas).map(|(c, d)| (c.k as f64, *d)).collect();
    let words: Vec<String> = points.iter().map(|(k, d)| format!("k {k:.0}: {d:.2}")).collect();
    let words = format!("Gain in area under the distribution of the consensus. {}", words.join(", "));
    Figure::new(
        "Delta area",
        over_k(
            "plot-delta",
            &words,
            &[(points, String::new(), true)],
            outcome.answer.verdict.k,
            "relative gain in area",
        ),
        "Area under the distribution at the smallest number of groups, then what each further group adds, as a share of the area before (Monti et al. 2003).",
    )
}

/// Agreement of the cuts with their consensus.
pub fn agreement(outcome: &Outcome) -> Figure {
    let candidates = &outcome.answer.candidates;
    let mut lines =
        vec![(candidates.iter().map(|c| (c.k as f64, c.agreement)).collect::<Vec<_>>(), "all".to_owned(), true)];
    if outcome.modalities.len() > 1 {
        for (m, modality) in outcome.modalities.iter().enumerate() {
            let points =
                candidates.iter().filter_map(|c| Some((c.k as f64, *c.by_modality.get(m)?))).collect::<Vec<_>>();
            lines.push((points, modality.name.clone(), false));
        }
    }
    let words: Vec<String> = candidates.iter().map(|c| format!("k {}: {:.2}", c.k, c.agreement)).collect();
    let words = format!("Agreement of the cuts with their consensus. {}", words.join(", "));
    Figure::new(
        "How well the cuts agree",
        over_k("plot-agreement", &words, &lines, outcome.answer.verdict.k, "agreement"),
        "Mean adjusted Rand index of the cuts with their consensus; the number of subtypes is chosen by it.",
    )
}

/// Points, a name, and whether it is drawn strongly.
type Series = (Vec<(f64, f64)>, String, bool);

/// Lines over the number of groups; the chosen one is marked.
fn over_k(id: &str, words: &str, lines: &[Series], chosen: usize, name: &str) -> String {
    let xs: Vec<f64> = lines.iter().flat_map(|l| l.0.iter().map(|p| p.0)).collect();
    let ys: Vec<f64> = lines.iter().flat_map(|l| l.0.iter().map(|p| p.1)).chain([0.0]).collect();
    let longest = lines.iter().map(|l| l.1.chars().count()).max().unwrap_or(0) as f64;
    let room = if longest > 0.0 { 12.0 + 7.0 * longest.min(16.0) } else { 0.0 };
    let (width, height) = (460.0, 330.0);
    let mut plane = Plane::new((id, words), (width, height), (room, 0.0), (&xs, &ys), ("number of groups", name));
    let at = plane.x.at(chosen as f64);
    plane
        .drawing
        .put(format_args!(r##"<path d="M{at:.1} 12V{:.1}" stroke="#5b6675" stroke-dasharray="4 3"/>"##, height - 44.0));
    plane.drawing.label(at + 4.0, 22.0, Anchor::Start, "chosen");
    let mut names = Vec::new();
    for (number, (points, name, strong)) in lines.iter().enumerate() {
        plane.line(&Line { points: points.clone(), colour: colour(number), strong: *strong });
        for (x, y) in points {
            let (x, y) = (plane.x.at(*x), plane.y.at(*y));
            plane.drawing.put(format_args!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="{}"/>"#, colour(number)));
        }
        if let (Some(last), false) = (points.last(), name.is_empty()) {
            names.push((last.1, name.clone(), colour(number)));
        }
    }
    plane.names(width - room - 6.0, &names);
    plane.drawing.finish()
}
