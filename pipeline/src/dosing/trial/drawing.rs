//! Policies side by side: a row a policy, a mark a group, with its interval.

use std::fmt::Write as _;

/// Told apart with any kind of colour vision (Okabe and Ito 2008), and by their shape as well.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00"];
const WIDTH: f64 = 720.0;
const LEFT: f64 = 120.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 34.0;
const ROW: f64 = 46.0;

/// A mark.
pub struct Mark {
    /// Place of the group.
    pub group: usize,
    /// Percent.
    pub mean: f64,
    /// Percent.
    pub low: f64,
    /// Percent.
    pub high: f64,
}

/// Draws rows of marks between two percentages, with lines at goals.
pub fn rows(found: &[(String, Vec<Mark>)], groups: &[&str], (from, to): (f64, f64), unit: &str, words: &str) -> String {
    let bottom = TOP + ROW * found.len() as f64;
    let x = |value: f64| LEFT + (value.clamp(from, to) - from) / (to - from) * (WIDTH - LEFT - RIGHT);
    let mut text = format!(r#"<svg viewBox="0 0 {WIDTH} {:.0}" role="img" aria-label="{words}">"#, bottom + 40.0);
    for (place, name) in groups.iter().enumerate() {
        let at = LEFT + place as f64 * 80.0;
        text += &shape(place, at + 6.0, 12.0);
        let _ = write!(text, r#"<text x="{:.1}" y="16">{name}</text>"#, at + 16.0); // into a string: cannot fail
    }
    let step = if to - from > 20.0 { 10.0 } else { 1.0 };
    let mut tick = from;
    while tick <= to + 1e-9 {
        let at = x(tick);
        let _ = write!(
            text, // into a string: cannot fail
            r##"<path d="M{at:.1} {TOP}V{bottom:.1}" stroke="#dfe4ea"/><text x="{at:.1}" y="{:.1}" text-anchor="middle">{tick}</text>"##,
            bottom + 16.0
        );
        tick += step;
    }
    let _ = write!(text, r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{unit}</text>"#, WIDTH - RIGHT, bottom + 34.0);
    for (row, (name, marks)) in found.iter().enumerate() {
        let middle = TOP + ROW * (row as f64 + 0.5);
        let _ = write!(
            text, // into a string: cannot fail
            r##"<text x="{:.1}" y="{:.1}" text-anchor="end">{name}</text><path d="M{LEFT} {:.1}H{:.1}" stroke="#f1f4f7"/>"##,
            LEFT - 10.0,
            middle + 4.0,
            TOP + ROW * (row as f64 + 1.0),
            WIDTH - RIGHT
        );
        for mark in marks {
            let y = middle + (mark.group as f64 - (groups.len() as f64 - 1.0) / 2.0) * 7.5;
            let colour = COLOURS[mark.group % COLOURS.len()];
            let _ = write!(
                text, // into a string: cannot fail
                r#"<path d="M{:.1} {y:.1}H{:.1}" stroke="{colour}" stroke-width="2"/>"#,
                x(mark.low),
                x(mark.high)
            );
            text += &shape(mark.group, x(mark.mean), y);
        }
    }
    text + "</svg>"
}

fn shape(group: usize, x: f64, y: f64) -> String {
    let colour = COLOURS[group % COLOURS.len()];
    match group % 5 {
        0 => format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.4" fill="{colour}"/>"#),
        1 => format!(r#"<path d="M{:.1} {:.1}h6.4v6.4h-6.4z" fill="{colour}"/>"#, x - 3.2, y - 3.2),
        2 => format!(r#"<path d="M{x:.1} {:.1}l4 7h-8z" fill="{colour}"/>"#, y - 4.4),
        3 => format!(r#"<path d="M{x:.1} {:.1}l4.2 4.2-4.2 4.2-4.2-4.2z" fill="{colour}"/>"#, y - 4.2),
        _ => format!(r#"<path d="M{x:.1} {:.1}l-4 -7h8z" fill="{colour}"/>"#, y + 4.4),
    }
}
