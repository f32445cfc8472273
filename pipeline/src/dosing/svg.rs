//! Drawings for the page: the terms of a dose, models side by side, INRs and doses by day.

use std::fmt::Write as _;

use pgx_rules::dosing::first::Term;
use pgx_rules::dosing::ttr::Range;

use super::history::History;
use super::refit::{Reason, Refitted};
use super::text::short;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 215.0;
const RIGHT: f64 = 24.0;
const ROW: f64 = 26.0;
const TOP: f64 = 12.0;

/// Raises the dose, lowers it, the dose itself: told apart by colour and by direction.
const UP: &str = "#b35900";
const DOWN: &str = "#1f4d7a";
const INK: &str = "#1b2430";
const SOFT: &str = "#5b6675";
const BAND: &str = "#dfeade";

/// mg/week from which a column of a clinic's own model has a bar of its own.
const TELLING: f64 = 0.3;

/// A dose to compare: name, mg/week, interval and its words.
pub struct Compared {
    /// Name of the model.
    pub name: String,
    /// mg/week; a range has two.
    pub dose: [f64; 2],
    /// mg/week.
    pub interval: Option<[f64; 2]>,
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn open(height: f64, words: &str) -> String {
    format!(r#"<svg viewBox="0 0 {WIDTH:.0} {height:.0}" role="img" aria-label="{}">"#, escape(words))
}

/// A scale from 0 to a round number above the highest value, with its ticks.
fn scale(highest: f64) -> (f64, f64) {
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0].into_iter().find(|step| highest / step <= 8.0).unwrap_or(200.0);
    ((highest / step).ceil().max(1.0) * step, step)
}

struct Axis {
    top: f64,
    step: f64,
}

impl Axis {
    fn of(highest: f64) -> Self {
        let (top, step) = scale(highest.max(1.0));
        Self { top, step }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + value.clamp(0.0, self.top) / self.top * (WIDTH - LEFT - RIGHT)
    }

