//! Drawings for the page: points, lines and a heat map, as SVG in text form.

use std::fmt::Write as _;

/// Colours of subtypes: told apart with any kind of colour vision (Okabe and Ito 2008), and by their shape as well.
pub const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7a3e9d", "#4d4d4d"];

/// Width and height of a drawing, in its own units.
const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 46.0;

/// A line through points, with its name.
pub struct Line {
    /// Shown at its end.
    pub name: String,
    /// x and y.
    pub points: Vec<(f64, f64)>,
    /// Drawn strongly.
    pub strong: bool,
}

struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        Self { low, high, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }
}

/// Opens a drawing that says in words what it shows.
fn open(text: &mut String, width: f64, height: f64, words: &str) {
    let _ = write!(text, r#"<svg viewBox="0 0 {width:.0} {height:.0}" role="img" aria-label="{}">"#, escape(words)); // into a string: cannot fail
}

/// Text inside markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn axes(text: &mut String, x: &Scale, y: &Scale, names: (&str, &str)) {
    let (bottom, right) = (HEIGHT - MARGIN, WIDTH - 12.0);
    let _ = write!(
        // into a string: cannot fail
        text,
        r##"<path d="M{MARGIN} 10V{bottom}H{right}" fill="none" stroke="#5b6675"/><text x="{:.0}" y="{:.0}" text-anchor="middle">{}</text><text transform="translate(13 {:.0}) rotate(-90)" text-anchor="middle">{}</text>"##,
        (MARGIN + right) / 2.0,
        HEIGHT - 8.0,
        escape(names.0),
        bottom / 2.0,
        escape(names.1)
    );
    for (value, end) in [(x.low, "start"), (x.high, "end")] {
        let _ = write!(
            text,
            r#"<text x="{:.1}" y="{:.0}" text-anchor="{end}">{}</text>"#,
            x.at(value),
            bottom + 16.0,
            short(value)
        );
    }
    for value in [y.low, y.high] {
        let _ = write!(
            text,
            r#"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            MARGIN - 5.0,
            y.at(value) + 5.0,
            short(value)
        );
    }
}

fn short(value: f64) -> String {
    if value.abs() >= 10.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// Patients as points; each group has a colour and a shape.
pub fn points(found: &[(f64, f64, usize)], names: (&str, &str), words: &str) -> String {
    let x = Scale::of(found.iter().map(|p| p.0), MARGIN + 8.0, WIDTH - 20.0);
    let y = Scale::of(found.iter().map(|p| p.1), HEIGHT - MARGIN - 8.0, 16.0);
    let mut text = String::new();
    open(&mut text, WIDTH, HEIGHT, words);
    axes(&mut text, &x, &y, names);
    for &(a, b, group) in found {
        let (px, py) = (x.at(a), y.at(b));
        let colour = COLOURS[group % COLOURS.len()];
        let shape = match group % 4 {
            0 => format!(r#"<circle cx="{px:.1}" cy="{py:.1}" r="3.6""#),
            1 => format!(r#"<path d="M{:.1} {:.1}h6.6v6.6h-6.6z""#, px - 3.3, py - 3.3),
            2 => format!(r#"<path d="M{px:.1} {:.1}l4.4 7.6h-8.8z""#, py - 4.6),
            _ => format!(r#"<path d="M{px:.1} {:.1}l4.6 4.6-4.6 4.6-4.6-4.6z""#, py - 4.6),
        };
        let _ = write!(text, r##"{shape} fill="{colour}" fill-opacity=".8" stroke="#fff" stroke-width=".5"/>"##); // into a string: cannot fail
    }
    text + "</svg>"
}

/// Lines over a shared scale.
pub fn lines(found: &[Line], names: (&str, &str), words: &str) -> String {
    let all = || found.iter().flat_map(|l| l.points.iter());
    let x = Scale::of(all().map(|p| p.0), MARGIN + 4.0, WIDTH - 60.0);
    let y = Scale::of(all().map(|p| p.1).chain([0.0]), HEIGHT - MARGIN, 16.0);
    let mut text = String::new();
    open(&mut text, WIDTH, HEIGHT, words);
    axes(&mut text, &x, &y, names);
    for (i, line) in found.iter().enumerate() {
        let path: Vec<String> = line.points.iter().map(|p| format!("{:.1} {:.1}", x.at(p.0), y.at(p.1))).collect();
        let (colour, width) = (COLOURS[i % COLOURS.len()], if line.strong { 3.0 } else { 1.4 });
        let _ = write!(text, r#"<path d="M{}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#, path.join("L")); // into a string: cannot fail
        if let Some(&(a, b)) = line.points.last() {
            let _ = write!(
                text,
                r#"<text x="{:.1}" y="{:.1}">{}</text>"#,
                x.at(a) + 4.0,
                y.at(b) + 4.0,
                escape(&line.name)
            );
        }
    }
    text + "</svg>"
}

/// A square matrix of 0 … 1, light to dark; `bounds` are the rows at which a new group begins.
pub fn heat(values: &[Vec<f64>], bounds: &[usize], words: &str) -> String {
    let side = 360.0;
    let cell = side / values.len().max(1) as f64;
    let mut text = String::new();
    open(&mut text, side, side, words);
    for (i, row) in values.iter().enumerate() {
        // Neighbouring cells of one shade are one rectangle: the page stays small.
        let shade = |v: f64| (v.clamp(0.0, 1.0) * 16.0).round() as u8;
        let mut from = 0;
        for j in 1..=row.len() {
            if j == row.len() || shade(row[j]) != shade(row[from]) {
                let dark = shade(row[from]);
                if dark > 0 {
                    let light = 255 - u32::from(dark) * 13;
                    let _ = write!(
                        // into a string: cannot fail
                        text,
                        r##"<path d="M{:.2} {:.2}h{:.2}v{:.2}h-{:.2}z" fill="#{:02x}{:02x}{:02x}"/>"##,
                        from as f64 * cell,
                        i as f64 * cell,
                        (j - from) as f64 * cell,
                        cell,
                        (j - from) as f64 * cell,
                        light.saturating_sub(30),
                        light,
                        255.min(light + 30)
                    );
                }
                from = j;
            }
        }
    }
    for &bound in bounds {
        let at = bound as f64 * cell;
        let _ = write!(text, r##"<path d="M{at:.1} 0V{side}M0 {at:.1}H{side}" stroke="#8f1d14" stroke-width="1"/>"##); // into a string: cannot fail
    }
    let _ = write!(text, r##"<rect width="{side}" height="{side}" fill="none" stroke="#5b6675"/>"##);
    text + "</svg>"
}
