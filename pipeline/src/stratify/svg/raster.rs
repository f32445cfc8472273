//! Heat maps: cells as the pixels of an image inside the drawing. As shapes, some hundred thousand cells would be
//! megabytes.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, Crc, write::ZlibEncoder};

/// Colours between which a scale runs, evenly spaced.
pub type Shades = &'static [[u8; 3]];

/// White to dark blue, for 0 to 1.
pub const SEQUENTIAL: Shades = &[[255, 255, 255], [198, 219, 239], [107, 174, 214], [33, 113, 181], [8, 48, 107]];
/// Blue over white to red, for −1 to 1: told apart with any kind of colour vision (ColorBrewer's RdBu, Brewer and
/// Harrower 2003).
pub const DIVERGING: Shades = &[
    [33, 102, 172],
    [103, 169, 207],
    [209, 229, 240],
    [247, 247, 247],
    [253, 219, 199],
    [239, 138, 98],
    [178, 24, 43],
];

/// Steps of a scale; one more colour is for missing cells.
const STEPS: usize = 64;
const MISSING: [u8; 3] = [204, 204, 204];

/// Cells of a heat map.
#[derive(Debug)]
pub struct Raster {
    columns: usize,
    pixels: Vec<u8>,
    shades: Shades,
}

impl Raster {
    /// An image of `rows` × `columns` cells, each 0 to 1 on the scale; none, or NaN, is missing.
    pub fn new(rows: usize, columns: usize, shades: Shades, cell: impl Fn(usize, usize) -> f64) -> Self {
        let shade = |v: f64| {
            if v.is_nan() { STEPS as u8 } else { (v.clamp(0.0, 1.0) * (STEPS - 1) as f64).round() as u8 }
        };
        let pixels =
            (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| shade(cell(i, j))).collect();
        Self { columns, pixels, shades }
    }

    /// The scale itself, from left to right.
    pub fn legend(shades: Shades) -> Self {
        Self { columns: STEPS, pixels: (0..STEPS as u8).collect(), shades }
    }

    /// As an address that holds the image: PNG with a palette, in base 64.
    pub fn address(&self) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(self.png()))
    }

    /// Portable Network Graphics, third edition (W3C 2025): colour type 3, eight bits, no filter.
    fn png(&self) -> Vec<u8> {
        let rows = self.pixels.len().checked_div(self.columns).unwrap_or(0);
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        let header = [size(self.columns).as_slice(), &size(rows), &[8, 3, 0, 0, 0]].concat();
        let palette: Vec<u8> =
            (0..STEPS).flat_map(|s| self.colour(s as f64 / (STEPS - 1) as f64)).chain(MISSING).collect();
        let mut lines = ZlibEncoder::new(Vec::new(), Compression::best());
        for line in self.pixels.chunks(self.columns.max(1)) {
            // Into memory: cannot fail.
            let _ = lines.write_all(&[0]).and_then(|()| lines.write_all(line));
        }
        let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
        let packed = lines.finish().unwrap_or_default();
        for (kind, data) in [(b"IHDR", &header), (b"PLTE", &palette), (b"IDAT", &packed), (b"IEND", &Vec::new())] {
            image.extend(size(data.len()));
            image.extend(kind);
            image.extend(data);
            let mut sum = Crc::new();
            sum.update(kind);
            sum.update(data);
            image.extend(sum.sum().to_be_bytes());
        }
        image
    }

    fn colour(&self, value: f64) -> [u8; 3] {
        let at = value * (self.shades.len() - 1) as f64;
        let low = (at.floor() as usize).min(self.shades.len() - 2);
        let share = at - low as f64;
        let (a, b) = (self.shades[low], self.shades[low + 1]);
        [0, 1, 2].map(|c| (f64::from(a[c]) + share * (f64::from(b[c]) - f64::from(a[c]))).round() as u8)
    }
}

impl super::Drawing {
    /// Draws a heat map's cells into a rectangle.
    pub fn raster(&mut self, x: f64, y: f64, width: f64, height: f64, raster: &Raster) {
        self.put(format_args!(
            r#"<image x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" preserveAspectRatio="none" style="image-rendering:pixelated" href="{}"/>"#,
            raster.address()
        ));
        self.put(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="none" stroke="{}"/>"#,
            super::GREY
        ));
    }

    /// A scale with its ends named.
    pub fn legend(&mut self, x: f64, y: f64, shades: Shades, ends: (&str, &str)) {
        self.raster(x, y, 90.0, 9.0, &Raster::legend(shades));
        self.label(x - 5.0, y + 8.5, super::Anchor::End, ends.0);
        self.label(x + 95.0, y + 8.5, super::Anchor::Start, ends.1);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_image_has_its_size_and_its_pixels() {
        let raster = Raster::new(2, 3, SEQUENTIAL, |i, j| if i == 1 && j == 2 { f64::NAN } else { j as f64 / 2.0 });
        let png = raster.png();
        assert_eq!(&png[12..16], b"IHDR");
        assert_eq!((&png[16..20], &png[20..24]), ([0, 0, 0, 3].as_slice(), [0, 0, 0, 2].as_slice()));
        let at = png.windows(4).position(|w| w == b"IDAT").unwrap();
        let length = u32::from_be_bytes(png[at - 4..at].try_into().unwrap()) as usize;
        let mut pixels = Vec::new();
        std::io::copy(&mut flate2::read::ZlibDecoder::new(&png[at + 4..at + 4 + length]), &mut pixels).unwrap();
        assert_eq!(pixels, [0, 0, 32, 63, 0, 0, 32, 64]);
        // The checksum of an empty last chunk is known from the standard.
        assert_eq!(&png[png.len() - 4..], [0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn scales_end_in_their_last_colours() {
        let raster = Raster::legend(DIVERGING);
        assert_eq!(
            (raster.colour(0.0), raster.colour(0.5), raster.colour(1.0)),
            ([33, 102, 172], [247; 3], [178, 24, 43])
        );
    }
}
