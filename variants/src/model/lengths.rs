//! Lengths of the primary contigs: what a written header states, and what a read header is recognised by.

use super::Assembly;

/// Length of a primary contig, bases; `None` for a name that is not in canonical form (`chr1` … `chr22`, `chrX`, `chrY`,
/// `chrM`). GRCh38 from GCA_000001405.15, GRCh37 from GCA_000001405.1 with the revised Cambridge mitochondrial sequence
/// (UCSC's hg19 has another one, of 16,571 bases).
pub fn contig_length(assembly: Assembly, contig: &str) -> Option<u32> {
    let (_, grch37, grch38) = LENGTHS.iter().find(|(name, ..)| *name == contig)?;
    Some(match assembly {
        Assembly::Grch37 => *grch37,
        Assembly::Grch38 => *grch38,
    })
}

/// Contig, length on GRCh37, length on GRCh38.
const LENGTHS: [(&str, u32, u32); 25] = [
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
    ("chrM", 16_569, 16_569),
];

#[cfg(test)]
mod tests {
    use super::super::canonical_contig;
    use super::*;

    #[test]
    fn every_contig_but_the_mitochondrial_one_tells_the_assemblies_apart() {
        for (name, grch37, grch38) in LENGTHS {
            assert_eq!(canonical_contig(name), Some(name));
            assert_eq!(grch37 == grch38, name == "chrM", "{name}");
        }
    }

    #[test]
    fn whole_assemblies_have_their_published_sizes() {
        // Primary assembly without unplaced sequence, as published by the Genome Reference Consortium, and chrM.
        let sum = |assembly| -> u64 {
            LENGTHS.iter().filter_map(|(name, ..)| contig_length(assembly, name)).map(u64::from).sum()
        };
        assert_eq!(sum(Assembly::Grch38), 3_088_269_832 + 16_569);
        assert_eq!(sum(Assembly::Grch37), 3_095_677_412 + 16_569);
    }
}
