//! Drawings for the page, as SVG in text form. Each says in its title, in words, what it shows.

mod plane;
mod raster;

use std::fmt::Write as _;

pub use plane::{Band, Line, Plane, Scale};
pub use raster::{DIVERGING, Raster, SEQUENTIAL};

/// Colours of subtypes: told apart with any kind of colour vision (Okabe and Ito 2008), and by their shape as well.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7a3e9d", "#4d4d4d"];
/// Shapes of subtypes.
const SHAPES: [&str; 4] = ["circle", "square", "triangle", "diamond"];
/// Lines and frames.
pub const GREY: &str = "#5b6675";

/// Colour of a subtype.
pub fn colour(group: usize) -> &'static str {
    COLOURS[group % COLOURS.len()]
}

/// Shape of a subtype: another one where the colours begin again.
pub fn shape(group: usize) -> &'static str {
    SHAPES[(group + group / COLOURS.len()) % SHAPES.len()]
}

/// Text inside markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// One drawing.
#[derive(Debug)]
pub struct Drawing {
    text: String,
}

/// Where a text is held.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// At its start.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

impl Drawing {
    /// Opens a drawing of this size in its own units; `id` is that of the element, `words` say what it shows.
    pub fn new(id: &str, width: f64, height: f64, words: &str) -> Self {
        let mut drawing = Self { text: String::new() };
        drawing.put(format_args!(
            r#"<svg id="{}" viewBox="0 0 {width:.0} {height:.0}" role="img"><title>{}</title>"#,
            escape(id),
            escape(words)
        ));
        drawing
    }

    /// Adds markup.
    pub fn put(&mut self, markup: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(markup); // into a string: cannot fail
    }

    /// Writes a text; what stands in it is never markup.
    pub fn label(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        self.put(format_args!(r#"<text x="{x:.1}" y="{y:.1}"{anchor}>{}</text>"#, escape(text)));
    }

    /// A filled rectangle.
    pub fn block(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.put(format_args!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}"/>"#
        ));
    }

    /// The mark of a patient of this subtype.
    pub fn mark(&mut self, x: f64, y: f64, group: usize) {
        let outline = match shape(group) {
            "circle" => format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.6""#),
            "square" => format!(r#"<path d="M{:.1} {:.1}h6.6v6.6h-6.6z""#, x - 3.3, y - 3.3),
            "triangle" => format!(r#"<path d="M{x:.1} {:.1}l4.4 7.6h-8.8z""#, y - 4.6),
            _ => format!(r#"<path d="M{x:.1} {:.1}l4.6 4.6-4.6 4.6-4.6-4.6z""#, y - 4.6),
        };
        self.put(format_args!(
            r##"{outline} fill="{}" fill-opacity=".8" stroke="#fff" stroke-width=".5"/>"##,
            colour(group)
        ));
    }

    /// Runs of patients as coloured blocks with the names of their subtypes, from `x`, each patient `step` wide.
    pub fn strip(&mut self, x: f64, y: f64, step: f64, groups: &[usize]) {
        let mut from = 0;
        for run in groups.chunk_by(|a, b| a == b) {
            let group = run[0];
            let (left, width) = (x + from as f64 * step, run.len() as f64 * step);
            self.block(left, y, width, 9.0, colour(group));
            if width > 16.0 {
                self.label(left + width / 2.0, y - 3.0, Anchor::Middle, &super::write::name(group));
            }
            from += run.len();
        }
    }

    /// The markup, closed.
    pub fn finish(self) -> String {
        self.text + "</svg>"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_subtypes_are_told_apart() {
        let looks: std::collections::BTreeSet<_> = (0..9).map(|g| (colour(g), shape(g))).collect();
        assert_eq!(looks.len(), 9);
    }

    #[test]
    fn a_hostile_name_is_text() {
        let mut drawing = Drawing::new("a", 10.0, 10.0, "\"><script>");
        drawing.label(0.0, 0.0, Anchor::Start, "<b>&");
        let text = drawing.finish();
        assert!(!text.contains("<script") && text.contains("&lt;b&gt;&amp;"), "{text}");
    }
}
