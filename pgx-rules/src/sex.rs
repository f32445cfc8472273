//! Copies of X and reads of Y, by the number of reads on each chromosome of a whole genome.

use serde::Serialize;

/// Autosomes of which nearly all must be read alike.
const AUTOSOMES: usize = 22;
/// Fewest of them whose density is near the median.
const LEAST_ALIKE: usize = 20;
/// Factor within which it is near.
const ALIKE: f64 = 1.4;
/// Fewest reads on the autosomes.
const LEAST_READS: u64 = 20_000;
/// Reads of Y over those of one copy of an autosome. Of Y's bases some 45 % are in the assemblies' sequence, so that a man has about so
/// much; a woman has what is mapped there wrongly.
const HAS_Y: f64 = 0.2;
const HAS_NO_Y: f64 = 0.08;

/// Reads of one chromosome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChromosomeReads {
    /// Canonical name, `chr1`.
    pub contig: String,
    /// Its bases.
    pub length: u32,
    /// Mapped reads.
    pub reads: u64,
}

/// Density of reads on X and Y.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SexChromosomes {
    /// Of X, over that of one copy of an autosome: near 1 or 2.
    pub x: f64,
    /// Of Y, over the same.
    pub y: f64,
}

impl SexChromosomes {
    /// Compares the chromosomes; `None` when the reads are not of a whole genome.
    pub fn of(chromosomes: &[ChromosomeReads]) -> Option<Self> {
        let density = |c: &ChromosomeReads| c.reads as f64 / f64::from(c.length.max(1));
        let on = |name: &str| chromosomes.iter().find(|c| c.contig == name).map(density);
        let is_autosome = |c: &&ChromosomeReads| c.contig.trim_start_matches("chr").parse::<u8>().is_ok();
        let autosomes: Vec<&ChromosomeReads> = chromosomes.iter().filter(is_autosome).collect();
        let mut densities: Vec<f64> = autosomes.iter().map(|c| density(c)).collect();
        densities.sort_by(f64::total_cmp);
        let median = densities.get(densities.len() / 2).copied()?;
        let is_alike = |d: &&f64| **d < ALIKE * median && **d * ALIKE > median;
        let enough = autosomes.iter().map(|c| c.reads).sum::<u64>() >= LEAST_READS;
        let whole = densities.len() == AUTOSOMES && densities.iter().filter(is_alike).count() >= LEAST_ALIKE;
        (whole && enough).then_some(())?;
        Some(Self { x: 2.0 * on("chrX")? / median, y: 2.0 * on("chrY")? / median })
    }

    /// Whether there is a Y; `None` where its reads lie between those of men and of women.
    pub fn has_y(self) -> Option<bool> {
        match self.y {
            y if y >= HAS_Y => Some(true),
            y if y < HAS_NO_Y => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genome(x: u64, y: u64, panel: bool) -> Vec<ChromosomeReads> {
        let of = |contig: String, reads| ChromosomeReads { contig, length: 100_000_000, reads };
        let mut made: Vec<ChromosomeReads> =
            (1..=22_u64).map(|n| of(format!("chr{n}"), if panel { n * n * 100 } else { 10_000 + 100 * n })).collect();
        made.push(of("chrX".into(), x));
        made.push(of("chrY".into(), y));
        made.push(of("chrM".into(), 1_000_000));
        made
    }

    #[test]
    fn men_women_and_what_is_between() {
        let of = |x, y| SexChromosomes::of(&genome(x, y, false)).map(|s| (s.x.round() as u8, s.has_y()));
        assert_eq!(of(5_600, 2_500), Some((1, Some(true))));
        assert_eq!(of(11_200, 150), Some((2, Some(false))));
        assert_eq!(of(11_200, 800), Some((2, None)));
    }

    #[test]
    fn panels_few_reads_and_missing_chromosomes_tell_nothing() {
        assert_eq!(SexChromosomes::of(&genome(5_000, 2_000, true)), None);
        let mut few = genome(5_600, 2_500, false);
        few.iter_mut().for_each(|c| c.reads /= 100);
        assert_eq!(SexChromosomes::of(&few), None);
        assert_eq!(SexChromosomes::of(&genome(5_600, 2_500, false)[1..]), None);
        assert_eq!(SexChromosomes::of(&[]), None);
    }
}
