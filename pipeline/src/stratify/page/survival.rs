//! Kaplan–Meier curves with their confidence bands, and the numbers at risk below the same axis.

use cluster::survival::kaplan_meier::Curve;

use super::Figure;
use super::numbers::{ratio, stated};
use crate::stratify::meaning::Survival;
use crate::stratify::svg::{Anchor, Band, Line, Plane, colour};
use crate::stratify::write::name;

/// Height of a line of numbers at risk.
const LINE: f64 = 16.0;

/// The drawing.
pub fn figure(found: &Survival) -> Figure {
    let last = found.curves.iter().flat_map(|c| c.1.steps.iter().map(|s| s.time)).fold(0.0, f64::max);
    let test = stated("p", found.comparison.p);
    let words = format!("Survival of {} subtypes; log-rank {test}", found.curves.len());
    let (width, height) = (940.0, 400.0);
    let under = 26.0 + LINE * found.curves.len() as f64;
    let mut plane = Plane::new(
        ("plot-survival", &words),
        (width, height + under),
        (40.0, under),
        (&[0.0, last], &[0.0, 1.0]),
        (&found.time, "share without the event"),
    );
    for (group, curve, ..) in &found.curves {
        plane.band(&Band { points: band(curve), colour: colour(*group) });
    }
    let mut names = Vec::new();
    for (group, curve, ..) in &found.curves {
        let mut points = vec![(0.0, 1.0)];
        for step in &curve.steps {
            let before = points.last().map_or(1.0, |p: &(f64, f64)| p.1);
            points.extend([(step.time, before), (step.time, step.survival)]);
        }
        let end = points.last().map_or(1.0, |p| p.1);
        plane.line(&Line { points, colour: colour(*group), strong: true });
        censored(&mut plane, curve, *group);
        names.push((end, name(*group), colour(*group)));
    }
    plane.names(width - 46.0, &names);
    plane.drawing.label(width - 60.0, 26.0, Anchor::End, &format!("log-rank {test}"));
    at_risk(&mut plane, found, height);
    Figure::new(
        "Survival by subtype",
        plane.drawing.finish(),
        "Kaplan–Meier estimate with 95 % bands (pointwise, log-log); ticks are patients whose follow-up ended. Below: patients still under observation.",
    )
    .wide()
}

/// Limits of the curve as steps.
fn band(curve: &Curve) -> Vec<(f64, f64, f64)> {
    let mut points = vec![(0.0, 1.0, 1.0)];
    for step in &curve.steps {
        let (_, low, high) = points.last().copied().unwrap_or((0.0, 1.0, 1.0));
        points.extend([(step.time, low, high), (step.time, step.lower, step.upper)]);
    }
    points
}

fn censored(plane: &mut Plane, curve: &Curve, group: usize) {
    let ticks: String = curve
        .steps
        .iter()
        .filter(|s| s.censored > 0)
        .map(|s| format!("M{:.1} {:.1}v6", plane.x.at(s.time), plane.y.at(s.survival) - 3.0))
        .collect();
    if !ticks.is_empty() {
        plane.drawing.put(format_args!(r#"<path d="{ticks}" stroke="{}" fill="none"/>"#, colour(group)));
    }
}

/// Numbers at risk at the ticks of the axis.
fn at_risk(plane: &mut Plane, found: &Survival, height: f64) {
    let ticks = plane.x.ticks(6);
    let top = height + 6.0;
    plane.drawing.label(6.0, top, Anchor::Start, "At risk");
    for (row, (group, curve, ..)) in found.curves.iter().enumerate() {
        let y = top + LINE * (row + 1) as f64;
        plane.drawing.put(format_args!(
            r#"<text x="6" y="{y:.1}" style="fill:{};font-weight:600">{}</text>"#,
            colour(*group),
            name(*group)
        ));
        for &tick in &ticks {
            let at = plane.x.at(tick);
            plane.drawing.label(at, y, Anchor::Middle, &curve.at_risk(tick).to_string());
        }
    }
}

/// What survival says, in one sentence.
pub fn sentence(found: &Survival) -> String {
    let test = stated("p", found.comparison.p);
    if found.comparison.p.is_nan() {
        return format!(
            "Survival ({}) cannot be compared: no two subtypes have patients at risk of an event.",
            found.time
        );
    }
    let differs = if found.comparison.p <= 0.05 { "differs" } else { "does not clearly differ" };
    let strongest = found
        .hazards
        .iter()
        .filter(|(_, h)| !h.unbounded && h.p <= 0.05)
        .max_by(|a, b| a.1.hazard_ratio.ln().abs().total_cmp(&b.1.hazard_ratio.ln().abs()));
    let first = found.curves.first().map_or_else(String::new, |c| name(c.0));
    let hazard = strongest.map_or_else(String::new, |(group, h)| {
        format!(
            "; the hazard of {} is {} times that of {first} (95 % interval {} to {})",
            name(*group),
            ratio(h.hazard_ratio),
            ratio(h.lower),
            ratio(h.upper)
        )
    });
    format!("Survival ({}) {differs} between the subtypes: log-rank {test}{hazard}.", found.time)
}
