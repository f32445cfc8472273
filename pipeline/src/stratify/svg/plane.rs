//! Two axes with ticks, and lines, bands and points between them.

use super::{Anchor, Drawing, GREY};

/// A linear scale from values to places.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale over all `values`; one of some width where they are all equal or there is none.
    pub fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) =
            values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = match (low < high, low.is_finite()) {
            (true, _) => (low, high),
            (false, true) => (low - 0.5, low + 0.5),
            (false, false) => (0.0, 1.0),
        };
        Self { low, high, from, to }
    }

    /// Place of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Round values within the scale, about `count` of them: steps of 1, 2 or 5 times a power of ten.
    pub fn ticks(&self, count: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / count.max(1) as f64;
        let power = 10.0_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough).unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }
}

/// A tick in few letters.
fn short(value: f64) -> String {
    // Two places are more than a round step needs; what is left over is rounding.
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if matches!(text, "-0" | "") { "0".to_owned() } else { text.replace('-', "−") }
}

/// A line through points.
#[derive(Debug)]
pub struct Line {
    /// x and y.
    pub points: Vec<(f64, f64)>,
    /// Its colour.
    pub colour: &'static str,
    /// Drawn strongly.
    pub strong: bool,
}

/// What lies between a lower and an upper line over the same x.
#[derive(Debug)]
pub struct Band {
    /// x, lower, upper.
    pub points: Vec<(f64, f64, f64)>,
    /// Its colour.
    pub colour: &'static str,
}

/// A plot area.
#[derive(Debug)]
pub struct Plane {
    /// The drawing it is in.
    pub drawing: Drawing,
    /// Its horizontal scale.
    pub x: Scale,
    /// Its vertical scale.
    pub y: Scale,
}

/// Distance of the axes from the edges.
const LEFT: f64 = 52.0;
const BELOW: f64 = 44.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;

impl Plane {
    /// An area of this size, its axes named. Scales cover the values given; `room` is left on the right of the area and
    /// `under` below it.
    pub fn new(
        (id, words): (&str, &str),
        (width, height): (f64, f64),
        (room, under): (f64, f64),
        (xs, ys): (&[f64], &[f64]),
        names: (&str, &str),
    ) -> Self {
        let (bottom, right) = (height - BELOW - under, width - RIGHT - room);
        let x = Scale::of(xs.iter().copied(), LEFT + 4.0, right - 2.0);
        let y = Scale::of(ys.iter().copied(), bottom - 4.0, TOP + 2.0);
        let mut drawing = Drawing::new(id, width, height, words);
        for tick in y.ticks(5) {
            let at = y.at(tick);
            drawing.put(format_args!(r##"<path d="M{LEFT} {at:.1}H{right:.1}" stroke="#e4e8ed"/>"##));
            drawing.label(LEFT - 6.0, at + 4.0, Anchor::End, &short(tick));
        }
        for tick in x.ticks(6) {
            let at = x.at(tick);
            drawing.put(format_args!(r#"<path d="M{at:.1} {bottom:.1}v4" stroke="{GREY}"/>"#));
            drawing.label(at, bottom + 17.0, Anchor::Middle, &short(tick));
        }
        drawing.put(format_args!(r#"<path d="M{LEFT} {TOP}V{bottom:.1}H{right:.1}" fill="none" stroke="{GREY}"/>"#));
        drawing.label(f64::midpoint(LEFT, right), bottom + 35.0, Anchor::Middle, names.0);
        drawing.put(format_args!(
            r#"<text transform="translate(13 {:.0}) rotate(-90)" text-anchor="middle">{}</text>"#,
            bottom / 2.0,
            super::escape(names.1)
        ));
        Self { drawing, x, y }
    }

    /// Draws a line.
    pub fn line(&mut self, line: &Line) {
        let path: Vec<String> =
            line.points.iter().map(|p| format!("{:.1} {:.1}", self.x.at(p.0), self.y.at(p.1))).collect();
        let width = if line.strong { 2.4 } else { 1.4 };
        self.drawing.put(format_args!(
            r#"<path d="M{}" fill="none" stroke="{}" stroke-width="{width}" stroke-linejoin="round"/>"#,
            path.join("L"),
            line.colour
        ));
    }

    /// Draws a band.
    pub fn band(&mut self, band: &Band) {
        let place = |x: f64, y: f64| format!("{:.1} {:.1}", self.x.at(x), self.y.at(y));
        let there = band.points.iter().map(|p| place(p.0, p.2));
        let back = band.points.iter().rev().map(|p| place(p.0, p.1));
        let path: Vec<String> = there.chain(back).collect();
        self.drawing.put(format_args!(
            r#"<path d="M{}Z" fill="{}" fill-opacity=".13" stroke="none"/>"#,
            path.join("L"),
            band.colour
        ));
    }

    /// A patient.
    pub fn mark(&mut self, x: f64, y: f64, group: usize) {
        let (x, y) = (self.x.at(x), self.y.at(y));
        self.drawing.mark(x, y, group);
    }

    /// Names in the room on the right, each as near to its height as the others allow.
    pub fn names(&mut self, x: f64, names: &[(f64, String, &'static str)]) {
        let mut order: Vec<&(f64, String, &'static str)> = names.iter().collect();
        order.sort_by(|a, b| self.y.at(a.0).total_cmp(&self.y.at(b.0)));
        let mut least = f64::NEG_INFINITY;
        let mut places: Vec<f64> = Vec::new();
        for name in &order {
            let at = (self.y.at(name.0) + 4.0).max(least);
            places.push(at);
            least = at + 13.0;
        }
        // A stack that ran past the axis is pushed back up.
        let mut most = self.y.at(self.y.low) + 4.0;
        for place in places.iter_mut().rev() {
            *place = place.min(most);
            most = *place - 13.0;
        }
        for (name, at) in order.iter().zip(places) {
            self.drawing.put(format_args!(
                r#"<text x="{x:.1}" y="{at:.1}" style="fill:{};font-weight:600">{}</text>"#,
                name.2,
                super::escape(&name.1)
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let scale = Scale::of([0.0, 1.0].into_iter(), 0.0, 100.0);
        let names: Vec<String> = scale.ticks(5).into_iter().map(short).collect();
        assert_eq!(names, ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        let wide = Scale::of([-37.0, 1204.0].into_iter(), 0.0, 1.0);
        assert_eq!(wide.ticks(6), [0.0, 500.0, 1000.0]);
    }

    #[test]
    fn no_values_and_equal_values_have_a_scale() {
        assert!(Scale::of(std::iter::empty(), 0.0, 1.0).at(0.5).is_finite());
        assert!((Scale::of([3.0, 3.0].into_iter(), 0.0, 10.0).at(3.0) - 5.0).abs() < 1e-12);
    }
}
