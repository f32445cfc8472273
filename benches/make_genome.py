#!/usr/bin/env python3
"""Writes a whole-genome VCF of one sample to standard output: random variants at the density of a human genome, with the
records of a small VCF (a positive control made by `rxstrata knowledge encode`) at their places.

    python3 benches/make_genome.py control.vcf 4500000 | bgzip -@2 > genome.vcf.gz
    python3 benches/make_genome.py control.vcf 1000000 4 | bgzip -@2 > genome.g.vcf.gz

A third argument makes a gVCF: that many blocks of reference between two variants, with `<NON_REF>` and END.
"""

import random
import sys

# GRCh38 primary contigs, bases (GenBank GCA_000001405.15).
LENGTHS = {
    "chr1": 248956422, "chr2": 242193529, "chr3": 198295559, "chr4": 190214555, "chr5": 181538259, "chr6": 170805979,
    "chr7": 159345973, "chr8": 145138636, "chr9": 138394717, "chr10": 133797422, "chr11": 135086622,
    "chr12": 133275309, "chr13": 114364328, "chr14": 107043718, "chr15": 101991189, "chr16": 90338345,
    "chr17": 83257441, "chr18": 80373285, "chr19": 58617616, "chr20": 64444167, "chr21": 46709983, "chr22": 50818468,
    "chrX": 156040895,
}


# Declarations of what the random records and blocks use.
DECLARED = (
    'FILTER=<ID=PASS,Description="All filters passed">', 'INFO=<ID=AC,Number=A,Type=Integer,Description="Alleles">',
    'INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles in all">', 'INFO=<ID=FS,Number=1,Type=Float,Description="Strand bias">',
    'INFO=<ID=MLEAC,Number=A,Type=Integer,Description="Likeliest alleles">', 'INFO=<ID=SOR,Number=1,Type=Float,Description="Strand odds">',
    'INFO=<ID=AF,Number=A,Type=Float,Description="Frequency">', 'INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    'INFO=<ID=MQ,Number=1,Type=Float,Description="Mapping quality">', 'INFO=<ID=QD,Number=1,Type=Float,Description="Quality by depth">',
    'FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">', 'FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allele depths">',
    'FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">', 'FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">',
    'FORMAT=<ID=PL,Number=G,Type=Integer,Description="Likelihoods">',
)
DECLARED_OF_BLOCKS = (
    'ALT=<ID=NON_REF,Description="Any other allele">', 'INFO=<ID=END,Number=1,Type=Integer,Description="Last position">',
    'FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="Least depth">',
)


def control_records(path):
    """The records by contig, and the declarations of what they use."""
    records, declared = {}, []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(("##FILTER=", "##INFO=", "##FORMAT=", "##ALT=")):
                declared.append(line[2:].rstrip("\n"))
            elif not line.startswith("#"):
                cells = line.rstrip("\n").split("\t")
                records.setdefault(cells[0], []).append((int(cells[1]), cells[:9] + cells[9:10]))
    return records, declared


def write_blocks(out, chance, contig, first, last, count):
    """Blocks without a gap over first..=last, 1-based."""
    for number in range(count):
        end = last if number + 1 == count else first + (last - first) // (count - number)
        if first > end:
            continue
        depth, quality = chance.randrange(15, 60), chance.choice((20, 30, 40, 50, 60, 70, 80, 90, 99))
        out.write(
            f"{contig}\t{first}\t.\t{chance.choice('ACGT')}\t<NON_REF>\t.\t.\tEND={end}\tGT:DP:GQ:MIN_DP:PL\t"
            f"0/0:{depth}:{quality}:{depth - 3}:0,{quality},{quality * 15}\n"
        )
        first = end + 1


def write_variant(out, chance, contig, position):
    """A single-base variant of one sample with the fields that a caller writes."""
    ref = chance.choice("ACGT")
    alt = chance.choice("ACGT".replace(ref, ""))
    depth, quality = chance.randrange(15, 60), chance.randrange(20, 99)
    het = chance.random() < 0.6
    gt, ac, alts = ("0/1", 1, depth // 2) if het else ("1/1", 2, depth)
    info = (
        f"AC={ac};AF={ac / 2};AN=2;DP={depth};FS=0.000;MLEAC={ac};MQ={60 - chance.randrange(3)}.00;"
        f"QD={chance.randrange(5, 35)}.{chance.randrange(99):02d};SOR=0.{chance.randrange(999):03d}"
    )
    out.write(
        f"{contig}\t{position}\t.\t{ref}\t{alt}\t{quality * 10}.{chance.randrange(99):02d}\tPASS\t{info}\tGT:AD:DP:GQ:PL\t"
        f"{gt}:{depth - alts},{alts}:{depth}:{quality}:{quality * 12},{0 if het else quality},{quality * 9 if het else 0}\n"
    )


def main():
    (control, declared), wanted = control_records(sys.argv[1]), int(sys.argv[2])
    blocks = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    step = sum(LENGTHS.values()) / wanted
    out, chance = sys.stdout, random.Random(20261124)
    out.write("##fileformat=VCFv4.2\n")
    for contig, length in LENGTHS.items():
        out.write(f"##contig=<ID={contig},length={length},assembly=GRCh38>\n")
    known = {}
    for line in DECLARED + (DECLARED_OF_BLOCKS if blocks else ()) + tuple(declared):
        known.setdefault(line.split(",")[0], line)
    for line in known.values():
        out.write(f"##{line}\n")
    out.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tGENOME\n")
    for contig, length in LENGTHS.items():
        fixed = sorted(control.get(contig, []))
        taken = {position for position, _ in fixed}
        at, place, covered = 0, 10_000.0, 9_999
        while place < length - 10_000:
            position = int(place)
            while at < len(fixed) and fixed[at][0] <= position:
                start, cells = fixed[at]
                if blocks:
                    write_blocks(out, chance, contig, covered + 1, start - 1, blocks)
                out.write("\t".join(cells) + "\n")
                covered, at = max(covered, start + len(cells[3]) - 1), at + 1
            if position not in taken and position > covered:
                if blocks:
                    write_blocks(out, chance, contig, covered + 1, position - 1, blocks)
                covered = position
                write_variant(out, chance, contig, position)
            place += step * (0.5 + chance.random())
        for _, cells in fixed[at:]:
            out.write("\t".join(cells) + "\n")


main()
