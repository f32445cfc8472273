//! Read support: depths and qualities of one sample, and of all samples of a site.

use serde::{Deserialize, Serialize};

use super::Packed;

/// Read support of a genotype; absent figures are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Read depth, reads.
    pub depth: Option<u32>,
    /// Reads by allele, in the order of the record.
    pub allele_depths: Vec<u32>,
    /// Genotype quality, Phred.
    pub quality: Option<u32>,
}

/// Read support of all samples at one site, figure by figure. A figure is kept as one more than itself, 0 for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportColumn {
    depth: Packed,
    quality: Packed,
    /// By allele; a sample with fewer alleles has none in the last ones.
    allele_depths: Vec<Packed>,
}

impl SupportColumn {
    /// The support of a sample; `None` when the file has none or it was not kept.
    pub fn get(&self, sample: usize) -> Option<Support> {
        let figure = |packed: &Packed| packed.get(sample)?.checked_sub(1);
        let support = Support {
            depth: figure(&self.depth),
            allele_depths: self.allele_depths.iter().map_while(figure).collect(),
            quality: figure(&self.quality),
        };
        (support != Support::default()).then_some(support)
    }
}

impl From<&[Support]> for SupportColumn {
    fn from(support: &[Support]) -> Self {
        let column = |figure: &dyn Fn(&Support) -> Option<u32>| {
            Packed::from(support.iter().map(|s| figure(s).map_or(0, |n| n.saturating_add(1))).collect::<Vec<u32>>())
        };
        let alleles = support.iter().map(|s| s.allele_depths.len()).max().unwrap_or(0);
        Self {
            depth: column(&|s| s.depth),
            quality: column(&|s| s.quality),
            allele_depths: (0..alleles).map(|i| column(&|s| s.allele_depths.get(i).copied())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_comes_back_sample_by_sample() {
        let full = Support { depth: Some(31), allele_depths: vec![15, 0, 16], quality: Some(99) };
        let part = Support { depth: Some(0), allele_depths: vec![7], quality: None };
        let samples = [full.clone(), Support::default(), part.clone()];
        let column = SupportColumn::from(samples.as_slice());
        assert_eq!(column.get(0), Some(full));
        assert_eq!(column.get(1), None);
        assert_eq!(column.get(2), Some(part));
        assert_eq!(column.get(3), None);
        assert_eq!(SupportColumn::default().get(0), None);
    }
}
