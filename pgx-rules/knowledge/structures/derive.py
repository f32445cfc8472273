#!/usr/bin/env python3
"""Derives the tables of a gene and its pseudogene from the reference sequence.

  derive.py LOCUS.fa START PYPGX_GENE_TABLE.csv OUT

LOCUS.fa   the plus strand of GRCh37 chr22 from position START (1-based), holding CYP2D6 and CYP2D7
OUT        receives blocks.tsv and differences.tsv

blocks.tsv        gapless blocks of the pairwise alignment of the two gene units: first position in the gene, first
                  position in the pseudogene on GRCh37 and, where it is known, on GRCh38, length
differences.tsv   single bases that tell the two apart, at least FLANK bases from a gap of the alignment

The unit of CYP2D6 is what the two share: from the end of the repeat behind the gene to the point upstream where the
similarity ends. Positions of CYP2D7 on GRCh38 come from its exons on both assemblies (gene table of PyPGx, MIT):
between two exons shifted by the same amount, the shift holds; elsewhere the position is left empty. CYP2D6 itself is
shifted by one constant. Needs mappy (minimap2), https://doi.org/10.1093/bioinformatics/bty191.
"""
import csv
import sys

import mappy

UNIT = (42_521_976, 42_528_300)  # searched: repeat's end to beyond the end of the similarity
PARALOG = (42_535_600, 42_542_100)
FLANK = 4  # bases beside a gap, where a read's alignment may put the gap elsewhere


def main():
    fasta, start, gene_table, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    sequence = "".join(line.strip() for line in open(fasta) if line[0] != ">").upper()
    part = lambda a, b: sequence[a - start : b - start]
    aligner = mappy.Aligner(seq=part(*PARALOG), k=13, w=3, best_n=1, scoring=(1, 2, 4, 1))
    hit = max((h for h in aligner.map(part(*UNIT)) if h.strand == 1), key=lambda h: h.mlen)
    blocks, gene, paralog = [], UNIT[0] + hit.q_st, PARALOG[0] + hit.r_st
    for length, operation in hit.cigar:
        if operation == 0:
            blocks.append((gene, paralog, length))
        gene += length * (operation in (0, 1))
        paralog += length * (operation in (0, 2))

    shifts = exon_shifts(gene_table)
    with open(f"{out}/blocks.tsv", "w") as table:
        table.write("gene\tparalog\tparalog_grch38\tlength\n")
        for g, p, n in blocks:
            # a block is cut where what is known of GRCh38 changes
            first = 0
            for i in range(1, n + 1):
                if i == n or shift_at(shifts, p + i) != shift_at(shifts, p + first):
                    shift = shift_at(shifts, p + first)
                    table.write(f"{g + first}\t{p + first}\t{p + first - shift if shift else ''}\t{i - first}\n")
                    first = i
    count = 0
    with open(f"{out}/differences.tsv", "w") as table:
        table.write("gene\tgene_base\tparalog_base\n")
        for g, p, n in blocks:
            for i in range(FLANK, n - FLANK):
                a, b = part(g + i, g + i + 1), part(p + i, p + i + 1)
                if a != b and a in "ACGT" and b in "ACGT":
                    table.write(f"{g + i}\t{a}\t{b}\n")
                    count += 1
    print(f"{len(blocks)} blocks, {count} differences, gene {blocks[0][0]}-{blocks[-1][0] + blocks[-1][2] - 1}")


def exon_shifts(gene_table):
    """Intervals of CYP2D7 on GRCh37 with the amount by which GRCh38 lies lower, from exon boundaries."""
    row = next(r for r in csv.DictReader(open(gene_table)) if r["Gene"] == "CYP2D7")
    read = lambda column: [int(x) for x in row[column].split(",") if x]
    # the first boundary is left out: the two annotations end the last exon at different places
    boundaries = sorted(zip(read("GRCh37ExonStarts")[1:] + read("GRCh37ExonEnds"), read("GRCh38ExonStarts")[1:] + read("GRCh38ExonEnds")))
    runs = []
    for old, new in boundaries:
        if runs and runs[-1][2] == old - new:
            runs[-1][1] = old
        else:
            runs.append([old, old, old - new])
    runs[0][0], runs[-1][1] = PARALOG
    return runs


def shift_at(runs, position):
    return next((s for a, b, s in runs if a <= position <= b), None)


main()