    fn draw(&self, text: &mut String, bottom: f64, unit: &str) {
        let mut tick = 0.0;
        while tick <= self.top + 1e-9 {
            let x = self.x(tick);
            let _ = write!(
                // into a string: cannot fail
                text,
                r##"<path d="M{x:.1} {TOP}V{bottom:.1}" stroke="#c9d0d9"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{tick}</text>"##,
                bottom + 15.0
            );
            tick += self.step;
        }
        let _ = write!(
            text,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="end">{unit}</text>"##,
            WIDTH - RIGHT,
            bottom + 31.0
        );
    }
}

/// How the terms, added one after the other, come to the dose. The first bar gathers what everybody has.
pub fn waterfall(terms: &[Term], weekly: f64, words: &str) -> String {
    let is_base = |t: &Term| {
        ["intercept", "age_decade", "age", "height", "weight", "bsa", "target_inr"].contains(&t.name.as_str())
    };
    let leading = terms.iter().take_while(|t| is_base(t)).count();
    let mut bars: Vec<(String, f64)> = Vec::new();
    let base: f64 = terms.iter().take(leading).map(|t| t.weekly).sum();
    let with_target = terms.iter().take(leading).any(|t| t.name == "target_inr");
    bars.push((if with_target { "age, body, target INR" } else { "age and body" }.into(), base));
    bars.extend(terms.iter().skip(leading).filter(|t| t.contribution != 0.0).map(|t| (label(t), t.weekly)));
    steps(&bars, weekly, words)
}

/// How the columns of a clinic's own model come from the average patient to the dose; small ones are one bar.
pub fn reasons(found: &Refitted, words: &str) -> String {
    let mut bars = vec![("average patient".to_owned(), found.base)];
    let (telling, small): (Vec<&Reason>, Vec<&Reason>) = found.reasons.iter().partition(|r| r.weekly.abs() >= TELLING);
    bars.extend(telling.iter().map(|r| {
        let value = if r.value.is_empty() { "missing" } else { &r.value };
        (format!("{} ({value})", r.column.replace('_', " ")), r.weekly)
    }));
    if !small.is_empty() {
        bars.push((format!("{} others", small.len()), small.iter().map(|r| r.weekly).sum()));
    }
    steps(&bars, found.weekly, words)
}

/// Bars from one level to the next, the first from 0, and the dose.
fn steps(bars: &[(String, f64)], weekly: f64, words: &str) -> String {
    let mut level = 0.0_f64;
    let mut highest = weekly;
    for (_, change) in bars {
        level += change;
        highest = highest.max(level);
    }
    let axis = Axis::of(highest);
    let bottom = TOP + ROW * (bars.len() + 1) as f64;
    let mut text = open(bottom + 38.0, words);
    axis.draw(&mut text, bottom, "mg/week");
    let mut level = 0.0;
    for (i, (name, change)) in bars.iter().enumerate() {
        let colour = match (i, *change >= 0.0) {
            (0, _) => SOFT,
            (_, true) => UP,
            (_, false) => DOWN,
        };
        let said = if i == 0 { short(*change) } else { format!("{change:+.1}") };
        bar(&mut text, &axis, i, name, [level, level + change], colour, &said);
        level += change;
    }
    bar(&mut text, &axis, bars.len(), "dose", [0.0, weekly], INK, &short(weekly));
    text + "</svg>"
}

fn label(term: &Term) -> String {
    let name = term.name.replace('_', " ");
    if term.value == 1.0 { name } else { format!("{name} ({})", super::text::round(term.value)) }
}

fn bar(text: &mut String, axis: &Axis, row: usize, name: &str, ends: [f64; 2], colour: &str, said: &str) {
    let y = TOP + ROW * row as f64;
    let (from, to) = (axis.x(ends[0].min(ends[1])), axis.x(ends[0].max(ends[1])));
    let beyond = to + 5.0 + 7.0 * said.len() as f64 > WIDTH;
    let (x, anchor, ink) = if beyond { (to - 5.0, "end", "#fff") } else { (to + 5.0, "start", INK) };
    let _ = write!(
        // into a string: cannot fail
        text,
        r##"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text><rect x="{from:.1}" y="{:.1}" width="{:.1}" height="{:.0}" fill="{colour}"/><text x="{x:.1}" y="{:.1}" text-anchor="{anchor}" style="fill:{ink}">{said}</text>"##,
        LEFT - 8.0,
        y + 17.0,
        escape(name),
        y + 5.0,
        (to - from).max(1.5),
        ROW - 10.0,
        y + 17.0
    );
}

/// Models side by side, with their published intervals.
pub fn comparison(models: &[Compared], words: &str) -> String {
    let highest = models.iter().map(|m| m.dose[1].max(m.interval.map_or(0.0, |i| i[1]))).fold(0.0, f64::max);
    let axis = Axis::of(highest);
    let bottom = TOP + ROW * models.len() as f64;
    let mut text = open(bottom + 38.0, words);
    axis.draw(&mut text, bottom, "mg/week");
    for (row, model) in models.iter().enumerate() {
        let y = TOP + ROW * (row as f64 + 0.5);
        let _ = write!(
            text,
            r#"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 8.0,
            y + 4.0,
            escape(&model.name)
        ); // into a string: cannot fail
        if let Some([low, high]) = model.interval {
            let (from, to) = (axis.x(low), axis.x(high));
            let _ = write!(
                text,
                r#"<path d="M{from:.1} {y:.1}H{to:.1}M{from:.1} {:.1}v10M{to:.1} {:.1}v10" stroke="{SOFT}" stroke-width="1.5"/>"#,
                y - 5.0,
                y - 5.0
            );
        }
        let (from, to) = (axis.x(model.dose[0]), axis.x(model.dose[1]));
        let _ = match model.dose[0] == model.dose[1] {
            true => write!(text, r#"<circle cx="{from:.1}" cy="{y:.1}" r="5" fill="{INK}"/>"#),
            false => write!(
                text,
                r#"<rect x="{from:.1}" y="{:.1}" width="{:.1}" height="10" fill="{INK}"/>"#,
                y - 5.0,
                to - from
            ),
        };
    }
    text + "</svg>"
}

/// INRs over time with the range, and the doses below.
pub fn course(history: &History, range: Range, words: &str) -> String {
    let (height, split) = (300.0, 200.0);
    let last = history.visits.last().map_or(1.0, |v| v.day).max(1.0);
    let first = history.visits.first().map_or(0.0, |v| v.day).min(0.0);
    let x = |day: f64| 50.0 + (day - first) / (last - first).max(1.0) * (WIDTH - 80.0);
    let top_inr = history.visits.iter().map(|v| v.inr).fold(4.0, f64::max).ceil();
    let y = |inr: f64| TOP + (top_inr - inr) / (top_inr - 0.5) * (split - TOP);
    let mut text = open(height, words);
    let _ = write!(
        // into a string: cannot fail
        text,
        r##"<rect x="50" y="{:.1}" width="{:.1}" height="{:.1}" fill="{BAND}"/><text x="14" y="{:.1}">INR</text><text x="14" y="{:.1}">mg</text>"##,
        y(range.high),
        WIDTH - 80.0,
        y(range.low) - y(range.high),
        TOP + 10.0,
        split + 28.0
    );
    for inr in 1..=top_inr as u32 {
        let at = y(f64::from(inr));
        let _ = write!(
            text,
            r##"<path d="M50 {at:.1}H{:.1}" stroke="#c9d0d9"/><text x="44" y="{:.1}" text-anchor="end">{inr}</text>"##,
            WIDTH - 30.0,
            at + 4.0
        );
    }
    let most = history.doses.iter().map(|d| d.1).fold(5.0, f64::max);
    for (day, mg) in &history.doses {
        let tall = mg / most * (height - split - 40.0);
        let wide = ((WIDTH - 80.0) / (last - first).max(1.0) * 0.7).clamp(1.0, 14.0);
        let _ = write!(
            text,
            r#"<rect x="{:.1}" y="{:.1}" width="{wide:.1}" height="{tall:.1}" fill="{SOFT}"/>"#,
            x(*day),
            height - 22.0 - tall
        );
    }
    let points: Vec<String> = history.visits.iter().map(|v| format!("{:.1} {:.1}", x(v.day), y(v.inr))).collect();
    let _ = write!(text, r#"<path d="M{}" fill="none" stroke="{INK}" stroke-width="1.5"/>"#, points.join("L"));
    for visit in &history.visits {
        let _ = write!(
            text,
            r#"<circle cx="{:.1}" cy="{:.1}" r="4.5" fill="{INK}"/><text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            x(visit.day),
            y(visit.inr),
            x(visit.day),
            y(visit.inr) - 9.0,
            visit.inr
        );
    }
    let _ = write!(
        text,
        r#"<text x="50" y="{:.0}">day {}</text><text x="{:.0}" y="{:.0}" text-anchor="end">day {}</text>"#,
        height - 6.0,
        first.floor() + 1.0,
        WIDTH - 30.0,
        height - 6.0,
        last.floor() + 1.0
    );
    text + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_on_a_round_number_above_the_highest_value() {
        assert_eq!(scale(37.0), (40.0, 5.0));
        assert_eq!(scale(8.0), (8.0, 1.0));
        assert_eq!(scale(120.0), (120.0, 20.0));
    }

    #[test]
    fn names_are_escaped() {
        let drawn = comparison(&[Compared { name: "<b>".into(), dose: [20.0, 20.0], interval: None }], "a & b");
        assert!(drawn.contains("&lt;b&gt;") && drawn.contains("a &amp; b") && !drawn.contains("<b>"));
    }
}
