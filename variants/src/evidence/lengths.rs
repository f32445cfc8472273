//! Lengths and accessions of the primary contigs. Sources: NCBI assembly reports of GCF_000001405.13 (GRCh37) and
//! GCF_000001405.26 (GRCh38).

use crate::model::Assembly;

/// Contig, length on GRCh37, length on GRCh38, bases. The mitochondrion is left out: its sequence is the same.
const LENGTHS: [(&str, u64, u64); 24] = [
    ("chr1", 249_250_621, 248_956_422),
    ("chr2", 243_199_373, 242_193_529),
    ("chr3", 198_022_430, 198_295_559),
    ("chr4", 191_154_276, 190_214_555),
    ("chr5", 180_915_260, 181_538_259),
    ("chr6", 171_115_067, 170_805_979),
    ("chr7", 159_138_663, 159_345_973),
    ("chr8", 146_364_022, 145_138_636),
    ("chr9", 141_213_431, 138_394_717),
    ("chr10", 135_534_747, 133_797_422),
    ("chr11", 135_006_516, 135_086_622),
    ("chr12", 133_851_895, 133_275_309),
    ("chr13", 115_169_878, 114_364_328),
    ("chr14", 107_349_540, 107_043_718),
    ("chr15", 102_531_392, 101_991_189),
    ("chr16", 90_354_753, 90_338_345),
    ("chr17", 81_195_210, 83_257_441),
    ("chr18", 78_077_248, 80_373_285),
    ("chr19", 59_128_983, 58_617_616),
    ("chr20", 63_025_520, 64_444_167),
    ("chr21", 48_129_895, 46_709_983),
    ("chr22", 51_304_566, 50_818_468),
    ("chrX", 155_270_560, 156_040_895),
    ("chrY", 59_373_566, 57_227_415),
];

/// Version of `NC_0000NN` on GRCh38, from chromosome 1 to Y; on GRCh37 each is one less.
const VERSIONS: [u32; 24] =
    [11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10];

/// The assembly on which a contig has this length.
pub(super) fn assembly_of(contig: &str, length: u64) -> Option<Assembly> {
    let (_, grch37, grch38) = LENGTHS.iter().find(|(name, ..)| *name == contig)?;
    match length {
        n if n == *grch38 => Some(Assembly::Grch38),
        n if n == *grch37 => Some(Assembly::Grch37),
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
