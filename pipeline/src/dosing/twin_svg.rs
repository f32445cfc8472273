//! INRs so far and to come: points as measured, the twin's line with its band, on the suggestion and on the dose as it is.

use std::fmt::Write as _;

use pgx_rules::dosing::policy::advice::{Advice, Predicted};
use pgx_rules::dosing::ttr::{Range, Visit};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 330.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 40.0;
/// Highest INR of the axis.
const MOST: f64 = 8.0;

const INK: &str = "#1b2430";
const RANGE: &str = "#dfeade";
const WITH: &str = "#0072b2";
const KEPT: &str = "#b35900";
const PAST: &str = "#5b6675";

struct Plane {
    last: f64,
    top: f64,
}

impl Plane {
    fn x(&self, day: f64) -> f64 {
        LEFT + day / self.last.max(1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, inr: f64) -> f64 {
        HEIGHT - BOTTOM - (inr.clamp(0.5, self.top) - 0.5) / (self.top - 0.5) * (HEIGHT - TOP - BOTTOM)
    }

    fn line(&self, text: &mut String, points: &[Predicted], colour: &str, dash: &str) {
        let places: Vec<String> = points.iter().map(|p| format!("{:.1} {:.1}", self.x(p.day), self.y(p.inr))).collect();
        if !places.is_empty() {
            let path = places.join("L");
            let _ = write!(text, r#"<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>"#); // into a string: cannot fail
        }
    }

    fn band(&self, text: &mut String, points: &[Predicted], colour: &str) {
        let at = |day: f64, inr: f64| format!("{:.1} {:.1}", self.x(day), self.y(inr));
        let upper = points.iter().map(|p| at(p.day, p.high));
        let lower = points.iter().rev().map(|p| at(p.day, p.low));
        let path: Vec<String> = upper.chain(lower).collect();
        if !path.is_empty() {
            let path = path.join("L");
            let _ = write!(text, r#"<path d="M{path}Z" fill="{colour}" fill-opacity=".14"/>"#); // into a string: cannot fail
        }
    }
}

/// Draws the course.
pub fn forecast(advice: &Advice, visits: &[Visit], range: Range) -> String {
    let all = || advice.past.iter().chain(&advice.course_with).chain(&advice.course_kept);
    let highest = all().map(|p| p.high).chain(visits.iter().map(|v| v.inr)).fold(3.5, f64::max);
    let plane = Plane { last: all().map(|p| p.day).fold(1.0, f64::max), top: highest.ceil().min(MOST) };
    let mut text = format!(
        r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="measured INRs, the twin's course and its forecast">"#
    );
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let _ = write!(
        text, // into a string: cannot fail
        r#"<rect x="{LEFT}" y="{:.1}" width="{:.1}" height="{:.1}" fill="{RANGE}"/>"#,
        plane.y(range.high),
        right - LEFT,
        plane.y(range.low) - plane.y(range.high)
    );
    for inr in 1..=plane.top as u32 {
        let y = plane.y(f64::from(inr));
        let _ = write!(
            text, // into a string: cannot fail
            r##"<path d="M{LEFT} {y:.1}H{right}" stroke="#c9d0d9" stroke-width=".6"/><text x="{:.1}" y="{:.1}" text-anchor="end">{inr}</text>"##,
            LEFT - 6.0,
            y + 4.0
        );
    }
    let step = if plane.last > 120.0 { 28.0 } else { 7.0 };
    let mut day = 0.0;
    while day <= plane.last {
        let x = plane.x(day);
        let _ = write!(
            text, // into a string: cannot fail
            r##"<path d="M{x:.1} {bottom}v4" stroke="{INK}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{day:.0}</text>"##,
            bottom + 18.0
        );
        day += step;
    }
    let _ =
        write!(text, r#"<text x="{right}" y="{:.1}" text-anchor="end">days after the first dose</text>"#, HEIGHT - 6.0);
    plane.band(&mut text, &advice.past, PAST);
    plane.line(&mut text, &advice.past, PAST, "");
    plane.band(&mut text, &advice.course_kept, KEPT);
    plane.band(&mut text, &advice.course_with, WITH);
    plane.line(&mut text, &advice.course_kept, KEPT, r#" stroke-dasharray="6 4""#);
    plane.line(&mut text, &advice.course_with, WITH, "");
    for visit in visits {
        let (x, y) = (plane.x(visit.day.max(0.0)), plane.y(visit.inr));
        let _ = write!(text, r##"<circle cx="{x:.1}" cy="{y:.1}" r="4.2" fill="{INK}" stroke="#fff"/>"##); // into a string: cannot fail
    }
    let names = [(PAST, "the twin so far"), (WITH, "on the suggestion"), (KEPT, "on the dose as it is")];
    let shown = names.iter().filter(|(colour, _)| *colour != WITH || !advice.course_with.is_empty());
    for (place, (colour, name)) in shown.enumerate() {
        let x = LEFT + place as f64 * 170.0;
        let dash = if *colour == KEPT { r#" stroke-dasharray="6 4""# } else { "" };
        let _ = write!(
            text, // into a string: cannot fail
            r#"<path d="M{x:.1} 12h24" stroke="{colour}" stroke-width="3"{dash}/><text x="{:.1}" y="16">{name}</text>"#,
            x + 30.0
        );
    }
    text + "</svg>"
}
