//! The assembly that a contig's length or accession tells. Versions: NCBI assembly reports of GCF_000001405.13 (GRCh37)
//! and GCF_000001405.26 (GRCh38), held against the tables of all 24 chromosomes that the package `bioutils` 0.6.2 (PyPI)
//! ships from them: GRCh37, GRCh37.p13 (GCF_000001405.25), GRCh38, GRCh38.p14 (GCF_000001405.40). Patches change none.

use crate::model::{Assembly, contig_length};

/// Version of `NC_0000NN` on GRCh38, from chromosome 1 to Y; on GRCh37 each is one less.
const VERSIONS: [u32; 24] =
    [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10];

/// The assembly on which a contig has this length; `None` for the mitochondrion, whose sequence is the same on both.
pub(super) fn assembly_of(contig: &str, length: u64) -> Option<Assembly> {
    let fits = |assembly| contig_length(assembly, contig).is_some_and(|l| u64::from(l) == length);
    match (fits(Assembly::Grch37), fits(Assembly::Grch38)) {
        (true, false) => Some(Assembly::Grch37),
        (false, true) => Some(Assembly::Grch38),
        _ => None,
    }
}

/// The assembly of a contig named by accession and version, `NC_000010.11`.
pub(super) fn assembly_of_accession(name: &str) -> Option<Assembly> {
    let (number, version) = name.strip_prefix("NC_")?.split_once('.')?;
    let number: usize = number.parse().ok()?;
    let on_grch38 = *VERSIONS.get(number.checked_sub(1)?)?;
    match version.parse::<u32>().ok()? {
        v if v == on_grch38 => Some(Assembly::Grch38),
        v if v + 1 == on_grch38 => Some(Assembly::Grch37),
        _ => None,
    }
}

/// The assembly whose accession a lower-case text holds: `gca_000001405.15`, `gcf_000001405.25`.
pub(super) fn assembly_of_accession_in(text: &str) -> Option<Assembly> {
    let number = |after: &str| after.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    if let Some((_, after)) = text.split_once("gca_000001405.") {
        return Some(if number(after)? < 15 { Assembly::Grch37 } else { Assembly::Grch38 });
    }
    let (_, after) = text.split_once("gcf_000001405.")?;
    Some(if number(after)? < 26 { Assembly::Grch37 } else { Assembly::Grch38 })
}
