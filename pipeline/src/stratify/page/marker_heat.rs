//! The strongest markers of each subtype over all patients.

use cluster::auto::Modality;
use cluster::markers::{Evidence, Level, Marker};
use cluster::transform::Transform;

use super::Figure;
use super::maps::slug;
use super::order::{Columns, patients, rows};
use crate::stratify::meaning_tables::MARKER;
use crate::stratify::run::Outcome;
use crate::stratify::svg::{Anchor, DIVERGING, Drawing, Raster, colour};
use crate::stratify::write::name;

/// Rows in all, at most; shared between the subtypes.
const ROWS: usize = 60;
/// Rows of one subtype, at most.
const EACH: usize = 12;
/// Columns, at most.
const COLUMNS: usize = 400;
/// Standard deviations at which colours end.
const ENDS: f64 = 2.5;

/// A heat map for every modality of levels that has markers.
pub fn heats(outcome: &Outcome) -> Vec<Figure> {
    let markers = &outcome.meaning.markers;
    markers
        .iter()
        .zip(&outcome.modalities)
        .filter_map(|((_, found), modality)| heat(outcome, modality, found))
        .collect()
}

/// Strongest markers of each subtype, no feature twice, subtypes in their order.
fn chosen(found: &[Marker], groups: usize) -> Vec<(usize, &str)> {
    let each = EACH.min((ROWS / groups.max(1)).max(1));
    let mut rows: Vec<(usize, &str)> = Vec::new();
    for group in 0..groups {
        let mut own: Vec<(&str, Level)> = found
            .iter()
            .filter(|m| m.group == group && m.evidence.q() <= MARKER)
            .filter_map(
                |m| if let Evidence::Level(level) = m.evidence { Some((m.feature.as_str(), level)) } else { None },
            )
            .collect();
        own.sort_by(|a, b| b.1.t.abs().total_cmp(&a.1.t.abs()));
        let fresh: Vec<&str> =
            own.into_iter().map(|o| o.0).filter(|f| !rows.iter().any(|r| r.1 == *f)).take(each).collect();
        rows.extend(fresh.into_iter().map(|f| (group, f)));
    }
    rows
}

fn heat(outcome: &Outcome, modality: &Modality, found: &[Marker]) -> Option<Figure> {
    let answer = &outcome.answer;
    let features = chosen(found, answer.partition.groups());
    if features.is_empty() {
        return None;
    }
    let row_of = rows(answer, modality);
    let measured: Vec<usize> = patients(answer).into_iter().filter(|&i| row_of[i].is_some()).collect();
    let columns = Columns::new(&measured, |i| answer.partition.labels()[i], COLUMNS);
    let transform = Transform::learn(&modality.matrix);
    let values: Vec<Vec<f64>> = features
        .iter()
        .map(|(_, feature)| {
            let Some(at) = modality.matrix.features().iter().position(|f| f == feature) else { return Vec::new() };
            let column: Vec<f64> = modality.matrix.values().column(at).iter().map(|v| transform.apply(*v)).collect();
            standardised(&column, &columns, &row_of)
        })
        .collect();
    let cell = |i: usize, j: usize| values[i].get(j).map_or(f64::NAN, |z| (z / ENDS).clamp(-1.0, 1.0) / 2.0 + 0.5);

    let longest = features.iter().map(|f| f.1.chars().count()).max().unwrap_or(0).min(24) as f64;
    let (left, top, line, width) = (30.0, 24.0, 13.0, 940.0);
    let (wide, high) = (width - left - 16.0 - 6.6 * longest, line * features.len() as f64);
    let words =
        format!("{} markers of {} in {} patients ordered by subtype", features.len(), modality.name, measured.len());
    let id = format!("plot-markers-{}", slug(&modality.name));
    let mut drawing = Drawing::new(&id, width, top + high + 28.0, &words);
    drawing.strip(left, top - 11.0, wide / columns.groups.len().max(1) as f64, &columns.groups);
    drawing.raster(left, top, wide, high, &Raster::new(features.len(), columns.groups.len(), DIVERGING, cell));
    for (i, (group, feature)) in features.iter().enumerate() {
        let y = top + line * i as f64;
        drawing.block(left - 8.0, y, 6.0, line, colour(*group));
        if i == 0 || features[i - 1].0 != *group {
            drawing.label(left - 10.0, y + 10.0, Anchor::End, &name(*group));
        }
        let shown: String = feature.chars().take(24).collect();
        drawing.label(left + wide + 5.0, y + 10.5, Anchor::Start, &shown);
    }
    drawing.legend(left + 110.0, top + high + 12.0, DIVERGING, ("−2.5 SD or less", "2.5 SD or more"));
    let caption = format!(
        "Standard deviations from the mean of all patients; grey is not measured. Strongest markers of each subtype (its name on the left), by the moderated t.{}",
        columns.note()
    );
    Some(Figure::new(&format!("Markers, {}", modality.name), drawing.finish(), &caption).wide())
}

/// Mean z-score of each column; NaN where none of its patients has a value.
fn standardised(values: &[f64], columns: &Columns, row_of: &[Option<usize>]) -> Vec<f64> {
    let known: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let deviation = (known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / known.len() as f64).sqrt();
    columns
        .members
        .iter()
        .map(|members| {
            let own: Vec<f64> =
                members.iter().filter_map(|&i| values.get(row_of[i]?).copied()).filter(|v| v.is_finite()).collect();
            (own.iter().sum::<f64>() / own.len() as f64 - mean) / deviation
        })
        .collect()
}
