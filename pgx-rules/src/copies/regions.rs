//! Where copies are counted: `knowledge/copies/regions.tsv` and what patterns of copies mean.

use serde::Deserialize;
use variants::model::Assembly;

/// What a region is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Two copies in everyone.
    Control,
    /// A gene whose copies vary, or lie on X.
    Gene,
}

/// An exon and what is around it, or a whole control gene.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Region {
    /// Symbol.
    pub gene: String,
    /// What it is for.
    pub role: Role,
    /// Number of the exon.
    pub part: u32,
    contig: String,
    start: u32,
    end: u32,
    grch38_contig: String,
    grch38_start: u32,
    grch38_end: u32,
}

impl Region {
    /// Contig and positions (1-based, half-open) on an assembly.
    pub fn on(&self, assembly: Assembly) -> (&str, (u32, u32)) {
        match assembly {
            Assembly::Grch37 => (&self.contig, (self.start, self.end)),
            Assembly::Grch38 => (&self.grch38_contig, (self.grch38_start, self.grch38_end)),
        }
    }

    /// Whether it lies on X, where men have one copy.
    pub fn is_on_x(&self) -> bool {
        self.contig == "chrX"
    }
}

/// What fewer or more copies of some exons are known as.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pattern {
    /// Symbol.
    pub gene: String,
    /// `1-4 less`, `1-4 more`: exons, and whether they have fewer or more copies than the others.
    pub pattern: String,
    /// What it means.
    pub means: String,
    /// Where that is published.
    pub source: String,
}

/// The regions, genes first, in the order of the table.
///
/// # Errors
/// When the table that the program carries does not read, which a test excludes.
pub fn regions() -> Result<Vec<Region>, csv::Error> {
    rows(include_str!("../../knowledge/copies/regions.tsv"))
}

/// What patterns mean.
///
/// # Errors
/// As [`regions`].
pub fn patterns() -> Result<Vec<Pattern>, csv::Error> {
    rows(include_str!("../../knowledge/copies/patterns.tsv"))
}

fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, csv::Error> {
    csv::ReaderBuilder::new().delimiter(b'\t').from_reader(text.as_bytes()).deserialize().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_a_gene_are_its_exons_one_after_the_other_on_both_assemblies() {
        let regions = regions().unwrap();
        for assembly in [Assembly::Grch37, Assembly::Grch38] {
            for pair in regions.windows(2).filter(|pair| pair[0].gene == pair[1].gene) {
                let ((contig, a), (other, b)) = (pair[0].on(assembly), pair[1].on(assembly));
                assert_eq!(contig, other);
                assert!(a.1 == b.0 || b.1 == a.0, "{} {}", pair[0].gene, pair[0].part);
                assert_eq!(pair[0].part + 1, pair[1].part);
            }
        }
        let controls: u32 = regions.iter().filter(|r| r.role == Role::Control).map(|r| r.end - r.start).sum();
        assert!(controls > 300_000, "{controls} bases of control");
        for pattern in patterns().unwrap() {
            assert!(regions.iter().any(|r| r.gene == pattern.gene), "{}", pattern.gene);
        }
    }
}
