//! Silhouettes: how much nearer each patient is to its own subtype than to the next.

use cluster::distance::Metric;
use cluster::indices::{silhouette, silhouette_of};
use cluster::partition::Partition;
use ndarray::Axis;

use super::Figure;
use super::maps::Space;
use crate::stratify::run::Outcome;
use crate::stratify::svg::{Anchor, Drawing, GREY, Scale, colour};
use crate::stratify::write::name;

/// The silhouettes in the consensus, with their means in the measurements themselves; none for a single subtype.
pub fn silhouettes(outcome: &Outcome, spaces: &[Space]) -> Option<Figure> {
    let answer = &outcome.answer;
    let groups = answer.partition.groups();
    if groups < 2 {
        return None;
    }
    let labels: Vec<usize> = answer.landmarks.iter().map(|&i| answer.partition.labels()[i]).collect();
    let n = labels.len();
    let distances: Vec<f64> = (0..n).flat_map(|i| (i + 1..n).map(move |j| 1.0 - answer.consensus[[i, j]])).collect();
    let widths = silhouette_of(&distances, &Partition::new(labels.iter().copied()));
    let mean = widths.iter().sum::<f64>() / n as f64;

    let (width, height, left, top, bottom) = (460.0, 360.0, 66.0, 10.0, 318.0);
    let x = Scale::of(widths.iter().copied().chain([0.0, 1.0]), left, width - 60.0);
    let words = format!("Silhouettes of {n} patients in the consensus, mean {mean:.2}");
    let mut drawing = Drawing::new("plot-silhouette", width, height, &words);
    let gap = 6.0;
    let step = (bottom - top - gap * (groups as f64 - 1.0)) / n as f64;
    let mut y = top;
    for group in 0..groups {
        let mut own: Vec<f64> = widths.iter().zip(&labels).filter(|(_, l)| **l == group).map(|(w, _)| *w).collect();
        if own.is_empty() {
            continue;
        }
        own.sort_by(|a, b| b.total_cmp(a));
        let mut path = format!("M{:.1} {y:.1}", x.at(0.0));
        for (i, w) in own.iter().enumerate() {
            path += &format!("H{:.1}V{:.2}", x.at(*w), y + (i + 1) as f64 * step);
        }
        drawing.put(format_args!(r#"<path d="{path}H{:.1}Z" fill="{}"/>"#, x.at(0.0), colour(group)));
        let middle = y + own.len() as f64 * step / 2.0 + 4.0;
        drawing.label(left - 8.0, middle, Anchor::End, &format!("{} ({})", name(group), own.len()));
        let average = own.iter().sum::<f64>() / own.len() as f64;
        drawing.label(width - 54.0, middle, Anchor::Start, &format!("{average:.2}").replace('-', "−"));
        y += own.len() as f64 * step + gap;
    }
    let at = x.at(mean);
    drawing.put(format_args!(r#"<path d="M{at:.1} {top}V{bottom}" stroke="{GREY}" stroke-dasharray="4 3"/>"#));
    drawing.put(format_args!(
        r#"<path d="M{:.1} {top}V{bottom}M{left} {bottom}H{:.1}" stroke="{GREY}" fill="none"/>"#,
        x.at(0.0),
        width - 60.0
    ));
    for tick in x.ticks(5) {
        drawing.label(x.at(tick), bottom + 16.0, Anchor::Middle, &format!("{tick:.1}").replace('-', "−"));
    }
    drawing.label(f64::midpoint(left, width - 60.0), bottom + 34.0, Anchor::Middle, "silhouette");
    Some(Figure::new("Silhouettes", drawing.finish(), &caption(mean, &in_measurements(outcome, spaces))))
}

fn caption(mean: f64, measured: &[(String, f64)]) -> String {
    let measured: Vec<String> = measured.iter().map(|(m, s)| format!("{m} {s:.2}").replace('-', "−")).collect();
    format!(
        "How much nearer each patient is to its own subtype than to the next (1 fully, 0 on the border, below 0 nearer to the next), by 1 − consensus; mean {mean:.2}, of each subtype on the right. The consensus was made to part the subtypes, so these are high; in the measurements themselves, by Euclidean distance over the principal components, the means are: {}.",
        measured.join(", ")
    )
}

fn in_measurements(outcome: &Outcome, spaces: &[Space]) -> Vec<(String, f64)> {
    let labels = outcome.answer.partition.labels();
    spaces
        .iter()
        .filter_map(|space| {
            let few = space.few();
            let partition = Partition::new(few.iter().map(|&row| labels[space.patients[row]]));
            let scores = space.scores.select(Axis(0), &few);
            let widths = silhouette(scores.view(), &partition, Metric::Euclidean);
            (partition.groups() > 1).then(|| (space.modality.clone(), widths.iter().sum::<f64>() / widths.len() as f64))
        })
        .collect()
}
